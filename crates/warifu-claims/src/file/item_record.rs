//! One SI, IY, TO or CO record: its fields give an [`Item`], its comments and its day counts.

use warifu_values::amount::number;
use warifu_values::day::ClaimMonth;

use super::burden::Burden;
use super::fields::Fields;
use super::item::{Comment, DayCount, Item, OwnMaterial, Recorded, Section};
use super::quantity::Quantity;
use super::text_shape::TextShape;
use crate::item_code::{ItemCode, ItemKind};

/// The position of the first of three comment pairs, and that of day 1; none for what is no item with days.
fn positions(kind: ItemKind) -> Option<(usize, usize)> {
    match kind {
        ItemKind::Procedure | ItemKind::Drug => Some((8, 14)),
        ItemKind::Material => Some((12, 18)),
        ItemKind::Comment | ItemKind::Disease | ItemKind::Modifier => None,
    }
}

/// An item's record, read.
pub(super) struct ItemRecord<'a> {
    /// The item, still without its comments, day counts and material.
    pub(super) item: Item,
    /// The last day with a count of times that the month does not have, or that is no number.
    pub(super) odd_day: Option<u32>,
    /// How many times all days have together.
    pub(super) times_of_days: u32,
    pub(super) fields: Fields<'a>,
}

impl<'a> ItemRecord<'a> {
    /// Reads `text`, the record at `line` of a claim of `month`.
    #[inline]
    pub(super) fn read(
        kind: ItemKind,
        text: &'a [u8],
        line: u32,
        month: Option<ClaimMonth>,
    ) -> ItemRecord<'a> {
        let fields = Fields::of(text);
        let mut item = Item::new(kind, line);
        item.section = Section::parse(fields.at(2));
        item.begins_group = !fields.at(2).is_empty();
        item.burden = Burden::parse(fields.at(3));
        let mut read = ItemRecord { item, odd_day: None, times_of_days: 0, fields };
        if let Some((_, first_day)) = positions(kind) {
            read.values();
            read.days(first_day, month);
        }
        read
    }

    #[inline]
    fn values(&mut self) {
        let (item, fields) = (&mut self.item, &self.fields);
        item.code = ItemCode::parse(item.kind, fields.at(4));
        item.quantity = Quantity::parse(fields.at(5));
        item.points = Recorded::parse(fields.at(6));
        item.times = match Recorded::parse(fields.at(7)) {
            Recorded::Number(times) => u16::try_from(times).unwrap_or(u16::MAX),
            Recorded::Blank | Recorded::Other => 0,
        };
    }

    #[inline]
    fn days(&mut self, first_day: usize, month: Option<ClaimMonth>) {
        let days = month.map_or(31, ClaimMonth::days);
        // Nearly every day is blank.
        let mut filled = self.fields.filled_from(first_day, 31);
        while filled != 0 {
            let day = filled.trailing_zeros();
            filled &= filled - 1;
            let count = self.fields.at(first_day + day as usize);
            match number(count).filter(|_| count.len() <= 3 && day < days) {
                // A recorded count of 0 is no treatment.
                Some(times) => {
                    self.item.days |= u32::from(times > 0) << day;
                    self.times_of_days += times;
                }
                None => self.odd_day = Some(day + 1),
            }
        }
    }

    /// How often the item was done on each of its days.
    pub(super) fn day_counts(&self) -> impl Iterator<Item = DayCount> {
        let first_day = positions(self.item.kind).map_or(0, |(_, first_day)| first_day);
        let mut days = self.item.days;
        std::iter::from_fn(move || {
            let day = days.trailing_zeros();
            if day >= 31 {
                return None;
            }
            days &= days - 1;
            let times = number(self.fields.at(first_day + day as usize)).unwrap_or_default();
            Some(DayCount { day: day as u8 + 1, times: times as u16 })
        })
    }

    /// The comment pairs of the record that hold anything; a CO record is itself one.
    pub(super) fn comments(&self) -> impl Iterator<Item = Comment> {
        self.pairs().filter_map(|(code, text)| {
            let is_there = !code.is_empty() || !text.is_empty();
            is_there.then(|| Comment {
                code: ItemCode::parse(ItemKind::Comment, code),
                has_text: !text.is_empty(),
                text: TextShape::of(text),
            })
        })
    }

    /// The number of the first comment pair, from 1, that holds something though the one before it does not.
    pub(super) fn pair_after_a_gap(&self) -> Option<u32> {
        let holds = self.pairs().map(|(code, text)| !code.is_empty() || !text.is_empty());
        let mut seen_gap = false;
        for (at, holds) in (1..).zip(holds) {
            if holds && seen_gap {
                return Some(at);
            }
            seen_gap |= !holds;
        }
        None
    }

    fn pairs(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let (first, count) = positions(self.item.kind).map_or((4, 1), |(first, _)| (first, 3));
        (0..count).map(move |pair| (self.fields.at(first + pair * 2), self.fields.at(first + pair * 2 + 1)))
    }

    /// What a TO records beside the amount used.
    pub(super) fn own_material(&self) -> Option<OwnMaterial> {
        (self.item.kind == ItemKind::Material).then(|| OwnMaterial {
            unit: number(self.fields.at(8)).and_then(|unit| u16::try_from(unit).ok()),
            unit_price_yen: Quantity::parse(self.fields.at(9)),
            has_name: !self.fields.at(10).is_empty(),
            has_product: !self.fields.at(11).is_empty(),
        })
    }
}
