//! Movements: what two snapshots judge differently in the same claims, weighed by code and institution.
//!
//! Both snapshots judge the same claim, so a use of a code that *turns* (right to error, error to right, to
//! and from unjudged) is a fact about the masters, not a sample of one. Numbers only bound what was not
//! seen. What the release itself declares as changed *explains* a turn; the rest is weighed: nearly all
//! uses of one code at several institutions is a **fault of a master**, one institution alone is not. Where
//! too little was seen the verdict is *inconclusive* and says what is missing. Besides claims that came in,
//! a **synthetic corpus** claims every code that a release says it changes, around the days on which it
//! does.
//!
//! Where everything that turned is asked for one by one, as by those who must judge again, it is an
//! [`Impact`]: each use in its claim, with the points claimed for it.
//!
//! Nothing of a patient is held: codes, months, counts, and a number made of each institution's.

mod institutions;
mod turn;

mod explained;

mod record_behind;
mod unit_findings;
mod uses;

mod movements;

mod judged_again;

mod impact;

mod bound;
mod weighing;

mod report;

mod corpus;

#[cfg(test)]
mod price_tests;
#[cfg(test)]
mod tests;

pub use bound::{Bound, Enough, Missing};
pub use corpus::{Synthetic, synthetic};
pub use explained::{Declared, Explained, Explains, NothingDeclared, master_said};
pub use impact::{CodeImpact, Impact, TurnSum};
pub use institutions::Institution;
pub use judged_again::{FileImpact, Judgement, TurnedUse, Unit};
pub use movements::{FAULT_INSTITUTIONS, MOST_CODES, Movements, UsesByCode};
pub use record_behind::RecordBehind;
pub use report::{CodeReport, Made, Report, TurnReport, Words};
pub use turn::Turn;
pub use weighing::{CodeVerdict, FAULT_USES, Verdict};
