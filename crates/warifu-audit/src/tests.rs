use std::collections::BTreeMap;

use jiff::Timestamp;
use proptest::prelude::*;

use crate::{Act, AuditHead, AuditLog, Fault, LogError, NotKept, Phase, verify};

fn log(folder: &std::path::Path) -> AuditLog {
    AuditLog::at(&folder.join("state").join("audit.jsonl"), "aoki@kikin", "0.1.0")
}

fn of(name: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("file".to_owned(), name.to_owned())])
}

/// A log of `count` acts, and its head after each entry.
fn written(log: &AuditLog, count: usize) -> Vec<AuditHead> {
    let mut heads = vec![log.head().unwrap()];
    for at in 0..count {
        let now = Timestamp::from_second(1_780_000_000 + at as i64).unwrap();
        let begun = log.begin(now, Act::Import, of(&format!("c_{at}.csv"))).unwrap();
        heads.push(log.head().unwrap());
        heads.push(log.end(now, begun, Phase::Done, BTreeMap::new()).unwrap());
    }
    heads
}

#[test]
fn what_was_written_is_verified_and_every_head_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(folder.path());
    assert_eq!(verify(&log.bytes().unwrap()).unwrap().head(), log.head().unwrap());
    let heads = written(&log, 3);
    let verified = verify(&log.bytes().unwrap()).unwrap();
    assert_eq!(verified.head(), *heads.last().unwrap());
    assert!(heads.iter().all(|head| verified.keeps(*head).is_ok()));
    assert_eq!(verified.entries()[1].of, Some(1));
    assert_eq!(verified.entries()[5].phase, Phase::Done);
}

#[test]
fn a_log_that_ends_too_early_or_was_written_anew_is_told_by_a_head() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (log(folder.path()), log(&folder.path().join("other")));
    let head = *written(&one, 3).last().unwrap();
    let bytes = one.bytes().unwrap();
    let four: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').take(4).collect();
    let cut = verify(&four.concat()).unwrap();
    assert_eq!(cut.keeps(head), Err(NotKept::CutOff { entries: 4, had: 6 }));
    other.tell(Timestamp::UNIX_EPOCH, Act::Check, Phase::Done, of("another")).unwrap();
    written(&other, 3);
    let other = verify(&other.bytes().unwrap()).unwrap();
    assert_eq!(other.keeps(head), Err(NotKept::Rewritten { number: 6 }));
}

#[test]
fn a_torn_line_is_told_and_the_next_entry_takes_it_away() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(folder.path());
    written(&log, 1);
    let whole = log.bytes().unwrap();
    for cut in [1, 20, 100] {
        let mut torn = whole.clone();
        torn.extend_from_slice(&whole[..cut]);
        std::fs::write(log.path(), &torn).unwrap();
        assert_eq!(verify(&torn), Err(vec![Fault::Torn { line: 3 }]));
        log.tell(Timestamp::UNIX_EPOCH, Act::Check, Phase::Done, BTreeMap::new()).unwrap();
        let entries = verify(&log.bytes().unwrap()).unwrap();
        assert_eq!(entries.entries()[2].subject["cut_off_bytes"], cut.to_string());
    }
}

#[test]
fn nothing_is_put_after_what_is_no_entry_nor_into_what_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(folder.path());
    written(&log, 1);
    std::fs::write(log.path(), "shopping list\n").unwrap();
    let put = || log.tell(Timestamp::UNIX_EPOCH, Act::Check, Phase::Done, BTreeMap::new());
    assert!(matches!(put(), Err(LogError::Broken { .. })));
    assert_eq!(std::fs::read_to_string(log.path()).unwrap(), "shopping list\n");
    std::fs::remove_file(log.path()).unwrap();
    std::fs::create_dir(log.path()).unwrap();
    assert!(matches!(put(), Err(LogError::Unreadable(_))));
    assert!(matches!(verify(b"shopping list\n"), Err(faults) if faults == [Fault::NotAnEntry { line: 1 }]));
}

/// What both sign ends without a line end, as many files do that a variable names by mistake.
#[test]
fn a_file_of_somebody_else_stays_though_its_line_has_no_end() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(folder.path());
    let put = || log.tell(Timestamp::UNIX_EPOCH, Act::Check, Phase::Done, BTreeMap::new());
    written(&log, 1);
    let entries = std::fs::read_to_string(log.path()).unwrap();
    for text in ["{\"signatures\":[]}".to_owned(), "all my notes".to_owned(), entries + "all my notes"] {
        std::fs::write(log.path(), &text).unwrap();
        assert!(matches!(log.head(), Err(LogError::Broken { .. })), "{text}");
        assert!(matches!(put(), Err(LogError::Broken { .. })), "{text}");
        assert_eq!(std::fs::read_to_string(log.path()).unwrap(), text);
    }
}

#[test]
fn programs_that_write_at_once_wait_for_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let log = log(folder.path());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| written(&log, 10));
        }
    });
    assert_eq!(verify(&log.bytes().unwrap()).unwrap().entries().len(), 80);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever holds a head sees whatever was done to a log before it.
    #[test]
    fn no_line_is_taken_away_changed_or_moved_unseen(
        at in 0_usize..8, to in 0_usize..8, what in 0_u8..4, byte in any::<proptest::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path());
        let head = *written(&log, 4).last().unwrap();
        let bytes = log.bytes().unwrap();
        let mut lines: Vec<Vec<u8>> =
            bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        match what {
            0 => drop(lines.remove(at)),
            1 => lines.swap(at, to),
            2 => lines.insert(to, lines[at].clone()),
            _ => {
                let length = lines[at].len();
                lines[at][byte.index(length)] ^= 1 << bit;
            }
        }
        let changed = lines.concat();
        let seen = match verify(&changed) {
            Err(faults) => !faults.is_empty(),
            Ok(verified) => verified.keeps(head).is_err(),
        };
        prop_assert_eq!(seen, changed != bytes);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = verify(&bytes);
    }

    /// A log that was handed over may hold any numbers.
    #[test]
    fn no_numbers_keep_it_busy(one in any::<u64>(), other in any::<u64>()) {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path());
        written(&log, 1);
        let text = String::from_utf8(log.bytes().unwrap()).unwrap();
        let text = text.replacen("\"number\":1", &format!("\"number\":{one}"), 1);
        let text = text.replacen("\"number\":2", &format!("\"number\":{other}"), 1);
        std::fs::write(log.path(), &text).unwrap();
        let _ = verify(text.as_bytes());
        let _ = log.tell(Timestamp::UNIX_EPOCH, Act::Check, Phase::Done, BTreeMap::new());
    }
}
