//! `channel fetch`: the masters of a release as files.

use std::path::PathBuf;

use serde_json::json;
use warifu::advice::Advised;
use warifu::error::{Exit, Failure};
use warifu::release::{FetchedFolder, Written, signed_files, trust_failure};
use warifu_channels::{Came, Channel, fetch_fallback_masters, fetch_masters_beside};
use warifu_trust::{OpenedRelease, Transfer};
use warifu_values::lang::Speak as _;
use warifu_values::say;

use super::from::{From, withdrawn};
use crate::cli::Context;

/// Write the masters of the newest release in one format, each proven to be the bytes that were signed.
#[derive(Debug, clap::Args)]
pub(super) struct Fetch {
    #[command(flatten)]
    from: From,
    /// The format to write.
    #[arg(long, value_name = "FORMAT", default_value = "kikin")]
    format: String,
    /// Only this kind of master.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Write the release before the newest one instead, which both signed too: when the newest was withdrawn.
    #[arg(long)]
    fallback: bool,
    /// The folder to write to.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

impl Fetch {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let schemas = &context.library.schemas;
        let folder = FetchedFolder::at(&self.output)?;
        let by = context.channel_by_whom(&self.from.channel);
        let remembered = self.from.remembered()?;
        let (offered, verified) = if self.fallback {
            let opened = self.from.open(&by)?;
            let masters = fetch_fallback_masters(self.from.channel(&by)?.as_ref(), &opened);
            let masters = masters.map_err(|error| trust_failure(&error))?.ok_or_else(|| {
                Failure::new(
                    Exit::CouldNotRun,
                    "there is no release to go back to",
                    "戻り先のリリースがありません",
                )
            })?;
            (opened.release(), masters)
        } else {
            // What was fetched into the folder before need not come again.
            let on_hand = folder.on_hand(schemas, &self.format);
            let opened = self.from.open(&by)?;
            if let Some(made) = opened.withdrawn() {
                // In the same format, into the same folder: a file in another organisation's is no help.
                return Err(withdrawn(made, opened.fallback(), Advised::again().word("--fallback")));
            }
            let read = |at: &dyn Channel, opened: &OpenedRelease| fetch_masters_beside(at, opened, on_hand);
            (opened.release(), self.from.content(&by, &opened, read)?)
        };
        self.from.trusted.floor()?.check(verified.manifest()).map_err(|error| trust_failure(&error))?;
        // What the files are made of and what was let pass: `warifu validate` judges them by it.
        let manifest = verified.manifest().clone();
        let (written, transfer) = (verified.release(), verified.transfer().clone());
        let wanted = |kind: &str| self.kind.as_deref().is_none_or(|wanted| wanted == kind);
        let masters: Vec<_> = verified.into_masters().filter(|(entry, _)| wanted(&entry.kind)).collect();
        if masters.is_empty() {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "the release holds no such master",
                "リリースに該当するマスターがありません",
            ));
        }
        let folder = folder.known(|before| {
            let seen = [Some(offered), remembered, Some(written)].contains(&Some(before));
            Ok(seen || self.from.had_before(&by, &manifest, before)?)
        })?;
        // Everything is made and durable before anything has its name.
        let made = signed_files(schemas, masters, &self.format, |file| folder.write(file));
        let (files, aside) = folder.name(made?, &manifest)?;
        let release = written.release;
        tell(context, release, &transfer, &aside);
        let mut listed = Vec::new();
        let mut text = String::new();
        for Written { entry, path, sha256 } in &files {
            text.push_str(&format!("{sha256}  {}\n", path.display()));
            listed
                .push(json!({ "series": entry.series, "kind": entry.kind, "file": path, "sha256": sha256 }));
        }
        if context.json {
            context.print_json(&json!({
                "release": release, "files": listed, "superseded": aside,
                "transfer": transfer_json(&transfer),
            }))?;
        } else {
            context.print(&text)?;
        }
        Ok(Exit::Done)
    }
}

/// What came, beside the list of files: standard output is for programs.
fn tell(context: &Context, release: u64, transfer: &Transfer, aside: &[PathBuf]) {
    let lang = context.lang;
    let came = Came { release, transfer };
    for useless in came.useless() {
        context.tell(&format!("warifu: {}\n", useless.say(lang)));
    }
    context.tell(&format!("{}\n", came.say(lang)));
    for path in aside {
        let path = path.display();
        context.tell(&say!(
            lang,
            "not in release {release}, and set aside: {path}\n",
            "リリース {release} に含まれないため退避しました: {path}\n"
        ));
    }
}

fn transfer_json(transfer: &Transfer) -> serde_json::Value {
    let useless: Vec<_> = transfer.useless.iter().map(ToString::to_string).collect();
    json!({
        "bytes": transfer.bytes, "whole": transfer.whole, "patched": transfer.patched,
        "on_hand": transfer.on_hand, "useless_patches": useless,
    })
}
