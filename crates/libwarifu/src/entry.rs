//! The way in from C and out again: no panic leaves, and what went wrong is a status and an error.
#![expect(unsafe_code, reason = "the error is written where the caller says")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::fault::Fault;
use crate::handle::{Handle, give};
use crate::status::WarifuStatus;

/// An error that the caller holds and closes.
pub struct WarifuError {
    _opaque: [u8; 0],
}

impl Handle for Fault {
    type Seen = WarifuError;
    const TAG: u64 = u64::from_le_bytes(*b"wrferror");
    const NAME: &'static str = "error";
}

/// Does `work` for C. Leaves null at `error` when it was done, and else why it was not, unless `error` is
/// null.
///
/// # Safety
/// `error` is null or may be written.
#[inline]
pub(crate) unsafe fn entered(
    error: *mut *mut WarifuError,
    work: impl FnOnce() -> Result<(), Fault>,
) -> WarifuStatus {
    // What `work` was changing when it panicked is its own: nothing that is shared is ever changed.
    let (status, told) = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => (WarifuStatus::Ok, std::ptr::null_mut()),
        Ok(Err(fault)) => told(fault, error.is_null()),
        Err(panic) => {
            // Whatever it carries may panic too when it goes.
            std::mem::forget(panic);
            told(Fault::broken(), error.is_null())
        }
    };
    if !error.is_null() && error.is_aligned() {
        // SAFETY: the caller says that it may be written.
        unsafe { error.write(told) };
    }
    status
}

#[cold]
fn told(fault: Fault, unheard: bool) -> (WarifuStatus, *mut WarifuError) {
    (fault.status(), if unheard { std::ptr::null_mut() } else { give(fault) })
}
