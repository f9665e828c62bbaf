//! Items of a claim, each code once.

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

/// So many codes stand without memory of their own: more than nearly all claims have.
const KEPT: usize = 64;

/// Codes of a claim in the order of their first records.
#[derive(Debug)]
pub(super) struct Uses {
    kept: [Option<Use>; KEPT],
    count: usize,
    /// Those that do not stand there.
    more: Vec<Use>,
}

impl Uses {
    /// Those of the items of `claim` that `are_meant`. More than 64 different ones take memory.
    pub(super) fn of(claim: &Claim<'_>, are_meant: impl Fn(&Item, ItemCode) -> bool) -> Uses {
        let mut uses = Uses { kept: [None; KEPT], count: 0, more: Vec::new() };
        for (at, item) in claim.items.iter().enumerate() {
            if let Some(code) = item.code.filter(|code| are_meant(item, *code)) {
                uses.take(at as u32, item, code);
            }
        }
        uses
    }

    #[inline]
    fn take(&mut self, at: u32, item: &Item, code: ItemCode) {
        let times = match item.times {
            0 => item.days.count_ones(),
            times => u32::from(times),
        };
        let kept = self.kept[..self.count].iter_mut().flatten();
        match kept.chain(&mut self.more).find(|one| one.code == code) {
            Some(known) => {
                known.item = at;
                known.days |= item.days;
                known.times += times;
                known.is_undated |= item.days == 0;
            }
            None => {
                let one = Use { times, ..Use::of(at as usize, item, code) };
                match self.kept.get_mut(self.count) {
                    Some(place) => {
                        *place = Some(one);
                        self.count += 1;
                    }
                    None => self.more.push(one),
                }
            }
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Use> + Clone {
        self.kept[..self.count].iter().flatten().chain(&self.more)
    }
}
