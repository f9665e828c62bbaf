//! What a checker remembers over a restart.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu_checker::state::Record;

fuzz_target!(|bytes: &[u8]| {
    let Ok(record) = serde_json::from_slice::<Record>(bytes) else { return };
    let written = serde_json::to_vec(&record).expect("a record is JSON");
    let again: Record = serde_json::from_slice(&written).expect("its own form");
    assert_eq!(again, record, "what was written is read");
    if let Some(newest) = record.floor() {
        assert!(record.all_held().iter().all(|held| held.id.release <= newest));
    }
});
