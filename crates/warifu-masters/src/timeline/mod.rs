//! The life of one code, in the two times that it has.
//!
//! *When was it said*: a file is published on a day and says something of the record ([`Said`]). *When does
//! it apply*: what it says holds for treatments from one day on, which may lie before or after that. This
//! module takes what the publications of every series said, in the order they came, and answers both
//! questions: [`Timeline::on`] which record is in force on a treatment day, and [`Timeline::life`] what
//! happened to the code from one publication to the next.
//!
//! Rules, from the published files (`docs/history.md` tells them with examples):
//!
//! - A series governs the treatment days from its effective day to its last day, or to the day before the
//!   next series begins. When its files came out does not matter. Nothing of one series is carried into the
//!   days of another.
//! - A record applies from its 変更年月日, but not before its series. Of several publications that speak about a
//!   day the newest one holds.
//! - Where a master says when a record was listed (収載年月日), one without a 変更年月日 is as it was listed; a blank
//!   there is a day before all series.
//! - A change that was announced, not yet in force, and published again with another first day and otherwise
//!   as it was, is moved: the first announcement does not count.
//! - 廃止年月日 is the last usable day. A row of class 9 whose 変更年月日 is the day after says that the record ends,
//!   not that its fields apply from there. A row of class 1 takes its entry back from 変更年月日 on.
//! - A row that vanishes after class 9 or 1 was announced to go. One that vanishes without is gone from the
//!   day of the publication that lacks it.
//! - A full keeps the newest version of a row only. What was before it is not known unless an older
//!   publication is held, and then no answer is made up.

mod row;
mod said;

mod word;

mod life;
mod periods;

mod answers;

#[cfg(test)]
mod tests;

pub use answers::{Answer, Timeline};
pub use life::{Event, FieldChange, What};
pub use periods::{NotKnown, Period, Standing};
pub use row::Row;
pub use said::{Line, Said, Source};
