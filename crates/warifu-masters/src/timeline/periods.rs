//! From what was said to the days on which it holds: each publication paints the days that it speaks about
//! over what older ones said of them.

use std::collections::BTreeMap;

use super::said::{Line, Source};
use super::word::{Word, is_moved, word};
use crate::schema::CHANGE_CLASS;
use warifu_values::day::TreatmentDay;

/// Treatment days for which one thing holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The first of them; none when there is none before it either.
    pub first: Option<TreatmentDay>,
    /// The last of them; none when it holds until further notice.
    pub last: Option<TreatmentDay>,
    /// What holds.
    pub standing: Standing,
}

/// What holds in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The record is in force as `by` gives it.
    InForce {
        /// Who says so.
        by: Source,
    },
    /// The series does not list it yet, or at all.
    NotListed {
        /// Who lacks it, or brings it in later.
        by: Source,
    },
    /// It could last be used on `last`.
    Abolished {
        /// The last usable day.
        last: TreatmentDay,
        /// Who says so.
        by: Source,
    },
    /// Its entry was taken back.
    Withdrawn {
        /// Who took it back.
        by: Source,
    },
    /// It is not in the files any more, and none said a last day.
    Gone {
        /// The first one that lacks it, or marks it without a day.
        by: Source,
    },
    /// The publications that are held do not tell.
    NotKnown(NotKnown),
}

/// Why the publications that are held do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotKnown {
    /// No declared series governs these days.
    NoSeries,
    /// A series governs them of which nothing is held: number `line` of
    /// [`Timeline::lines`](super::Timeline::lines).
    NotHeld {
        /// Which one.
        line: usize,
    },
    /// The oldest publication that is held gives a version that begins later, and nothing of the one before
    /// it: number `line` of [`Timeline::lines`](super::Timeline::lines).
    BeforeOldest {
        /// Which series.
        line: usize,
    },
}

/// The periods of a record; `lines` in the order of their effective days.
pub(super) fn of<V>(lines: &[Line<V>]) -> Vec<Period> {
    let mut canvas = Canvas(BTreeMap::new());
    for (number, line) in lines.iter().enumerate() {
        let next = lines.get(number + 1).map(|next| next.effective.first_treatment().before());
        let last = line.until.into_iter().chain(next).min();
        Window { canvas: &mut canvas, first: line.effective.first_treatment(), last }
            .paint_line(number, line);
    }
    canvas.periods()
}

/// What holds from each of these days on, until the next of them. Before them no series governs.
struct Canvas(BTreeMap<TreatmentDay, Standing>);

const BEFORE: Standing = Standing::NotKnown(NotKnown::NoSeries);

impl Canvas {
    fn at(&self, day: TreatmentDay) -> Standing {
        self.0.range(..=day).next_back().map_or(BEFORE, |(_, standing)| *standing)
    }

    /// The days from `first` to `last`, or all from `first` on, get another standing.
    fn paint(&mut self, first: TreatmentDay, last: Option<TreatmentDay>, standing: Standing) {
        let resumed = last.map(|last| (last.after(), self.at(last.after())));
        let mut covered = self.0.split_off(&first);
        self.0.insert(first, standing);
        if let Some((after, standing)) = resumed {
            self.0.append(&mut covered.split_off(&after));
            self.0.entry(after).or_insert(standing);
        }
    }

    fn periods(self) -> Vec<Period> {
        let mut periods = vec![Period { first: None, last: None, standing: BEFORE }];
        for (first, standing) in self.0 {
            if let Some(before) = periods.last_mut().filter(|before| before.standing != standing) {
                before.last = Some(first.before());
                periods.push(Period { first: Some(first), last: None, standing });
            }
        }
        periods
    }
}

/// The days that one series governs: nothing it says reaches beyond them.
struct Window<'c> {
    canvas: &'c mut Canvas,
    first: TreatmentDay,
    last: Option<TreatmentDay>,
}

impl Window<'_> {
    fn paint(&mut self, first: TreatmentDay, last: Option<TreatmentDay>, standing: Standing) {
        let first = first.max(self.first);
        let last = last.into_iter().chain(self.last).min();
        if last.is_none_or(|last| first <= last) {
            self.canvas.paint(first, last, standing);
        }
    }

    fn paint_line<V>(&mut self, number: usize, line: &Line<V>) {
        self.paint(self.first, None, before_oldest(number, line));
        for at in 0..line.said.len() {
            let by = Source { line: number, said: at };
            match word(line, at) {
                Word::Applies { .. } if is_moved(line, at) => {}
                Word::Applies { from, last } => {
                    self.paint(from, last, Standing::InForce { by });
                    if let Some(last) = last {
                        self.paint(last.after().max(from), None, Standing::Abolished { last, by });
                    }
                }
                Word::Ends { last } => self.paint(last.after(), None, Standing::Abolished { last, by }),
                Word::Withdrawn { from } => self.paint(from, None, Standing::Withdrawn { by }),
                Word::Gone { from } => self.paint(from, None, Standing::Gone { by }),
                Word::NotListed { from } => self.paint(from, None, Standing::NotListed { by }),
                Word::Silent => {}
            }
        }
    }
}

/// What holds before anything that is said of the record. A row that comes in as new was not there before;
/// any other one may have been, with other fields.
fn before_oldest<V>(number: usize, line: &Line<V>) -> Standing {
    if line.said.is_empty() {
        return Standing::NotKnown(NotKnown::NotHeld { line: number });
    }
    let mut rows = line.said.iter().enumerate().filter_map(|(at, said)| Some((at, said.row.as_ref()?)));
    match rows.next() {
        Some((said, row)) if row.field(CHANGE_CLASS) == "3" => {
            Standing::NotListed { by: Source { line: number, said } }
        }
        _ => Standing::NotKnown(NotKnown::BeforeOldest { line: number }),
    }
}
