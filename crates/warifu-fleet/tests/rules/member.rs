//! What a member follows, arms for and judges by.

use warifu_fleet::desired::{Desired, Stands};
use warifu_fleet::member::{BootId, Members};
use warifu_fleet::node::{Kept, Node, StoreView};
use warifu_fleet::policy::Terms;
use warifu_fleet::release::{Epoch, Revision};
use warifu_fleet::roll::change_members;
use warifu_fleet::sight::Refusal;
use warifu_fleet::standing::{NotReady, Standing};
use warifu_fleet::time::{FleetInstant, Tick};

use super::world::{
    cause, committed, founded, name, preparing, reading, release, seen, settled, through, view,
};

const INSTANT: i64 = 10_000;

fn node(called: &str) -> Node {
    let mut node = Node::started(name(called), BootId(1), Kept::default(), Tick(0));
    node.holds(release(1).digest);
    node.holds(release(2).digest);
    node
}

fn read(node: &mut Node, at: u64, area: &Desired, revision: u64, armed: usize) -> Result<(), Refusal> {
    let armed = area.pending().map(|_| view(area, armed));
    node.on_read(Tick(at), Tick(at + 1), &StoreView { seen: seen(area, revision), armed })
}

/// `called` after a read at tick 1 of an area where release 2 is committed.
fn committed_to(called: &str) -> Node {
    let mut node = node(called);
    read(&mut node, 1, &committed(&settled(Terms::default()), 2, INSTANT), 7, 0).unwrap();
    node
}

fn ready(epoch: u64, number: u64) -> Standing {
    let since = FleetInstant(if epoch == 2 { INSTANT } else { 0 });
    Standing::Ready(Stands { epoch: Epoch(epoch), release: release(number), since })
}

#[test]
fn it_arms_while_the_instant_is_further_ahead_than_any_permission() {
    assert!(committed_to("b").arm(reading(INSTANT - 502, 5)).is_some());
    assert!(committed_to("b").arm(reading(INSTANT - 501, 5)).is_none());
    assert!(committed_to("b").arm(reading(0, 50)).is_some());
    assert!(committed_to("b").arm(reading(0, 51)).is_none(), "a clock that is unsure");
    assert!(committed_to("b").arm(None).is_none(), "no clock");
    assert!(committed_to("d").arm(reading(0, 5)).is_none(), "a follower");
    let mut without = node("b");
    without.let_go(&release(2).digest);
    read(&mut without, 1, &committed(&settled(Terms::default()), 2, INSTANT), 7, 0).unwrap();
    assert!(without.arm(reading(0, 5)).is_none(), "what is not in memory");
}

#[test]
fn a_key_is_given_until_the_store_has_it_and_is_known_after_a_crash() {
    let mut node = committed_to("b");
    let arm = node.arm(reading(0, 5)).unwrap();
    assert_eq!((arm.epoch, arm.expects), (Epoch(2), Revision(7)));
    // Late, too: what was promised in time holds.
    assert_eq!(node.arm(reading(INSTANT, 5)), Some(arm.clone()));
    let kept: Kept = serde_json::from_str(&serde_json::to_string(node.kept()).unwrap()).unwrap();
    assert_eq!(kept, *node.kept());
    let again = Node::started(name("b"), BootId(2), kept, Tick(0));
    assert!(again.answer(None).issued.is_some_and(|issued| issued.epoch == Epoch(2) && !issued.taken));
    node.on_armed(Epoch(2));
    assert_eq!(node.arm(reading(0, 5)), None);
}

#[test]
fn whoever_hears_nothing_is_out_before_anything_newer_begins() {
    let mut node = node("b");
    assert_eq!(node.standing(Tick(0), None), Standing::NotReady(NotReady::KnowsNothing));
    read(&mut node, 1_000, &settled(Terms::default()), 5, 0).unwrap();
    // No clock is asked while no instant is near.
    assert_eq!(node.standing(Tick(1_399), None), ready(1, 1));
    assert_eq!(node.standing(Tick(1_400), None), Standing::NotReady(NotReady::CutOff));
    // Two of three voters vouch, its own voice among them.
    let other = node.answer(None);
    node.on_answers(Tick(1_300), Tick(1_350), None, &[(name("c"), other)].into());
    assert_eq!(node.standing(Tick(1_699), None), ready(1, 1));
    node.on_answers(Tick(1_600), Tick(1_650), None, &[].into());
    assert_eq!(node.standing(Tick(1_700), None), Standing::NotReady(NotReady::CutOff));
}

#[test]
fn a_member_that_armed_does_not_vouch_for_one_that_has_not_heard_of_it() {
    let mut armed = committed_to("c");
    assert!(armed.arm(reading(0, 5)).is_some());
    let mut unaware = node("b");
    read(&mut unaware, 1, &settled(Terms::default()), 5, 0).unwrap();
    let mut answer = armed.answer(reading(0, 5));
    unaware.on_answers(Tick(500), Tick(501), None, &[(name("c"), answer.clone())].into());
    // It learnt of the commit, and goes on until the instant.
    assert_eq!(unaware.standing(Tick(600), reading(INSTANT - 1, 5)), ready(1, 1));
    assert_eq!(
        unaware.standing(Tick(600), reading(INSTANT, 5)),
        Standing::NotReady(NotReady::OutcomeUnknown(Epoch(2)))
    );
    // Where the answer brings no record, it goes out.
    let mut unaware = node("b");
    read(&mut unaware, 1, &settled(Terms::default()), 5, 0).unwrap();
    answer.seen = None;
    unaware.on_answers(Tick(500), Tick(501), None, &[(name("c"), answer)].into());
    assert_eq!(unaware.standing(Tick(600), None), Standing::NotReady(NotReady::CutOff));
}

#[test]
fn at_the_instant_it_exchanges_when_it_knows_that_a_majority_armed() {
    let area = committed(&settled(Terms::default()), 2, INSTANT);
    let mut node = node("b");
    read(&mut node, 1, &area, 7, 1).unwrap();
    let unknown = Standing::NotReady(NotReady::OutcomeUnknown(Epoch(2)));
    assert_eq!(node.standing(Tick(2), reading(INSTANT, 5)), unknown);
    read(&mut node, 3, &area, 7, 2).unwrap();
    assert_eq!(node.standing(Tick(4), reading(INSTANT - 1, 5)), ready(1, 1));
    assert_eq!(node.standing(Tick(4), reading(INSTANT, 5)), ready(2, 2));
    // A clock that is unsure tells only what is far from the instant.
    let unsure = Standing::NotReady(NotReady::ClockUnsure(Epoch(2)));
    assert_eq!(node.standing(Tick(4), reading(INSTANT - 60, 60)), unsure);
    assert_eq!(node.standing(Tick(4), reading(INSTANT - 61, 60)), ready(1, 1));
    assert_eq!(node.standing(Tick(4), reading(INSTANT + 59, 60)), unsure);
    assert_eq!(node.standing(Tick(4), reading(INSTANT + 60, 60)), ready(2, 2));
    assert_eq!(node.standing(Tick(4), None), unsure);
    read(&mut node, 5, &through(&area), 9, 0).unwrap();
    assert_eq!(node.standing(Tick(6), None), ready(2, 2));
}

#[test]
fn what_became_void_leaves_what_stands() {
    let area = committed(&settled(Terms::default()), 2, INSTANT);
    let mut node = node("b");
    read(&mut node, 1, &area, 7, 0).unwrap();
    let none = view(&area, 1).majority(area.members()).unwrap_err();
    read(&mut node, 2, &area.void(&none, cause()).unwrap(), 8, 0).unwrap();
    assert_eq!(node.standing(Tick(3), reading(INSTANT + 1_000, 5)), ready(1, 1));
}

#[test]
fn one_that_does_not_belong_to_the_area_is_out() {
    let area = settled(Terms::default());
    let members = Members::new(["a", "b", "c"].map(name).into(), [].into()).unwrap();
    let mut node = node("d");
    let off = ["a", "b"].map(name).into();
    let without = change_members(&seen(&area, 7), members, &[].into(), &off, cause()).unwrap();
    read(&mut node, 1, &without, 9, 0).unwrap();
    assert_eq!(node.standing(Tick(2), None), Standing::NotReady(NotReady::NotAMember));
}

#[test]
fn a_store_of_others_is_seen() {
    let settled = settled(Terms::default());
    let two = through(&committed(&settled, 2, INSTANT));
    let with = |first: &Desired| {
        let mut node = node("b");
        read(&mut node, 1, first, 7, 0).unwrap();
        node
    };
    // A restored store: an older revision after a newer one.
    assert_eq!(
        read(&mut with(&two), 9, &settled, 5, 0),
        Err(Refusal::StoreWentBack(Revision(7), Revision(5)))
    );
    // An older epoch under a newer revision.
    assert_eq!(read(&mut with(&two), 9, &settled, 8, 0), Err(Refusal::WentBack(Epoch(2), Epoch(1))));
    // Another release under the same number.
    let other = through(&committed(&founded(Terms::default()), 2, 0));
    assert_eq!(read(&mut with(&settled), 9, &other, 8, 0), Err(Refusal::Rewritten(Epoch(1))));
    let sooner = committed(&settled, 2, INSTANT - 1);
    let committed_two = committed(&settled, 2, INSTANT);
    assert_eq!(read(&mut with(&committed_two), 9, &sooner, 8, 0), Err(Refusal::Rewritten(Epoch(2))));
    // A digest that this member never verified; being told to prepare it is no harm.
    let three = committed(&settled, 3, INSTANT);
    let digest = release(3).digest;
    assert_eq!(read(&mut with(&settled), 9, &three, 8, 0), Err(Refusal::NotVerified(digest)));
    assert_eq!(read(&mut with(&settled), 9, &preparing(&settled, 3), 8, 0), Ok(()));
    let mut timing = Terms::default();
    timing.timing.freshness.0 = 401;
    let other = self::settled(timing);
    assert_eq!(read(&mut with(&settled), 9, &other, 8, 0), Err(Refusal::OtherTiming));
}

#[test]
fn what_is_refused_gives_no_permission_and_takes_none_away() {
    let settled = settled(Terms::default());
    let mut node = node("b");
    read(&mut node, 1_000, &settled, 5, 0).unwrap();
    read(&mut node, 1_100, &committed(&settled, 3, INSTANT), 6, 0).unwrap_err();
    assert_eq!(node.standing(Tick(1_399), None), ready(1, 1));
    assert_eq!(node.standing(Tick(1_400), None), Standing::NotReady(NotReady::CutOff));
    // The others, who refuse it too, keep it in service.
    let answer = node.answer(None);
    node.on_answers(Tick(1_300), Tick(1_350), None, &[(name("c"), answer)].into());
    assert_eq!(node.standing(Tick(1_500), None), ready(1, 1));
}

#[test]
fn an_area_that_is_moved_to_and_fro_is_followed_so_often_and_no_more() {
    let mut area = settled(Terms { max_changes_per_hour: 2, ..Terms::default() });
    let mut node = node("b");
    read(&mut node, 1, &area, 5, 0).unwrap();
    for (at, number, refused) in [
        (10, 2, false),
        (20, 1, false),
        (30, 2, true),
        // An hour after the first of them.
        (3_600_011, 2, false),
    ] {
        let next = through(&committed(&area, number, INSTANT));
        let told = read(&mut node, at, &next, 10 + at, 0);
        assert_eq!(told.is_err(), refused, "{at}: {told:?}");
        if !refused {
            area = next;
        }
    }
}
