//! A server that lies: each row of the threat model tried on both programs, on python-tuf and on tuf-js.

mod forging;
mod rows;
mod scene;
mod stock;
mod table;

/// The static HTTP server of the channels' own tests, which does to its answers what it is told to.
#[path = "../../../crates/warifu-channels/tests/network/served.rs"]
#[expect(dead_code, reason = "its other half is for the tests beside it")]
mod served;
