use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;
use warifu::advice::{Advised, Blank};
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::interrupt::{self, Whole};
use warifu::release::trust_failure;
use warifu_audit::Act;
use warifu_channels::{publish_root, refuse_other_root};
use warifu_trust::{
    KeyCard, KeyId, Organisation, RootBuilder, RootDraft, RootKey, RootSummary, SignedRoot, limits,
};
use warifu_usage::coded;
use warifu_values::digest::Digest;
use warifu_values::lang::{Speak as _, counted};
use warifu_values::say;

use super::confirm::Confirm;
use super::{KeySource, address, card, now, of_file, regular, root_lines};
use crate::cli::Context;

/// Say who may sign: make, sign and show the root.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(Init),
    Sign(Sign),
    Finish(Finish),
    Show(Show),
}

/// Make a root to be signed by the officers of both organisations.
#[derive(Debug, clap::Args)]
struct Init {
    /// Key cards of Kikin's release signers; name each with the option again.
    #[arg(long, value_name = "CARD", required = true)]
    kikin: Vec<PathBuf>,
    /// How many of them sign a release.
    #[arg(long, value_name = "N", default_value_t = 1)]
    kikin_threshold: u32,
    /// Key cards of Kokuho's release signers.
    #[arg(long, value_name = "CARD", required = true)]
    kokuho: Vec<PathBuf>,
    /// How many of them sign a release.
    #[arg(long, value_name = "N", default_value_t = 1)]
    kokuho_threshold: u32,
    /// Key cards of the automation that publishes; it can never approve.
    #[arg(long, value_name = "CARD", required = true)]
    timestamp: Vec<PathBuf>,
    /// How many officers change the root; without it the least number at which no side can do so alone.
    #[arg(long, value_name = "N")]
    root_threshold: Option<u32>,
    /// How long the root holds.
    #[arg(long, value_name = "DAYS", default_value_t = 730)]
    expires_days: u32,
    /// The root that this one follows, when it replaces one.
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
    /// Where to write the draft.
    #[arg(short, long, value_name = "DRAFT")]
    output: PathBuf,
}

/// Sign a root as one of its officers; the draft is signed in place and handed on.
#[derive(Debug, clap::Args)]
struct Sign {
    /// The draft.
    draft: PathBuf,
    /// The root that it follows, when it replaces one.
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
    #[command(flatten)]
    key: KeySource,
    #[command(flatten)]
    confirm: Confirm,
}

/// Make the finished root of a draft that enough officers signed.
#[derive(Debug, clap::Args)]
struct Finish {
    /// The draft.
    draft: PathBuf,
    /// The root that it follows, when it replaces one.
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
    /// Where to write the root that every side pins.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Also put it on this channel.
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<OsString>,
}

/// Show who may do what by a root, or by a draft of one, with every key to be read out.
#[derive(Debug, clap::Args)]
struct Show {
    /// The root, or the draft.
    root: PathBuf,
    /// The root that it follows: what it changes is shown first.
    #[arg(long, value_name = "FILE")]
    after: Option<PathBuf>,
}

impl Args {
    /// What is written down of it.
    pub(crate) fn act(&self) -> Option<Act> {
        match &self.command {
            Command::Init(_) | Command::Sign(_) | Command::Finish(_) => Some(Act::Root),
            Command::Show(_) => None,
        }
    }

    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::Init(args) => args.run(context),
            Command::Sign(args) => args.run(context),
            Command::Finish(args) => args.run(context),
            Command::Show(args) => args.run(context),
        }
    }
}

/// The finished root in `file`, if one is named.
fn previous(file: Option<&PathBuf>) -> Result<Option<SignedRoot>, Failure> {
    let read = |file: &PathBuf| {
        SignedRoot::pinned(&regular(file, limits::ROOT_BYTES)?).map_err(|error| of_file(file, &error))
    };
    file.map(read).transpose()
}

/// The root draft in `file`.
fn read_draft(file: &Path) -> Result<RootDraft, Failure> {
    RootDraft::read(&regular(file, limits::ROOT_BYTES)?).map_err(|error| of_file(file, &error))
}

/// What a root changes against the one before, removals and lowered thresholds first, and what it says.
fn lines_after(context: &Context, summary: &RootSummary, previous: Option<&SignedRoot>) -> String {
    let mut text = String::new();
    for change in previous.iter().flat_map(|previous| summary.changes_from(&previous.summary())) {
        text.push_str(&format!("! {}\n", change.say(context.lang)));
    }
    text.push_str(&root_lines(context, summary));
    text
}

/// The same of a draft, with who has signed it and what is signed.
fn draft_lines(context: &Context, draft: &RootDraft, previous: Option<&SignedRoot>) -> String {
    let lang = context.lang;
    let signers = draft.signers(previous).join(", ");
    let signers = if signers.is_empty() { say!(lang, "nobody", "なし") } else { signers };
    let signers = say!(lang, "signed so far by {signers}\n", "署名済み: {signers}\n");
    unsigned_lines(context, draft, previous, &signers)
}

/// The same with `signers` before what is signed; whoever is about to sign is told of them afterwards.
fn unsigned_lines(
    context: &Context,
    draft: &RootDraft,
    previous: Option<&SignedRoot>,
    signers: &str,
) -> String {
    let lang = context.lang;
    let mut text = say!(lang, "DRAFT of a root\n", "ルートの草案\n");
    text.push_str(&lines_after(context, &draft.summary(), previous));
    text.push_str(signers);
    let digest = draft.digest();
    text.push_str(&say!(lang, "to be signed: {digest}\n", "署名対象: {digest}\n"));
    text
}

impl Show {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let bytes = regular(&self.root, limits::ROOT_BYTES)?;
        let previous = previous(self.after.as_ref())?;
        let (root, draft) = match SignedRoot::pinned(&bytes) {
            Ok(root) => (Some(root), None),
            // Not enough signed it yet, or it is no root at all.
            Err(refusal) => match RootDraft::read(&bytes) {
                Ok(draft) => (None, Some(draft)),
                Err(_) => return Err(of_file(&self.root, &refusal)),
            },
        };
        let summary = match (&root, &draft) {
            (Some(root), _) => root.summary(),
            (None, Some(draft)) => draft.summary(),
            (None, None) => return Ok(Exit::Data),
        };
        let sha256 = Digest::of(&bytes);
        if context.json {
            let keys: Vec<_> = summary
                .keys
                .iter()
                .map(|key| {
                    json!({ "name": key.name, "organisation": key.organisation, "key": key.fingerprint })
                })
                .collect();
            let changes: Vec<_> = previous
                .iter()
                .flat_map(|previous| summary.changes_from(&previous.summary()))
                .map(|change| coded(change.code(), &change))
                .collect();
            context.print_json(&json!({
                "version": summary.version, "expires": summary.expires, "sha256": sha256,
                "draft": draft.is_some(), "changes": changes, "keys": keys,
                "root": { "threshold": summary.root_threshold, "kikin": summary.officers.kikin,
                          "kokuho": summary.officers.kokuho },
                "kikin": { "threshold": summary.release_threshold.kikin,
                           "signers": summary.release_signers.kikin },
                "kokuho": { "threshold": summary.release_threshold.kokuho,
                            "signers": summary.release_signers.kokuho },
                "timestamp": summary.timestamp,
            }))?;
        } else if let Some(draft) = &draft {
            context.print(&draft_lines(context, draft, previous.as_ref()))?;
        } else {
            let lines = lines_after(context, &summary, previous.as_ref());
            context.print(&format!("{lines}sha256 {sha256}\n"))?;
        }
        Ok(Exit::Done)
    }
}

impl Init {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let output = context.place(&self.output)?;
        let cards = |files: &[PathBuf]| -> Result<Vec<KeyCard>, Failure> {
            files.iter().map(|file| card(file)).collect()
        };
        let mut builder = RootBuilder::new(now().plus_days(self.expires_days))
            .release_signers(Organisation::Kikin, self.kikin_threshold, cards(&self.kikin)?)
            .release_signers(Organisation::Kokuho, self.kokuho_threshold, cards(&self.kokuho)?)
            .timestamp(cards(&self.timestamp)?);
        if let Some(threshold) = self.root_threshold {
            builder = builder.root_threshold(threshold);
        }
        let draft = match previous(self.after.as_ref())? {
            None => builder.first(),
            Some(previous) => builder.after(&previous),
        };
        let draft = draft.map_err(|error| trust_failure(&error))?;
        output.write(&draft.to_bytes())?;
        if context.json {
            context.print_json(
                &json!({ "draft": self.output, "root_threshold": draft.summary().root_threshold }),
            )?;
        } else {
            let (file, need) = (self.output.display(), draft.summary().root_threshold);
            let officers = counted(need.into(), "officer");
            let mut sign = Advised::command(&["trust", "sign"]).by_another().word(&file);
            if let Some(after) = &self.after {
                sign = sign.word("--after").word(after.display());
            }
            let sign = context.advise(&sign.word("--key").blank(Blank::Key));
            let next = say!(
                context.lang,
                "{file}: to be signed by {officers}, who run:\n  {sign}\n",
                "{file}: 責任者 {need} 名が署名してください\n  {sign}\n"
            );
            let previous = previous(self.after.as_ref())?;
            context.print(&format!("{}{next}", draft_lines(context, &draft, previous.as_ref())))?;
        }
        Ok(Exit::Done)
    }
}

impl Sign {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let previous = previous(self.after.as_ref())?;
        let mut draft = read_draft(&self.draft)?;
        let summary = draft.summary();
        let holder = |id: KeyId| {
            let of = |key: &&RootKey| key.fingerprint == id.read_out();
            summary.keys.iter().find(of).map(|key| key.name.clone())
        };
        let key = self.key.read(context, holder)?;
        if !context.json {
            context.print(&unsigned_lines(context, &draft, previous.as_ref(), ""))?;
        }
        self.confirm.ask(context, draft.digest())?;
        draft.sign(&key, previous.as_ref()).map_err(|error| trust_failure(&error))?;
        files::write(&self.draft, &draft.to_bytes())?;
        let (own, old) = draft.tally(previous.as_ref());
        if context.json {
            context.print_json(&json!({
                "have": own.have, "need": own.need,
                "previous": old.map(|old| json!({ "have": old.have, "need": old.need })),
            }))?;
        } else {
            let file = self.draft.display();
            let text = match old {
                None => say!(
                    context.lang,
                    "{file}: signed by {} of {} officers\n",
                    "{file}: 責任者の署名 {} / {}\n",
                    own.have,
                    own.need
                ),
                Some(old) => say!(
                    context.lang,
                    "{file}: signed by {} of {} officers of the new root, {} of {} of the previous one\n",
                    "{file}: 責任者の署名 新ルート {} / {}、前ルート {} / {}\n",
                    own.have,
                    own.need,
                    old.have,
                    old.need
                ),
            };
            context.print(&text)?;
        }
        Ok(Exit::Done)
    }
}

impl Finish {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let output = context.place(&self.output)?;
        let previous = previous(self.after.as_ref())?;
        let draft = read_draft(&self.draft)?;
        let root = draft.finish(previous.as_ref()).map_err(|error| trust_failure(&error))?;
        let at =
            self.channel.as_deref().map(|channel| address(channel, &context.channel_by())).transpose()?;
        let channel = at.map(|at| at.publish_channel());
        // A root of another line has no place beside this one, nor has what follows it.
        if let (Some(channel), Some(previous)) = (&channel, &previous) {
            refuse_other_root(channel.as_ref(), previous).map_err(|error| trust_failure(&error))?;
        }
        let whole = Whole::begin();
        output.write(root.bytes())?;
        if let (Some(channel), Some(name)) = (channel, &self.channel) {
            publish_root(channel.as_ref(), &root).map_err(|error| trust_failure(&error))?;
            interrupt::wrote(name.display());
        }
        drop(whole);
        let sha256 = Digest::of(root.bytes());
        if context.json {
            context
                .print_json(&json!({ "root": self.output, "version": root.version(), "sha256": sha256 }))?;
        } else {
            let file = self.output.display();
            context.print(&say!(
                context.lang,
                "{file}: root version {}, sha256 {sha256}\n\
                 Every node pins this file; compare the digest by voice.\n",
                "{file}: ルート 第{}版、sha256 {sha256}\nすべてのチェッカーと署名者に配布し、ダイジェストを口頭で照合してください。\n",
                root.version()
            ))?;
        }
        Ok(Exit::Done)
    }
}
