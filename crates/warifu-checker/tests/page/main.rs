//! The operators' page as people meet it: in a browser, narrow and wide, light and dark, in both languages,
//! with every state that there is.
#![expect(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

mod chromium;
mod served;
mod states;

mod looked_at;
mod used;
