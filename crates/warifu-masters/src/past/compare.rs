//! What two releases judge differently, computed from the answers that each of them carries.

use std::cell::Cell;
use std::collections::BTreeSet;

use warifu_values::day::{PublicationDay, TreatmentDay};

use super::changes::{self, Change, Cover, Days, What};
use super::timelines::{Governs, MasterOf, Period, RecordAt, Standing};
use crate::change::chain::is_bookkeeping;
use crate::change::diff::{field_or_blank, fields_that_differ};
use crate::schema::{ABOLISHED_ON, CHANGE_CLASS, CHANGED_ON};
use crate::table::Table;

/// Everything that is judged differently by `new` than by `old`, on whatever day, in the order of its one
/// form. Of each release, every master; no two of one kind may govern one day.
///
/// Columns in which the publisher keeps its books are not compared: no claim is judged by them but by the
/// days that they give, and those are.
pub fn compare(old: &[MasterOf<'_>], new: &[MasterOf<'_>]) -> Vec<Change> {
    let kinds: BTreeSet<&str> = old.iter().chain(new).map(|of| of.kind).collect();
    let mut all = Vec::new();
    for kind in kinds {
        Kind { kind, old: Side::of(old, kind), new: Side::of(new, kind) }.compare(&mut all);
    }
    changes::sort(&mut all);
    all
}

/// One kind in both releases.
struct Kind<'a> {
    kind: &'a str,
    old: Side<'a>,
    new: Side<'a>,
}

/// One kind in one release: its masters in the order of their days, and how far each has been gone through.
struct Side<'a> {
    masters: Vec<MasterOf<'a>>,
    next: Vec<usize>,
    /// The row of each newest state that was found last.
    near: Vec<Cell<usize>>,
    unlisted: Vec<Vec<Period>>,
}

/// What holds from a day on.
#[derive(Clone, Copy)]
struct Segment<'a> {
    first: TreatmentDay,
    cover: Cover,
    record: Option<(&'a Table, usize)>,
    published: Option<PublicationDay>,
}

impl<'a> Side<'a> {
    fn of(all: &[MasterOf<'a>], kind: &str) -> Self {
        let mut masters: Vec<_> = all.iter().copied().filter(|of| of.kind == kind).collect();
        masters.sort_by_key(|of| of.timelines.governs());
        let unlisted = masters.iter().map(|of| of.timelines.unlisted()).collect();
        Side { next: vec![0; masters.len()], near: vec![Cell::new(0); masters.len()], masters, unlisted }
    }

    /// The record of `key` at `at`, in the master that is the one at `place`.
    fn record(&self, place: usize, key: &str, at: RecordAt) -> Option<(&'a Table, usize)> {
        let of = self.masters[place];
        match at {
            RecordAt::State => of.master.find_near(key, &self.near[place]).map(|row| (&**of.master, row)),
            RecordAt::Superseded(number) => of.timelines.superseded_at(number),
        }
    }

    /// The smallest code that was not gone through.
    fn key(&self) -> Option<&'a str> {
        let of = self.masters.iter().zip(&self.next);
        of.filter(|(of, next)| **next < of.timelines.codes()).map(|(of, next)| of.timelines.at(*next).0).min()
    }

    /// The periods of `key` in each master, going past it; none where the master does not have it.
    fn take(&mut self, key: &str, taken: &mut Vec<Option<&'a [Period]>>) {
        taken.clear();
        for (of, next) in self.masters.iter().zip(&mut self.next) {
            let at = (*next < of.timelines.codes()).then(|| of.timelines.at(*next));
            let found = at.filter(|(at, _)| *at == key);
            *next += usize::from(found.is_some());
            taken.push(found.map(|(_, periods)| periods));
        }
    }

    /// What holds for `key`, over all days.
    fn segments(&self, key: &str, taken: &[Option<&[Period]>]) -> Vec<Segment<'a>> {
        let none = |first, cover| Segment { first, cover, record: None, published: None };
        let mut segments: Vec<Segment<'a>> = Vec::new();
        let all = self.masters.iter().zip(taken).zip(&self.unlisted);
        for (place, ((of, periods), unlisted)) in all.enumerate() {
            let Governs { last, .. } = of.timelines.governs();
            for period in periods.unwrap_or(unlisted) {
                let (cover, record) = match period.standing {
                    Standing::InForce(at) => (Cover::InForce, self.record(place, key, at)),
                    Standing::NotListed => (Cover::NotListed, None),
                    Standing::Abolished(last) => (Cover::Abolished(last), None),
                    Standing::Withdrawn => (Cover::Withdrawn, None),
                    Standing::Gone => (Cover::Gone, None),
                    Standing::NotKnown => (Cover::NotKnown, None),
                };
                let next = Segment { first: period.first, cover, record, published: period.published };
                // Days that the series before said it governs too are this one's.
                while segments.last().is_some_and(|before| before.first >= next.first) {
                    segments.pop();
                }
                segments.push(next);
            }
            if let Some(last) = last {
                segments.push(none(last.after(), Cover::NoSeries));
            }
        }
        segments
    }

    /// Which days the masters govern, and since when each tells what it lists.
    fn windows(&self) -> impl Iterator<Item = (Governs, TreatmentDay)> + '_ {
        self.masters.iter().map(|of| (of.timelines.governs(), of.timelines.known_from()))
    }
}

impl Kind<'_> {
    fn compare(mut self, all: &mut Vec<Change>) {
        let same_windows = self.old.windows().eq(self.new.windows());
        // What stands in no file.
        let nowhere = |side: &Side<'_>| vec![None; side.masters.len()];
        let mut unlisted = Vec::new();
        if !same_windows {
            let (old, new) = (nowhere(&self.old), nowhere(&self.new));
            self.differences("", &self.old.segments("", &old), &self.new.segments("", &new), &mut unlisted);
        }
        let (mut old, mut new) = (Vec::new(), Vec::new());
        let mut found = Vec::new();
        while let Some(key) = self.old.key().into_iter().chain(self.new.key()).min() {
            self.old.take(key, &mut old);
            self.new.take(key, &mut new);
            if same_windows && self.is_same(key, &old, &new) {
                continue;
            }
            found.clear();
            let (before, after) = (self.old.segments(key, &old), self.new.segments(key, &new));
            self.differences(key, &before, &after, &mut found);
            // What holds for every code that stands nowhere is said once.
            let is_said = |change: &Change| {
                unlisted.iter().any(|said: &Change| said.what == change.what && said.days == change.days)
            };
            all.extend(found.drain(..).filter(|change| !is_said(change)));
        }
        all.extend(unlisted);
    }

    /// Whether nothing about `key` differs, as it is with most codes.
    fn is_same(&self, key: &str, old: &[Option<&[Period]>], new: &[Option<&[Period]>]) -> bool {
        old.iter().zip(new).enumerate().all(|(place, periods)| match periods {
            (None, None) => true,
            (Some(one), Some(two)) => {
                let holds_same = |(one, two): (&Period, &Period)| {
                    one.first == two.first
                        && match (one.standing, two.standing) {
                            (Standing::InForce(one), Standing::InForce(two)) => {
                                let one = self.old.record(place, key, one);
                                let two = self.new.record(place, key, two);
                                one.zip(two).is_some_and(|((one, row), (two, at))| one.same_row(row, two, at))
                            }
                            (one, two) => one == two,
                        }
                };
                one.len() == two.len() && one.iter().zip(*two).all(holds_same)
            }
            _ => false,
        })
    }

    /// Pushes what differs between what holds for `key` in one release and in the other.
    fn differences(&self, key: &str, old: &[Segment<'_>], new: &[Segment<'_>], found: &mut Vec<Change>) {
        let firsts: BTreeSet<TreatmentDay> = old.iter().chain(new).map(|segment| segment.first).collect();
        let mut firsts = firsts.into_iter().peekable();
        // What goes up to the day before: where the same difference goes on, its days do.
        let mut open: Vec<usize> = Vec::new();
        while let Some(first) = firsts.next() {
            let days = Days { first, last: firsts.peek().map(|next| next.before()) };
            let (was, is) = (at(old, first), at(new, first));
            let published = is.published;
            let before = std::mem::take(&mut open);
            let mut push =
                |what: What| match before.iter().copied().find(|before| found[*before].what == what) {
                    Some(before) => {
                        let going_on = &mut found[before];
                        going_on.days.last = days.last;
                        going_on.published = going_on.published.max(published);
                        open.push(before);
                    }
                    None => {
                        open.push(found.len());
                        let (kind, key) = (self.kind.to_owned(), key.to_owned());
                        found.push(Change { kind, key, what, days, published });
                    }
                };
            match (was.record, is.record) {
                (Some(one), Some(other)) => fields(one, other).for_each(push),
                _ if was.cover != is.cover => push(What::Cover { old: was.cover, new: is.cover }),
                _ => {}
            }
        }
    }
}

/// What holds on `day`.
fn at<'a>(segments: &[Segment<'a>], day: TreatmentDay) -> Segment<'a> {
    let after = segments.partition_point(|segment| segment.first <= day);
    match after.checked_sub(1) {
        Some(at) => segments[at],
        None => Segment { first: day, cover: Cover::NoSeries, record: None, published: None },
    }
}

/// The fields in which the record in force differs. Its last day is not one of them: it is told by the days
/// on which it is in force.
fn fields<'a>(
    (old, row): (&'a Table, usize),
    (new, new_row): (&'a Table, usize),
) -> impl Iterator<Item = What> + 'a {
    let wider = if new.layout().width() > old.layout().width() { new.layout() } else { old.layout() };
    fields_that_differ(old, row, new, new_row).filter_map(move |column| {
        let id = &wider.columns[column].id;
        let of_days = [CHANGE_CLASS, CHANGED_ON, ABOLISHED_ON].contains(&id.as_str());
        (!of_days && !is_bookkeeping(wider, column)).then(|| What::Field {
            id: id.clone(),
            old: field_or_blank(old, row, column).to_owned(),
            new: field_or_blank(new, new_row, column).to_owned(),
        })
    })
}
