//! The published masters and the sample claims, read in place from `../shared/data` beside the checkout; left
//! out where it is missing.

#[path = "../../../warifu-masters/tests/published/mod.rs"]
mod published;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use published::data;
use warifu_checker::candidate::Candidate;
use warifu_checker::log::now;
use warifu_checker::past::{self, NotCleared};
use warifu_checker::said::Said;
use warifu_checker::swap::Outcome;
use warifu_checker::trial::{Replayed, Tried, Verdict, replay};
use warifu_claims::movement::Enough;
use warifu_masters::file::{Declared, read};
use warifu_masters::schema::Schemas;
use warifu_trust::{Governs, MasterContent, UnixSeconds};
use warifu_values::day::{EffectiveDate, dashed};

use crate::line::{Draft, Line, release_of};
use crate::masters::{formats, with_timelines};
use crate::world::{Checker, JudgesClaims as _};

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
            corrections: Vec::new(),
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
    // 7 unknown procedures, 5 comments, the total of the trimmed file, 29 fields too wide, a birth after the
    // month, 9 ages, 3 visits beyond the days; 32 drugs of which only 2024 is known, and the diseases of
    // five claims and modifiers of two, of which this release holds no master.
    assert_eq!(
        (&summary["claims"], &summary["errors"], &summary["unjudged"]),
        (&75.into(), &55.into(), &39.into())
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
    checker.until("kept for replay", |status| status.claims().queue.judging == 0);
    checker.shelf.offer(release(2, &newer).unwrap());
    assert_eq!(checker.client.swap(None).unwrap().exit_status(), 1);
    let received = checker.status().claims().replay.clone().unwrap().received.unwrap();
    assert_eq!(received.bound.moved, 640, "{}", received.said.en);

    // With both series, each claim is judged by its own.
    let both = [newer[0], OLD[0], OLD[1], OLD[2], OLD[3]];
    checker.shelf.offer(release(3, &both).unwrap());
    let outcome = checker.client.swap(None).unwrap();
    assert!(matches!(outcome, Outcome::Activated { release: 3, .. }), "{outcome:?}");
    assert_eq!(checker.check(&sample).summary()["errors"], 55);
}

/// Release 1 of the published files and a second one whose procedures are `wrong`, after the sample came from
/// eight institutions: what the gate of the past says, and what the replay says when it lets it pass.
fn tried(created: i64, wrong: impl Fn(&str, &mut Vec<String>) -> bool) -> Option<Result<Replayed, Said>> {
    let first = release(1, &OLD[..2])?;
    let schemas = Schemas::built_in().unwrap();
    let mut second = Draft { created: UnixSeconds::new(created), ..release(2, &OLD[..2])? };
    for master in second.masters.iter_mut().filter(|master| master.kind == "procedure") {
        let text = String::from_utf8(std::mem::take(&mut master.canonical)).unwrap();
        let (head, rows) = text.split_once('\n').unwrap();
        let key = head.split(',').position(|id| id == "procedure_code").unwrap();
        let mut kept = vec![head.to_owned()];
        for row in rows.lines() {
            let mut fields: Vec<String> = row.split(',').map(str::to_owned).collect();
            let code = fields[key].clone();
            if wrong(&code, &mut fields) {
                kept.push(fields.join(","));
            }
        }
        master.rows = kept.len() as u64 - 1;
        master.canonical = (kept.join("\n") + "\n").into_bytes();
        *master = with_timelines(&schemas, master.clone());
    }
    let published = Line::default();
    let [first, second] = [first, second].map(|draft| published.publish(&draft));
    let past = match past::clear(&schemas, second.clone(), Some(first.clone())) {
        Ok(past) => past,
        Err(NotCleared::Candidate(why)) => return Some(Err(why)),
        Err(NotCleared::Here(why)) => panic!("{why}"),
    };
    let sample = std::fs::read(data()?.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let files = (1..=8).map(|at| {
        let mut of_another = sample.clone();
        of_another[5..7].copy_from_slice(format!("{at:02}").as_bytes());
        of_another.into()
    });
    let older = Candidate::build(&schemas, first).unwrap();
    let newer = match Candidate::build(&schemas, second) {
        Ok(newer) => newer,
        Err(why) => return Some(Err(why)),
    };
    let tried = Tried {
        release: 2,
        snapshot: &newer.snapshot,
        declared: past.signed(),
        past_before: past.past_before(),
        until: now().day_in_japan().month(),
    };
    let enough = Enough { files: 1, institutions: 2, uses: 300 };
    let running = Some((1, &*older.snapshot));
    Some(Ok(replay(tried, running, &files.collect::<Vec<_>>(), &enough).unwrap()))
}

/// The days of the sample have been.
const DECEMBER_2021: i64 = 1_638_284_400;

/// Where the points stand.
fn points(fields: &mut [String]) -> &mut String {
    static COLUMN: OnceLock<usize> = OnceLock::new();
    let column = COLUMN.get_or_init(|| {
        let schemas = Schemas::built_in().unwrap();
        schemas.editions("procedure")[0].column("points").unwrap()
    });
    &mut fields[*column]
}

fn one_off(fields: &mut [String]) {
    let points = points(fields);
    let (whole, rest) = points.split_once('.').unwrap();
    *points = format!("{}.{rest}", whole.parse::<u32>().unwrap() + 1);
}

/// Whether the sample names the code.
fn used(code: &str) -> bool {
    static SAMPLE: OnceLock<BTreeSet<Vec<u8>>> = OnceLock::new();
    let sample = SAMPLE.get_or_init(|| {
        let sample = std::fs::read(data().unwrap().join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
        let fields = sample.split(|byte| !byte.is_ascii_digit());
        fields.filter(|field| field.len() == 9).map(<[u8]>::to_vec).collect()
    });
    sample.contains(code.as_bytes())
}

#[test]
fn one_point_off_among_the_published_fees_is_refused_and_named() {
    let wrong = |code: &str, fields: &mut Vec<String>| {
        if code == "112007410" {
            one_off(fields);
        }
        true
    };
    let Some(tried_it) = tried(APRIL_2020, wrong) else { return };
    let replay = tried_it.unwrap();
    let received = replay.received.as_ref().unwrap();
    assert_eq!((replay.verdict, received.codes.len()), (Verdict::Refused, 1), "{}", replay.why.en);
    let code = &received.codes[0];
    let turn = &code.turns[0];
    assert_eq!((code.code.as_str(), code.name(), code.institutions), ("112007410", "再診料", 8));
    assert_eq!((turn.turn.as_str(), turn.new_rule.as_deref()), ("right-to-error", Some("claim/points")));
    // Some of them stand in units with others, where points are not judged: the share is of all uses.
    assert!(turn.uses >= 8 && turn.uses <= code.uses, "{code:?}");
    // Said of days that have been, nobody needs a claim to see it.
    let why = tried(DECEMBER_2021, wrong).unwrap().unwrap_err();
    assert!(why.en.contains("the past:") && why.en.contains("points"), "{why}");
}

/// What recent files do not use they cannot tell of, and say so; of days that have been the exact gate does.
#[test]
fn published_codes_that_nobody_used_lately_are_held_by_the_gate_of_the_past() {
    let removed = |code: &str, _: &mut Vec<String>| used(code) || code.ends_with("10");
    let Some(tried_it) = tried(DECEMBER_2021, removed) else { return };
    assert!(tried_it.unwrap_err().en.contains("the past:"));
    let off = |code: &str, fields: &mut Vec<String>| {
        if !used(code) {
            one_off(fields);
        }
        true
    };
    assert!(tried(DECEMBER_2021, off).unwrap().unwrap_err().en.contains("the past:"));
    // Said before the days come: codes that others refer to, the one judge misses.
    assert!(tried(APRIL_2020, removed).unwrap().unwrap_err().en.contains("set/related-code"));
    // Points that both signed: the replay bounds what it saw, and the claims of probation tell.
    let replay = tried(APRIL_2020, off).unwrap().unwrap();
    let received = replay.received.unwrap();
    assert_eq!((replay.verdict, received.bound.moved), (Verdict::Passed, 0), "{}", replay.why.en);
    assert!(received.said.en.contains("at most 0.1 %"), "{}", received.said.en);
}
