//! What is known of a record by its id.

use super::layout::Layout;
use super::layouts::{self, LAYOUTS};

/// What is known of a record by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::file) enum Known {
    /// Its fields are.
    Fields(&'static Layout),
    /// Only that there is such a record: its fields are not looked into.
    Id,
}

/// What is known of the record `id`; `None` when there is none.
#[inline]
pub(in crate::file) fn known(id: [u8; 2]) -> Option<Known> {
    // Nearly every record is one of these.
    let layout = match &id {
        b"SI" => Some(&layouts::SI),
        b"IY" => Some(&layouts::IY),
        b"CO" => Some(&layouts::CO),
        _ => LAYOUTS.iter().copied().find(|layout| layout.id == id),
    };
    match layout {
        Some(layout) => Some(Known::Fields(layout)),
        None => ONLY_NAMED.contains(&&id).then_some(Known::Id),
    }
}

/// Records whose fields are not looked into: the tables of days (NI) until March 2012, those of organ donors
/// (TI, TR, TS), why a claim is not bundled (GR), what only 国保連 records (KH), and those of DPC claims.
const ONLY_NAMED: &[&[u8; 2]] =
    &[b"NI", b"TI", b"TR", b"TS", b"GR", b"KH", b"BU", b"SB", b"KK", b"SK", b"GA", b"HH", b"GT", b"CD"];
