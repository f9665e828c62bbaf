//! What was gathered, as JSON, whole.

use serde_json::{Value, json};
use warifu::store::{Ancestry, LogEntry};
use warifu::withdrawn::Withdrawn;
use warifu_trust::{Expiries, Organisation, Owed};
use warifu_values::lang::{Lang, Speak as _};

use super::gathered::{Gathered, Master, Proof};
use super::waiting::Waits;
use crate::cli::context::Context;
use crate::cli::signing::standing::DraftSeen;

impl Gathered {
    /// As JSON, whole.
    pub(super) fn document(&self, waiting: &[Waits], context: &Context) -> Value {
        let masters: Vec<Value> = self
            .masters
            .iter()
            .map(|Master { series, kind, record }| {
                json!({
                    "series": series, "kind": kind, "file": record.name, "dated": record.dated,
                    "imported": record.imported, "records": record.records,
                    "correction": record.correction,
                })
            })
            .collect();
        let last = self.last.as_ref().map(|last| {
            let (proof, file) = match &last.proof {
                Proof::Signed => ("signed", None),
                Proof::File(file) => ("file", Some(file)),
            };
            json!({
                "release": last.manifest.release, "title": last.manifest.title,
                "commit": last.manifest.commit, "known_by": proof, "file": file,
                "commit_is": ancestry(last.ancestry),
                "imports": last.imports.iter().map(import).collect::<Vec<_>>(),
                "other_commits": last.others,
            })
        });
        let expires = self.expiries.map(|Expiries { root, targets, snapshot, timestamp }| {
            json!({ "root": root, "targets": targets, "snapshot": snapshot, "timestamp": timestamp })
        });
        let drafts: Vec<Value> = self.drafts.iter().map(draft_document).collect();
        let waiting: Vec<Value> = waiting
            .iter()
            .map(|one| {
                let command = one.command().map(|command| context.advise(&command));
                json!({
                    "code": one.code(), "en": one.say(Lang::En), "ja": one.say(Lang::Ja), "command": command,
                })
            })
            .collect();
        let fault = self.channel_fault.as_ref().map(ToString::to_string);
        json!({
            "schema": "warifu/status/1",
            "repository": self.path, "commit": self.commit, "series": self.series, "masters": masters,
            "channel": self.channel.as_ref().map(|(channel, _)| channel),
            "last_release": last, "nothing_published": self.nothing_published, "channel_fault": fault,
            "withdrawn": self.withdrawn.as_ref().map(Withdrawn::document),
            "renew_first": self.renew_first,
            "post_reviews_owed": self.owed.iter().map(owed).collect::<Vec<_>>(),
            "expires": expires, "undone": self.undone.iter().map(import).collect::<Vec<_>>(),
            "changed_files": self.changed, "shared": self.origin,
            "apart_when_seen": self.apart.map(|(ours, theirs)| json!({ "ours": ours, "theirs": theirs })),
            "drafts": drafts, "waiting": waiting,
        })
    }
}

fn owed(Owed { release, by }: &Owed) -> Value {
    json!({ "release": release.release, "by": by })
}

fn import(entry: &LogEntry) -> Value {
    json!({
        "commit": entry.commit, "series": entry.series, "kind": entry.kind, "file": entry.record.name,
        "dated": entry.record.dated,
    })
}

fn draft_document(seen: &DraftSeen) -> Value {
    let side = |organisation| {
        let (tally, signers) = seen.signed.as_ref()?;
        let (tally, signers) = (tally.of(organisation), signers.of(organisation));
        Some(json!({
            "have": tally.have, "need": tally.need, "signed": signers.have, "not_signed": signers.have_not,
        }))
    };
    json!({
        "folder": seen.folder, "release": seen.manifest.release, "title": seen.manifest.title,
        "commit": seen.manifest.commit,
        "kikin": side(Organisation::Kikin), "kokuho": side(Organisation::Kokuho),
    })
}

fn ancestry(ancestry: Ancestry) -> &'static str {
    match ancestry {
        Ancestry::Follows => "before-or-here",
        Ancestry::Before => "after",
        Ancestry::Apart => "apart",
        Ancestry::Unknown => "not-here",
    }
}
