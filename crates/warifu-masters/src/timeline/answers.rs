//! What is asked of a life: which record is in force on a day, and what happened from one publication to the
//! next.

use super::life::{self, Event};
use super::periods::{self, Period, Standing};
use super::said::{Line, Said, Source};
use warifu_values::day::TreatmentDay;

/// The life of one record across publications and series.
#[derive(Debug, Clone)]
pub struct Timeline<V> {
    lines: Vec<Line<V>>,
    periods: Vec<Period>,
}

/// What holds on a day.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'t> {
    /// The period that the day lies in.
    pub period: &'t Period,
    /// The last period before it in which a record was in force.
    pub before: Option<&'t Period>,
    /// The first period after it in which a record is in force.
    pub after: Option<&'t Period>,
}

impl<V> Timeline<V> {
    /// The timeline of a record. Every series that is declared for its kind of master belongs into `lines`,
    /// also one of which nothing is held: its days are then not known, instead of the series before reaching
    /// into them.
    pub fn new(mut lines: Vec<Line<V>>) -> Self {
        lines.sort_by_key(|line| line.effective);
        let periods = periods::of(&lines);
        Timeline { lines, periods }
    }

    /// The series, in the order of their effective days.
    pub fn lines(&self) -> &[Line<V>] {
        &self.lines
    }

    /// The periods: they cover every day, and no two of them overlap.
    pub fn periods(&self) -> &[Period] {
        &self.periods
    }

    /// What is said of treatments on `day`.
    pub fn on(&self, day: TreatmentDay) -> Answer<'_> {
        let after = self.periods.partition_point(|period| period.first.is_none_or(|first| first <= day));
        let at = after.saturating_sub(1);
        let in_force = |period: &&Period| matches!(period.standing, Standing::InForce { .. });
        Answer {
            period: &self.periods[at],
            before: self.periods[..at].iter().rfind(in_force),
            after: self.periods[after..].iter().find(in_force),
        }
    }

    /// Whether any publication ever held the record.
    pub fn is_known(&self) -> bool {
        self.lines.iter().any(|line| line.said.iter().any(|said| said.row.is_some()))
    }

    /// What happened from one publication to the next, in the order in which they came out.
    pub fn life(&self) -> Vec<Event> {
        life::of(&self.lines)
    }

    /// What a source said.
    pub fn said(&self, source: Source) -> &Said<V> {
        &self.lines[source.line].said[source.said]
    }

    /// The series of a source.
    pub fn line(&self, source: Source) -> &Line<V> {
        &self.lines[source.line]
    }
}
