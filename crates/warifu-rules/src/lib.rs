//! Whether a master is right: the one judge that signers and checkers ask, and what a reviewer looks at
//! first.
//!
//! Values in, values out. What is right does not depend on who asks: `warifu validate`, `check`,
//! `release draft`, `sign` and every checker get the same answer of the same master.
#![warn(missing_docs)]

pub mod consistency;
pub mod judge;
pub mod past;
pub mod readable;
pub mod review;
