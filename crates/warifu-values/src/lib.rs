//! Days, amounts, digests and their phrases, texts, sentences, markup, judgements and the two languages: the
//! values that every other crate speaks in, and nothing else.
//!
//! Nothing here reads or holds a master, a claim or a release.
#![warn(missing_docs)]

pub mod amount;
pub mod audit;
pub mod closest;
pub mod csv;
pub mod day;
pub mod digest;
pub mod html;
pub mod judgement;
pub mod lang;
pub mod number;
pub mod phrase;
pub mod template;
pub mod terminal;
pub mod text;
pub mod typed;
