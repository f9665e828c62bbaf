//! The road as a story: both programs run as a user runs them, on real files.
fn main() {}
