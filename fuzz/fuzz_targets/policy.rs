//! What one side demands whatever the root says: the file that `--policy` names.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use warifu_channels::{Floor, FloorError};
use warifu_trust::Validity;
use warifu_trust::testing::{head, held, masters};
use warifu_values::lang::{Lang, Speak};

fuzz_target!(|bytes: &[u8]| {
    let floor = match Floor::parse(bytes, Path::new("policy.toml")) {
        Ok(floor) => floor,
        Err(error) => {
            let told = [Lang::En, Lang::Ja].map(|lang| error.say(lang));
            let is_named = |told: &String| told.starts_with("policy.toml");
            assert!(told.iter().all(is_named) && told[0] != told[1], "{told:?}");
            return;
        }
    };
    let (policy, holds, built_in) = (floor.policy(), floor.validity(), Validity::default());
    assert!(policy.least_threshold.kikin > 0 && policy.least_threshold.kokuho > 0);
    for (days, built_in, longest) in [
        (holds.targets_days, built_in.targets_days, policy.longest.targets_days),
        (holds.snapshot_days, built_in.snapshot_days, policy.longest.snapshot_days),
        (holds.timestamp_days, built_in.timestamp_days, policy.longest.timestamp_days),
    ] {
        assert!(days <= built_in && longest.is_none_or(|longest| days <= longest));
    }
    let (manifest, _) = held(head(1, None), &masters(1));
    if let Err(FloorError::Without { master, format }) = floor.check(&manifest) {
        let lacks = |entry: &warifu_trust::MasterEntry| {
            format!("{}/{}", entry.series, entry.kind) == master && !entry.formats.contains_key(&format)
        };
        assert!(manifest.masters.iter().any(lacks), "{master} has {format}");
    }
});
