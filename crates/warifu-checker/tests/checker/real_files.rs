//! The published masters and the sample claims, read in place from `../shared/data` beside the checkout; left
//! out where it is missing.

use std::io::Write as _;
use std::path::PathBuf;

use warifu_checker::swap::Outcome;
use warifu_masters::file::{Declared, read};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_trust::{Governs, MasterContent};
use warifu_values::day::{EffectiveDate, dashed};

use crate::masters::{content, timelines_of_state};
use crate::world::Checker;

fn data() -> Option<PathBuf> {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !data.is_dir() {
        // Past the test harness's capture, so that nobody believes these ran.
        let _ = writeln!(std::io::stderr(), "left out: real files, no folder {}", data.display());
        return None;
    }
    Some(data)
}

/// The masters of (series, file, first day).
fn masters(files: &[(&str, &str, &str)]) -> Option<Vec<MasterContent>> {
    let data = data()?;
    let schemas = Schemas::built_in().unwrap();
    let mut read: Vec<_> = files
        .iter()
        .map(|(series, file, from)| {
            let bytes = std::fs::read(data.join(file)).unwrap();
            let state = read(&schemas, bytes, &Declared::default()).master.unwrap();
            (*series, state, Governs { from: (*from).into(), until: None })
        })
        .collect();
    read.sort_by_key(|(_, state, governs)| (state.layout().kind.clone(), governs.from.clone()));
    // The series before ends where the next begins.
    for at in 1..read.len() {
        let [before, next] = [at - 1, at].map(|at| &read[at]);
        if before.1.layout().kind == next.1.layout().kind {
            let next = EffectiveDate::parse(&next.2.from).unwrap();
            let last = next.first_treatment().before();
            read[at - 1].2.until = Some(dashed(last.as_number()));
        }
    }
    let master = |(series, state, governs): (&str, Master, Governs)| {
        let timelines = timelines_of_state(&state, &governs, &governs.from);
        content(series, &state, governs, timelines)
    };
    Some(read.into_iter().map(master).collect())
}

const OLD: [(&str, &str, &str); 4] = [
    ("r04", "procedure/s_ALL20220218.csv", "2020-04-01"),
    ("r04", "comment/c_ALL20210928.csv", "2020-04-01"),
    ("r06", "drug/y_ALL20240321.csv", "2020-04-01"),
    ("r06", "material/t_ALL20240531.csv", "2020-04-01"),
];

#[test]
fn published_masters_clear_and_judge_the_sample() {
    let Some(old) = masters(&OLD) else { return };
    let sample = std::fs::read(data().unwrap().join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let checker = Checker::start(1, 4);
    checker.shelf.offer(checker.line.release_of(1, old, None));
    let outcome = checker.client.swap(None).unwrap();
    assert!(matches!(outcome, Outcome::Activated { .. }), "{outcome:?}");
    let answered = checker.check(&sample);
    let summary = answered.summary();
    // 7 unknown procedures, 2 comments, the total of the trimmed file; 32 drugs of which only 2024 is known.
    assert_eq!(
        (&summary["claims"], &summary["errors"], &summary["unjudged"]),
        (&75.into(), &10.into(), &32.into())
    );
    // Nothing of a patient comes back.
    let names = answered.lines.iter().filter(|line| line.to_string().contains("テスト"));
    assert_eq!(names.count(), 0);

    // A release that holds only the newer procedures would stop judging the claims of before, and says
    // nothing of that.
    let newer = [("r06", "procedure/s_ALL20240531.csv", "2024-06-01"), OLD[1], OLD[2], OLD[3]];
    let mut left_out = checker.line.draft("2024-05-31", masters(&newer).unwrap());
    left_out.list.clear();
    left_out.tell();
    checker.shelf.offer(left_out.sign());
    let Outcome::Refused(refused) = checker.client.swap(None).unwrap() else { panic!("not refused") };
    assert!(refused.why.en.contains("(cover) 2020-04-01–"), "{}", refused.why.en);

    // With both series, each claim is judged by its own.
    let both = [newer[0], OLD[0], OLD[1], OLD[2], OLD[3]];
    checker.until("kept for replay", |status| status.queue.judging == 0);
    checker.shelf.offer(checker.line.next("2024-05-31", masters(&both).unwrap()));
    let outcome = checker.client.swap(None).unwrap();
    assert!(matches!(outcome, Outcome::Activated { release: 2, .. }), "{outcome:?}");
    assert_eq!(checker.check(&sample).summary()["errors"], 10);
}
