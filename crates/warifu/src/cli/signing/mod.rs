//! Keys, the root, releases and channels: the commands that sign and verify.

mod at;
mod carried;
mod changes;
pub(crate) mod channel;
mod collect;
mod confirm;
mod draft;
mod drafted;
pub(crate) mod fleet;
mod head;
mod impact;
pub(crate) mod key;
mod key_source;
mod no_channel;
pub(crate) mod notice;
mod passphrase;
mod past;
mod publish;
mod published;
mod receipts;
pub(crate) mod release;
mod renew;
mod revert;
mod review;
mod reviewing;
mod seen;
mod show;
mod sign;
pub(crate) mod standing;
mod statement;
mod token;
mod told;
pub(crate) mod trust;

use std::ffi::OsStr;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use warifu::error::{Exit, Failure};
use warifu::release::trust_failure;
use warifu_channels::{Address, Floor, Network, Patience, StateStore};
use warifu_trust::{KeyCard, RootKey, RootPower, RootSummary, TrustError, TrustedState, limits};
use warifu_usage::{asked_for, of_locale, told};
use warifu_values::lang::Speak as _;
use warifu_values::say;

use super::clock::{now, today};
use super::settings::NamedBy;
use super::{Context, memory};
use key_source::KeySource;

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
    /// What this side demands.
    fn floor(&self) -> Result<Floor, Failure> {
        Floor::read(self.policy.as_deref()).map_err(|error| Failure::told(Exit::CouldNotRun, &error))
    }

    /// The state of somebody who has only the root, and remembers nothing.
    fn pinned(&self) -> Result<TrustedState, Failure> {
        let root = regular(&self.root, limits::ROOT_BYTES)?;
        TrustedState::pin(&root, self.floor()?.policy()).map_err(|error| of_file(&self.root, &error))
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

/// The channel that `address` leads to: a folder, a bundle file or a URL. Where it was not the user who named
/// it, none of the user's secrets go there.
fn address(address: &OsStr, by: &NamedBy) -> Result<Address, Failure> {
    let patience = if std::io::stderr().is_terminal() { Patience::ONCE } else { Patience::UNATTENDED };
    let network = Network::from_environment(patience, now, |name| std::env::var_os(name))
        .map_err(|error| trust_failure(&error))?;
    let asked = asked_for(&std::env::args_os().collect::<Vec<_>>());
    let lang = asked.or_else(of_locale).unwrap_or_default();
    let network = network.telling(move |trying| {
        // Where nobody can be told, it is tried all the same.
        let trying = format!("warifu: {}\n", trying.say(lang));
        let _ = std::io::stderr().write_all(told(&trying, |_| false).as_bytes());
    });
    let network = if by.is_user() { network } else { network.anonymous() };
    Address::parse(address, &network).map_err(|error| trust_failure(&error))
}

/// A channel of which only what is remembered holds: a reader who remembers nothing meets `failure`.
fn broken_for_newcomers(failure: Failure) -> Failure {
    failure.retold(|lang, why| {
        say!(
            lang,
            "the channel is broken: this side remembers what both signed, but whoever reads the channel for \
             the first time gets no release from it: {why}. Whoever runs the channel deletes the file where \
             it is there, and copies the channel anew from a mirror, a bundle or a backup; then run this \
             again",
            "配信元が壊れています。こちらには署名済みの内容の記録がありますが、初めて読む利用者は取得できません: {why}。\
             配信元の管理者が該当ファイルを（あれば）削除し、ミラー、バンドル、バックアップから複製し直した後、もう一度実行\
             してください"
        )
    })
}

/// The bytes of a key, card or root: a regular file, never longer than one is, and not waited for.
fn regular(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, Failure> {
    warifu_files::read(path, limit_bytes).map_err(|error| Failure::told(Exit::CouldNotRun, &error))
}

/// A key card's file.
fn card(path: &Path) -> Result<KeyCard, Failure> {
    KeyCard::from_bytes(&regular(path, limits::KEY_FILE_BYTES)?).map_err(|error| of_file(path, &error))
}

/// The same failure, of the file at `path`.
fn of_file(path: &Path, error: &impl TrustError) -> Failure {
    trust_failure(error).retold(|_, text| format!("{}: {text}", path.display()))
}

/// What a root says, as lines.
fn root_lines(context: &Context, summary: &RootSummary) -> String {
    let lang = context.lang;
    let mut text = say!(
        lang,
        "root version {}, expires {}\n",
        "ルート 第{}版、有効期限 {}\n",
        summary.version,
        summary.expires.said_exactly(lang)
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
