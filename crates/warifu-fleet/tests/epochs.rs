//! One epoch, whatever goes wrong: areas on a virtual clock, with every member, the store, the network and
//! the clocks failing. `WARIFU_FLEET_RUNS` runs more random schedules than the default, `WARIFU_FLEET_SEED`
//! others.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::env::var;

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use warifu_fleet::testing::{Breach, Broken, Fault, Plan, Ran, Trouble, run};

#[expect(clippy::disallowed_methods, reason = "who runs a test says how long")]
fn number(variable: &str, default: u64) -> u64 {
    var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(default)
}

/// Any plan, of which a failure leaves out as many troubles as it can.
fn plans() -> impl Strategy<Value = Plan> {
    (any::<u64>().no_shrink(), any::<u16>(), any::<u16>()).prop_map(|(seed, some, others)| {
        let mut plan = Plan::any(seed);
        let mut left = some | others;
        plan.faults.retain(|_| {
            let stays = left & 1 == 1;
            left >>= 1;
            stays
        });
        plan
    })
}

fn whatever_goes_wrong(runs: u64, seed: u64) {
    let config = ProptestConfig {
        cases: u32::try_from(runs).unwrap(),
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let breached = TestRunner::new(config).run(&plans(), |plan| {
        run(&plan).map(|_| ()).map_err(|breach| TestCaseError::fail(format!("{breach:?}")))
    });
    if let Err(breached) = breached {
        panic!("{breached}");
    }
}

/// Half of the runs, so that both halves take a processor each.
#[test]
fn whatever_goes_wrong_the_area_is_at_one_epoch() {
    whatever_goes_wrong(number("WARIFU_FLEET_RUNS", 1_000) / 2, number("WARIFU_FLEET_SEED", 1));
}

#[test]
fn whatever_else_goes_wrong_the_area_is_at_one_epoch() {
    whatever_goes_wrong(number("WARIFU_FLEET_RUNS", 1_000) / 2, !number("WARIFU_FLEET_SEED", 1));
}

#[test]
fn equal_seeds_have_equal_runs() {
    for seed in 0..10 {
        assert_eq!(run(&Plan::any(seed)), run(&Plan::any(seed)));
    }
    assert_ne!(run(&Plan::any(1)), run(&Plan::any(2)));
}

#[test]
fn where_nothing_goes_wrong_nobody_is_ever_out_though_clocks_are_seconds_apart() {
    for voters in 1..8 {
        let ran = run(&Plan::quiet(u64::from(voters), voters)).unwrap();
        assert_eq!((ran.exchanges, ran.voids, ran.none_ready), (2, 0, 0), "{voters} voters");
    }
}

fn fault(trouble: Trouble, at: u64, lasts: u64) -> Fault {
    Fault { trouble, at, lasts }
}

fn with(faults: Vec<Fault>) -> Ran {
    let plan = Plan { faults, ..Plan::quiet(7, 5) };
    run(&plan).unwrap_or_else(|breach| panic!("{breach:?} in {:?}", plan.faults))
}

#[test]
fn while_the_store_is_dead_service_goes_on_and_no_epoch_changes() {
    // A release is published meanwhile.
    let ran = with(vec![fault(Trouble::StoreDead, 3_000, 7_000)]);
    assert_eq!((ran.exchanges, ran.none_ready), (2, 0));
}

#[test]
fn coordinators_may_die_at_every_step() {
    for at in (300..7_500).step_by(150) {
        let ran = with((0..2).map(|which| fault(Trouble::CoordinatorDead(which), at, 1_500)).collect());
        assert_eq!((ran.exchanges, ran.voids), (2, 0), "at {at}");
    }
}

#[test]
fn the_store_may_die_at_every_step() {
    let mut waited = 0;
    for at in (300..7_500).step_by(50) {
        waited = waited.max(with(vec![fault(Trouble::StoreDead, at, 1_500)]).none_ready_row);
    }
    // At worst it died between a commit and the keys of a majority: nobody knows until it is back.
    assert!(waited < 1_500, "{waited}");
}

#[test]
fn every_member_may_die_at_every_step() {
    for at in (300..7_500).step_by(300) {
        for member in 0..5 {
            let ran = with(vec![fault(Trouble::Crash(member), at, 700)]);
            assert_eq!((ran.exchanges, ran.none_ready), (2, 0), "{member} at {at}");
        }
    }
}

#[test]
fn a_minority_that_is_cut_off_does_not_stop_the_others() {
    // Members 0 and 1 of 5 stay apart through an exchange, and come back.
    let ran = with(vec![fault(Trouble::Split(0b11), 3_000, 6_500)]);
    assert_eq!((ran.exchanges, ran.none_ready), (2, 0));
}

/// Whether in a run two members judge by two releases.
fn is_unsafe(plan: &Plan) -> bool {
    run(plan).is_err_and(|breach| !matches!(breach, Breach::NotWhole(_)))
}

/// The seeds are near one that finds it, so that it does not take long; a change of the dice moves them.
#[test]
fn each_rule_is_needed() {
    for (broken, from) in [
        (Broken::ArmingMargin, 250),
        (Broken::PermissionFromAnswer, 0),
        (Broken::LongPermission, 0),
        (Broken::OneIsAMajority, 140),
        (Broken::OneVouches, 280),
        (Broken::OwnClock, 0),
        (Broken::BlindVoid, 1_430),
    ] {
        let found = (from..from + 1_000).any(|seed| is_unsafe(&Plan::any(seed).without(broken)));
        assert!(found, "{broken:?} was not found");
    }
}

/// A member arms, crashes and vouches for a third one that has not heard of the commit.
#[test]
fn what_was_armed_for_is_on_the_disk() {
    let (forgetful, unaware, other) = (0, 1, 2);
    let end = 12_000;
    let plan = |crash: u64, broken| Plan {
        broken,
        until: end,
        faults: vec![
            fault(Trouble::CutFromStore(unaware), 3_000, end),
            fault(Trouble::CutPair(unaware, other), 3_000, end),
            fault(Trouble::CutPair(unaware, forgetful), 4_500, crash - 4_500),
            fault(Trouble::Crash(forgetful), crash, 60),
            fault(Trouble::CutFromStore(forgetful), crash, end),
            fault(Trouble::CutPair(forgetful, other), crash, end),
        ],
        ..Plan::quiet(1, 3)
    };
    let crashes = || (5_000..8_000).step_by(100);
    assert!(crashes().any(|crash| is_unsafe(&plan(crash, Some(Broken::LostDisk)))));
    for crash in crashes() {
        assert!(run(&plan(crash, None)).is_ok(), "{crash}");
    }
}

/// Found by a run of 10,000: a member that was down while the list of voters changed twice counted the word
/// of those who had lost their vote, since it could not follow the record that they brought.
#[test]
fn who_has_lost_a_vote_keeps_nobody_in_service_by_an_older_list() {
    let plan = Plan {
        seed: 14_351_356_949_706_194_248,
        voters: 3,
        followers: 1,
        clocks_apart: 1_216,
        lost_per_mille: 20,
        latency: 10,
        published: vec![7_924, 3_206, 11_293, 300],
        found_wrong: vec![7_083, 6_669],
        rolls: vec![2_596, 337, 4_278, 6_681, 7_939, 5_745],
        faults: vec![
            fault(Trouble::CutFromStore(31), 318, 3_442),
            fault(Trouble::LateWrites(36), 11_632, 2_989),
            fault(Trouble::Crash(63), 2_936, 1_986),
            fault(Trouble::CutOff(107), 7_875, 1_941),
        ],
        until: 12_000,
        broken: None,
    };
    assert!(run(&plan).is_ok());
}
