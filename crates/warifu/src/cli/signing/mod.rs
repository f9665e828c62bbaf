//! Keys, the root, releases and channels: the commands that sign and verify.

mod at;
mod carried;
pub(crate) mod channel;
mod confirm;
mod draft;
mod drafted;
mod floor;
mod impact;
pub(crate) mod key;
mod past;
mod receipts;
pub(crate) mod release;
mod revert;
mod reviewing;
mod seen;
mod statement;
mod told;
pub(crate) mod trust;

use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::release::trust_failure;
use warifu_channels::{Address, Network, Patience, StateStore};
use warifu_trust::{
    KeyCard, KeyError, Passphrase, RootKey, RootPower, RootSummary, SecretKey, TrustedState, limits,
};
use warifu_values::lang::Speak as _;
use warifu_values::say;

use super::clock::{now, today};
use super::{Context, memory};
use floor::Floor;

/// Where a passphrase comes from.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PassphraseSource {
    /// Read the key's passphrase from the first line of this file; otherwise it is asked for.
    #[arg(long, value_name = "FILE", env = "WARIFU_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
}

/// How often a passphrase is asked for before that is enough.
const ATTEMPTS: usize = 3;

/// The first line of a passphrase's file.
fn first_line(file: &Path) -> Result<String, Failure> {
    let bytes = zeroize::Zeroizing::new(files::read(file)?);
    Ok(String::from_utf8_lossy(&bytes).lines().next().unwrap_or_default().to_owned())
}

/// Asks at the terminal, without showing what is typed.
fn asked(prompt: String) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(
            Exit::CouldNotRun,
            "no terminal to ask for the passphrase; name a file with --passphrase-file",
            "パスフレーズを尋ねる端末がありません。--passphrase-file で指定してください",
        ));
    }
    rpassword::prompt_password(prompt).map_err(|error| {
        Failure::system("cannot ask for the passphrase", "パスフレーズを入力できません", &error)
    })
}

/// A passphrase to protect a key with from now on, from `file` or asked for twice; after a typo again.
fn chosen(context: &Context, whose: &str, file: Option<&Path>) -> Result<Passphrase, Failure> {
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
    /// A passphrase for a new key.
    fn choose(&self, context: &Context, whose: &str) -> Result<Passphrase, Failure> {
        chosen(context, whose, self.passphrase_file.as_deref())
    }

    /// Opens the key in `pem`; a passphrase that was mistyped is asked for again.
    fn open(&self, context: &Context, whose: &str, pem: &str) -> Result<SecretKey, Failure> {
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

/// Which key signs.
#[derive(Debug, clap::Args)]
pub(crate) struct KeySource {
    /// The secret key's file, as `warifu key generate` wrote it.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseSource,
}

impl KeySource {
    /// The key's file.
    fn file(&self) -> &Path {
        &self.key
    }

    fn read(&self, context: &Context) -> Result<SecretKey, Failure> {
        owner_only(&self.key)?;
        let pem = zeroize::Zeroizing::new(regular(&self.key, limits::KEY_FILE_BYTES)?);
        let pem = std::str::from_utf8(&pem).map_err(|error| {
            let file = self.key.display();
            Failure::system(
                format_args!("{file} is no key file"),
                format_args!("{file} は鍵ファイルではありません"),
                &error,
            )
        })?;
        self.passphrase.open(context, &self.key.display().to_string(), pem)
    }
}

/// Refuses a secret key that others on this machine may read or exchange.
fn owner_only(key: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What is not there is told by whoever reads it.
        let others = std::fs::metadata(key).is_ok_and(|about| about.permissions().mode() & 0o077 != 0);
        if others {
            let file = key.display();
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!("others on this machine may use the secret key {file}; run `chmod 600 {file}` first"),
                format!("秘密鍵 {file} を他の利用者が使えます。先に chmod 600 {file} を実行してください"),
            ));
        }
    }
    Ok(())
}

/// Which channel, and what is trusted of it beforehand.
#[derive(Debug, clap::Args)]
pub(crate) struct Trusted {
    /// The root that this side trusts: handed over once, compared by digest.
    #[arg(long, value_name = "FILE", env = "WARIFU_ROOT")]
    root: PathBuf,
    /// The folder that remembers what was accepted last, so that nothing older is ever accepted again;
    /// otherwise one below ~/.local/state/warifu (or $XDG_STATE_HOME/warifu), one for each root.
    #[arg(long, value_name = "DIR", env = "WARIFU_STATE")]
    state: Option<PathBuf>,
    /// What this side demands whatever the root says: least thresholds, longest validity, formats; a TOML
    /// file (docs/trust.md).
    #[arg(long, value_name = "FILE", env = "WARIFU_POLICY")]
    policy: Option<PathBuf>,
}

impl Trusted {
    /// The root's file.
    fn root(&self) -> &Path {
        &self.root
    }

    /// What this side demands.
    fn floor(&self) -> Result<Floor, Failure> {
        Floor::read(self.policy.as_deref())
    }

    /// The state of somebody who has only the root, and remembers nothing.
    fn pinned(&self) -> Result<TrustedState, Failure> {
        let root = regular(&self.root, limits::ROOT_BYTES)?;
        TrustedState::pin(&root, self.floor()?.policy()).map_err(|error| trust_failure(&error))
    }

    /// The trusted state, and where it is remembered.
    fn load(&self) -> Result<(TrustedState, Memory), Failure> {
        // Said of the root before anything is looked for in its name.
        let pinned = self.pinned()?;
        let store = StateStore::new(memory::folder(self.state.as_ref(), pinned.root().bytes())?);
        let state =
            store.load(pinned.root().bytes(), pinned.policy()).map_err(|error| trust_failure(&error))?;
        Ok((state, Memory(store)))
    }
}

/// Where a state is remembered.
struct Memory(StateStore);

impl Memory {
    fn save(&self, state: &TrustedState) -> Result<(), Failure> {
        self.0.save(state).map_err(|error| trust_failure(&error))
    }
}

/// The channel that `address` leads to: a folder, a bundle file or a URL.
fn address(address: &OsStr) -> Result<Address, Failure> {
    let patience = if std::io::stderr().is_terminal() { Patience::ONCE } else { Patience::UNATTENDED };
    let network = Network::from_environment(patience, now, |name| std::env::var_os(name))
        .map_err(|error| trust_failure(&error))?;
    Address::parse(address, &network).map_err(|error| trust_failure(&error))
}

/// The bytes of a key, card or root: a regular file, never longer than one is, and not waited for.
fn regular(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, Failure> {
    warifu_files::read(path, limit_bytes).map_err(|error| Failure::told(Exit::CouldNotRun, &error))
}

/// A key card's file.
fn card(path: &Path) -> Result<KeyCard, Failure> {
    KeyCard::from_bytes(&regular(path, limits::KEY_FILE_BYTES)?).map_err(|error| {
        let failure = trust_failure(&error);
        let told = |lang| format!("{}: {}", path.display(), warifu_values::lang::Speak::say(&failure, lang));
        Failure::new(failure.exit, told(warifu_values::lang::Lang::En), told(warifu_values::lang::Lang::Ja))
    })
}

/// What a root says, as lines.
fn root_lines(context: &Context, summary: &RootSummary) -> String {
    let lang = context.lang;
    let mut text = say!(
        lang,
        "root version {}, expires {}\n",
        "ルート 第{}版、有効期限 {}\n",
        summary.version,
        summary.expires
    );
    for power in RootPower::ALL {
        let names: Vec<&str> =
            summary.keys.iter().filter(|key| key.may.contains(&power)).map(|key| key.name.as_str()).collect();
        let (what, need, names) = (power.say(lang), summary.threshold(power), names.join(", "));
        text.push_str(&say!(lang, "  {what}: {need} of {names}\n", "  {what}: {names} のうち {need} 名\n"));
    }
    for RootKey { name, organisation, fingerprint, .. } in &summary.keys {
        let of = organisation.map_or_else(|| say!(lang, "automation", "自動処理"), |one| one.say(lang));
        text.push_str(&say!(
            lang,
            "  key of {name} ({of}): {fingerprint}\n",
            "  {name}（{of}）の鍵: {fingerprint}\n"
        ));
    }
    text
}
