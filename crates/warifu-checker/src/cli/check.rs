//! `check`: one claim file, without a running checker.

use std::fs;
use std::io::{self, Write as _};

use warifu_channels::Patience;
use warifu_claims::{ClaimFile, FILE_LIMIT_BYTES};
use warifu_judging::{answer, too_large};
use warifu_values::lang::{Lang, Speak as _, counted};

use crate::candidate::Candidate;
use crate::cli::arguments::Check;
use crate::cli::failure::Failure;
use crate::cli::inputs::{floor, mirrors, read_file, schemas_of};
use crate::log::now;
use crate::release::ReleaseContent;
use crate::said::Said;
use crate::source::newest;
use crate::state::StateDirectory;

pub(super) fn check_file(check: &Check, lang: Lang) -> Result<u8, Failure> {
    let schemas = schemas_of(&check.site)?;
    let content = release_for(check)?;
    let candidate = Candidate::build(&schemas, content).map_err(|said| Failure { status: 1, said })?;
    let is_too_large = fs::metadata(&check.file).is_ok_and(|file| file.len() > FILE_LIMIT_BYTES as u64);
    if is_too_large {
        return Err(Failure { status: 1, said: too_large() });
    }
    let answer = answer(&ClaimFile::read(&read_file(&check.file)?), &candidate.snapshot, &candidate.receipt);
    let mut out = io::stdout().lock();
    if check.json {
        out.write_all(&answer.lines)?;
    } else {
        for finding in answer.findings.list() {
            let claim = finding.claim.map(|claim| format!(" #{claim}")).unwrap_or_default();
            let asp = finding.code.asp().map(|asp| format!(" {asp}")).unwrap_or_default();
            let (line, severity, code) = (finding.line, finding.severity().as_str(), finding.code);
            writeln!(out, "{line}{claim}: {severity} {code}{asp}: {}", finding.message(lang))?;
        }
        let s = &answer.summary;
        let said = Said::new(
            format!(
                "{}, {}: {}, {} not judged, by release {}",
                counted(s.claims, "claim"),
                counted(s.items, "item"),
                counted(s.errors, "error"),
                s.unjudged,
                s.receipt.release
            ),
            format!(
                "レセプト {} 件、{} 項目: エラー {} 件、判定不能 {} 件（リリース {}）",
                s.claims, s.items, s.errors, s.unjudged, s.receipt.release
            ),
        );
        writeln!(out, "{}", said.say(lang))?;
    }
    Ok(u8::from(answer.summary.errors > 0))
}

fn release_for(check: &Check) -> Result<ReleaseContent, Failure> {
    if let Some(root) = check.root.as_ref().filter(|_| !check.channel.is_empty()) {
        let (mirrors, floor) = (mirrors(&check.channel, Patience::ONCE)?, floor(check.policy.as_deref())?);
        return Ok(newest(&mirrors, &read_file(root)?, &floor, now())?);
    }
    let directory = StateDirectory::look_at(check.state.clone().unwrap_or_default());
    let could_not = |error| Failure::could_not(Said::of(&error));
    let record = directory.record().map_err(could_not)?;
    let running = record.running().release().ok_or_else(|| {
        Failure::could_not(Said::new("this state directory records no release", "リリースの記録がありません"))
    })?;
    directory.load(running.id.into()).map_err(could_not)
}
