//! Claim files judged by both releases on all cores.

use std::num::NonZeroUsize;

use warifu_claims::movement::{FileImpact, Impact, Institution};
use warifu_claims::{ClaimFile, FILE_LIMIT_BYTES, Snapshot, institution};

use super::found::{ClaimPath, Unread};
use crate::error::{Exit, Failure};
use crate::in_order::in_order;

/// One claim file, judged by both.
#[derive(Debug)]
pub struct Judged<'a> {
    /// The file.
    pub file: &'a ClaimPath,
    /// Prefecture, point table and code of the institution, with hyphens; blank where the file names none.
    pub institution: String,
    /// What both judge differently in it.
    pub impact: FileImpact,
}

/// Judges `files` by `older` and `newer`, and gives the sum and what was not read. `take` gets what `render`
/// makes of each file, on whatever core, in the order of the files; `step` is called for each.
///
/// # Errors
/// Those of `take`.
pub fn judge<T: Send, E>(
    files: &[ClaimPath],
    (older, newer): (&Snapshot, &Snapshot),
    render: impl Fn(&Judged<'_>) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
    mut step: impl FnMut(),
) -> Result<(Impact, Vec<Unread>), E> {
    let (mut sum, mut unread) = (Impact::default(), Vec::new());
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let work = |file: &ClaimPath| {
        read(file, older, newer).map(|(from, judged)| (from, render(&judged), judged.impact))
    };
    in_order(files, cores, work, |one| {
        step();
        match one {
            Ok((from, rendered, impact)) => {
                sum.take(from, &impact);
                take(rendered)?;
            }
            Err(error) => unread.push(error),
        }
        Ok(())
    })?;
    Ok((sum, unread))
}

fn read<'a>(
    file: &'a ClaimPath,
    older: &Snapshot,
    newer: &Snapshot,
) -> Result<(Institution, Judged<'a>), Unread> {
    let unread = |why| Unread { file: file.shown.clone(), why: Box::new(why) };
    let bytes = warifu_files::read(&file.path, FILE_LIMIT_BYTES as u64)
        .map_err(|error| unread(Failure::told(Exit::Data, &error)))?;
    let claims = ClaimFile::read(&bytes);
    if claims.claim_count() == 0 {
        let name = &file.shown;
        return Err(unread(Failure::new(
            Exit::Data,
            format!("{name} holds no claim"),
            format!("{name} にレセプトがありません"),
        )));
    }
    let named = institution(&bytes);
    let text = named.map(|named| String::from_utf8_lossy(named).replace(',', "-")).unwrap_or_default();
    let impact = FileImpact::of(&claims, older, newer);
    Ok((Institution::of(named), Judged { file, institution: text, impact }))
}
