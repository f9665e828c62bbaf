//! One SI, IY, TO or CO record: one pass over its bytes gives an [`Item`] and its comments.

use warifu_values::day::ClaimMonth;

use super::item::{Comment, Item, ItemCode, ItemKind, Recorded};
use super::limits::LINE_LIMIT_BYTES;
use super::record::positions;

/// Fields whose ends are kept: all before the days of the widest item record.
const KEPT_FIELDS: usize = 17;

/// The fields of an item's record that are asked for.
struct Fields<'a> {
    text: &'a [u8],
    ends: [u16; KEPT_FIELDS],
}

impl<'a> Fields<'a> {
    /// The field at `position` (from 1, at most 17); blank where the record is too short.
    #[inline]
    fn at(&self, position: usize) -> &'a [u8] {
        let end = usize::from(self.ends[position - 1]);
        let start = if position == 1 { 0 } else { usize::from(self.ends[position - 2]) + 1 };
        self.text.get(start..end).unwrap_or_default()
    }

    /// The comment pairs of the record that hold anything; a CO record is itself one.
    fn comments(&self, kind: ItemKind) -> impl Iterator<Item = Comment> {
        let (first, count) = positions(kind).map_or((4, 1), |(first, _)| (first, 3));
        (0..count).filter_map(move |pair| {
            let (code, text) = (self.at(first + pair * 2), self.at(first + pair * 2 + 1));
            let is_there = !code.is_empty() || !text.is_empty();
            is_there.then(|| Comment {
                code: ItemCode::parse(ItemKind::Comment, code),
                has_text: !text.is_empty(),
            })
        })
    }
}

/// An item's record, read.
pub(super) struct ItemRecord<'a> {
    /// The item, still without its comments.
    pub(super) item: Item,
    /// How many fields the record has.
    pub(super) fields: usize,
    /// The last day with a count of times that the month does not have, or that is no number.
    pub(super) odd_day: Option<u32>,
    recorded: Fields<'a>,
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
        // A CO has no days: they begin beyond any line.
        let first_day = positions(kind).map_or(LINE_LIMIT_BYTES + 1, |(_, first_day)| first_day);
        let mut item = Item::new(kind, line);
        // Fields that are not there end where the text ends: they read as blank.
        let mut recorded = Fields { text, ends: [text.len() as u16; KEPT_FIELDS] };
        let (mut count, mut start, mut odd_day) = (0, 0, None);
        let mut end_field = |count: usize, start: usize, end: usize| {
            if count <= KEPT_FIELDS.min(first_day - 1) {
                recorded.ends[count - 1] = end as u16;
            } else if end > start && (first_day..first_day + 31).contains(&count) {
                let day = (count - first_day) as u32;
                let digits = end - start <= 3 && text[start..end].iter().all(u8::is_ascii_digit);
                let fits = month.is_none_or(|month| day < month.days());
                if digits && fits {
                    // A recorded count of 0 is no treatment.
                    item.days |= u32::from(text[start..end].iter().any(|digit| *digit != b'0')) << day;
                } else {
                    odd_day = Some(day + 1);
                }
            }
        };
        for (at, byte) in text.iter().enumerate() {
            if *byte == b',' {
                count += 1;
                end_field(count, start, at);
                start = at + 1;
            }
        }
        count += 1;
        end_field(count, start, text.len());
        if kind != ItemKind::Comment {
            item.code = ItemCode::parse(kind, recorded.at(4));
            item.quantity = Recorded::parse(recorded.at(5));
            item.points = Recorded::parse(recorded.at(6));
            item.times = match Recorded::parse(recorded.at(7)) {
                Recorded::Number(times) => u16::try_from(times).unwrap_or(u16::MAX),
                Recorded::Blank | Recorded::Other => 0,
            };
        }
        ItemRecord { item, fields: count, odd_day, recorded }
    }

    /// Its comments; a CO record is itself one.
    pub(super) fn comments(&self) -> impl Iterator<Item = Comment> {
        self.recorded.comments(self.item.kind)
    }
}
