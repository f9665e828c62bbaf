//! Keys, the root, releases and channels: the commands that sign and verify.

mod at;
mod carried;
pub(crate) mod channel;
mod impact;
pub(crate) mod key;
mod past;
pub(crate) mod release;
pub(crate) mod trust;

use std::ffi::OsStr;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::release::trust_failure;
use warifu_channels::{Address, Network, Patience, StateStore};
use warifu_trust::{KeyCard, Passphrase, Policy, RootSummary, SecretKey, TrustedState, UnixSeconds, limits};
use warifu_values::say;

use super::Context;

/// What the clock shows. The only place of these commands that asks it.
pub(crate) fn now() -> UnixSeconds {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    UnixSeconds::new(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// The day it is in Japan.
pub(crate) fn today() -> jiff::civil::Date {
    day_of(now())
}

/// The day it is in Japan at this instant.
pub(crate) fn day_of(instant: UnixSeconds) -> jiff::civil::Date {
    let instant = jiff::Timestamp::from_second(instant.seconds()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    warifu::store::today(instant)
}

/// Where a passphrase comes from.
#[derive(Debug, clap::Args)]
pub(crate) struct PassphraseSource {
    /// Read the key's passphrase from the first line of this file; otherwise it is asked for.
    #[arg(long, value_name = "FILE", env = "WARIFU_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
}

impl PassphraseSource {
    /// The passphrase; `new` asks twice.
    fn read(&self, context: &Context, whose: &str, new: bool) -> Result<Passphrase, Failure> {
        let lang = context.lang;
        let text = match &self.passphrase_file {
            Some(file) => {
                let bytes = files::read(file)?;
                let text = String::from_utf8_lossy(&bytes);
                text.lines().next().unwrap_or_default().to_owned()
            }
            None if std::io::stdin().is_terminal() => {
                let ask = |prompt: String| {
                    rpassword::prompt_password(prompt).map_err(|error| {
                        Failure::system(
                            "cannot ask for the passphrase",
                            "パスフレーズを入力できません",
                            &error,
                        )
                    })
                };
                let text = ask(say!(lang, "Passphrase of {whose}: ", "{whose} のパスフレーズ: "))?;
                if new && ask(say!(lang, "Again: ", "もう一度: "))? != text {
                    return Err(Failure::new(
                        Exit::CouldNotRun,
                        "the two passphrases differ; nothing was written",
                        "二つのパスフレーズが違います。何も書いていません",
                    ));
                }
                text
            }
            None => {
                return Err(Failure::new(
                    Exit::CouldNotRun,
                    "no terminal to ask for the passphrase; name a file with --passphrase-file",
                    "パスフレーズを尋ねる端末がありません。--passphrase-file で指定してください",
                ));
            }
        };
        Passphrase::new(text).map_err(|error| trust_failure(&error))
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
    fn read(&self, context: &Context) -> Result<SecretKey, Failure> {
        let pem = zeroize::Zeroizing::new(regular(&self.key, limits::KEY_FILE_BYTES)?);
        let pem = std::str::from_utf8(&pem).map_err(|error| {
            let file = self.key.display();
            Failure::system(
                format_args!("{file} is no key file"),
                format_args!("{file} は鍵ファイルではありません"),
                &error,
            )
        })?;
        let passphrase = self.passphrase.read(context, &self.key.display().to_string(), false)?;
        SecretKey::from_encrypted_pem(pem, &passphrase).map_err(|error| trust_failure(&error))
    }
}

/// Which channel, and what is trusted of it beforehand.
#[derive(Debug, clap::Args)]
pub(crate) struct Trusted {
    /// The root that this side trusts: handed over once, compared by digest.
    #[arg(long, value_name = "FILE", env = "WARIFU_ROOT")]
    root: PathBuf,
    /// A folder that remembers what was accepted last, so that nothing older is ever accepted again.
    #[arg(long, value_name = "DIR", env = "WARIFU_STATE")]
    state: Option<PathBuf>,
}

impl Trusted {
    /// The trusted state.
    fn load(&self) -> Result<TrustedState, Failure> {
        let root = regular(&self.root, limits::ROOT_BYTES)?;
        match &self.state {
            Some(folder) => {
                StateStore::new(folder).load(&root, Policy::default()).map_err(|error| trust_failure(&error))
            }
            None => TrustedState::pin(&root, Policy::default()).map_err(|error| trust_failure(&error)),
        }
    }

    /// Remembers `state`, if there is where.
    fn save(&self, state: &TrustedState) -> Result<(), Failure> {
        match &self.state {
            Some(folder) => StateStore::new(folder).save(state).map_err(|error| trust_failure(&error)),
            None => Ok(()),
        }
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
    let mut line = |what: String, need: u32, names: &[String]| {
        let names = names.join(", ");
        text.push_str(&say!(lang, "  {what}: {need} of {names}\n", "  {what}: {names} のうち {need} 名\n"));
    };
    let officers = [summary.officers.kikin.clone(), summary.officers.kokuho.clone()].concat();
    line(say!(lang, "changes of the root", "ルートの変更"), summary.root_threshold, &officers);
    line(
        say!(lang, "Kikin's half of a release", "支払基金の署名"),
        summary.release_threshold.kikin,
        &summary.release_signers.kikin,
    );
    line(
        say!(lang, "Kokuho's half of a release", "国保中央会の署名"),
        summary.release_threshold.kokuho,
        &summary.release_signers.kokuho,
    );
    line(say!(lang, "publishing", "公開"), 1, &summary.timestamp);
    text
}
