//! Handles: what the caller holds, opaque to it, and closes. Each begins with a tag of its kind, by which a
//! handle of another kind is seen before anything of it is used.
#![expect(unsafe_code, reason = "handles come back from C as pointers")]

use crate::fault::Fault;

/// What stands behind a handle. Any number of threads may use one at once.
pub(crate) trait Handle: Send + Sync + Sized {
    /// The opaque type that C sees.
    type Seen;
    /// What no other kind of handle begins with.
    const TAG: u64;
    /// What the header calls it.
    const NAME: &'static str;
}

/// What a handle points to.
#[repr(C)]
struct Tagged<T> {
    tag: u64,
    inner: T,
}

/// The tag of what was closed.
const CLOSED: u64 = 0;

/// Gives `inner` away as a handle; [`close`] takes it back.
pub(crate) fn give<T: Handle>(inner: T) -> *mut T::Seen {
    Box::into_raw(Box::new(Tagged { tag: T::TAG, inner })).cast()
}

/// What stands behind `handle`.
///
/// # Errors
/// It is null, or a handle of another kind.
///
/// # Safety
/// `handle` is null, or was given by [`give`] for whatever kind and is not closed before the end of `'a`.
#[inline]
pub(crate) unsafe fn behind<'a, T: Handle>(handle: *const T::Seen) -> Result<&'a T, Fault> {
    let tagged: *const Tagged<T> = handle.cast();
    if tagged.is_null() {
        return Err(Fault::null(T::NAME));
    }
    if !tagged.is_aligned() {
        return Err(Fault::no_such_handle(T::NAME));
    }
    // SAFETY: whatever its kind, a handle that is not closed points to a `Tagged`, which begins with its tag.
    if unsafe { (&raw const (*tagged).tag).read() } != T::TAG {
        return Err(Fault::no_such_handle(T::NAME));
    }
    // SAFETY: only `give::<T>` writes this tag; what it gave lives until it is closed, and is never changed.
    Ok(unsafe { &(*tagged).inner })
}

/// Closes the handle that lies at `place`, and leaves null there. Null was closed already.
///
/// # Errors
/// `place` is null, or a handle of another kind lies there.
///
/// # Safety
/// `place` is null or may be read and written; what lies there is as [`behind`] takes it, and nobody else
/// uses it any more.
pub(crate) unsafe fn close<T: Handle>(place: *mut *mut T::Seen) -> Result<(), Fault> {
    if place.is_null() {
        return Err(Fault::null(T::NAME));
    }
    if !place.is_aligned() {
        return Err(Fault::unaligned(T::NAME));
    }
    // SAFETY: the caller says that it may be read.
    let handle = unsafe { place.read() };
    if handle.is_null() {
        return Ok(());
    }
    // SAFETY: as the caller says.
    unsafe { behind::<T>(handle) }?;
    // SAFETY: the caller says that it may be written.
    unsafe { place.write(std::ptr::null_mut()) };
    let tagged: *mut Tagged<T> = handle.cast();
    // A copy of the handle that is used although it was closed is seen, as long as nobody has the memory
    // anew. SAFETY: it is a `Tagged<T>`, as `behind` saw, and nobody else uses it.
    unsafe { (&raw mut (*tagged).tag).write_volatile(CLOSED) };
    // SAFETY: the box that `give::<T>` made, which nobody took back before.
    drop(unsafe { Box::from_raw(tagged) });
    Ok(())
}
