//! The life of one code, in the two times that it has.
//!
//! *When was it said*: a file is published on a day and says something of the record ([`Said`]). *When does it
//! apply*: what it says holds for treatments from one day on, which may lie before or after that. This module takes
//! what the publications of every series said, in the order they came, and answers both questions:
//! [`Timeline::on`] which record is in force on a treatment day, and [`Timeline::life`] what happened to the code
//! from one publication to the next.
//!
//! Rules, from the published files (`docs/history.md` tells them with examples):
//!
//! - A series governs the treatment days from its effective day to its last day, or to the day before the next
//!   series begins. When its files came out does not matter. Nothing of one series is carried into the days of
//!   another.
//! - A record applies from its 変更年月日, but not before its series. Of several publications that speak about a day
//!   the newest one holds.
//! - A change that was announced, not yet in force, and published again with another first day and otherwise as it
//!   was, is moved: the first announcement does not count.
//! - 廃止年月日 is the last usable day. A row of class 9 whose 変更年月日 is the day after says that the record ends,
//!   not that its fields apply from there. A row of class 1 takes its entry back from 変更年月日 on.
//! - A row that vanishes after class 9 or 1 was announced to go. One that vanishes without is gone from the day of
//!   the publication that lacks it.
//! - A full keeps the newest version of a row only. What was before it is not known unless an older publication is
//!   held, and then no answer is made up.

mod life;
mod periods;

use crate::change::chain::is_bookkeeping;
use crate::change::diff::{field_or_blank, fields_that_differ};
use crate::schema::{CHANGE_CLASS, is_marked};
use crate::table::Master;
use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay};

pub use life::{Event, FieldChange, What};
pub use periods::{NotKnown, Period, Standing};

/// One record, as one publication left it.
#[derive(Debug, Clone)]
pub struct Row(Master);

impl Row {
    /// The record in `row` of `master`.
    pub fn of(master: &Master, row: usize) -> Row {
        Row(master.alone(row))
    }

    /// The record as a master of one row.
    pub fn master(&self) -> &Master {
        &self.0
    }

    /// What people call it.
    pub fn label(&self) -> &str {
        self.0.label(0)
    }

    /// The field called `id`; blank where the edition lacks it.
    pub fn field(&self, id: &str) -> &str {
        self.0.layout().position(id).map_or("", |column| self.0.field(0, column))
    }

    /// The day in the field called `id`; none when it is blank, open (99999999) or no day.
    fn day(&self, id: &str) -> Option<TreatmentDay> {
        TreatmentDay::parse(self.field(id))
    }

    /// Whether it is marked abolished (9) or withdrawn (1): the next publication leaves it out.
    fn is_marked(&self) -> bool {
        is_marked(self.field(CHANGE_CLASS).as_bytes())
    }

    /// The columns, from 0, in which `newer` differs, the change class aside. Each with whether it is the
    /// publisher's bookkeeping.
    fn differences<'a>(&'a self, newer: &'a Row) -> impl Iterator<Item = (usize, bool)> + 'a {
        let layout = self.wider_layout(newer);
        let class = layout.position(CHANGE_CLASS);
        fields_that_differ(&self.0, 0, &newer.0, 0)
            .filter(move |column| Some(*column) != class)
            .map(move |column| (column, is_bookkeeping(layout, column)))
    }

    fn wider_layout<'a>(&'a self, other: &'a Row) -> &'a crate::schema::Layout {
        let (ours, theirs) = (self.0.layout(), other.0.layout());
        if theirs.width() > ours.width() { theirs } else { ours }
    }

    /// Whether `newer` says nothing new: every field is the same, and so is whether it is marked.
    fn repeats(&self, newer: &Row) -> bool {
        self.is_marked() == newer.is_marked() && self.differences(newer).next().is_none()
    }

    /// The field in `column`, blank where the edition is narrower.
    fn at(&self, column: usize) -> &str {
        field_or_blank(&self.0, 0, column)
    }
}

/// What one publication says of the record. `V` names the publication; nothing here looks into it.
#[derive(Debug, Clone)]
pub struct Said<V> {
    /// Which publication.
    pub by: V,
    /// When it came out.
    pub published: PublicationDay,
    /// The record after it; none when it holds no such record.
    pub row: Option<Row>,
}

/// What the publications of one series say of the record.
#[derive(Debug, Clone)]
pub struct Line<V> {
    /// The series (`r06`).
    pub series: String,
    /// From which day the series governs this kind of master.
    pub effective: EffectiveDate,
    /// The last day it governs, where that is declared.
    pub until: Option<TreatmentDay>,
    said: Vec<Said<V>>,
}

impl<V> Line<V> {
    /// A series of which nothing is held yet.
    pub fn new(series: impl Into<String>, effective: EffectiveDate, until: Option<TreatmentDay>) -> Self {
        Line { series: series.into(), effective, until, said: Vec::new() }
    }

    /// Takes the next publication, in the order in which they were taken in. The oldest one that is held must be
    /// given even when it holds no such record; later ones that say nothing new are passed over.
    pub fn push(&mut self, said: Said<V>) {
        if self.is_news(said.row.as_ref()) {
            self.said.push(said);
        }
    }

    /// Whether `row`, after the next publication, is not what the last one left.
    pub fn is_news(&self, row: Option<&Row>) -> bool {
        match (self.said.last().map(|last| &last.row), row) {
            (Some(None), None) => false,
            (Some(Some(old)), Some(new)) => !old.repeats(new),
            _ => true,
        }
    }

    /// What was said, oldest first.
    pub fn said(&self) -> &[Said<V>] {
        &self.said
    }
}

/// Names one [`Said`] of a [`Timeline`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    line: usize,
    said: usize,
}

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
    /// The timeline of a record. Every series that is declared for its kind of master belongs into `lines`, also one
    /// of which nothing is held: its days are then not known, instead of the series before reaching into them.
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

#[cfg(test)]
mod tests;
