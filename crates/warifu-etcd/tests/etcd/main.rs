//! The store on real nodes of etcd: what is refused, what ends, what survives a leader, and who may do what.
//! Where etcd is not installed they say so and prove nothing; with `WARIFU_TEST_ALL` they fail.
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

mod announcements;
mod hostile;
mod outages;
mod records;
mod roles;
mod watching;
mod world;
