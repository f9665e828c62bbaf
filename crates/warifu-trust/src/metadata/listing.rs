//! What `targets.json` lists: the current release's files and those of the one before, to fall back to.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::flaw::Flaw;
use crate::limits;
use crate::metadata::entry::{ReleaseRef, TargetEntry, Use};
use crate::metadata::spec::SPEC_VERSION;
use crate::names::TargetName;
use crate::refusal::Refusal;
use crate::time::UnixSeconds;
use warifu_values::say;

/// A `targets.json` with the form that is accepted here.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    pub(crate) version: u64,
    pub(crate) expires: UnixSeconds,
    pub(crate) entries: BTreeMap<TargetName, TargetEntry>,
    pub(crate) current: ReleaseRef,
    pub(crate) fallback: Option<ReleaseRef>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "_type")]
    type_: String,
    spec_version: String,
    version: u64,
    expires: UnixSeconds,
    targets: BTreeMap<String, WireTarget>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireTarget {
    length: u64,
    hashes: BTreeMap<String, String>,
    custom: WireCustom,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireCustom {
    #[serde(rename = "use")]
    used_for: Use,
}

impl Listing {
    /// Reads the `signed` part and applies the rules beyond the specification: no delegations, flat names,
    /// SHA-256 with every file, one current manifest, at most one to fall back to.
    pub(crate) fn read(signed: &Value) -> Result<Self, Refusal> {
        let malformed = |what: Flaw| Refusal::Malformed { file: "targets.json".into(), what };
        if signed.get("delegations").is_some() {
            return Err(Refusal::Delegations);
        }
        let wire: Wire =
            serde_json::from_value(signed.clone()).map_err(|error| malformed(Flaw::json(error)))?;
        if !(1..=limits::VERSION).contains(&wire.version) {
            return Err(malformed(Flaw::version(wire.version)));
        }
        if wire.type_ != "targets" || !wire.spec_version.starts_with("1.") {
            return Err(malformed(Flaw::not_of("targets")));
        }
        let mut entries = BTreeMap::new();
        for (name, target) in wire.targets {
            let name: TargetName = name.parse().map_err(|error| malformed(Flaw::json(error)))?;
            let sha256 = target
                .hashes
                .get("sha256")
                .and_then(|hex| hex.parse().ok())
                .ok_or_else(|| Refusal::NoDigest { file: "targets.json".into() })?;
            let used_for = target.custom.used_for;
            entries.insert(name.clone(), TargetEntry { name, sha256, bytes: target.length, used_for });
        }
        // Two releases, the current one and the one to fall back to, and patches to the current one.
        let most = 2 * limits::FILES + limits::PATCHES;
        if entries.len() > most {
            return Err(malformed(Flaw::said(|lang| {
                say!(lang, "more than {most} files", "ファイルが {most} 件を超えています")
            })));
        }
        let current = Listing::manifest_of(&entries, Use::Current).map_err(malformed)?;
        let current = current.ok_or_else(|| {
            malformed(Flaw::said(|lang| say!(lang, "no current release", "現行リリースがありません")))
        })?;
        let fallback = Listing::manifest_of(&entries, Use::Fallback).map_err(malformed)?;
        if fallback.is_some_and(|fallback| fallback.release >= current.release) {
            return Err(malformed(Flaw::said(|lang| {
                say!(
                    lang,
                    "the release to fall back to is not an earlier one",
                    "戻り先が前のリリースではありません"
                )
            })));
        }
        Ok(Listing { version: wire.version, expires: wire.expires, entries, current, fallback })
    }

    /// The manifest listed for `used_for`; an error when there are two.
    pub(crate) fn manifest_of(
        entries: &BTreeMap<TargetName, TargetEntry>,
        used_for: Use,
    ) -> Result<Option<ReleaseRef>, Flaw> {
        let mut found = None;
        for entry in entries.values().filter(|entry| entry.used_for == used_for) {
            let name = entry.name.as_str();
            let number = name.strip_prefix("release-").and_then(|rest| rest.strip_suffix(".json"));
            let Some(release) = number.and_then(|number| number.parse().ok()) else { continue };
            // `release-07.json` and `release-7.json` must not both be release 7.
            if TargetName::manifest(release) != entry.name || release == 0 {
                return Err(Flaw::said(|lang| {
                    say!(lang, "{name} is no manifest name", "{name} はマニフェストの名前ではありません")
                }));
            }
            if found.replace(ReleaseRef { release, manifest: entry.sha256 }).is_some() {
                return Err(Flaw::said(|lang| {
                    say!(lang, "two manifests for one use", "同じ用途のマニフェストが 2 つあります")
                }));
            }
        }
        Ok(found)
    }

    /// The `signed` part for these entries.
    pub(crate) fn payload(version: u64, expires: UnixSeconds, entries: &[TargetEntry]) -> Value {
        let mut targets = serde_json::Map::new();
        for entry in entries {
            let value = json!({
                "length": entry.bytes,
                "hashes": {"sha256": entry.sha256.to_string()},
                "custom": {"use": entry.used_for},
            });
            targets.insert(entry.name.to_string(), value);
        }
        json!({
            "_type": "targets",
            "spec_version": SPEC_VERSION,
            "version": version,
            "expires": expires,
            "targets": targets,
        })
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::digest::Digest;

    use super::*;

    fn entry(name: &str, used_for: Use) -> TargetEntry {
        TargetEntry { name: name.parse().unwrap(), sha256: Digest::of(b"x"), bytes: 1, used_for }
    }

    fn payload(entries: &[TargetEntry]) -> Value {
        Listing::payload(3, UnixSeconds::EPOCH, entries)
    }

    #[test]
    fn a_listing_reads_back_what_it_was_made_of() {
        let entries = [entry("release-2.json", Use::Current), entry("release-1.json", Use::Fallback)];
        let listing = Listing::read(&payload(&entries)).unwrap();
        assert_eq!((listing.version, listing.current.release), (3, 2));
        assert_eq!(listing.fallback.unwrap().release, 1);
    }

    #[test]
    fn every_departure_from_the_form_is_refused() {
        let good = payload(&[entry("release-2.json", Use::Current)]);
        let with = |pointer: &str, key: &str, value: Value| {
            let mut changed = good.clone();
            changed.pointer_mut(pointer).unwrap().as_object_mut().unwrap().insert(key.into(), value);
            Listing::read(&changed)
        };
        let target = json!({"length": 1, "hashes": {"sha256": "0".repeat(64)}, "custom": {"use": "current"}});
        assert!(matches!(with("", "delegations", json!({})), Err(Refusal::Delegations)));
        assert!(with("/targets", "a/b", target.clone()).is_err());
        assert!(with("/targets", "release-3.json", target.clone()).is_err());
        assert!(with("/targets", "release-07.json", target).is_err());
        let no_digest = json!({"length": 1, "hashes": {"md5": "0"}, "custom": {"use": "current"}});
        assert!(matches!(with("/targets", "x", no_digest), Err(Refusal::NoDigest { .. })));
        assert!(Listing::read(&payload(&[])).is_err());
        for version in [0, limits::VERSION + 1, u64::MAX] {
            let mut changed = good.clone();
            changed["version"] = version.into();
            assert!(matches!(Listing::read(&changed), Err(Refusal::Malformed { .. })), "{version}");
        }
    }

    /// The blobs of as many masters and lists as there may be, under the longest names.
    fn files(release: u64, used_for: Use) -> Vec<TargetEntry> {
        let digest = Digest::of(&release.to_be_bytes());
        let masters = (0..limits::MASTERS).flat_map(|master| {
            let (series, kind) = (format!("{release:a>32}"), format!("{master:a>32}"));
            [TargetName::blob(&series, &kind, digest), TargetName::timelines(&series, &kind, digest)]
        });
        let lists = (0..=limits::EARLIER as u64).map(|list| TargetName::changes(release - list, digest));
        let names: Vec<_> = masters.chain(lists).chain([TargetName::manifest(release)]).collect();
        assert_eq!(names.len(), limits::FILES);
        let entry = |name| TargetEntry { name, sha256: digest, bytes: limits::BLOB_BYTES, used_for };
        names.into_iter().map(entry).collect()
    }

    #[test]
    fn two_releases_of_all_that_there_may_be_fit_into_a_list_and_no_file_more() {
        let (current, before) = (u64::MAX, u64::MAX - 100);
        let mut entries = files(current, Use::Current);
        entries.extend(files(before, Use::Fallback));
        let of = |number: usize| Digest::of(&number.to_be_bytes());
        let patch = |number| entry(TargetName::patch(of(number), of(number + 1)).as_str(), Use::Current);
        entries.extend((0..limits::PATCHES).map(patch));
        assert_eq!(entries.len(), 2 * limits::FILES + limits::PATCHES);
        let whole = payload(&entries);
        let listing = Listing::read(&whole).unwrap();
        assert_eq!((listing.current.release, listing.fallback.unwrap().release), (current, before));
        // Beside the list stand a few signatures, each below 300 bytes.
        let room = limits::TARGETS_BYTES - limits::SIGNATURES as u64 * 300;
        assert!((whole.to_string().len() as u64) < room, "{}", whole.to_string().len());
        entries.push(entry("one-more", Use::Current));
        assert!(Listing::read(&payload(&entries)).is_err());
    }
}
