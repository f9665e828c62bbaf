//! Values as they lie in the store, each with its limit: JSON, but for the number of an epoch.

use serde::Serialize;
use serde::de::DeserializeOwned;
use warifu_fleet::release::Epoch;

use crate::damaged::{Damage, Damaged};

/// A record of an area, in bytes: members by name, 10,000 of them in some 200 kB, and a quarantine.
pub(crate) const RECORD: usize = 1 << 20;
/// An announcement, in bytes: a report, and sightings of the codes that turned.
pub(crate) const ANNOUNCEMENT: usize = 16 << 10;
/// An order, in bytes: who, and a reason.
pub(crate) const ORDER: usize = 16 << 10;
/// Who coordinates, in bytes: the name of a member.
pub(crate) const COORDINATOR: usize = 1 << 10;
/// The number of an epoch, in digits.
const EPOCH: usize = 20;

/// So many members may announce themselves or arm in one area.
pub(crate) const MEMBERS: usize = 20_000;
/// So many orders may stand.
pub(crate) const ORDERS: usize = 1_000;

/// The value at `key`, of at most `limit` bytes.
pub(crate) fn parse<T: DeserializeOwned>(key: &[u8], value: &[u8], limit: usize) -> Result<T, Damaged> {
    if value.len() > limit {
        return Err(Damaged::new(key, Damage::TooLong { limit }));
    }
    serde_json::from_slice(value).map_err(|error| Damaged::not_parsed(key, &error))
}

/// `value` as it is stored at `key`: what nobody would read is not written.
pub(crate) fn write<T: Serialize>(key: &str, value: &T, limit: usize) -> Result<Vec<u8>, Damaged> {
    let bytes = serde_json::to_vec(value).map_err(|error| Damaged::not_parsed(key.as_bytes(), &error))?;
    if bytes.len() > limit {
        return Err(Damaged::new(key.as_bytes(), Damage::TooLong { limit }));
    }
    Ok(bytes)
}

/// The epoch that a member armed for.
pub(crate) fn parse_epoch(value: &[u8]) -> Option<Epoch> {
    if value.len() > EPOCH || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok().map(Epoch)
}

/// `epoch` as it is stored.
pub(crate) fn write_epoch(epoch: Epoch) -> Vec<u8> {
    epoch.0.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_digits_alone() {
        assert_eq!(parse_epoch(&write_epoch(Epoch(u64::MAX))), Some(Epoch(u64::MAX)));
        for wrong in ["", "+7", "-1", " 7", "7\n", "18446744073709551616", "000000000000000000007"] {
            assert_eq!(parse_epoch(wrong.as_bytes()), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_value_over_its_limit_is_neither_read_nor_written() {
        let long = "x".repeat(20);
        assert!(write("k", &long, 22).is_ok());
        assert_eq!(write("k", &long, 21).unwrap_err().damage, Damage::TooLong { limit: 21 });
        assert_eq!(parse::<String>(b"k", b"\"xxx\"", 4).unwrap_err().damage, Damage::TooLong { limit: 4 });
        let deep = "[".repeat(5_000);
        let damaged = parse::<serde_json::Value>(b"k", deep.as_bytes(), 10_000).unwrap_err();
        assert!(matches!(damaged.damage, Damage::NotParsed(_)));
    }
}
