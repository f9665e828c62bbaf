//! Timelines are made: of what publications said, and of two releases' answers cut at a day.

use std::collections::BTreeMap;
use std::sync::Arc;

use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay};

use super::timelines::{Governs, Keys, Period, RecordAt, Standing, Timelines};
use crate::change::diff::fields_that_differ;
use crate::table::{Master, Table, TableBuilder};
use crate::timeline::{self, Line, Row, Said, Timeline};

/// Builds [`Timelines`], code by code.
pub struct TimelinesBuilder<'s> {
    governs: Governs,
    known_from: TreatmentDay,
    state: &'s Master,
    keys: Keys,
    periods: Vec<Building>,
    /// Superseded records by edition.
    superseded: BTreeMap<String, TableBuilder>,
    /// Those of the code at hand: the table and row that they were taken from, and where they went.
    of_code: Vec<(Record<'s>, At)>,
}

/// A period whose record has no number yet.
struct Building {
    first: TreatmentDay,
    standing: Standing,
    published: Option<PublicationDay>,
    /// Where its record went, when it is a superseded one.
    at: Option<At>,
}

type At = (String, u32);

/// A record, as somebody holds it.
enum Record<'s> {
    Borrowed(&'s Table, usize),
    Own(Box<Master>),
}

impl Record<'_> {
    fn parts(&self) -> (&Table, usize) {
        match self {
            Record::Borrowed(table, row) => (table, *row),
            Record::Own(master) => (master, 0),
        }
    }
}

/// Whether both records hold the same fields in the same edition, the change class aside.
fn same_but_class((one, row): (&Table, usize), (other, other_row): (&Table, usize)) -> bool {
    let class = one.layout().change_class;
    one.layout().edition == other.layout().edition
        && fields_that_differ(one, row, other, other_row).all(|column| Some(column) == class)
}

impl<'s> TimelinesBuilder<'s> {
    /// For the codes of a series that governs these days. From `known_from` on, or from its first day when
    /// that is later, the series' publications tell which codes are listed; `state` is the newest state.
    pub fn new(governs: Governs, known_from: TreatmentDay, state: &'s Master) -> Self {
        TimelinesBuilder {
            governs,
            known_from: known_from.max(governs.first),
            state,
            keys: Keys::default(),
            periods: Vec::new(),
            superseded: BTreeMap::new(),
            of_code: Vec::new(),
        }
    }

    /// The next code, with what the publications of the series said of it; one that none of them had is
    /// passed over. Codes come in ascending order.
    pub fn push<V>(&mut self, key: &str, line: Line<V>) {
        let timeline = Timeline::new(vec![line]);
        if !timeline.is_known() {
            return;
        }
        let mut periods = Vec::with_capacity(timeline.periods().len());
        for period in timeline.periods() {
            let said = |by| timeline.said(by);
            let (standing, by, record) = match period.standing {
                timeline::Standing::InForce { by } => {
                    let record = said(by).row.as_ref().map(|row| Record::Own(Box::new(row.master().clone())));
                    (Standing::InForce(RecordAt::State), Some(by), record)
                }
                timeline::Standing::NotListed { by } => (Standing::NotListed, Some(by), None),
                timeline::Standing::Abolished { last, by } => (Standing::Abolished(last), Some(by), None),
                timeline::Standing::Withdrawn { by } => (Standing::Withdrawn, Some(by), None),
                timeline::Standing::Gone { by } => (Standing::Gone, Some(by), None),
                timeline::Standing::NotKnown(_) => (Standing::NotKnown, None, None),
            };
            let Some(first) = period.first else { continue };
            if !self.governs.holds(first) {
                continue;
            }
            periods.push((first, standing, by.map(|by| said(by).published), record));
        }
        self.code(key, periods);
    }

    /// The next code, with its periods, each with the record that holds in it.
    fn code(
        &mut self,
        key: &str,
        periods: Vec<(TreatmentDay, Standing, Option<PublicationDay>, Option<Record<'s>>)>,
    ) {
        debug_assert!(self.keys.last().is_none_or(|last| last < key));
        self.of_code.clear();
        let before = self.periods.len();
        for (first, standing, published, record) in periods {
            let (standing, at) = match record {
                Some(record) => self.place(key, record),
                None => (standing, None),
            };
            let period = Building { first, standing, published, at };
            let same = self.periods[before..].last().is_some_and(|last| {
                last.standing == period.standing && last.at == period.at && last.published == period.published
            });
            if !same {
                self.periods.push(period);
            }
        }
        self.keys.push(key, self.periods.len());
    }

    /// Where `record` of `key` stands: it is in the newest state, was placed already, or is superseded.
    fn place(&mut self, key: &str, record: Record<'s>) -> (Standing, Option<At>) {
        let in_force = |at| Standing::InForce(at);
        if let Some(row) = self.state.find(key)
            && same_but_class((self.state, row), record.parts())
        {
            return (in_force(RecordAt::State), None);
        }
        let known = self.of_code.iter().find(|(known, _)| same_but_class(known.parts(), record.parts()));
        if let Some((_, at)) = known {
            return (in_force(RecordAt::Superseded(0)), Some(at.clone()));
        }
        let (table, row) = record.parts();
        let edition = table.layout().edition.clone();
        let tables = &mut self.superseded;
        let builder = tables
            .entry(edition.clone())
            .or_insert_with(|| TableBuilder::new(Arc::clone(table.layout()), 4096, 16));
        let number = builder.rows() as u32;
        builder.push_row(table, row);
        self.of_code.push((record, (edition.clone(), number)));
        (in_force(RecordAt::Superseded(0)), Some((edition, number)))
    }

    /// The timelines.
    pub fn finish(self) -> Timelines {
        let mut offsets = BTreeMap::new();
        let (mut superseded, mut offset) = (Vec::new(), 0);
        for (edition, builder) in self.superseded {
            let table = builder.finish();
            let rows = table.rows() as u32;
            offsets.insert(edition, offset);
            offset += rows;
            superseded.push(table);
        }
        let number = |building: Building| {
            let Building { first, standing, published, at } = building;
            let standing = match at {
                Some((edition, row)) => Standing::InForce(RecordAt::Superseded(offsets[&edition] + row)),
                None => standing,
            };
            Period { first, standing, published }
        };
        Timelines {
            governs: self.governs,
            known_from: self.known_from,
            keys: self.keys,
            periods: self.periods.into_iter().map(number).collect(),
            superseded,
        }
    }
}

impl Timelines {
    /// What `state` says by itself: as if it were the only publication of a series that governs these days,
    /// and had come out on `published`.
    pub fn of_state(governs: Governs, published: PublicationDay, state: &Master) -> Timelines {
        let mut builder = TimelinesBuilder::new(governs, published.treatment(), state);
        let effective = EffectiveDate::from_first(governs.first);
        for row in 0..state.rows() {
            let mut line = Line::new("", effective, governs.last);
            line.push(Said { by: (), published, row: Some(Row::of(state, row)) });
            builder.push(&state.key(row), line);
        }
        builder.finish()
    }
}

/// The two do not govern the same days as far as they are cut together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotSpliceable {
    /// The days of the one that answers for the past.
    pub before: Governs,
    /// The days of the one that answers from the cut on.
    pub after: Governs,
}

/// What `before` says of the days before `cut`, and `after` of those from then on; each with its newest
/// state. The newest state is that of `after`.
///
/// # Errors
/// [`NotSpliceable`] when one of them governs a day before `cut` that the other does not, or it is known
/// since another day which codes are listed then: that cannot be left for later by leaving records as they
/// are.
pub fn splice(
    (before, before_state): (&Timelines, &Master),
    (after, after_state): (&Timelines, &Master),
    cut: TreatmentDay,
) -> Result<Timelines, NotSpliceable> {
    let past = |governs: Governs| Governs {
        last: Some(governs.last.map_or(cut.before(), |last| last.min(cut.before()))),
        ..governs
    };
    let (first, last) = (past(before.governs), past(after.governs));
    let same = first == last && before.known_from.min(cut) == after.known_from.min(cut);
    if !same && (before.governs.first < cut || after.governs.first < cut) {
        return Err(NotSpliceable { before: before.governs, after: after.governs });
    }
    let mut builder = TimelinesBuilder::new(after.governs, after.known_from, after_state);
    let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let key = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some((key, _)), None) | (None, Some((key, _))) => *key,
            (Some((one, _)), Some((other, _))) => one.min(other),
        };
        let of = |side: &mut std::iter::Peekable<_>, unlisted: Vec<Period>| -> Vec<Period> {
            let found: Option<(&str, &[Period])> = side.next_if(|(at, _): &(&str, &[Period])| *at == key);
            found.map_or(unlisted, |(_, periods)| periods.to_vec())
        };
        let (was, is) = (of(&mut old, before.unlisted()), of(&mut new, after.unlisted()));
        let mut periods = Vec::with_capacity(was.len() + is.len());
        for period in was.iter().filter(|period| period.first < cut) {
            periods.push(held(before, before_state, key, *period));
        }
        let at_cut = is.iter().rposition(|period| period.first <= cut).unwrap_or(0);
        for period in &is[at_cut..] {
            let first = period.first.max(cut).max(after.governs.first);
            if after.governs.holds(first) {
                periods.push(held(after, after_state, key, Period { first, ..*period }));
            }
        }
        builder.code(key, periods);
    }
    Ok(builder.finish())
}

type Held<'s> = (TreatmentDay, Standing, Option<PublicationDay>, Option<Record<'s>>);

fn held<'s>(timelines: &'s Timelines, state: &'s Master, key: &str, period: Period) -> Held<'s> {
    let record = match period.standing {
        Standing::InForce(at) => timelines.record(state, key, at),
        _ => None,
    };
    let record = record.map(|(table, row)| Record::Borrowed(table, row));
    (period.first, period.standing, period.published, record)
}
