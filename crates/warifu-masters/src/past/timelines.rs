//! The periods of every code of one series, and the records that hold in them.

use std::ops::Range;

use warifu_values::day::{PublicationDay, TreatmentDay};

use crate::table::{Master, Table};

/// A master with every day of it, as a release carries it: what is compared, and what claims are judged by.
#[derive(Debug, Clone, Copy)]
pub struct MasterOf<'a> {
    /// The series (`r06`).
    pub series: &'a str,
    /// The kind (`procedure`).
    pub kind: &'a str,
    /// The newest state.
    pub master: &'a Master,
    /// Every day of every code, and the records that the newest state superseded.
    pub timelines: &'a Timelines,
}

/// The treatment days that a series governs for its kind of master.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Governs {
    /// The first.
    pub first: TreatmentDay,
    /// The last; none when it governs until further notice.
    pub last: Option<TreatmentDay>,
}

impl Governs {
    /// Whether it governs `day`.
    pub fn holds(&self, day: TreatmentDay) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }
}

/// What holds for a code from one day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day. It ends where the code's next period begins, or with the days of the series.
    pub first: TreatmentDay,
    /// What holds.
    pub standing: Standing,
    /// When the publication came out that says so; none where none does.
    pub published: Option<PublicationDay>,
}

/// What holds for a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A record is in force.
    InForce(RecordAt),
    /// The series does not list it yet, or at all.
    NotListed,
    /// It could last be used on that day.
    Abolished(TreatmentDay),
    /// Its entry was taken back.
    Withdrawn,
    /// It is not in the files any more, and none said a last day.
    Gone,
    /// No publication that is held speaks of these days.
    NotKnown,
}

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordAt {
    /// In the newest state of the master, under the same key.
    State,
    /// Among the superseded ones, by number from 0.
    Superseded(u32),
}

/// Every day of every code of one series. Each code's periods begin with the first day of the series and
/// leave no day out.
#[derive(Debug, Clone)]
pub struct Timelines {
    pub(super) governs: Governs,
    pub(super) known_from: TreatmentDay,
    pub(super) keys: Keys,
    pub(super) periods: Vec<Period>,
    pub(super) superseded: Vec<Table>,
}

/// The codes in order, and where the periods of each end.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    text: String,
    ends: Vec<(u32, u32)>,
}

impl Keys {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn last(&self) -> Option<&str> {
        self.len().checked_sub(1).map(|last| self.key(last))
    }

    /// The next code; its periods end before number `periods`.
    pub(super) fn push(&mut self, key: &str, periods: usize) {
        self.text.push_str(key);
        self.ends.push((self.text.len() as u32, periods as u32));
    }

    pub(super) fn key(&self, at: usize) -> &str {
        let from = if at == 0 { 0 } else { self.ends[at - 1].0 as usize };
        &self.text[from..self.ends[at].0 as usize]
    }

    pub(super) fn periods(&self, at: usize) -> Range<usize> {
        let from = if at == 0 { 0 } else { self.ends[at - 1].1 as usize };
        from..self.ends[at].1 as usize
    }
}

impl Timelines {
    /// The days that the series governs.
    pub fn governs(&self) -> Governs {
        self.governs
    }

    /// From this day on a code that stands nowhere here is known not to be listed; before it, no publication
    /// that is held tells.
    pub fn known_from(&self) -> TreatmentDay {
        self.known_from
    }

    /// How many codes there are.
    pub fn codes(&self) -> usize {
        self.keys.len()
    }

    /// How many periods there are.
    pub fn periods(&self) -> usize {
        self.periods.len()
    }

    /// How many superseded records there are.
    pub fn superseded(&self) -> usize {
        self.superseded.iter().map(Table::rows).sum()
    }

    /// The superseded records, in a table for each edition.
    pub fn superseded_tables(&self) -> &[Table] {
        &self.superseded
    }

    /// The codes in order, each with its periods.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &[Period])> + Clone {
        (0..self.keys.len()).map(|at| self.at(at))
    }

    pub(super) fn at(&self, at: usize) -> (&str, &[Period]) {
        (self.keys.key(at), &self.periods[self.keys.periods(at)])
    }

    /// The periods of `key`; none when no publication ever had it.
    pub fn of(&self, key: &str) -> Option<&[Period]> {
        let (mut low, mut high) = (0, self.keys.len());
        while low < high {
            let middle = (low + high) / 2;
            match self.keys.key(middle).cmp(key) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(self.at(middle).1),
            }
        }
        None
    }

    /// What holds for `key` on `day`; none when the series does not govern it.
    pub fn on(&self, key: &str, day: TreatmentDay) -> Option<Period> {
        if !self.governs.holds(day) {
            return None;
        }
        let unlisted = self.unlisted();
        let periods = self.of(key).unwrap_or(&unlisted[..]);
        let after = periods.partition_point(|period| period.first <= day);
        Some(periods[after.saturating_sub(1)])
    }

    /// The periods of a code that stands nowhere here.
    pub(super) fn unlisted(&self) -> Vec<Period> {
        let period = |first, standing| Period { first, standing, published: None };
        let mut periods = Vec::with_capacity(2);
        if self.governs.first < self.known_from {
            periods.push(period(self.governs.first, Standing::NotKnown));
        }
        if self.governs.holds(self.known_from) {
            periods.push(period(self.known_from, Standing::NotListed));
        }
        periods
    }

    /// The record of `key` at `at`; `state` is the newest state of the same master.
    pub fn record<'a>(&'a self, state: &'a Master, key: &str, at: RecordAt) -> Option<(&'a Table, usize)> {
        match at {
            RecordAt::State => state.find(key).map(|row| (&**state, row)),
            RecordAt::Superseded(number) => self.superseded_at(number),
        }
    }

    /// The superseded record with that number.
    pub fn superseded_at(&self, number: u32) -> Option<(&Table, usize)> {
        let mut row = number as usize;
        for table in &self.superseded {
            if row < table.rows() {
                return Some((table, row));
            }
            row -= table.rows();
        }
        None
    }
}
