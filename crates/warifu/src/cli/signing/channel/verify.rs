//! `channel verify`: the newest release, every byte of it, and a receipt of what came of it.

use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::release::trust_failure;
use warifu_channels::fetch;
use warifu_trust::{OpenedRelease, Received, VerifiedRelease};
use warifu_values::lang::Speak;
use warifu_values::phrase::Phrase;
use warifu_values::say;

use super::super::head::phrase_lines;
use super::super::receipts::Receiving;
use super::super::seen::{manifest_lines, owed_document, post_review_lines};
use super::from::From;
use crate::cli::Context;

/// Verify the newest release: signatures of both organisations, order, freshness, and every byte of content.
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    #[command(flatten)]
    from: From,
    #[command(flatten)]
    receiving: Receiving,
}

impl Verify {
    /// The release, every byte of it, and a receipt of what came of it.
    fn verified(&self, context: &Context) -> Result<(OpenedRelease, VerifiedRelease), Failure> {
        let by = context.channel_by_whom(&self.from.channel);
        let opened = self.from.open(&by)?;
        self.from.holds_for_newcomers(&by, &opened)?;
        let release = opened.release();
        let verified = self.from.content(&by, &opened, fetch).and_then(|verified| {
            let floor = self.from.trusted.floor()?;
            floor.check(verified.manifest()).map_err(|error| trust_failure(&error))?;
            Ok(verified)
        });
        let received = match &verified {
            Ok(_) => Received::Verified,
            Err(failure) => match opened.withdrawn() {
                Some(made) => Receiving::withdrawn(made, context.lang),
                None => Receiving::refused(&failure.say(context.lang)),
            },
        };
        // What could not be read today says nothing of the release.
        let is_verdict = verified.as_ref().err().is_none_or(|failure| failure.exit == Exit::Trust);
        let written = if is_verdict { self.receiving.write(context, release, received) } else { Ok(()) };
        match (verified, written) {
            (Ok(verified), written) => written.map(|()| (opened, verified)),
            (Err(refused), Ok(())) => Err(refused),
            // That the release was refused must not be lost for a passphrase or a full disk.
            (Err(refused), Err(unwritten)) => Err(refused.and(&unwritten)),
        }
    }

    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (opened, verified) = self.verified(context)?;
        let signers = opened.signers();
        if context.json {
            context.print_json(&json!({
                "verified": true, "manifest": verified.manifest(), "expires": opened.expires(),
                "phrase": Phrase::of(&opened.release().manifest),
                "signers": { "kikin": signers.kikin, "kokuho": signers.kokuho },
                "post_review_owed": owed_document(opened.statements(), opened.release(), verified.manifest()),
            }))?;
            return Ok(Exit::Done);
        }
        let lang = context.lang;
        let (kikin, kokuho) = (signers.kikin.join(", "), signers.kokuho.join(", "));
        let mut text = manifest_lines(verified.manifest(), lang);
        phrase_lines(verified.manifest(), lang).iter().for_each(|line| text.push_str(&format!("{line}\n")));
        let (statements, release) = (opened.statements(), opened.release());
        text.push_str(&post_review_lines(statements, release, verified.manifest(), lang));
        text.push_str(&say!(
            lang,
            "signed by {kikin} (Kikin) and {kokuho} (Kokuho); every byte is what both signed\n\
             fresh until {}\n",
            "署名: {kikin}（支払基金）、{kokuho}（国保中央会）。全バイトが両者の署名と一致しました\n有効期限 {}\n",
            opened.expires().said(lang)
        ));
        context.print(&text)?;
        Ok(Exit::Done)
    }
}
