//! The rules one by one: what a member does, and what a coordinator writes.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod rules {
    mod coordinator;
    mod member;
    mod world;
}
