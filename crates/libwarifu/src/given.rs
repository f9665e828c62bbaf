//! What C hands in, looked at before it is used. What cannot be seen is said at each: that a pointer leads to
//! what the header says.
#![expect(unsafe_code, reason = "C hands in pointers")]

use std::ffi::{CStr, c_char};

use warifu_claims::FILE_LIMIT_BYTES;

use crate::fault::Fault;

/// The text at `pointer`, which the header calls `what`.
///
/// # Errors
/// It is null, or no UTF-8.
///
/// # Safety
/// `pointer` is null, or leads to bytes up to a NUL, which nobody changes during `'a`.
pub(crate) unsafe fn text<'a>(pointer: *const c_char, what: &str) -> Result<&'a str, Fault> {
    // SAFETY: as the caller says.
    unsafe { optional_text(pointer, what) }?.ok_or_else(|| Fault::null(what))
}

/// The same, and none where it is null.
///
/// # Errors
/// It is no UTF-8.
///
/// # Safety
/// As [`text`].
pub(crate) unsafe fn optional_text<'a>(pointer: *const c_char, what: &str) -> Result<Option<&'a str>, Fault> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: as the caller says.
    let text = unsafe { CStr::from_ptr(pointer) }.to_str();
    text.map(Some).map_err(|_| Fault::not_utf8(what))
}

/// The `length` bytes of a claim file at `pointer`.
///
/// # Errors
/// There are none, more than a claim file may have, or `pointer` is null.
///
/// # Safety
/// `pointer` is null, or leads to so many bytes, which nobody changes during `'a`.
pub(crate) unsafe fn claim_file<'a>(pointer: *const u8, length: usize) -> Result<&'a [u8], Fault> {
    match length {
        0 => Err(Fault::empty_file()),
        length if length > FILE_LIMIT_BYTES => Err(Fault::too_large()),
        _ if pointer.is_null() => Err(Fault::null("bytes")),
        // SAFETY: as the caller says; the limit is below what a slice may have.
        length => Ok(unsafe { std::slice::from_raw_parts(pointer, length) }),
    }
}

/// What lies at `pointer`, which the header calls `what`.
///
/// # Errors
/// It is null, or no such value can lie there.
///
/// # Safety
/// `pointer` is null, or leads to a whole value, which nobody changes during `'a`.
pub(crate) unsafe fn value<'a, T>(pointer: *const T, what: &str) -> Result<&'a T, Fault> {
    sound(pointer, what)?;
    // SAFETY: as the caller says, and it is neither null nor misplaced.
    Ok(unsafe { &*pointer })
}

/// The `count` values at `pointer`, which the header calls `what`.
///
/// # Errors
/// It is null though there are some, no such value can lie there, or there are more than fit into memory.
///
/// # Safety
/// `pointer` is null, or leads to so many whole values, which nobody changes during `'a`.
pub(crate) unsafe fn values<'a, T>(pointer: *const T, count: usize, what: &str) -> Result<&'a [T], Fault> {
    if count == 0 {
        return Ok(&[]);
    }
    many(pointer, count, what)?;
    // SAFETY: as the caller says; it is neither null nor misplaced, and a slice may be as long.
    Ok(unsafe { std::slice::from_raw_parts(pointer, count) })
}

/// The `count` places of the caller's at `pointer`, which the header calls `what`, in their order.
///
/// # Errors
/// As [`values`].
///
/// # Safety
/// `pointer` is null, or so many values may be written there for as long as the places are used; what lies
/// there may be anything.
pub(crate) unsafe fn places<T>(
    pointer: *mut T,
    count: usize,
    what: &str,
) -> Result<impl Iterator<Item = Place<T>>, Fault> {
    if count > 0 {
        many(pointer, count, what)?;
    }
    // Nobody may read what lies there, so that it is no slice; no address of it overflows, as `many` saw.
    Ok((0..count).map(move |at| Place(pointer.wrapping_add(at))))
}

fn many<T>(pointer: *const T, count: usize, what: &str) -> Result<(), Fault> {
    sound(pointer, what)?;
    let fits = count.checked_mul(size_of::<T>()).is_some_and(|bytes| isize::try_from(bytes).is_ok());
    if fits { Ok(()) } else { Err(Fault::too_many(what, count)) }
}

/// A place of the caller's for an outcome.
pub(crate) struct Place<T>(*mut T);

impl<T> Place<T> {
    /// The place at `pointer`, which the header calls `what`.
    ///
    /// # Errors
    /// It is null, or no such value can lie there.
    ///
    /// # Safety
    /// `pointer` is null, or may be written for as long as the place is used; what lies there may be
    /// anything.
    #[inline]
    pub(crate) unsafe fn at(pointer: *mut T, what: &str) -> Result<Place<T>, Fault> {
        sound(pointer, what)?;
        Ok(Place(pointer))
    }

    /// Writes there.
    #[inline]
    pub(crate) fn put(&self, value: T) {
        // SAFETY: who made the place said that it may be written.
        unsafe { self.0.write(value) };
    }
}

#[inline]
fn sound<T>(pointer: *const T, what: &str) -> Result<(), Fault> {
    match () {
        () if pointer.is_null() => Err(Fault::null(what)),
        () if !pointer.is_aligned() => Err(Fault::unaligned(what)),
        () => Ok(()),
    }
}
