//! What this side demands whatever the root says: the file that `--policy` names.
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

use std::path::{Path, PathBuf};

use serde::Deserialize;
use warifu_files::ReadError;
use warifu_trust::{Longest, Manifest, PerOrganisation, Policy, Validity, limits};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// The floor that a policy's file says; without one, what is built in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Floor {
    formats: Vec<String>,
    least: Least,
    longest_days: LongestDays,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Least {
    kikin: Option<u32>,
    kokuho: Option<u32>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LongestDays {
    root: Option<u32>,
    targets: Option<u32>,
    snapshot: Option<u32>,
    timestamp: Option<u32>,
}

/// What a policy does not let pass, or why it cannot be read.
#[derive(Debug)]
pub enum FloorError {
    /// Its file cannot be read.
    Read(ReadError),
    /// Its file is none.
    NoPolicy {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, in English.
        what: String,
    },
    /// It says that nobody of a side need sign, which no root can say.
    NobodySigns {
        /// The file.
        file: PathBuf,
    },
    /// A master is not listed in a format that must be there.
    Without {
        /// The master, `series/kind`.
        master: String,
        /// The format.
        format: String,
    },
}

impl Speak for FloorError {
    fn say(&self, lang: Lang) -> String {
        match self {
            FloorError::Read(error) => error.say(lang),
            FloorError::NoPolicy { file, what } => {
                let file = file.display();
                say!(lang, "{file} is no policy: {what}", "{file} は方針ファイルではありません: {what}")
            }
            FloorError::NobodySigns { file } => {
                let file = file.display();
                say!(
                    lang,
                    "{file} is no policy: [least] is 1 or more for each side, both always sign",
                    "{file} は方針ファイルではありません: [least] は各団体とも 1 以上です（両団体の署名が必要です）"
                )
            }
            FloorError::Without { master, format } => say!(
                lang,
                "{master} is not listed in the format {format}, which this side's policy demands",
                "{master} に、方針で必要とされる形式 {format} がありません"
            ),
        }
    }
}

warifu_trust::spoken_error!(FloorError, |error| matches!(error, FloorError::Without { .. }), |error| {
    match error {
        FloorError::Read(error) => std::error::Error::source(error),
        _ => None,
    }
});

impl Floor {
    /// Reads the file, if one is named.
    ///
    /// # Errors
    ///
    /// [`FloorError::Read`], [`FloorError::NoPolicy`], [`FloorError::NobodySigns`].
    pub fn read(file: Option<&Path>) -> Result<Self, FloorError> {
        let Some(file) = file else { return Ok(Floor::default()) };
        Floor::parse(&warifu_files::read(file, limits::KEY_FILE_BYTES).map_err(FloorError::Read)?, file)
    }

    /// What `bytes` say, which are those of `file`.
    ///
    /// # Errors
    ///
    /// [`FloorError::NoPolicy`], [`FloorError::NobodySigns`].
    pub fn parse(bytes: &[u8], file: &Path) -> Result<Self, FloorError> {
        let no_policy = |what: &str| FloorError::NoPolicy { file: file.to_owned(), what: what.to_owned() };
        let floor: Floor = toml::from_slice(bytes).map_err(|error| no_policy(error.message()))?;
        // Whoever writes it means that a side need not sign, and no side may be left out.
        if [floor.least.kikin, floor.least.kokuho].contains(&Some(0)) {
            return Err(FloorError::NobodySigns { file: file.to_owned() });
        }
        Ok(floor)
    }

    /// What it demands of roots and of how long metadata holds.
    pub fn policy(&self) -> Policy {
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
    pub fn validity(&self) -> Validity {
        let Validity { targets_days, snapshot_days, timestamp_days } = Validity::default();
        let least = |built_in: u32, longest: Option<u32>| longest.map_or(built_in, |days| days.min(built_in));
        Validity {
            targets_days: least(targets_days, self.longest_days.targets),
            snapshot_days: least(snapshot_days, self.longest_days.snapshot),
            timestamp_days: least(timestamp_days, self.longest_days.timestamp),
        }
    }

    /// Refuses a release in which a master is not listed in a format that must be there.
    ///
    /// # Errors
    ///
    /// [`FloorError::Without`].
    pub fn check(&self, manifest: &Manifest) -> Result<(), FloorError> {
        for format in &self.formats {
            let without = manifest.masters.iter().find(|master| !master.formats.contains_key(format));
            if let Some(master) = without {
                let master = master.name();
                return Err(FloorError::Without { master, format: format.clone() });
            }
        }
        Ok(())
    }
}
