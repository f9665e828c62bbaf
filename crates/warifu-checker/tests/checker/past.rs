//! The past is signed: a release that judges days that have been otherwise than what runs is refused, however
//! little it is, without a claim; and what both organisations signed of it passes.

use std::sync::Arc;

use warifu_checker::log::now;
use warifu_checker::past::{NotCleared, clear};
use warifu_checker::release::ReleaseContent;
use warifu_checker::said::Said;
use warifu_checker::state::{Phase, RefusedFor, Step};
use warifu_checker::swap::{Outcome, Swapper, Wanted};
use warifu_claims::{ClaimFile, ClaimFindings, judge};
use warifu_masters::file::read_canonical;
use warifu_masters::past::{Change, Days, What, write_changes};
use warifu_trust::{ChangesContent, Governs, MasterContent, UnixSeconds};
use warifu_values::judgement::PastClass;
use warifu_values::lang::{Lang, Speak as _, counted};

use crate::line::{Line, Unsigned};
use crate::masters::{CODES, Procedure, SCHEMAS, Series, content, day, with_timelines};
use crate::world::{Shelf, Source, alone_at, file_of};

/// On this day the releases here are made: June and July 2024 are past.
const TODAY: &str = "2024-08-01";

fn hundred() -> Vec<Procedure> {
    CODES.iter().map(|code| Procedure::new(*code, "100.00")).collect()
}

/// A free comment.
const COMMENT: &str = "0,C,8,10,990001,6,見本自由記載,10,ﾐﾎﾝｼﾞﾕｳｷｻｲ,0,0,0,0,0,0,0,0,0,0,0,20240601,99999999,\
                       810990001,00010000,,,,,,";

/// Every code at 100 points, but for `code`.
fn but(code: u32, procedure: impl Fn(Procedure) -> Procedure) -> Vec<Procedure> {
    let of = |number: &u32| {
        let right = Procedure::new(*number, "100.00");
        if *number == code { procedure(right) } else { right }
    };
    CODES.iter().map(of).collect()
}

/// 120002910 counts 110 points since 2024-07-16.
fn raised() -> Vec<Procedure> {
    but(120002910, |procedure| procedure.with("points", "110.00").since("20240716"))
}

/// The masters that run: every code at 100 points, and one of them raised in July.
fn july() -> Series {
    Series::r06().published("20240531", &hundred()).published("20240705", &raised())
}

/// The same, corrected on 2024-07-29 for all days: 再診料 counts 101 points.
fn corrected() -> Series {
    let mut procedures = raised();
    procedures[1] = Procedure::new(112007410, "101.00");
    july().published("20240729", &procedures)
}

/// A checker without claims, and the releases that it may be offered.
struct Here {
    line: Line,
    shelf: Arc<Shelf>,
    directory: tempfile::TempDir,
    swapper: Option<Swapper>,
}

impl Here {
    /// It runs a release of these masters.
    fn running(masters: Vec<MasterContent>) -> Here {
        Here::running_since("2024-07-20", masters)
    }

    /// It runs a release of these masters that was made on `made`.
    fn running_since(made: &str, masters: Vec<MasterContent>) -> Here {
        let (line, shelf) = (Line::default(), Arc::new(Shelf::default()));
        let directory = tempfile::tempdir().unwrap();
        let mut here = Here { line, shelf, directory, swapper: None };
        here.restart();
        let first = here.line.next(made, masters);
        assert_eq!(here.takes(first), Phase::Confirmed);
        here
    }

    fn swapper(&self) -> &Swapper {
        self.swapper.as_ref().unwrap()
    }

    /// Ends it and starts it again on the same state.
    fn restart(&mut self) {
        self.swapper = None;
        self.swapper = Some(alone_at(self.directory.path(), Source(Arc::clone(&self.shelf))));
    }

    fn runs(&self) -> u64 {
        self.swapper().active().map_or(0, |active| active.id.release)
    }

    fn offer(&self, release: ReleaseContent) -> Outcome {
        self.shelf.put(release);
        self.swapper().poll(now(), Wanted::ByItself)
    }

    /// It is activated.
    fn takes(&self, release: ReleaseContent) -> Phase {
        let number = release.id().release;
        match self.offer(release) {
            Outcome::Activated { release, phase } if release == number => phase,
            other => panic!("{other:?}"),
        }
    }

    /// What is said of a release that is refused and leaves what runs as it is.
    fn refuses(&self, release: ReleaseContent) -> Said {
        let before = self.runs();
        let outcome = self.offer(release);
        let Outcome::Refused(refused) = outcome else { panic!("{outcome:?}") };
        assert_eq!((refused.refused_for, refused.reached), (RefusedFor::Data, Some(Step::Verified)));
        assert_eq!(self.runs(), before);
        refused.why
    }

    /// What a release truly is that holds these masters and is made today.
    fn draft(&self, masters: Vec<MasterContent>) -> Unsigned {
        self.line.unsigned(TODAY, masters)
    }

    /// What is said of a release of these masters that declares nothing.
    fn unsigned(&self, masters: Vec<MasterContent>) -> Said {
        let mut draft = self.draft(masters);
        assert_ne!(draft.list, []);
        draft.list.clear();
        draft.tell();
        self.refuses(draft.sign())
    }

    /// The errors on a claim of that month, whose codes all count 100 points on its first day.
    fn errors(&self, month: u32) -> Vec<&'static str> {
        let file = ClaimFile::read(&file_of(1, &[CODES.map(|code| (month, 1, code, 100)).to_vec()]));
        let active = self.swapper().active().unwrap();
        let mut found = ClaimFindings::new(100);
        judge(&file, &active.snapshot, active.id.release, &mut found);
        found.list().iter().map(|finding| finding.code.as_str()).collect()
    }
}

/// The kinds of sentences in which both languages say why.
fn is_said(why: &Said, en: &str, ja: &str) {
    assert!(why.say(Lang::En).contains(en) && why.say(Lang::Ja).contains(ja), "{}\n{}", why.en, why.ja);
}

const UNDECLARED: [&str; 2] = [
    "judged differently, and the signed list does not have it",
    "判定が変わりますが、署名済みの一覧にありません",
];

/// The change is told in both languages as one that nobody declared, of so many in all.
fn is_undeclared(why: &Said, change: &str, entries: u64) {
    let words = [
        ("in force", "適用"),
        ("yes", "適用中"),
        ("not listed", "収載なし"),
        ("no series", "系列なし"),
        ("not known", "不明"),
        ("gone", "消滅"),
        ("abolished", "廃止"),
        ("procedure ", "医科診療行為マスター "),
        ("comment ", "コメントマスター "),
        (" points:", " 新又は現点数:"),
    ];
    let japanese = words.iter().fold(change.to_owned(), |text, (en, ja)| text.replace(en, ja));
    let ([en, ja], counted) = (UNDECLARED, counted(entries, "objection"));
    is_said(
        why,
        &format!("{change}: {en}; {counted} in all"),
        &format!("{japanese}: {ja}（全 {entries} 件）"),
    );
}

/// The points of 再診料 on every day of the past, without a word: 9 claims of 100 would get a false error, and
/// no claim is there to show it.
#[test]
fn one_point_that_nobody_signed_refuses_the_release() {
    let here = Here::running(vec![july().master()]);
    let why = here.unsigned(vec![corrected().master()]);
    assert_eq!(
        why.en,
        "the past: procedure 112007410 2024-06-01– points: 100.00 → 101.00: judged differently, and the \
         signed list does not have it; 1 objection in all"
    );
    assert_eq!(
        why.ja,
        "過去の判定: 医科診療行為マスター 112007410 2024-06-01– 新又は現点数: 100.00 → 101.00: \
         判定が変わりますが、署名済みの一覧にありません（全 1 件）"
    );
    // It is not tried again by itself.
    let again = here.swapper().poll(now(), Wanted::ByItself);
    let Outcome::Held { release: 2, why: held, .. } = &again else { panic!("{again:?}") };
    is_said(held, &why.en, &why.ja);
    is_said(held, "; wait for a corrected release, or try this one again", "。訂正したリリースを待つか");
    // Nor does it pass when somebody asks for it.
    assert_eq!(here.swapper().poll(now(), Wanted::Newest).exit_status(), 1);
    assert_eq!((here.runs(), here.errors(202406)), (1, vec![]));
}

/// Masters that are wrong for days that have been, in ways that a share of claims does not show.
#[test]
fn wrong_masters_are_refused_on_a_day_without_claims() {
    let here = Here::running(vec![july().master()]);
    // Every value of the codes that no recent claim uses.
    let mut off = raised();
    for at in [1, 2] {
        off[at] = Procedure::new(CODES[at], "99.00");
    }
    let rest_off = Series::r06().published("20240531", &off);
    // What nobody claims counts on the past days of another record too.
    let why = here.unsigned(vec![rest_off.master()]);
    is_undeclared(&why, "procedure 112007410 2024-06-01– points: 100.00 → 99.00", 3);

    // The superseded record alone: only June is judged otherwise.
    let june = but(120002910, |procedure| procedure.with("points", "90.00"));
    let june = Series::r06().published("20240531", &june).published("20240705", &raised());
    let change = "procedure 120002910 2024-06-01–2024-07-15 points: 100.00 → 90.00";
    is_undeclared(&here.unsigned(vec![june.master()]), change, 1);

    // The new points apply from another day.
    let earlier = but(120002910, |procedure| procedure.with("points", "110.00").since("20240715"));
    let earlier = Series::r06().published("20240531", &hundred()).published("20240705", &earlier);
    let change = "procedure 120002910 2024-07-15–2024-07-15 points: 100.00 → 110.00";
    is_undeclared(&here.unsigned(vec![earlier.master()]), change, 1);

    // What was published of June is forgotten: the newest record judges it too, and what else there was is
    // not known.
    let forgotten = but(120002910, |procedure| procedure.with("points", "110.00"));
    let forgotten = Series::r06().published("20240705", &forgotten);
    let why = here.unsigned(vec![forgotten.master()]);
    is_undeclared(&why, "procedure * 2024-06-01–2024-07-04 in force: not listed → not known", 2);

    // A last day that has been.
    let ended = but(113001810, |procedure| procedure.until("20240630"));
    let ended = july().published("20240729", &[&ended[..3], &raised()[3..]].concat());
    let change = "procedure 113001810 2024-07-01– in force: yes → abolished 2024-06-30";
    is_undeclared(&here.unsigned(vec![ended.master()]), change, 1);

    // A code that nobody could claim until now, for days that have been.
    let more = july().published("20240729", &[&raised()[..], &[Procedure::new(180000001, "1.00")]].concat());
    let change = "procedure 180000001 2024-06-01– in force: not listed → yes";
    is_undeclared(&here.unsigned(vec![more.master()]), change, 1);
    assert_eq!((here.runs(), here.errors(202406)), (1, vec![]));
}

/// The points that claims were wrongly made with, and with them 1,632 right errors would vanish.
#[test]
fn masters_that_make_right_errors_vanish_are_refused() {
    let right = but(111000110, |procedure| procedure.with("points", "291.00"));
    let here = Here::running(vec![Series::r06().published("20240531", &right).master()]);
    assert_eq!(here.errors(202406), ["claim/points"]);
    let old = but(111000110, |procedure| procedure.with("points", "100.00"));
    let why = here.unsigned(vec![Series::r06().published("20240531", &old).master()]);
    is_undeclared(&why, "procedure 111000110 2024-06-01– points: 291.00 → 100.00", 1);
    assert_eq!(here.errors(202406), ["claim/points"]);
}

/// 78 % of all codes, from the files and their past.
#[test]
fn removed_codes_refuse_the_release_whether_they_are_claimed_or_not() {
    let all: Vec<_> = (0..50).map(|n| Procedure::new(112_000_010 + 10 * n, "100.00")).collect();
    let here = Here::running(vec![Series::r06().published("20240531", &all).master()]);
    let never_there = Series::r06().published("20240531", &all[..11]);
    let why = here.unsigned(vec![never_there.master()]);
    is_undeclared(&why, "procedure 112000120 2024-06-01– in force: yes → not listed", 39);

    // Gone since a file of three days ago: said as it is, somebody has to accept it by name.
    let gone = Series::r06().published("20240531", &all).published("20240729", &all[..11]).master();
    is_undeclared(&here.unsigned(vec![gone.clone()]), "112000120 2024-07-29– in force: yes → gone", 39);
    let mut draft = here.draft(vec![gone]);
    draft.said().accepted.clear();
    is_said(
        &here.refuses(draft.sign()),
        "procedure/cover-lost: 39 of these concern days that have been, and nobody accepted them",
        "（procedure/cover-lost）: 過去の日に遡る変更が 39 件あり、承認されていません",
    );
}

#[test]
fn a_series_that_is_left_out_refuses_the_release() {
    let r04 = || Series::new("r04", "20220401", Some("20240531"));
    let old: Vec<_> = hundred().into_iter().map(|procedure| procedure.since("20220401")).collect();
    let r04 = r04().published("20220301", &old);
    let here = Here::running(vec![r04.master(), july().master()]);
    assert_eq!(here.errors(202405), Vec::<&str>::new());
    let why = here.unsigned(vec![july().master()]);
    // Each code, and every other one.
    is_undeclared(&why, "procedure * 2022-04-01–2024-05-31 in force: not listed → no series", 5);
    let mut draft = here.draft(vec![july().master()]);
    draft.said().accepted.retain(|accepted| accepted.class.as_str() != "procedure/series");
    is_said(
        &here.refuses(draft.sign()),
        "procedure/series: 5 of these",
        "（procedure/series）: 過去の日に遡る変更が 5 件",
    );
    assert_eq!(here.errors(202405), Vec::<&str>::new());
}

/// A kind of master of which no claim came lately.
#[test]
fn a_kind_that_vanishes_refuses_the_release() {
    let layout = SCHEMAS.editions("comment").into_iter().next().unwrap();
    let text = format!("{}\n{}\n", layout.canonical_header(), COMMENT);
    let state = read_canonical(&SCHEMAS, "comment", text.into_bytes()).unwrap();
    let governs = july().master().governs;
    let comments = with_timelines(&SCHEMAS, content("r06", &state, governs, Vec::new()));
    let here = Here::running(vec![comments, july().master()]);
    let why = here.unsigned(vec![july().master()]);
    is_undeclared(&why, "comment * 2024-06-01– in force: not listed → no series", 2);
}

#[test]
fn declared_and_computed_are_equal_both_ways() {
    let here = Here::running(vec![july().master()]);
    let truly = here.draft(vec![corrected().master()]);
    let [entry] = &truly.list[..] else { panic!("{:?}", truly.list) };

    let mut more = truly.clone();
    let mut other = entry.clone();
    other.key = "113001810".to_owned();
    more.list.push(other);
    more.tell();
    is_said(
        &here.refuses(more.sign()),
        "the past: procedure 113001810 2024-06-01– points: 100.00 → 101.00: in the signed list, and nothing \
         is judged so; 1 objection in all",
        "過去の判定: 医科診療行為マスター 113001810 2024-06-01– 新又は現点数: 100.00 → 101.00: \
         署名済みの一覧にありますが、実際の変更ではありません（全 1 件）",
    );
    // The same change with another value, other days, or another day of publication is another change.
    let other_value = What::Field { id: "points".into(), old: "100.00".into(), new: "102.00".into() };
    let other_days = Days { last: Some(day("20240630")), ..entry.days };
    for other in [
        Change { what: other_value, ..entry.clone() },
        Change { days: other_days, ..entry.clone() },
        Change { published: None, ..entry.clone() },
    ] {
        let mut draft = truly.clone();
        draft.list = vec![other];
        draft.tell();
        let why = here.refuses(draft.sign());
        assert!(why.en.ends_with("; 2 objections in all") && why.ja.ends_with("（全 2 件）"), "{why}");
    }
}

#[test]
fn every_class_of_the_past_is_accepted_by_name_with_its_very_number() {
    let here = Here::running(vec![july().master()]);
    let refused = |alter: &dyn Fn(&mut Unsigned)| {
        let mut draft = here.draft(vec![corrected().master()]);
        alter(&mut draft);
        here.refuses(draft.sign())
    };
    is_said(
        &refused(&|draft| draft.said().accepted.clear()),
        "procedure/points/112007410: 1 of these concern days that have been, and nobody accepted them",
        "（procedure/points/112007410）: 過去の日に遡る変更が 1 件あり、承認されていません",
    );
    is_said(
        &refused(&|draft| draft.said().accepted[0].entries = 2),
        "procedure/points/112007410: accepted with 2, and there are 1",
        "（procedure/points/112007410）: 2 件として承認されていますが、実際は 1 件です",
    );
    is_said(
        &refused(&|draft| {
            draft.said().accepted[0].class = PastClass::of_code("procedure", "points", "113001810");
        }),
        "procedure/points/113001810: accepted with 1, and there are 0",
        "（procedure/points/113001810）: 1 件として承認されていますが、実際は 0 件です",
    );
    let counts: [fn(&mut ChangesContent); 3] = [
        |said| said.past += 1,
        |said| (said.past, said.past_and_future) = (said.past_and_future, said.past),
        |said| (said.future, said.past_and_future) = (said.past_and_future, said.future),
    ];
    for count in counts {
        is_said(
            &refused(&|draft| count(draft.said())),
            "the list of changes is not counted as the manifest says",
            "変更一覧の件数がマニフェストと一致しません",
        );
    }
    // Counted and accepted as what is to come, by a release that was made before what runs.
    let earlier = refused(&|draft| {
        draft.head.created = "2024-05-30T00:00:00Z".parse().unwrap();
        draft.tell();
        assert_eq!(draft.said().accepted, []);
    });
    is_said(
        &earlier,
        "it says that the past ends before 2024-05-30; the running release has 2024-07-20",
        "過去とする日の境が 2024-05-30 で、稼働中のリリースの 2024-07-20 より前です",
    );
}

#[test]
fn what_a_code_means_is_never_another_thing() {
    let here = Here::running(vec![july().master()]);
    let june = but(120002910, |procedure| procedure.with("master_type", "R"));
    let june = Series::r06().published("20240531", &june).published("20240705", &raised());
    let draft = here.draft(vec![june.master()]);
    assert_eq!(draft.clone().said().accepted, []);
    is_said(
        &here.refuses(draft.sign()),
        "the past: procedure 120002910 2024-06-01–2024-07-15 master_type: S → R: the field says what the \
         code means, and a code is not used again for something else; 1 objection in all",
        "医科診療行為マスター 120002910 2024-06-01–2024-07-15 マスター種別: S → R: \
         コードの意味を表す項目です。一度使ったコードを別の意味に変えることはできません（全 1 件）",
    );
}

#[test]
fn damaged_timelines_are_refused() {
    let here = Here::running(vec![july().master()]);
    let right = july().master();
    let text = String::from_utf8(right.timelines.clone()).unwrap();
    let without = |word: &str| -> String {
        text.lines().filter(|line| !line.contains(word)).fold(String::new(), |text, line| text + line + "\n")
    };
    let damaged = [
        String::new(),
        text.trim_end().to_owned(),
        text.replace("timelines,1", "timelines,2"),
        text.replace("periods,5", "periods,4"),
        without("111000110,").replace("periods,5", "periods,4"),
        without("record,1").replace("periods,5", "periods,4"),
        text.replace("20240716,state", "20240732,state"),
        text.replace("record,1", "record,2"),
        text.replace(",100.00,", ",100.00"),
        text.replace("\n111000110,", "\n\"111000110\","),
    ];
    for damaged in damaged {
        assert_ne!(damaged, text);
        let mut draft = here.draft(vec![right.clone()]);
        draft.masters[0].timelines = damaged.into_bytes();
        let why = here.refuses(draft.sign());
        is_said(
            &why,
            "r06/procedure: the timelines cannot be read: line",
            "r06/procedure: 期間表を読めません: line",
        );
    }
    // Of other days than the manifest says.
    for (from, until) in [("2024-06-02", None), ("2024-05-31", None), ("2024-06-01", Some("2026-05-31"))] {
        let mut draft = here.draft(vec![right.clone()]);
        draft.masters[0].governs = Governs { from: from.into(), until: until.map(str::to_owned) };
        is_said(
            &here.refuses(draft.sign()),
            "r06/procedure: the timelines are of other days than the manifest says",
            "r06/procedure: 期間表の適用期間がマニフェストと一致しません",
        );
    }
    // A list that is none.
    let mut draft = here.draft(vec![corrected().master()]);
    draft.said().list.pop();
    is_said(
        &here.refuses(draft.sign()),
        "the list of what release 2 changes cannot be read: line 2",
        "リリース 2 の変更一覧を読めません: line 2",
    );
}

/// A record that judges only days that have been is read by checks like any other.
#[test]
fn superseded_records_that_no_check_can_read_are_refused() {
    let june = but(120002910, |procedure| procedure.with("points", "百"));
    let unreadable = Series::r06().published("20240531", &june).published("20240705", &raised());
    let here = Here::running(vec![july().master()]);
    let why = here.refuses(here.draft(vec![unreadable.master()]).sign());
    is_said(&why, "r06/procedure: denied by 1 finding", "r06/procedure: 拒否の指摘が 1 件あります");
    assert!(why.en.contains("field/unreadable"), "{why}");
}

#[test]
fn releases_that_do_not_connect_to_what_runs_are_refused() {
    let here = Here::running(vec![july().master()]);
    let unconnected = |release: ReleaseContent| {
        is_said(
            &here.refuses(release),
            "it does not carry the lists of changes back to release 1, which runs here",
            "稼働中のリリース 1 からの変更一覧が揃っておらず",
        );
    };
    // It follows a release 1 that does not run here; not even with the same masters.
    let elsewhere = Line::default();
    elsewhere.next("2024-07-21", vec![july().master()]);
    unconnected(elsewhere.unsigned(TODAY, vec![july().master()]).sign());

    // One was skipped, and its list is not carried.
    here.line.next(TODAY, vec![corrected().master()]);
    let mut draft = here.draft(vec![corrected().master()]);
    assert_eq!(draft.said().earlier.len(), 1);
    draft.said().earlier.clear();
    unconnected(draft.sign());

    // It is carried, and does not explain everything.
    let mut draft = here.draft(vec![july().published("20240730", &hundred()).master()]);
    draft.list.clear();
    draft.tell();
    let why = here.refuses(draft.sign());
    is_undeclared(&why, "procedure 120002910 2024-07-16– points: 110.00 → 100.00", 1);

    // It is carried, and somebody changed it: then it is not the list of the release that was skipped, but
    // the bytes are signed with this one. What it hides shows all the same.
    let mut draft = here.draft(vec![corrected().master()]);
    draft.said().earlier[0].list = write_changes(&[]);
    let why = here.refuses(draft.sign());
    is_undeclared(&why, "procedure 112007410 2024-06-01– points: 100.00 → 101.00", 1);
}

/// From r04 to r04 and r06: nothing of the past changes, and each claim is judged by its own series.
#[test]
fn a_revision_passes() {
    let r04 = Series::new("r04", "20220401", None);
    let old: Vec<_> = hundred().into_iter().map(|procedure| procedure.since("20220401")).collect();
    let r04 = r04.published("20220301", &old);
    let here = Here::running_since("2024-04-20", vec![r04.master()]);
    let raised = but(111000110, |procedure| procedure.with("points", "291.00"));
    let r06 = Series::r06().published("20240520", &raised);
    let mut draft = here.line.unsigned("2024-05-27", vec![r04.ends("20240531").master(), r06.master()]);
    assert_eq!((draft.said().past, draft.said().past_and_future, draft.said().accepted.len()), (0, 0, 0));
    assert_ne!(draft.said().future, 0);
    assert_eq!(here.takes(here.line.sign(draft)), Phase::Probation);
    assert_eq!((here.errors(202405), here.errors(202406)), (vec![], vec!["claim/points"]));
}

/// New points, a new code and a last day, all announced.
#[test]
fn a_monthly_differential_passes() {
    let here = Here::running(vec![july().master()]);
    let mut august = raised();
    august[0] = Procedure::new(CODES[0], "120.00").since("20240801");
    august[2] = Procedure::new(CODES[2], "100.00").until("20240831");
    august.push(Procedure::new(180000001, "1.00").since("20240801"));
    let mut draft = here.draft(vec![july().published("20240726", &august).master()]);
    let counts = (draft.said().past, draft.said().past_and_future, draft.said().future);
    assert_eq!((counts, draft.said().accepted.len()), ((0, 0, 3), 0), "{:?}", draft.list);
    assert_eq!(here.takes(here.line.sign(draft)), Phase::Probation);
    assert_eq!((here.errors(202407), here.errors(202408)), (vec![], vec!["claim/points", "claim/points"]));
}

#[test]
fn a_correction_that_is_accepted_by_name_passes() {
    let here = Here::running(vec![july().master()]);
    let mut draft = here.draft(vec![corrected().master()]);
    let classes: Vec<_> = draft.said().accepted.iter().map(|accepted| accepted.class.as_str()).collect();
    assert_eq!(classes, ["procedure/points/112007410"]);
    assert_eq!(here.takes(here.line.sign(draft)), Phase::Probation);
    assert_eq!(here.errors(202406), ["claim/points"]);
}

#[test]
fn who_skipped_releases_takes_the_newest_with_the_lists_of_those_between() {
    let here = Here::running(vec![july().master()]);
    here.line.next(TODAY, vec![corrected().master()]);
    // Taken back again, and another one corrected.
    let mut procedures = raised();
    procedures[2] = Procedure::new(CODES[2], "98.00");
    let again = corrected().published("20240802", &procedures);
    here.line.next("2024-08-02", vec![again.master()]);
    let mut draft = here.line.unsigned("2024-08-05", vec![again.master()]);
    assert_eq!((draft.list.len(), draft.said().earlier.len()), (0, 2));
    assert_eq!(here.takes(here.line.sign(draft)), Phase::Probation);
    assert_eq!((here.runs(), here.errors(202406)), (4, vec!["claim/points"]));
}

#[test]
fn after_a_fall_back_the_next_release_is_held_against_what_runs_again() {
    let here = Here::running(vec![july().master()]);
    here.takes(here.line.next(TODAY, vec![corrected().master()]));
    assert_eq!(here.swapper().fall_back(Said::new("test", "試験"), None, now()), Ok(1));
    // It follows the release that was left, and does not carry what that one changed.
    let mut draft = here.line.unsigned("2024-08-02", vec![corrected().master()]);
    let earlier = std::mem::take(&mut draft.said().earlier);
    is_said(&here.refuses(draft.clone().sign()), "back to release 1", "稼働中のリリース 1 から");
    draft.said().earlier = earlier;
    assert_eq!(here.takes(here.line.sign(draft)), Phase::Probation);
    assert_eq!(here.runs(), 3);
}

/// What runs is read from the disk after a start, and held against what is offered then like before.
#[test]
fn the_gate_stands_after_a_start_too() {
    let mut here = Here::running(vec![july().master()]);
    let correction = here.line.unsigned(TODAY, vec![corrected().master()]);
    here.restart();
    assert_eq!(here.runs(), 1);
    let why = here.unsigned(vec![corrected().master()]);
    is_undeclared(&why, "procedure 112007410 2024-06-01– points: 100.00 → 101.00", 1);
    let second = here.line.sign(correction);
    assert_eq!(here.takes(second.clone()), Phase::Probation);

    // It had not proven itself when the checker ended: it comes the whole way again, against the first.
    here.restart();
    assert_eq!(here.runs(), 1);
    let mut third = here.line.unsigned("2024-08-02", vec![corrected().master()]);
    third.said().earlier.clear();
    is_said(&here.refuses(third.sign()), "back to release 1", "稼働中のリリース 1 から");
    assert_eq!(here.takes(second), Phase::Probation);
}

/// Release 3, which follows the correction and waits a day.
fn waiting(here: &Here, alter: impl Fn(&mut Unsigned)) -> (ReleaseContent, UnixSeconds) {
    let later = now().plus_days(1);
    let mut third = here.line.unsigned("2024-08-02", vec![corrected().master()]);
    third.head.activate_at = Some(later);
    third.tell();
    alter(&mut third);
    (third.sign(), later)
}

/// What waited for its instant is held against what runs then.
#[test]
fn the_gate_stands_at_the_instant_too() {
    for carries in [false, true] {
        let here = Here::running(vec![july().master()]);
        here.takes(here.line.next(TODAY, vec![corrected().master()]));
        let (third, later) = waiting(&here, |third| {
            if !carries {
                third.said().earlier.clear();
            }
        });
        assert_eq!(here.offer(third), Outcome::Waiting { release: 3, until: later });
        assert_eq!(here.swapper().fall_back(Said::new("test", "試験"), None, now()), Ok(1));
        match here.swapper().tick(later) {
            Some(Outcome::Refused(refused)) if !carries => {
                is_said(&refused.why, "back to release 1", "稼働中のリリース 1 から");
                assert_eq!((refused.refused_for, here.runs()), (RefusedFor::Data, 1));
                assert_eq!(here.swapper().record().refused, Some(refused));
            }
            Some(Outcome::Activated { release: 3, .. }) if carries => assert_eq!(here.runs(), 3),
            other => panic!("{other:?}"),
        }
    }
}

/// A release that goes by while a newer one waits takes neither its place nor its content.
#[test]
fn what_waits_for_its_instant_keeps_its_content() {
    let here = Here::running(vec![july().master()]);
    let second = here.line.next(TODAY, vec![corrected().master()]);
    let later = now().plus_days(1);
    let mut third = here.line.unsigned("2024-08-02", vec![july().master()]);
    third.head.activate_at = Some(later);
    third.tell();
    assert_eq!(here.offer(third.sign()), Outcome::Waiting { release: 3, until: later });
    assert_eq!(here.takes(second), Phase::Probation);
    let outcome = here.swapper().tick(later);
    assert!(matches!(outcome, Some(Outcome::Activated { release: 3, .. })), "{outcome:?}");
    assert_eq!((here.runs(), here.errors(202406)), (3, vec![]));
}

/// Nor is it one that what runs cannot be read any more, such as by other layouts than before.
#[test]
fn masters_here_that_cannot_be_read_refuse_no_release() {
    let line = Line::default();
    line.next("2024-07-20", vec![july().master()]);
    let second = line.next(TODAY, vec![corrected().master()]);
    let mut broken = Line::default().unsigned("2024-07-20", vec![july().master()]);
    broken.masters[0].canonical = b"no header\n".to_vec();
    let broken = broken.sign();
    let why = |candidate, running| clear(&SCHEMAS, candidate, Some(running)).unwrap_err();
    let unknown = "r06/procedure: the layout of kind procedure";
    let NotCleared::Here(said) = why(second, broken.clone()) else { panic!("of the candidate") };
    assert!(said.en.starts_with(unknown), "{said}");
    // Of the candidate it is one.
    let NotCleared::Candidate(said) = why(broken, Line::default().next("2024-07-20", vec![july().master()]))
    else {
        panic!("of what runs")
    };
    assert!(said.en.starts_with(unknown), "{said}");
}

/// What this checker's disk lost is no fault of a release: nothing new is taken, and it is tried again.
#[test]
fn content_that_is_lost_refuses_no_release() {
    let here = Here::running(vec![july().master()]);
    let content = here.directory.path().join("content");
    let aside = here.directory.path().join("aside");
    let second = here.line.next(TODAY, vec![corrected().master()]);
    let running = std::fs::read_dir(&content).unwrap().map(|file| file.unwrap().path());
    let running: Vec<_> = running.collect();
    std::fs::create_dir(&aside).unwrap();
    for file in &running {
        std::fs::rename(file, aside.join(file.file_name().unwrap())).unwrap();
    }
    for wanted in [Wanted::ByItself, Wanted::Newest] {
        here.shelf.put(second.clone());
        let outcome = here.swapper().poll(now(), wanted);
        let Outcome::Unavailable { why, .. } = outcome else { panic!("{outcome:?}") };
        is_said(&why, "there is no file", "がありません");
    }
    assert_eq!((here.runs(), here.errors(202406)), (1, vec![]));
    for file in &running {
        std::fs::rename(aside.join(file.file_name().unwrap()), file).unwrap();
    }
    assert_eq!(here.takes(second), Phase::Probation);

    // That of a release that waits is fetched again at its instant.
    let (third, later) = waiting(&here, |_| ());
    let manifest = here.directory.path().join("manifests").join(third.id().manifest.to_string());
    assert_eq!(here.offer(third), Outcome::Waiting { release: 3, until: later });
    std::fs::remove_file(manifest).unwrap();
    let outcome = here.swapper().tick(later);
    assert!(matches!(outcome, Some(Outcome::Activated { release: 3, .. })), "{outcome:?}");
}
