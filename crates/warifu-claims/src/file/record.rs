//! The records of a claim file: their ids, and which of them are items.

use crate::item_code::ItemKind;

/// The two letters or digits before the first comma.
#[inline]
pub(super) fn record_id(text: &[u8]) -> Option<[u8; 2]> {
    match text {
        [first, second] | [first, second, b',', ..]
            if first.is_ascii_alphanumeric() && second.is_ascii_alphanumeric() =>
        {
            Some([*first, *second])
        }
        _ => None,
    }
}

/// The items: which records name a code of a master.
#[inline]
pub(super) fn kind_of(id: [u8; 2]) -> Option<ItemKind> {
    match &id {
        b"SI" => Some(ItemKind::Procedure),
        b"IY" => Some(ItemKind::Drug),
        b"TO" => Some(ItemKind::Material),
        b"CO" => Some(ItemKind::Comment),
        _ => None,
    }
}
