//! Files for hosts: fixed-length records, and charsets whose ASCII is not ASCII.
//!
//! Their charsets differ in few places, some of them only in where kana and small letters stand, so that a file in
//! one is mostly text in another as well. All known ones are tried on the whole file; what tells them apart is
//! whether every byte is text and whether the kana columns hold kana. Where that does not decide, nothing is
//! assumed.

use std::sync::Arc;

use super::read_as::read_as;
use super::reading::{Candidate, Confidence, Reading, Why};
use super::recognise::{Guess, Kana, guess_charset};
use super::write::same_records;
use crate::charset::Charset;
use crate::finding::{Code, Finding};
use crate::schema::{Format, Framing, Schemas};
use crate::table::Role;

/// Whether files of `format` are told from others by trying, not by their bytes alone.
pub(super) fn is_for_hosts(format: &Format) -> bool {
    let by_table = matches!(format.charset, Charset::Table(_));
    matches!(format.framing, Framing::Fixed { .. }) || by_table || !format.charset.is_ascii_like()
}

/// That the file is not in `declared`, but what `reading` says, or else what it is `like`.
pub(super) fn not_in(declared: &Format, reading: &Reading, like: &str) -> Finding {
    let looks_like = match &reading.format {
        Some(format) => format!("{} ({})", format.name, format.charset.name()),
        None => like.to_owned(),
    };
    let expected = format!("{} ({})", declared.name, declared.charset.name());
    Finding::new(Code::FileFormat).found(looks_like).expected(expected)
}

/// One format tried on a file.
struct Attempt {
    format: Arc<Format>,
    reading: Reading,
    kana: Kana,
}

fn attempt(schemas: &Schemas, bytes: &[u8], format: &Arc<Format>, role: Option<Role>) -> Attempt {
    let mut reading = read_as(schemas, bytes, format, role);
    if reading.format.is_some() {
        reading.format = Some(Arc::clone(format));
    }
    let kana = reading.master.as_ref().map_or_else(Kana::default, |master| Kana::of(master));
    Attempt { format: Arc::clone(format), reading, kana }
}

/// Reads `bytes`, which some format for hosts should fit.
pub(super) fn read(schemas: &Schemas, bytes: &[u8], role: Option<Role>) -> Reading {
    let formats = schemas.formats().filter(|format| is_for_hosts(format));
    let attempts: Vec<Attempt> = formats
        .map(|format| attempt(schemas, bytes, format, role))
        .filter(|one| one.reading.layout.is_some())
        .collect();
    let (mut sound, unsound): (Vec<_>, Vec<_>) = attempts.into_iter().partition(|one| one.reading.is_sound());
    if sound.is_empty() {
        let faults = |one: &Attempt| one.reading.findings.counts().map(|(_, count)| count).sum::<u64>();
        return match unsound.into_iter().min_by_key(faults) {
            Some(best) => best.reading,
            None => Reading::finding(Finding::new(Code::FileUnknown).found("EBCDIC")),
        };
    }
    // Stable: of equals, the first by name.
    sound.sort_by_key(|one| std::cmp::Reverse(one.kana.per_mille()));
    let mut best = sound.remove(0);
    let same = |other: &Attempt| match (&best.reading.master, &other.reading.master) {
        (Some(one), Some(other)) => same_records(one, other),
        _ => false,
    };
    let (same, different): (Vec<_>, Vec<_>) = sound.into_iter().partition(same);
    let decided = best.kana.mostly() && different.iter().all(|other| other.kana.hardly());
    best.reading.confidence = match (decided, different.is_empty(), same.is_empty()) {
        (_, true, true) => Confidence::Certain,
        (_, true, false) | (true, false, _) => Confidence::Likely,
        (false, false, _) => Confidence::Possible,
    };
    let why = if decided { Why::FewerKana } else { Why::OtherText };
    let candidates = |attempts: &[Attempt], why| {
        let candidate = |one: &Attempt| Candidate { format: Arc::clone(&one.format), why };
        attempts.iter().map(candidate).collect::<Vec<_>>()
    };
    best.reading.others = candidates(&same, Why::SameRecords);
    best.reading.others.extend(candidates(&different, why));
    if !decided && !different.is_empty() {
        let names: Vec<_> = different.iter().map(|one| one.format.name.as_str()).collect();
        let finding = Finding::new(Code::FileDoubtful).found(&best.format.name).expected(names.join(", "));
        best.reading.findings.push(finding);
    }
    best.reading
}

/// The file in another format for hosts, in which other records come out and the kana columns hold kana.
fn better(schemas: &Schemas, bytes: &[u8], declared: &Attempt, role: Option<Role>) -> Option<Reading> {
    let others =
        schemas.formats().filter(|format| is_for_hosts(format) && format.name != declared.format.name);
    let attempts = others.map(|format| attempt(schemas, bytes, format, role));
    let differs = |other: &Attempt| match (&declared.reading.master, &other.reading.master) {
        (Some(one), Some(other)) => !same_records(one, other),
        _ => false,
    };
    let fitting = attempts.filter(|other| other.reading.is_sound() && other.kana.mostly() && differs(other));
    fitting.max_by_key(|other| other.kana.per_mille()).map(|other| other.reading)
}

/// Reads `bytes`, which should be in `format`. What it looks to be instead is only asked when something is wrong
/// with that.
///
/// `otherwise` reads the file with nothing declared.
pub(super) fn read_declared(
    schemas: &Schemas,
    bytes: &[u8],
    format: &Format,
    role: Option<Role>,
    otherwise: impl FnOnce() -> Reading,
) -> Reading {
    let format = Arc::new(format.clone());
    let declared = attempt(schemas, bytes, &format, role);
    if declared.reading.is_sound() {
        // Read in the wrong one of two charsets for hosts, kana become small letters and other kana: no byte is bad,
        // and only the kana columns tell.
        let better = declared.kana.looks_wrong().then(|| better(schemas, bytes, &declared, role)).flatten();
        let Some(mut better) = better else { return declared.reading };
        better.findings.push(not_in(&format, &better, "another format"));
        return better;
    }
    let mut other = match guess_charset(bytes) {
        Guess::Ebcdic | Guess::Binary => read(schemas, bytes, role),
        _ => otherwise(),
    };
    let another = other.format.as_ref().is_some_and(|found| found.name != format.name)
        && (other.is_sound() || declared.reading.layout.is_none());
    if !another {
        return declared.reading;
    }
    other.findings.push(not_in(&format, &other, "another format"));
    other
}
