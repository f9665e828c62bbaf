//! Which record was in force: the masters as a checker holds them, asked by kind, code and treatment day.

pub mod snapshot;
