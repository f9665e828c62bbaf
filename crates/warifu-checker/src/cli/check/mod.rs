//! `check`: one claim file, without a running checker.

mod judged_by;

mod given_as;
mod other_file;

use std::fs;
use std::io::{self, Write as _};

use warifu_claims::{ClaimFile, FILE_LIMIT_BYTES};
use warifu_judging::{judged, too_large};
use warifu_values::lang::Speak as _;

use crate::cli::arguments::Check;
use crate::cli::check::given_as::{give, give_failure, refuse_unwritable};
use crate::cli::check::judged_by::candidate;
use crate::cli::check::other_file::other_than_claims;
use crate::cli::failure::Failure;
use crate::cli::inputs::{read_file, schemas_of};
use crate::cli::waiting::Waiting;
use crate::said::Said;

/// Findings that are given of one file. Some hundred bytes each: what a whole claim file can have of them
/// would not fit into the memory of a clinic's machine. What is beyond is counted, and told.
const CHECK_FINDINGS_LIMIT: usize = 1_000_000;

pub(super) fn check_file(check: &Check, waiting: Waiting) -> Result<u8, Failure> {
    let lang = waiting.lang;
    refuse_unwritable(&check.given)?;
    judge_file(check, waiting).inspect_err(|failure| {
        // Why nothing was judged is told in any case.
        let _ = give_failure(&check.given, failure, lang);
    })
}

fn judge_file(check: &Check, waiting: Waiting) -> Result<u8, Failure> {
    let lang = waiting.lang;
    let schemas = schemas_of(&check.site)?;
    // Before the channel is asked: who mistyped the name need not wait for it.
    let is_too_large = fs::metadata(&check.file).is_ok_and(|file| file.len() > FILE_LIMIT_BYTES as u64);
    if is_too_large {
        return Err(Failure { status: 1, said: too_large() });
    }
    let bytes = read_file(&check.file)?;
    let candidate = candidate(&check.by, &schemas, waiting)?;
    if let Some(said) = other_than_claims(&check.file, &bytes) {
        // Nobody listens: the findings are told all the same.
        let _ = writeln!(io::stderr(), "warifu-checker: {}", said.say(lang));
    }
    let (file, judged) = waiting.on(&Said::new("judging", "点検しています"), || {
        let file = ClaimFile::read_keeping(&bytes, CHECK_FINDINGS_LIMIT);
        drop(bytes);
        let judged = judged(&file, &candidate.snapshot, &candidate.receipt, CHECK_FINDINGS_LIMIT);
        (file, judged)
    });
    give(&check.given, (&check.file, &file), &judged, lang)?;
    Ok(u8::from(judged.summary.errors > 0))
}
