//! Receipts (受領書): who has taken a release, when, and what came of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::interrupt::Whole;
use warifu::release::trust_failure;
use warifu_trust::{
    KeyCard, KeyId, Made, Manifest, Organisation, PublicKey, Receipt, Received, Receivers, ReleaseRef,
    UnixSeconds, limits,
};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;
use warifu_values::text::{is_plain, one_line};

use super::key_source::{KeyName, KeySource};
use super::passphrase::PassphraseSource;
use super::token::Reach;
use super::{now, regular};
use crate::cli::Context;

/// A list of receivers: 215,060 of them take about 25 MB.
const RECEIVERS: u64 = 64 << 20;

/// Where a receipt is written, and who signs it.
#[derive(Debug, clap::Args)]
pub(super) struct Receiving {
    /// Write a receipt (受領書) into this file, signed with --key: which release, when, and what came of it.
    #[arg(long, value_name = "FILE", requires_all = ["key", "as_receiver"])]
    receipt: Option<PathBuf>,
    /// What the receiver is called in the receipt.
    #[arg(long = "as", id = "as_receiver", value_name = "NAME", requires = "receipt")]
    name: Option<String>,
    /// The receiver's key: a file, or a pkcs11: URI of a key on a token.
    #[arg(long, value_name = "KEY", requires = "receipt")]
    key: Option<KeyName>,
    #[command(flatten)]
    passphrase: PassphraseSource,
    #[command(flatten)]
    reach: Reach,
}

impl Receiving {
    /// Writes the receipt, where one is asked for.
    pub(super) fn write(
        &self,
        context: &Context,
        release: ReleaseRef,
        received: Received,
    ) -> Result<(), Failure> {
        let (Some(file), Some(name), Some(key)) = (&self.receipt, &self.name, &self.key) else {
            return Ok(());
        };
        let receipt = Receipt { receiver: name.clone(), release, at: now(), received };
        let key = KeySource::of(key.clone(), self.passphrase.clone(), self.reach.clone());
        let bytes = receipt
            .sign(&key.read(context, |_| Some(name.clone()))?)
            .map_err(|error| trust_failure(&error))?;
        context.place(file)?.write(&bytes)?;
        let (file, release) = (file.display(), release.release);
        context.tell(&say!(
            context.lang,
            "receipt for release {release}: {file}; send it to whoever publishes\n",
            "リリース {release} の受領書: {file}。リリース管理者に送付してください\n"
        ));
        Ok(())
    }

    /// What was refused because an organisation took it away.
    pub(super) fn withdrawn(made: &Made, lang: Lang) -> Received {
        Receiving::refused(&say!(lang, "withdrawn: {}", "取下げ済み: {}", made.say(lang)))
    }

    /// What was refused, as a receipt says it: a text that fits.
    pub(super) fn refused(why: &str) -> Received {
        let shown: String = why.chars().filter(|c| !c.is_control()).take(limits::TEXT_CHARS).collect();
        Received::Refused(if is_plain(&shown) { shown } else { "refused".to_owned() })
    }
}

/// Take receipts in: those that a listed receiver signed are put into a folder.
#[derive(Debug, clap::Args)]
pub(super) struct Collect {
    /// The folder that they are kept in.
    folder: PathBuf,
    /// The receipts.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The list of receivers: a TOML file with `[[receiver]]` entries of `name`, `public` (as in their key
    /// cards) and, where it is one's, `organisation`.
    #[arg(long, value_name = "FILE", env = "WARIFU_RECEIVERS")]
    receivers: PathBuf,
}

/// Which receipts are shown beside a release.
#[derive(Debug, clap::Args)]
pub(super) struct Shown {
    /// Say who has taken the release, by the receipts in this folder.
    #[arg(long, value_name = "DIR", requires = "receivers")]
    receipts: Option<PathBuf>,
    /// The list of receivers: a TOML file (docs/trust.md).
    #[arg(long, value_name = "FILE", env = "WARIFU_RECEIVERS")]
    receivers: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiversFile {
    receiver: Vec<Receiver>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Receiver {
    name: String,
    organisation: Option<Organisation>,
    public: PublicKey,
}

/// The receivers that a list names.
fn receivers(file: &Path) -> Result<Receivers, Failure> {
    let shown = file.display();
    let refused = |en: &str, ja: &str| {
        Failure::new(
            Exit::CouldNotRun,
            format!("{shown} is no list of receivers: {en}"),
            format!("{shown} は受領者の一覧ではありません: {ja}"),
        )
    };
    let bytes = regular(file, RECEIVERS)?;
    let list: ReceiversFile = toml::from_slice(&bytes).map_err(|error| {
        let upto = error.span().map_or(0, |span| span.start.min(bytes.len()));
        let line = 1 + bytes[..upto].iter().filter(|byte| **byte == b'\n').count();
        let what = one_line(error.message());
        let japanese = format!(
            "{line} 行目が正しくありません（[[receiver]] ごとに name、public、必要なら organisation = \"kikin\" か \
             \"kokuho\" を書きます）: {what}"
        );
        refused(&format!("line {line}: {what}"), &japanese)
    })?;
    let mut cards: Vec<KeyCard> = Vec::new();
    for Receiver { name, organisation, public } in list.receiver {
        if !is_plain(&name) {
            let (en, ja) = (format!("name {name:?}"), format!("name {name:?} は使えません"));
            return Err(refused(&en, &ja));
        }
        cards.push(KeyCard { organisation, name, public });
    }
    let twice = |name: String| refused(&format!("{name:?} twice"), &format!("{name:?} が重複しています"));
    Receivers::of(cards).map_err(twice)
}

impl Collect {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let cards = receivers(&self.receivers)?;
        let mut taken = Vec::new();
        for file in &self.files {
            let bytes = regular(file, limits::STATEMENT_BYTES)?;
            let Some((receipt, card)) = Receipt::verify(&bytes, &cards) else {
                // Where it came from chose the name.
                let file = one_line(&file.to_string_lossy());
                return Err(Failure::new(
                    Exit::Trust,
                    format!("{file} is no receipt of a receiver in the list; nothing was collected"),
                    format!("{file} は一覧にある受領者の受領書ではありません。取り込んでいません"),
                ));
            };
            let (release, digest) = (receipt.release.release, Digest::of(&bytes));
            taken.push((format!("{release}-{}.json", digest.short()), bytes, card, receipt));
        }
        let whole = Whole::begin();
        std::fs::create_dir_all(&self.folder).map_err(|error| {
            let folder = self.folder.display();
            Failure::system(
                format_args!("{folder} cannot be made"),
                format_args!("{folder} を作れません"),
                &error,
            )
        })?;
        let mut text = String::new();
        for (name, bytes, card, receipt) in &taken {
            files::write(&self.folder.join(name), bytes)?;
            text.push_str(&format!("{}\n", line(receipt, card, context.lang)));
        }
        drop(whole);
        if context.json {
            let all: Vec<Value> = taken.iter().map(|(_, _, card, one)| document(one, card)).collect();
            context.print_json(&json!({ "collected": all }))?;
        } else {
            context.print(&text)?;
        }
        Ok(Exit::Done)
    }
}

fn line(receipt: &Receipt, card: &KeyCard, lang: Lang) -> String {
    let Receipt { receiver, release, at, received } = receipt;
    let (release, name, at) = (release.release, &card.name, at.said_exactly(lang));
    let called = if receiver == name { name.clone() } else { format!("{name} ({receiver})") };
    match received {
        Received::Verified => say!(
            lang,
            "{called} took release {release} at {at}",
            "{called}: リリース {release} を受領（{at}）"
        ),
        Received::Refused(why) => say!(
            lang,
            "{called} REFUSED release {release} at {at}: {why}",
            "{called}: リリース {release} を拒否（{at}）: {why}"
        ),
    }
}

fn document(receipt: &Receipt, card: &KeyCard) -> Value {
    json!({
        "name": card.name, "organisation": card.organisation, "receiver": receipt.receiver,
        "release": receipt.release, "at": receipt.at, "received": receipt.received,
    })
}

/// Who has taken a release, and who has not.
pub(super) struct Taken {
    receipts: Vec<(Receipt, KeyCard)>,
    missing: Vec<String>,
    others: usize,
    /// Since when Kokuho should have it, while no receipt of it is earlier.
    late: Option<UnixSeconds>,
}

impl Shown {
    /// What the receipts say of `release`; none where no folder is named.
    pub(super) fn of(&self, release: ReleaseRef, manifest: &Manifest) -> Result<Option<Taken>, Failure> {
        let (Some(folder), Some(list)) = (&self.receipts, &self.receivers) else { return Ok(None) };
        let cards = receivers(list)?;
        let entries = std::fs::read_dir(folder).map_err(|error| {
            let folder = folder.display();
            Failure::system(
                format_args!("the receipts in {folder} cannot be read"),
                format_args!("{folder} の受領書を読めません"),
                &error,
            )
        })?;
        let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
        paths.sort();
        let (mut receipts, mut others) = (Vec::new(), 0);
        for path in paths {
            // What is no receipt of a receiver in the list says nothing.
            let bytes = regular(&path, limits::STATEMENT_BYTES).ok();
            match bytes.as_deref().and_then(|bytes| Receipt::verify(bytes, &cards)) {
                Some((receipt, card)) if receipt.release == release => receipts.push((receipt, card.clone())),
                // Of another release: not asked for here.
                Some((receipt, _)) if receipt.release.release != release.release => {}
                _ => others += 1,
            }
        }
        receipts.sort_by_key(|(receipt, _)| receipt.at);
        let mut first_of: BTreeMap<KeyId, UnixSeconds> = BTreeMap::new();
        for (receipt, card) in receipts.iter().filter(|(one, _)| one.received == Received::Verified) {
            first_of.entry(card.public.id()).or_insert(receipt.at);
        }
        let took = |card: &KeyCard| first_of.get(&card.public.id()).copied();
        let cards = cards.cards();
        let missing =
            cards.iter().filter(|card| took(card).is_none()).map(|card| card.name.clone()).collect();
        let of_kokuho = || cards.iter().filter(|card| card.organisation == Some(Organisation::Kokuho));
        let first = of_kokuho().filter_map(took).min();
        let late = of_kokuho().next().and_then(|_| late_since(manifest, first, now()));
        Ok(Some(Taken { receipts, missing, others, late }))
    }
}

/// Since when a release judges that was first taken at `first`, when that was not in time.
fn late_since(manifest: &Manifest, first: Option<UnixSeconds>, now: UnixSeconds) -> Option<UnixSeconds> {
    let starts = manifest.activate_at.unwrap_or(manifest.created);
    // One that judges at once is taken when it is; one with an instant before that instant.
    let in_time = |at: UnixSeconds| manifest.activate_at.is_none_or(|instant| at <= instant);
    // While it does not judge yet, nobody is late.
    (starts <= now && !first.is_some_and(in_time)).then_some(starts)
}

impl Taken {
    /// As lines; what is missing of Kokuho first.
    pub(super) fn lines(&self, lang: Lang) -> String {
        let Taken { receipts, missing, others, late } = self;
        let mut text = String::new();
        if let Some(starts) = late {
            let kokuho = Organisation::Kokuho.say(lang);
            text.push_str(&say!(
                lang,
                "WARNING: no receipt of {kokuho} from before it begins to judge ({starts})\n",
                "警告: 適用開始（{starts}）までの{kokuho}の受領書がありません\n"
            ));
        }
        for (receipt, card) in receipts {
            text.push_str(&format!("{}\n", line(receipt, card, lang)));
        }
        if !missing.is_empty() {
            let missing = missing.join(", ");
            text.push_str(&say!(lang, "not taken by: {missing}\n", "未受領: {missing}\n"));
        }
        if *others > 0 {
            text.push_str(&say!(
                lang,
                "{others} files are no receipts of a receiver in the list for this release\n",
                "このリリースの受領書でないファイル、または一覧にない受領者のもの: {others} 件\n"
            ));
        }
        text
    }

    /// As JSON.
    pub(super) fn document(&self) -> Value {
        let Taken { receipts, missing, others, late } = self;
        let receipts: Vec<Value> = receipts.iter().map(|(receipt, card)| document(receipt, card)).collect();
        json!({ "taken": receipts, "not_taken": missing, "no_receipts": others, "kokuho_late_since": late })
    }
}

#[cfg(test)]
mod tests {
    use warifu_trust::ReleaseHead;
    use warifu_trust::testing::{head, masters, propose};

    use super::*;

    #[test]
    fn nobody_is_late_before_a_release_judges() {
        let at = UnixSeconds::new;
        let created = head(1, None).created.seconds();
        let instant = at(created + 100);
        let later = propose(ReleaseHead { activate_at: Some(instant), ..head(1, None) }, &masters(1));
        let late = |first: Option<i64>, now: i64| {
            late_since(later.manifest(), first.map(|first| at(created + first)), at(created + now))
        };
        assert_eq!(late(None, 99), None);
        assert_eq!(late(None, 100), Some(instant));
        assert_eq!(late(Some(100), 200), None);
        assert_eq!(late(Some(101), 200), Some(instant));

        let at_once = propose(head(1, None), &masters(1));
        assert_eq!(late_since(at_once.manifest(), None, at(created)), Some(at(created)));
        assert_eq!(late_since(at_once.manifest(), Some(at(created + 9)), at(created + 10)), None);
    }
}
