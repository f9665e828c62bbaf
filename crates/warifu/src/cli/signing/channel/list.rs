//! `channel list`: the releases on offer.

use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::release::trust_failure;
use warifu_channels::{fetch_fallback, fetch_manifest};
use warifu_trust::VerifiedRelease;
use warifu_values::say;

use super::super::seen::{
    manifest_lines, owed_document, post_review_lines, withdrawal_lines, withdrawals_document,
};
use super::from::From;
use crate::cli::Context;

/// List the releases on offer: the current one and the one to fall back to.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    from: From,
}

impl List {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let by = context.channel_by_whom(&self.from.channel);
        let opened = self.from.open(&by)?;
        let at = self.from.channel(&by)?;
        let at = at.as_ref();
        let current = fetch_manifest(at, &opened).map_err(|error| trust_failure(&error))?;
        let fallback = fetch_fallback(at, &opened).map_err(|error| trust_failure(&error))?;
        if context.json {
            context.print_json(&json!({
                "current": current, "fallback": fallback.as_ref().map(VerifiedRelease::manifest),
                "post_review_owed": owed_document(opened.statements(), opened.release(), &current),
                "withdrawals": withdrawals_document(opened.withdrawals()),
            }))?;
            return Ok(Exit::Done);
        }
        let lang = context.lang;
        let mut text = match opened.statements().withdrawal(opened.release()) {
            // It is the newest one, and nobody is to use it.
            Some(_) => say!(lang, "newest (WITHDRAWN): ", "最新（取下げ）: "),
            None => say!(lang, "current:  ", "現行: "),
        };
        text.push_str(&manifest_lines(&current, lang));
        text.push_str(&post_review_lines(opened.statements(), opened.release(), &current, lang));
        text.push_str(&withdrawal_lines(opened.withdrawals(), lang));
        match &fallback {
            Some(release) => {
                text.push_str(&say!(lang, "fallback: ", "戻り先: "));
                text.push_str(&manifest_lines(release.manifest(), lang));
            }
            None => text.push_str(&say!(lang, "fallback: none\n", "戻り先: なし\n")),
        }
        context.print(&text)?;
        Ok(Exit::Done)
    }
}
