//! Shards: the canonical form of a master cut by the first characters of its keys, one blob each.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use git2::{ObjectType, Oid};
use warifu_masters::file::read_canonical;
use warifu_masters::finding::Findings;
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;

use super::error::{Doing, StoreError};
use super::objects::Objects;
use super::transaction::Change;

/// The shards of one master in one tree: file name, blob.
pub(super) type Shards = BTreeMap<String, Oid>;

/// The file name of the shard with keys that begin with `prefix`. Keys come from outside: what is no ASCII
/// letter, digit or `_` is written as `%XX`, so that a key cannot name another folder.
pub(super) fn file_name(prefix: &str) -> String {
    let mut name = String::with_capacity(prefix.len() + 4);
    for byte in prefix.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            name.push(byte as char);
        } else {
            let _ = write!(name, "%{byte:02X}");
        }
    }
    name.push_str(".csv");
    name
}

/// The beginning of the keys in the shard called `name`.
pub(super) fn prefix(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = name.strip_suffix(".csv").unwrap_or(name).as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, hex.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

/// The shard that holds `key`.
pub(super) fn file_of_key(key: &str) -> String {
    let end = key.char_indices().nth(warifu_masters::table::SHARD_DIGITS).map_or(key.len(), |(at, _)| at);
    file_name(&key[..end])
}

/// The master that `shards` hold, put together again. `header` is taken where there is no shard at all.
pub(super) fn join(
    objects: &Objects<'_>,
    schemas: &Schemas,
    kind: &str,
    shards: &Shards,
    header: &str,
) -> Result<Master, StoreError> {
    let text = text(objects, kind, shards, header)?;
    read_canonical(schemas, kind, text).map_err(|findings| unreadable(kind, &findings))
}

/// The canonical form of that master.
pub(super) fn text(
    objects: &Objects<'_>,
    kind: &str,
    shards: &Shards,
    header: &str,
) -> Result<Vec<u8>, StoreError> {
    let mut names: Vec<_> = shards.iter().map(|(name, oid)| (prefix(name), name, *oid)).collect();
    names.sort();
    let mut text: Vec<u8> = Vec::new();
    let mut header_bytes = 0;
    for (_, name, oid) in names {
        if !objects.append_blob(oid, header_bytes, &mut text)? {
            return Err(StoreError::damaged(format_args!(
                "{kind}/{name} has another header than its neighbours"
            )));
        }
        if header_bytes == 0 {
            header_bytes = text.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        }
    }
    if text.is_empty() {
        text.extend_from_slice(header.as_bytes());
        text.push(b'\n');
    }
    Ok(text)
}

/// A shard that is no canonical CSV.
pub(super) fn unreadable(kind: &str, findings: &Findings) -> StoreError {
    let first = findings.list().first().map(|finding| finding.text(warifu_values::lang::Lang::En));
    StoreError::damaged(format_args!("{kind}: {}", first.unwrap_or_default()))
}

/// The header line of a shard.
pub(super) fn header(objects: &Objects<'_>, shard: Oid) -> Result<String, StoreError> {
    let blob = objects.blob(shard)?;
    let line = blob.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}

/// What has to be written below `folder` so that it holds `master` instead of `old`. Shards whose rows are
/// those of `old_master` are not even hashed.
pub(super) fn changes(
    folder: &str,
    old: &Shards,
    old_master: Option<&Master>,
    master: &Master,
) -> Result<Vec<Change>, StoreError> {
    let header = master.layout().canonical_header();
    let same_layout = old_master.filter(|old| old.layout().canonical_header() == header);
    let old_rows: BTreeMap<_, _> = same_layout.map(Master::shards).unwrap_or_default().into_iter().collect();
    let mut changes = Vec::new();
    let mut gone = old.clone();
    for (prefix, rows) in master.shards() {
        let name = file_name(&prefix);
        let known = gone.remove(&name);
        if let (Some(old_master), Some(old_rows), Some(_)) = (same_layout, old_rows.get(&prefix), known)
            && old_rows.len() == rows.len()
            && old_rows.clone().zip(rows.clone()).all(|(old, new)| old_master.same_row(old, master, new))
        {
            continue;
        }
        let mut ours = header.clone().into_bytes();
        ours.push(b'\n');
        master.push_canonical_rows(rows, &mut ours);
        let oid = Oid::hash_object(ObjectType::Blob, &ours).map_err(StoreError::git(Doing::HashObject))?;
        if known != Some(oid) {
            changes.push(Change::put(format!("{folder}/{name}"), ours));
        }
    }
    changes.extend(gone.into_keys().map(|name| Change::remove(format!("{folder}/{name}"))));
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_names_another_folder() {
        for (key, name) in [
            ("112345678", "11234.csv"),
            ("../..", "%2E%2E%2F%2E%2E.csv"),
            ("あ1", "%E3%81%821.csv"),
            ("", ".csv"),
        ] {
            assert_eq!(file_of_key(key), name);
            assert_eq!(prefix(name), key.chars().take(5).collect::<String>().as_bytes());
        }
    }
}
