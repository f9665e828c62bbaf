//! Errors: what they say, in both languages.
#![expect(unsafe_code, reason = "exported by name, and given pointers")]

use crate::entry::{WarifuError, entered};
use crate::fault::Fault;
use crate::given::Place;
use crate::handle::{behind, close};
use crate::status::WarifuStatus;
use crate::text::WarifuText;

/// The language of a message: English.
pub const WARIFU_ENGLISH: u32 = 0;
/// The language of a message: Japanese.
pub const WARIFU_JAPANESE: u32 = 1;

/// The status that an error came with; WARIFU_STATUS_MISUSE of what is no error.
///
/// # Safety
/// `error` is null or a handle that is not closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_error_status(error: *const WarifuError) -> WarifuStatus {
    let mut status = WarifuStatus::Misuse;
    let work = || {
        // SAFETY: as the caller says.
        status = unsafe { behind::<Fault>(error) }?.status();
        Ok(())
    };
    // SAFETY: null is not written.
    unsafe { entered(std::ptr::null_mut(), work) };
    status
}

/// What an error says in a `language` (WARIFU_ENGLISH, WARIFU_JAPANESE): what, where, why and what to do
/// next.
///
/// `message` is given a text that belongs to the error.
///
/// # Safety
/// `error` is null or a handle that is not closed; `message` may be written, or is null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_error_message(
    error: *const WarifuError,
    language: u32,
    message: *mut WarifuText,
) -> WarifuStatus {
    let work = || {
        // SAFETY: as the caller says.
        let (fault, place) = unsafe { (behind::<Fault>(error)?, Place::at(message, "message")?) };
        place.put(WarifuText::of(match language {
            WARIFU_ENGLISH => &fault.said().en,
            WARIFU_JAPANESE => &fault.said().ja,
            other => return Err(Fault::no_language(other)),
        }));
        Ok(())
    };
    // SAFETY: null is not written.
    unsafe { entered(std::ptr::null_mut(), work) }
}

/// Closes the error at `error` and leaves null there; null is closed already. Its texts are gone with it.
///
/// # Safety
/// `error` is null or may be written, and what lies there is null or a handle that is not closed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn warifu_error_close(error: *mut *mut WarifuError) -> WarifuStatus {
    // SAFETY: as the caller says; null is not written.
    unsafe { entered(std::ptr::null_mut(), || close::<Fault>(error)) }
}
