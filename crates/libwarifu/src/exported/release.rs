//! Releases: opened, asked, closed.
#![expect(unsafe_code, reason = "exported by name, and given pointers")]

use std::ffi::c_char;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use warifu_trust::UnixSeconds;

use crate::entry::{WarifuError, entered};
use crate::given::{Place, optional_text, places, text, value, values};
use crate::handle::{Handle, behind, close, give};
use crate::opened::{OpenRelease, Source};
use crate::record::{WarifuQuestion, WarifuRecord};
use crate::status::WarifuStatus;
use crate::text::WarifuText;

/// A release that judges. It is never changed: any number of threads may use it at once. warifu_release_close
/// closes it, when nobody uses it any more.
pub struct WarifuRelease {
    _opaque: [u8; 0],
}

impl Handle for OpenRelease {
    type Seen = WarifuRelease;
    const TAG: u64 = u64::from_le_bytes(*b"wrfrlese");
    const NAME: &'static str = "release";
}

/// Where a release is opened from. All texts are paths in UTF-8, ended by NUL; they stay the caller's, and
/// are not used after the call. Begin with a struct of zeros.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct WarifuSource {
    /// The folder of the channel, as `warifu release publish` or `warifu channel copy` wrote it.
    pub channel: *const c_char,
    /// The file of the root that is trusted, as both organisations gave it out.
    pub root: *const c_char,
    /// The folder that remembers what was accepted, so that nothing older is accepted later; it is made when
    /// it is not there. Null: nothing is remembered, and an older copy of the channel is not noticed.
    pub remembered: *const c_char,
    /// The file that says what this side demands of releases (docs/trust.md). Null: what is built in.
    pub policy: *const c_char,
    /// The folder of the site's schemas. Null: those that are built in.
    pub schemas: *const c_char,
}

/// The version of this library. The text is there as long as the library.
#[unsafe(no_mangle)]
pub extern "C" fn warifu_version() -> WarifuText {
    WarifuText::of(env!("CARGO_PKG_VERSION"))
}

/// Opens the newest release of a channel: verified as a checker verifies it, by this machine's clock, its
/// masters read and indexed. That takes some tenths of a second and some tens of megabytes.
///
/// `release` is given a handle, which the caller closes with warifu_release_close; null when there is an
/// error. The release is used until it is closed, also when it has expired or a newer one was published
/// since: who wants that opens anew.
///
/// # Safety
/// `source` and its texts may be read, `release` and `error` may be written, or are null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_open(
    source: *const WarifuSource,
    release: *mut *mut WarifuRelease,
    error: *mut *mut WarifuError,
) -> WarifuStatus {
    let work = || {
        // SAFETY: as the caller says.
        let place = unsafe { Place::at(release, "release") }?;
        place.put(std::ptr::null_mut());
        // SAFETY: as the caller says.
        let source = unsafe { value(source, "source") }?;
        // SAFETY: as the caller says.
        let needed = |pointer, what| unsafe { text(pointer, what) }.map(Path::new);
        // SAFETY: as the caller says.
        let optional = |pointer, what| unsafe { optional_text(pointer, what) }.map(|it| it.map(Path::new));
        let source = Source {
            channel: needed(source.channel, "channel")?,
            root: needed(source.root, "root")?,
            remembered: optional(source.remembered, "remembered")?,
            policy: optional(source.policy, "policy")?,
            schemas: optional(source.schemas, "schemas")?,
        };
        place.put(give(OpenRelease::open(&source, now())?));
        Ok(())
    };
    // SAFETY: as the caller says.
    unsafe { entered(error, work) }
}

/// This machine's clock.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads it")]
fn now() -> UnixSeconds {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    UnixSeconds::new(i64::try_from(seconds).unwrap_or(i64::MAX))
}

/// What a release is, as one JSON object: `release` (its number), `manifest`, `masters`, `checks` and
/// `program` (by what it judges), `title`, `expires`, `activate_at` where it is not meant to judge at once,
/// and `signed_by`.
///
/// `json` is given a text that belongs to the release.
///
/// # Safety
/// `release` is null or a handle that is not closed; `json` and `error` may be written, or are null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_release_about(
    release: *const WarifuRelease,
    json: *mut WarifuText,
    error: *mut *mut WarifuError,
) -> WarifuStatus {
    let work = || {
        // SAFETY: as the caller says.
        let (release, place) = unsafe { (behind::<OpenRelease>(release)?, Place::at(json, "json")?) };
        place.put(WarifuText::of(&release.about));
        Ok(())
    };
    // SAFETY: as the caller says.
    unsafe { entered(error, work) }
}

/// What a release says of the `code`, as a number, of a `kind` on a treatment `day` (the number YYYYMMDD).
/// Codes have nine digits (WARIFU_PROCEDURE, WARIFU_DRUG, WARIFU_MATERIAL, WARIFU_COMMENT), seven
/// (WARIFU_DISEASE) or four (WARIFU_MODIFIER). A code that nobody knows is no error: `record` says so.
///
/// `record` is written where there is no error; its texts belong to the release.
///
/// # Safety
/// `release` is null or a handle that is not closed; `record` and `error` may be written, or are null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_look_up(
    release: *const WarifuRelease,
    kind: u32,
    code: u32,
    day: u32,
    record: *mut WarifuRecord,
    error: *mut *mut WarifuError,
) -> WarifuStatus {
    let work = || {
        // SAFETY: as the caller says.
        let (release, place) = unsafe { (behind::<OpenRelease>(release)?, Place::at(record, "record")?) };
        WarifuRecord::look_up(release, WarifuQuestion { kind, code, day }, &place)
    };
    // SAFETY: as the caller says.
    unsafe { entered(error, work) }
}

/// The same of `count` questions at once, in less time than as many calls: `records[i]` is what the release
/// says of `asked[i]`. At the first question that is not right the call ends with an error that names it;
/// the records before it are written.
///
/// # Safety
/// `release` is null or a handle that is not closed; `asked` leads to `count` questions, which nobody changes
/// meanwhile, and `records` to room for as many records, or is null; `error` may be written, or is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_look_up_all(
    release: *const WarifuRelease,
    asked: *const WarifuQuestion,
    count: usize,
    records: *mut WarifuRecord,
    error: *mut *mut WarifuError,
) -> WarifuStatus {
    let work = || {
        // SAFETY: as the caller says.
        let (release, asked) = unsafe { (behind::<OpenRelease>(release)?, values(asked, count, "asked")?) };
        // SAFETY: as the caller says.
        let places = unsafe { places(records, count, "records") }?;
        for (at, (asked, place)) in asked.iter().zip(places).enumerate() {
            WarifuRecord::look_up(release, *asked, &place).map_err(|fault| fault.at(at))?;
        }
        Ok(())
    };
    // SAFETY: as the caller says.
    unsafe { entered(error, work) }
}

/// Closes the release at `release` and leaves null there; null is closed already. Its texts are gone with it;
/// answers that it gave stay. Nobody may be using it.
///
/// # Safety
/// `release` is null or may be written, and what lies there is null or a handle that is not closed; `error`
/// may be written, or is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_release_close(
    release: *mut *mut WarifuRelease,
    error: *mut *mut WarifuError,
) -> WarifuStatus {
    // SAFETY: as the caller says.
    unsafe { entered(error, || close::<OpenRelease>(release)) }
}
