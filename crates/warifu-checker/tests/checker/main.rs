//! The checker as its users meet it: over HTTP on loopback, with releases that come, fail, prove themselves and are
//! fallen back from; and as a process that is killed.

mod killed;
mod swapping;
mod world;
