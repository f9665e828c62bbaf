//! What this side demands whatever the root says: `--policy FILE`.
//!
//! ```toml
//! formats = ["kikin", "kokuho"]     # every master is listed in these
//! [least]                           # so many sign at least
//! kikin = 2
//! kokuho = 2
//! [longest_days]                    # nothing holds longer
//! root = 730
//! targets = 120
//! snapshot = 62
//! timestamp = 7
//! ```

use std::path::Path;

use serde::Deserialize;
use warifu::error::{Exit, Failure};
use warifu_trust::{Longest, Manifest, PerOrganisation, Policy, Validity, limits};

/// The floor that a policy's file says; without one, what is built in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Floor {
    formats: Vec<String>,
    least: Least,
    longest_days: LongestDays,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Least {
    kikin: Option<u32>,
    kokuho: Option<u32>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LongestDays {
    root: Option<u32>,
    targets: Option<u32>,
    snapshot: Option<u32>,
    timestamp: Option<u32>,
}

impl Floor {
    /// Reads the file, if one is named.
    pub(super) fn read(file: Option<&Path>) -> Result<Self, Failure> {
        let Some(file) = file else { return Ok(Floor::default()) };
        let read = warifu_files::read(file, limits::KEY_FILE_BYTES);
        let bytes = read.map_err(|error| Failure::told(Exit::CouldNotRun, &error))?;
        toml::from_slice(&bytes).map_err(|error| {
            let (file, what) = (file.display(), error.message());
            Failure::new(
                Exit::CouldNotRun,
                format!("{file} is no policy: {what}"),
                format!("{file} は方針ファイルではありません: {what}"),
            )
        })
    }

    /// What it demands of roots and of how long metadata holds.
    pub(super) fn policy(&self) -> Policy {
        let LongestDays { root, targets, snapshot, timestamp } = self.longest_days;
        let least = Policy::default().least_threshold;
        Policy {
            least_threshold: PerOrganisation {
                kikin: self.least.kikin.unwrap_or(least.kikin),
                kokuho: self.least.kokuho.unwrap_or(least.kokuho),
            },
            longest: Longest {
                root_days: root,
                targets_days: targets,
                snapshot_days: snapshot,
                timestamp_days: timestamp,
            },
        }
    }

    /// How long what is signed here holds.
    pub(super) fn validity(&self) -> Validity {
        let Validity { targets_days, snapshot_days, timestamp_days } = Validity::default();
        let least = |built_in: u32, longest: Option<u32>| longest.map_or(built_in, |days| days.min(built_in));
        Validity {
            targets_days: least(targets_days, self.longest_days.targets),
            snapshot_days: least(snapshot_days, self.longest_days.snapshot),
            timestamp_days: least(timestamp_days, self.longest_days.timestamp),
        }
    }

    /// Refuses a release in which a master is not listed in a format that must be there.
    pub(super) fn check(&self, manifest: &Manifest) -> Result<(), Failure> {
        for format in &self.formats {
            let without = manifest.masters.iter().find(|master| !master.formats.contains_key(format));
            if let Some(master) = without {
                let name = format!("{}/{}", master.series, master.kind);
                return Err(Failure::new(
                    Exit::Trust,
                    format!("{name} is not listed in the format {format}, which this side's policy demands"),
                    format!("{name} に、方針で必要とされる形式 {format} がありません"),
                ));
            }
        }
        Ok(())
    }
}
