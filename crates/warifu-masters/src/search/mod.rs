//! Finding records by what people call them, and by parts of their codes.
//!
//! Names are compared *folded* ([`fold`]): half and full width, hiragana and katakana, small and large kana,
//! the signs for a long vowel and a dash are alike, and spaces count for nothing. [`Words`] is what is looked
//! for; it can cut the text of a whole master down to the lines in question before any of it is parsed
//! ([`Words::narrowed`]), which is why no index is kept. Nothing here knows where masters lie or what day it
//! is.

mod folded;
mod nearness;
mod words;

mod standing;

pub use folded::fold;
pub use nearness::Nearness;
pub use standing::Days;
pub use words::{Narrowing, NoWords, Words, lines_with, name_columns};
