//! One epoch, whatever goes wrong: random schedules on a virtual clock.

use proptest::prelude::*;
use warifu_fleet::testing::{Breach, Broken, Fault, Plan, Trouble, run};

#[test]
fn first() {
    for seed in 0..200 {
        let plan = Plan::any(seed);
        if let Err(breach) = run(&plan) {
            panic!("{seed} {breach:?} {plan:?}");
        }
    }
}
