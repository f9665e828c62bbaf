//! Passphrases and PINs: each from a file of its own, or asked for without showing them. A wrong passphrase
//! costs nothing, and a few wrong PINs lock a token: one is never tried as the other.

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
    /// Read the key file's passphrase from the first line of this file; otherwise it is asked for.
    #[arg(long, value_name = "FILE", env = "WARIFU_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
    /// Read the token's PIN from the first line of this file; otherwise it is asked for.
    #[arg(long, value_name = "FILE", env = "WARIFU_PIN_FILE")]
    pin_file: Option<PathBuf>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Secret {
    Passphrase,
    #[cfg_attr(not(feature = "pkcs11"), expect(dead_code, reason = "asked for by tokens alone"))]
    Pin,
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
pub(super) fn asked(context: &Context, secret: Secret, prompt: String) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        let (what, japanese, option) = match secret {
            Secret::Passphrase => ("passphrase", "パスフレーズ", "--passphrase-file"),
            Secret::Pin => ("PIN", "PIN", "--pin-file"),
        };
        return Err(Failure::new(
            Exit::CouldNotRun,
            format!("no terminal to ask for the {what}; name a file with it by {option}"),
            format!("{japanese} を尋ねる端末がありません。{option} でファイルを指定してください"),
        ));
    }
    context
        .asking(|| rpassword::prompt_password(prompt))
        .map_err(|error| Failure::system("cannot ask for it", "入力できません", &error))
}

/// A passphrase to protect a key with from now on, from `file` or asked for twice; after a typo again.
pub(super) fn chosen(context: &Context, whose: &str, file: Option<&Path>) -> Result<Passphrase, Failure> {
    let lang = context.lang;
    if let Some(file) = file {
        return Passphrase::chosen(first_line(file)?).map_err(|error| trust_failure(&error));
    }
    for _ in 0..ATTEMPTS {
        let text = asked(
            context,
            Secret::Passphrase,
            say!(lang, "New passphrase of {whose}: ", "{whose} の新しいパスフレーズ: "),
        )?;
        let passphrase = match Passphrase::chosen(text.clone()) {
            Ok(passphrase) => passphrase,
            Err(error) => {
                context.tell(&format!("warifu: {}\n", error.say(lang)));
                continue;
            }
        };
        if asked(context, Secret::Passphrase, say!(lang, "Again: ", "もう一度: "))? == text {
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
    /// The file that a token's PIN comes from.
    pub(super) fn pin_file(&self) -> Option<&Path> {
        self.pin_file.as_deref()
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
                None => asked(
                    context,
                    Secret::Passphrase,
                    say!(context.lang, "Passphrase of {whose}: ", "{whose} のパスフレーズ: "),
                )?,
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
