//! A root's file, read up to its limit and checked to be sound.

use crate::limits;
use crate::metadata::Envelope;
use crate::mistaken::InPlaceOfRoot;
use crate::refusal::Refusal;
use crate::root::table::RoleTable;

pub(super) fn read(bytes: &[u8]) -> Result<(Envelope, RoleTable), Refusal> {
    let file = || "root.json".to_owned();
    if bytes.len() as u64 > limits::ROOT_BYTES {
        return Err(Refusal::TooLong { file: file(), limit_bytes: limits::ROOT_BYTES });
    }
    if let Some(given) = InPlaceOfRoot::of(bytes) {
        return Err(Refusal::NotARoot(given));
    }
    let envelope = Envelope::parse(bytes).map_err(|what| Refusal::Malformed { file: file(), what })?;
    let table = RoleTable::read(&envelope.signed).map_err(Refusal::UnsoundRoot)?;
    Ok((envelope, table))
}
