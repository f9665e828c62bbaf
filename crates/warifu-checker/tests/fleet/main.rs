//! A fleet as its operators meet it: real checkers and a real etcd of three nodes, which move, are fallen
//! back, and are killed.
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

mod area;
mod deaths;
mod faults;
mod moves;
mod organisations;
mod people;
mod pilots;

#[path = "../checker/faketime.rs"]
mod faketime;
#[expect(dead_code, reason = "the tests of one checker need more of it")]
#[path = "../checker/line.rs"]
mod line;
#[expect(dead_code, reason = "the tests of one checker need more of it")]
#[path = "../checker/masters.rs"]
mod masters;
#[path = "../checker/publishing.rs"]
mod publishing;
#[expect(dead_code, reason = "the tests of one checker need more of it")]
#[path = "../checker/world.rs"]
mod world;
