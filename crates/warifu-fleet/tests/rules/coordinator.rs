//! What is written next, and what is waited for.

use std::collections::BTreeMap;

use warifu_fleet::clock::Timekeeper;
use warifu_fleet::coordinator::{Change, View, decide};
use warifu_fleet::desired::{Desired, Next, NoStep, Seen};
use warifu_fleet::member::{BootId, MemberName, Members};
use warifu_fleet::orders::{Act, Order, Orders};
use warifu_fleet::policy::{Advance, Quorum, Terms};
use warifu_fleet::prepared::{WaitsFor, may_commit};
use warifu_fleet::release::{Epoch, Release, Revision};
use warifu_fleet::report::{Nack, Progress, Report, Stage};
use warifu_fleet::roll::{NotChanged, change_members};
use warifu_fleet::time::{FleetInstant, Millis};

use super::world::{
    cause, committed, keeper, name, preparing, reading, release, seen, settled, through, view,
};

/// What a test changes of a view in which all is well and nothing is to be done.
struct Case {
    seen: Seen,
    reports: BTreeMap<MemberName, Report>,
    clocks: BTreeMap<MemberName, (BootId, i64)>,
    orders: Orders,
    newest: Option<(Release, Option<FleetInstant>)>,
    fault: Option<(Epoch, String)>,
    now: i64,
    error: u64,
    armed: usize,
    unchanged_for: u64,
}

fn case(area: &Desired) -> Case {
    let all = ["a", "b", "c", "d"];
    Case {
        seen: seen(area, 7),
        reports: all.map(|one| (name(one), report(Progress::At(area.last(), Stage::Prepared)))).into(),
        clocks: all.map(|one| (name(one), (BootId(1), 0))).into(),
        orders: Orders::default(),
        newest: None,
        fault: None,
        now: 1_000,
        error: 5,
        armed: 0,
        unchanged_for: 0,
    }
}

fn report(progress: Progress) -> Report {
    Report { boot: BootId(1), seen: Revision(7), progress, piloted: Millis(0) }
}

fn order(act: Act) -> Order {
    Order { act, by: "Sato".into(), why: "seen".into() }
}

impl Case {
    fn decides(&self) -> Option<Change> {
        decide(&View {
            seen: &self.seen,
            armed: Some(view(&self.seen.record, self.armed)),
            reports: &self.reports,
            clocks: &self.clocks,
            orders: &self.orders,
            newest: self.newest,
            fault: self.fault.clone(),
            now: reading(self.now, self.error),
            unchanged_for: Millis(self.unchanged_for),
        })
    }

    fn waits(&self) -> WaitsFor {
        may_commit(&self.seen.record, &self.reports, &self.orders).unwrap_err()
    }

    fn next(&self) -> Option<Next> {
        self.decides().map(|change| change.record.next())
    }
}

#[test]
fn a_newer_release_is_prepared_committed_armed_for_and_settled() {
    let mut area = settled(Terms::default());
    let mut steps = Vec::new();
    let mut now = 1_000;
    loop {
        let case = Case { newest: Some((release(2), None)), now, armed: 3, ..case(&area) };
        let Some(change) = case.decides() else { break };
        assert_eq!(change.expects, Revision(7));
        area = change.record;
        steps.push(area.next());
        now += 2_200;
    }
    assert!(matches!(
        steps[..],
        [Next::Preparing(_), Next::Committed(commit), Next::Armed(_), Next::Nothing]
            if commit.instant == FleetInstant(3_200 + 5 + 2_000)
    ));
    assert_eq!((area.stands().unwrap().release, area.before()), (release(2), Some(release(1))));
}

#[test]
fn a_declared_instant_is_kept_and_committed_when_it_is_near() {
    let area = preparing(&settled(Terms::default()), 2);
    let at = |now, instant| {
        let newest = Some((release(2), Some(FleetInstant(instant))));
        Case { newest, now, ..case(&area) }.next()
    };
    assert_eq!(at(1_000, 100_000), None);
    assert!(matches!(at(97_000, 100_000), Some(Next::Committed(commit)) if commit.instant.0 == 100_000));
    assert!(matches!(at(99_000, 100_000), Some(Next::Committed(commit)) if commit.instant.0 == 101_005));
}

#[test]
fn all_who_live_must_be_prepared() {
    let area = preparing(&settled(Terms::default()), 2);
    let mut case = case(&area);
    assert!(matches!(case.next(), Some(Next::Committed(_))));
    case.reports.insert(name("d"), report(Progress::At(Epoch(2), Stage::Cleared)));
    assert_eq!(case.waits(), WaitsFor::Members([name("d")].into()));
    // A person does without it, by its name and for this move alone.
    case.orders.0.push(order(Act::Acknowledge(Epoch(1), name("d"))));
    assert_eq!(case.waits(), WaitsFor::Members([name("d")].into()));
    case.orders.0.push(order(Act::Acknowledge(Epoch(2), name("d"))));
    assert!(matches!(case.next(), Some(Next::Committed(_))));
    case.orders.0.clear();
    // Whose lease is over does not live; a majority of the voters does.
    case.reports.remove(&name("d"));
    assert!(case.decides().is_some());
    case.reports.remove(&name("c"));
    assert!(case.decides().is_some());
    case.reports.remove(&name("b"));
    assert_eq!(case.waits(), WaitsFor::Quorum(1));
}

#[test]
fn who_cannot_go_along_is_acknowledged_by_name() {
    let terms = Terms { quorum: Quorum::AtLeast(3), ..Terms::default() };
    let area = preparing(&settled(terms), 2);
    let mut case = case(&area);
    let nack = Nack {
        epoch: Epoch(2),
        digest: release(2).digest,
        stage: Stage::Cleared,
        code: "past/not-signed".into(),
        detail: "one entry".into(),
    };
    case.reports.insert(name("c"), report(Progress::Nack(nack)));
    assert_eq!(case.waits(), WaitsFor::Nacks([name("c")].into()));
    case.orders.0.push(order(Act::Acknowledge(Epoch(2), name("c"))));
    assert!(case.decides().is_some());
    case.reports.insert(name("d"), report(Progress::Idle));
    assert_eq!(case.waits(), WaitsFor::Members([name("d")].into()));
    case.orders.0.push(order(Act::Acknowledge(Epoch(2), name("d"))));
    assert_eq!(case.waits(), WaitsFor::Quorum(1));
    // What was said of one epoch does not count for another.
    case.orders.0.retain(|order| order.act != Act::Acknowledge(Epoch(2), name("c")));
    case.orders.0.push(order(Act::Acknowledge(Epoch(1), name("c"))));
    assert_eq!(case.waits(), WaitsFor::Nacks([name("c")].into()));
}

#[test]
fn pilots_go_first_and_people_say_when() {
    let terms = Terms {
        pilots: [name("b")].into(),
        pilot_time: Millis(7_200_000),
        advance: Advance::Person,
        ..Terms::default()
    };
    let area = preparing(&settled(terms), 2);
    let mut case = case(&area);
    assert_eq!(case.waits(), WaitsFor::Pilots([name("b")].into(), Millis(7_200_000)));
    let ran = Report { piloted: Millis(7_200_000), ..case.reports[&name("b")].clone() };
    case.reports.insert(name("b"), ran);
    assert_eq!(case.waits(), WaitsFor::Person);
    case.orders.0.push(order(Act::Advance(Epoch(2))));
    assert!(case.decides().is_some());
    case.orders.0.push(order(Act::Hold(Epoch(2))));
    assert_eq!(case.waits(), WaitsFor::Hold);
    case.orders.0.push(order(Act::Advance(Epoch(2))));
    assert!(case.decides().is_some());
    case.orders.0.push(order(Act::GiveUp(Epoch(2))));
    let given_up = case.decides().unwrap().record;
    assert_eq!(given_up.next(), Next::Nothing);
    // It is not begun again by itself; a newer one is.
    let propose = |number| Case { newest: Some((release(number), None)), ..self::case(&given_up) }.next();
    assert_eq!(propose(2), None);
    assert_eq!(propose(3), Some(Next::Preparing(release(3))));
}

#[test]
fn a_fault_of_the_master_needs_no_person_and_what_was_wrong_does_not_come_back() {
    let one = settled(Terms::default());
    let two = through(&committed(&one, 2, 0));
    let fault = |epoch| Some((Epoch(epoch), "112007410".to_owned()));
    // Also while a newer release is prepared.
    for area in [&two, &preparing(&two, 3)] {
        let change = Case { fault: fault(2), ..case(area) }.decides().unwrap();
        assert_eq!(change.record.would_stand().unwrap().release, release(1));
        assert_eq!(change.record.pending().unwrap().instant, FleetInstant(1_000 + 5 + 800));
        assert_eq!(change.record.cause().why, "112007410");
        let back = through(&change.record);
        let again = Case { fault: fault(2), newest: Some((release(2), None)), ..case(&back) };
        assert_eq!(again.decides(), None);
        let mut lifted = again;
        lifted.orders.0.push(order(Act::Lift(release(2).digest)));
        let lifted = lifted.decides().unwrap().record;
        assert_eq!(lifted.cause().by, "Sato");
        let proposed = Case { newest: Some((release(2), None)), ..case(&lifted) }.next();
        assert!(matches!(proposed, Some(Next::Preparing(_))));
    }
    // An old fault is none of what judges now, and there is nothing to fall back to from the first release.
    assert_eq!(Case { fault: fault(1), ..case(&two) }.decides(), None);
    assert_eq!(Case { fault: fault(1), ..case(&one) }.decides(), None);
    let mut by_a_person = case(&two);
    by_a_person.orders.0.push(order(Act::FallBack(Epoch(2))));
    assert!(by_a_person.decides().is_some());
}

#[test]
fn nobody_names_an_instant_by_a_clock_that_is_unsure() {
    let one = settled(Terms::default());
    let two = through(&committed(&one, 2, 0));
    assert_eq!(Case { error: 51, ..case(&preparing(&one, 2)) }.decides(), None);
    let fault = Some((Epoch(2), "112007410".to_owned()));
    assert_eq!(Case { error: 51, fault, ..case(&two) }.decides(), None);
}

#[test]
fn a_commit_that_no_majority_armed_for_is_taken_back_when_it_is_too_late_to_arm() {
    let area = committed(&settled(Terms::default()), 2, 10_000);
    let case = |now, armed, unchanged_for| Case { now, armed, unchanged_for, ..case(&area) };
    assert_eq!(case(9_503, 1, 0).decides(), None);
    let change = case(9_504, 1, 0).decides().unwrap();
    assert_eq!((change.record.next(), change.record.stands()), (Next::Nothing, area.stands()));
    assert_eq!(change.none_armed.unwrap().as_of(), Revision(1_000));
    let change = case(9_504, 2, 0).decides().unwrap();
    assert!(matches!(change.record.next(), Next::Armed(_)) && change.none_armed.is_none());
    // A coordinator without a clock waits longer than any instant is ahead.
    let mut blind = case(0, 1, 4_500);
    blind.error = 1_000_000;
    assert_eq!(blind.decides(), None);
    blind.unchanged_for = 4_600;
    assert!(blind.decides().is_some());
}

#[test]
fn it_is_settled_when_the_instant_has_passed_by_everybodys_clock() {
    let area = committed(&settled(Terms::default()), 2, 10_000);
    let majority = view(&area, 2).majority(area.members()).unwrap();
    let area = area.armed(&majority, cause()).unwrap();
    assert_eq!(Case { now: 10_104, ..case(&area) }.decides(), None);
    assert_eq!(Case { now: 10_105, ..case(&area) }.next(), Some(Next::Nothing));
}

#[test]
fn the_clock_in_the_middle_keeps_the_time_when_who_kept_it_is_gone() {
    let area = settled(Terms::default());
    let mut case = case(&area);
    assert_eq!(case.decides(), None);
    case.clocks = [("a", 2, 9_000), ("b", 1, -2_000), ("c", 1, 3), ("d", 1, 4), ("x", 1, 5)]
        .map(|(one, boot, offset)| (name(one), (BootId(boot), offset)))
        .into();
    let change = case.decides().unwrap();
    let chosen = Timekeeper { member: name("c"), boot: BootId(1) };
    assert_eq!(change.record.timekeeper(), Some(&chosen));
    assert_ne!(chosen, keeper());
    // Not while an instant is told by the one before.
    case.seen = seen(&committed(&area, 2, 10_000), 7);
    assert_eq!(case.decides(), None);
}

#[test]
fn the_list_of_members_changes_when_a_majority_has_seen_the_one_before() {
    let area = settled(Terms::default());
    let mut case = case(&area);
    let changed = |case: &Case, off: &[&str], voters: &[&str]| {
        let of = |names: &[&str]| names.iter().map(|one| name(one)).collect();
        let members = Members::new(of(voters), [].into()).unwrap();
        change_members(&case.seen, members, &case.reports, &of(off), cause())
    };
    let four = ["a", "b", "c", "d"];
    assert!(changed(&case, &[], &four).is_ok());
    assert_eq!(changed(&case, &[], &["a", "d"]), Err(NotChanged::Step(NoStep::TooManyVotes)));
    for old in ["b", "c"] {
        let report = Report { seen: Revision(6), ..case.reports[&name(old)].clone() };
        case.reports.insert(name(old), report);
    }
    assert_eq!(changed(&case, &[], &four), Err(NotChanged::NotSeen(1)));
    assert!(changed(&case, &["c"], &["a", "b"]).is_ok());
}
