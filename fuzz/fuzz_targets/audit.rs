//! A log of acts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu_audit::verify;
use warifu_values::lang::{Lang, Speak};

fuzz_target!(|bytes: &[u8]| {
    let log = match verify(bytes) {
        Ok(log) => log,
        Err(faults) => {
            assert!(!faults.is_empty(), "what is wrong is told");
            assert!(faults.iter().all(|fault| !fault.say(Lang::Ja).is_empty()));
            return;
        }
    };
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    assert_eq!(log.entries().len(), lines.len(), "each line is an entry");
    assert_eq!(log.keeps(log.head()), Ok(()));
    for taken in 0..lines.len().min(8) {
        let mut left = lines.clone();
        left.remove(taken);
        let left = left.concat();
        // The last ones can be taken away, and whoever wrote down how far it had got sees that.
        match verify(&left) {
            Ok(cut) => assert!(cut.keeps(log.head()).is_err(), "line {taken} is missing"),
            Err(faults) => assert!(taken + 1 < lines.len(), "{faults:?}"),
        }
    }
});
