//! Items of a claim, each code once.

use std::collections::HashMap;

use crate::file::{Claim, Item};
use crate::item_code::ItemCode;

/// A code of a claim, wherever it stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) code: ItemCode,
    /// Where its last record stands among the items of the claim.
    pub(super) item: u32,
    /// The days of all its records.
    pub(super) days: u32,
    /// How many times together.
    pub(super) times: u32,
    /// Whether one of its records tells no day.
    pub(super) is_undated: bool,
}

impl Use {
    /// Of the item that stands there in its claim, alone.
    pub(super) fn of(at: usize, item: &Item, code: ItemCode) -> Use {
        let is_undated = item.days == 0;
        Use { code, item: at as u32, days: item.days, times: item.times.into(), is_undated }
    }

    pub(super) fn number(&self) -> u32 {
        self.code.number()
    }

    /// Whether a row that holds on the days `row` of the month holds on every day of this code.
    pub(super) fn is_within(&self, row: u32, month: u32) -> bool {
        let days = if self.is_undated { month } else { self.days };
        days & !row == 0
    }
}

/// So many codes are walked to find one: more than nearly all claims have. A claim may have millions of
/// different ones, and whoever compared each with each would never come to an end.
const WALKED: usize = 64;

/// Codes of a claim in the order of their first records. One is filled claim after claim, so that judging
/// takes no memory for each.
#[derive(Debug, Default)]
pub(super) struct Uses {
    all: Vec<Use>,
    /// Where each stands, once there are more than are walked.
    places: HashMap<u32, usize>,
}

impl Uses {
    /// Lets go of what it holds, and takes in those of the items of `claim` that `are_meant`.
    pub(super) fn fill(&mut self, claim: &Claim<'_>, are_meant: impl Fn(&Item, ItemCode) -> bool) {
        self.all.clear();
        self.places.clear();
        for (at, item) in claim.items.iter().enumerate() {
            if let Some(code) = item.code.filter(|code| are_meant(item, *code)) {
                self.take(at as u32, item, code);
            }
        }
    }

    #[inline]
    fn take(&mut self, at: u32, item: &Item, code: ItemCode) {
        let times = match item.times {
            0 => item.days.count_ones(),
            times => u32::from(times),
        };
        match self.place(code.number()).and_then(|place| self.all.get_mut(place)) {
            Some(known) => {
                known.item = at;
                known.days |= item.days;
                known.times = known.times.saturating_add(times);
                known.is_undated |= item.days == 0;
            }
            None => self.push(Use { times, ..Use::of(at as usize, item, code) }),
        }
    }

    fn push(&mut self, one: Use) {
        self.all.push(one);
        if self.all.len() > WALKED {
            let unplaced = self.places.len()..self.all.len();
            self.places.extend(unplaced.map(|place| (self.all[place].number(), place)));
        }
    }

    /// Where the code of that number stands.
    #[inline]
    fn place(&self, number: u32) -> Option<usize> {
        if self.all.len() <= WALKED {
            return self.all.iter().position(|one| one.number() == number);
        }
        self.places.get(&number).copied()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Use> + Clone {
        self.all.iter()
    }

    /// Those from place `from` on that rows may be about, in the order of their first records: all of them,
    /// or, where there are fewer `rows`, those whose numbers these name. Either way the caller looks up which
    /// row is about which, so that a claim of very many codes asks no more than the table has rows.
    pub(super) fn among<'a, R>(
        &'a self,
        from: usize,
        rows: &[R],
        number: impl Fn(&R) -> u32,
    ) -> impl Iterator<Item = &'a Use> {
        let (mut all, mut named) = (from..self.all.len(), Vec::new());
        if self.all.len() > WALKED && rows.len() < all.len() {
            named.extend(rows.iter().filter_map(|row| self.place(number(row)).filter(|at| *at >= from)));
            named.sort_unstable();
            named.dedup();
            all = 0..0;
        }
        all.chain(named).filter_map(|place| self.all.get(place))
    }
}
