//! The published masters and the sample claims, read in place from `../shared/data` beside the checkout; left
//! out where it is missing.

use std::io::Write as _;
use std::path::PathBuf;

use warifu_checker::swap::Outcome;
use warifu_masters::file::{Declared, read};
use warifu_masters::schema::Schemas;
use warifu_trust::{Governs, MasterContent, UnixSeconds};
use warifu_values::day::{EffectiveDate, dashed};

use crate::line::{Draft, release_of};
use crate::masters::{formats, with_timelines};
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

/// A release of (series, file, first day).
fn release(number: u64, files: &[(&str, &str, &str)]) -> Option<Draft> {
    let data = data()?;
    let schemas = Schemas::built_in().unwrap();
    let content = files.iter().map(|(series, file, from)| {
        let bytes = std::fs::read(data.join(file)).unwrap();
        let master = read(&schemas, bytes, &Declared::default()).master.unwrap();
        MasterContent {
            series: (*series).into(),
            kind: master.layout().kind.clone(),
            edition: master.layout().edition.clone(),
            rows: master.rows() as u64,
            canonical: master.canonical(),
            formats: formats(),
            governs: Governs { from: (*from).into(), until: None },
            timelines: Vec::new(),
            made_of: warifu_values::judgement::Basis::Full,
            published: None,
            let_pass: Vec::new(),
        }
    });
    let mut content: Vec<_> = content.collect();
    content.sort_by(|a, b| (&a.kind, &a.governs.from).cmp(&(&b.kind, &b.governs.from)));
    // The series before ends where the next begins.
    for at in 1..content.len() {
        if content[at - 1].kind == content[at].kind {
            let next = EffectiveDate::parse(&content[at].governs.from).unwrap();
            let last = next.first_treatment().before();
            content[at - 1].governs.until = Some(dashed(last.as_number()));
        }
    }
    let masters = content.into_iter().map(|master| with_timelines(&schemas, master)).collect();
    Some(Draft { created: UnixSeconds::new(APRIL_2020), ..release_of(number, masters, None) })
}

/// The day in Japan from which they hold.
const APRIL_2020: i64 = 1_585_666_800;

const OLD: [(&str, &str, &str); 4] = [
    ("r04", "procedure/s_ALL20220218.csv", "2020-04-01"),
    ("r04", "comment/c_ALL20210928.csv", "2020-04-01"),
    ("r06", "drug/y_ALL20240321.csv", "2020-04-01"),
    ("r06", "material/t_ALL20240531.csv", "2020-04-01"),
];

#[test]
fn published_masters_clear_and_judge_the_sample() {
    let Some(content) = release(1, &OLD) else { return };
    let sample = std::fs::read(data().unwrap().join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let checker = Checker::start(1, 4);
    checker.shelf.offer(content);
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

    // A release that holds only the newer procedures would stop judging the recent claims, of others too.
    let text = b"IR,1,12,1,";
    assert!(sample.starts_with(text), "{:?}", &sample[..20]);
    let mut other = sample.clone();
    other[5..7].copy_from_slice(b"13");
    assert_eq!(checker.check(&other).status, 200);
    let newer = [("r06", "procedure/s_ALL20240531.csv", "2024-06-01"), OLD[1], OLD[2], OLD[3]];
    checker.until("kept for replay", |status| status.queue.judging == 0);
    checker.shelf.offer(release(2, &newer).unwrap());
    assert_eq!(checker.client.swap(None).unwrap().exit_status(), 1);
    let received = checker.status().replay.unwrap().received.unwrap();
    assert_eq!(received.bound.moved, 640, "{}", received.said.en);

    // With both series, each claim is judged by its own.
    let both = [newer[0], OLD[0], OLD[1], OLD[2], OLD[3]];
    checker.shelf.offer(release(3, &both).unwrap());
    let outcome = checker.client.swap(None).unwrap();
    assert!(matches!(outcome, Outcome::Activated { release: 3, .. }), "{outcome:?}");
    assert_eq!(checker.check(&sample).summary()["errors"], 10);
}
