//! The records of a claim file: their ids, how many fields they have, and where an item's fields stand.
//!
//! Layout: 電子レセプトの作成手引き (医科). Positions count from 1 with the record id, as there.

use super::item::ItemKind;

/// The two letters or digits before the first comma.
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

/// How many fields a record has; `None` for records that are not looked into.
pub(super) fn width(id: [u8; 2]) -> Option<usize> {
    Some(match &id {
        b"IR" => 10,
        b"RE" => 38,
        b"HO" => 15,
        b"KO" => 12,
        b"SN" => 9,
        b"SY" => 8,
        b"SI" | b"IY" => 44,
        b"TO" => 48,
        b"CO" => 5,
        b"GO" => 4,
        _ => return None,
    })
}

/// The items: which records name a code of a master.
pub(super) fn kind_of(id: [u8; 2]) -> Option<ItemKind> {
    match &id {
        b"SI" => Some(ItemKind::Procedure),
        b"IY" => Some(ItemKind::Drug),
        b"TO" => Some(ItemKind::Material),
        b"CO" => Some(ItemKind::Comment),
        _ => None,
    }
}

/// The position of the first of three comment pairs, and that of day 1; none for CO.
pub(super) fn positions(kind: ItemKind) -> Option<(usize, usize)> {
    match kind {
        ItemKind::Procedure | ItemKind::Drug => Some((8, 14)),
        ItemKind::Material => Some((12, 18)),
        ItemKind::Comment => None,
    }
}

/// How many fields a record has.
pub(super) fn fields(text: &[u8]) -> usize {
    memchr::memchr_iter(b',', text).count() + 1
}

/// The field at `position`, from 1.
pub(super) fn nth(text: &[u8], position: usize) -> Option<&[u8]> {
    text.split(|byte| *byte == b',').nth(position - 1)
}
