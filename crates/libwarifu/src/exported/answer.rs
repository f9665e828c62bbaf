//! Claim files: judged, and what that came to.
#![expect(unsafe_code, reason = "exported by name, and given pointers")]

use warifu_judging::Summary;

use super::release::WarifuRelease;
use crate::entry::{WarifuError, entered};
use crate::given::{Place, claim_file};
use crate::handle::{Handle, behind, close, give};
use crate::judged::Judged;
use crate::opened::OpenRelease;
use crate::status::WarifuStatus;
use crate::text::WarifuText;

/// What a claim file came to. It is never changed: any number of threads may use it at once.
/// warifu_answer_close closes it.
pub struct WarifuAnswer {
    _opaque: [u8; 0],
}

impl Handle for Judged {
    type Seen = WarifuAnswer;
    const TAG: u64 = u64::from_le_bytes(*b"wrfanswr");
    const NAME: &'static str = "answer";
}

/// What a claim file came to, in numbers.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarifuSummary {
    /// The number of the release that judged.
    pub release: u64,
    /// Claims in the file.
    pub claims: u64,
    /// Items and comments looked up.
    pub items: u64,
    /// Findings altogether.
    pub findings: u64,
    /// Of these, errors.
    pub errors: u64,
    /// Of these, items that could not be judged.
    pub unjudged: u64,
    /// Of these, notices: told, and processed as right.
    pub notices: u64,
    /// Findings that were only counted: no line says them.
    pub left_out: u64,
    /// Lines of the answer: the findings that are said, and the summary at last.
    pub lines: u64,
}

/// Judges the claim file (UKE) of `length` bytes at `bytes`, which stay the caller's and are not used after
/// the call. Whatever is wrong with the file is a finding, and no error.
///
/// `answer` is given a handle, which the caller closes with warifu_answer_close; null when there is an error.
/// It does not need the release any more.
///
/// # Safety
/// `release` is null or a handle that is not closed; `bytes` is null or leads to so many bytes, which nobody
/// changes meanwhile; `answer` and `error` may be written, or are null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_check(
    release: *const WarifuRelease,
    bytes: *const u8,
    length: usize,
    answer: *mut *mut WarifuAnswer,
    error: *mut *mut WarifuError,
) -> WarifuStatus {
    let work = || {
        // SAFETY: as the caller says.
        let place = unsafe { Place::at(answer, "answer") }?;
        place.put(std::ptr::null_mut());
        // SAFETY: as the caller says.
        let (release, file) = unsafe { (behind::<OpenRelease>(release)?, claim_file(bytes, length)?) };
        place.put(give(Judged::of(release, file)?));
        Ok(())
    };
    // SAFETY: as the caller says.
    unsafe { entered(error, work) }
}

/// The numbers of an answer.
///
/// # Safety
/// `answer` is null or a handle that is not closed; `summary` and `error` may be written, or are null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_answer_summary(
    answer: *const WarifuAnswer,
    summary: *mut WarifuSummary,
    error: *mut *mut WarifuError,
) -> WarifuStatus {
    let work = || {
        // SAFETY: as the caller says.
        let (judged, place) = unsafe { (behind::<Judged>(answer)?, Place::at(summary, "summary")?) };
        let Summary { claims, items, findings, errors, unjudged, notices, left_out, receipt } =
            &judged.summary;
        place.put(WarifuSummary {
            release: receipt.release,
            claims: *claims,
            items: *items,
            findings: *findings,
            errors: *errors,
            unjudged: *unjudged,
            notices: *notices,
            left_out: *left_out,
            lines: judged.count() as u64,
        });
        Ok(())
    };
    // SAFETY: as the caller says.
    unsafe { entered(error, work) }
}

/// All lines of an answer, each ended by LF: byte for byte what `warifu-checker check --json` prints, and
/// what a checker answers over HTTP (docs/openapi.json). A line is a JSON object: a finding, or at last the
/// summary.
///
/// `lines` is given a text that belongs to the answer.
///
/// # Safety
/// `answer` is null or a handle that is not closed; `lines` and `error` may be written, or are null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_answer_lines(
    answer: *const WarifuAnswer,
    lines: *mut WarifuText,
    error: *mut *mut WarifuError,
) -> WarifuStatus {
    let work = || {
        // SAFETY: as the caller says.
        let (judged, place) = unsafe { (behind::<Judged>(answer)?, Place::at(lines, "lines")?) };
        place.put(WarifuText::of(&judged.lines));
        Ok(())
    };
    // SAFETY: as the caller says.
    unsafe { entered(error, work) }
}

/// One line of an answer, without its end: `index` counts from 0, and the last one is the summary.
///
/// `line` is given a text that belongs to the answer.
///
/// # Safety
/// As for warifu_answer_lines.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_answer_line(
    answer: *const WarifuAnswer,
    index: usize,
    line: *mut WarifuText,
    error: *mut *mut WarifuError,
) -> WarifuStatus {
    let work = || {
        // SAFETY: as the caller says.
        let (judged, place) = unsafe { (behind::<Judged>(answer)?, Place::at(line, "line")?) };
        place.put(WarifuText::of(judged.line(index)?));
        Ok(())
    };
    // SAFETY: as the caller says.
    unsafe { entered(error, work) }
}

/// Closes the answer at `answer` and leaves null there; null is closed already. Its texts are gone with it.
///
/// # Safety
/// `answer` is null or may be written, and what lies there is null or a handle that is not closed; `error`
/// may be written, or is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_answer_close(
    answer: *mut *mut WarifuAnswer,
    error: *mut *mut WarifuError,
) -> WarifuStatus {
    // SAFETY: as the caller says.
    unsafe { entered(error, || close::<Judged>(answer)) }
}
