//! Passphrases and PINs: from a file, or asked for without showing them.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::release::trust_failure;
use warifu_trust::{KeyError, Passphrase, SecretKey};
use warifu_values::lang::Speak as _;
use warifu_values::say;

use crate::cli::Context;

/// Where a passphrase comes from, or a PIN.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct PassphraseSource {
    /// Read the key's passphrase, or the token's PIN, from the first line of this file; otherwise it is asked
    /// for.
    #[arg(long, value_name = "FILE", env = "WARIFU_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
}

/// How often a passphrase or PIN is asked for before that is enough.
pub(super) const ATTEMPTS: usize = 3;

/// The first line of a passphrase's or a PIN's file.
pub(super) fn first_line(file: &Path) -> Result<String, Failure> {
    Ok(first_line_of(&zeroize::Zeroizing::new(files::read(file)?)))
}

pub(super) fn first_line_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).lines().next().unwrap_or_default().to_owned()
}

/// Asks at the terminal, without showing what is typed.
pub(super) fn asked(prompt: String) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(
            Exit::CouldNotRun,
            "no terminal to ask for the passphrase or PIN; name a file with --passphrase-file",
            "パスフレーズまたは PIN を尋ねる端末がありません。--passphrase-file で指定してください",
        ));
    }
    rpassword::prompt_password(prompt)
        .map_err(|error| Failure::system("cannot ask for it", "入力できません", &error))
}

/// A passphrase to protect a key with from now on, from `file` or asked for twice; after a typo again.
pub(super) fn chosen(context: &Context, whose: &str, file: Option<&Path>) -> Result<Passphrase, Failure> {
    let lang = context.lang;
    if let Some(file) = file {
        return Passphrase::chosen(first_line(file)?).map_err(|error| trust_failure(&error));
    }
    for _ in 0..ATTEMPTS {
        let text = asked(say!(lang, "New passphrase of {whose}: ", "{whose} の新しいパスフレーズ: "))?;
        let passphrase = match Passphrase::chosen(text.clone()) {
            Ok(passphrase) => passphrase,
            Err(error) => {
                context.tell(&format!("warifu: {}\n", error.say(lang)));
                continue;
            }
        };
        if asked(say!(lang, "Again: ", "もう一度: "))? == text {
            return Ok(passphrase);
        }
        context.tell(&say!(
            lang,
            "warifu: the two passphrases differ\n",
            "warifu: 二つのパスフレーズが違います\n"
        ));
    }
    Err(Failure::new(
        Exit::CouldNotRun,
        "no passphrase was chosen; nothing was written",
        "パスフレーズが決まりませんでした。何も書いていません",
    ))
}

impl PassphraseSource {
    /// The file that it comes from.
    pub(super) fn file(&self) -> Option<&Path> {
        self.passphrase_file.as_deref()
    }

    /// A passphrase for a new key.
    pub(super) fn choose(&self, context: &Context, whose: &str) -> Result<Passphrase, Failure> {
        chosen(context, whose, self.passphrase_file.as_deref())
    }

    /// Opens the key in `pem`; a passphrase that was mistyped is asked for again.
    pub(super) fn open(&self, context: &Context, whose: &str, pem: &str) -> Result<SecretKey, Failure> {
        for attempt in 1.. {
            let text = match &self.passphrase_file {
                Some(file) => first_line(file)?,
                None => asked(say!(context.lang, "Passphrase of {whose}: ", "{whose} のパスフレーズ: "))?,
            };
            let passphrase = Passphrase::new(text).map_err(|error| trust_failure(&error))?;
            match SecretKey::from_encrypted_pem(pem, &passphrase) {
                Err(error @ KeyError::WrongPassphrase)
                    if self.passphrase_file.is_none() && attempt < ATTEMPTS =>
                {
                    context.tell(&format!("warifu: {}\n", error.say(context.lang)));
                }
                opened => return opened.map_err(|error| trust_failure(&error)),
            }
        }
        Err(trust_failure(&KeyError::WrongPassphrase))
    }
}
