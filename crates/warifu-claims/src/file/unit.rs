//! Units (点数・回数算定単位): runs of records of which the last one carries the points.
//!
//! Records that a new group (診療識別) comes after have no points: they are a unit without an end, and no part
//! of the next one.

use super::item::{Item, ItemKind, Recorded};

/// The records of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitRecords<'f> {
    /// All of them in order, with the CO among and before them.
    pub items: &'f [Item],
    /// The last one, which carries the points; `None` where the unit has none.
    pub end: Option<&'f Item>,
}

impl<'f> UnitRecords<'f> {
    /// Its records without the CO.
    pub fn records(&self) -> impl Iterator<Item = &'f Item> + use<'f> {
        self.items.iter().filter(|item| item.kind != ItemKind::Comment)
    }

    /// Whether it ends with `item`, one of its own.
    #[inline]
    pub fn is_ended_by(&self, item: &Item) -> bool {
        self.end.is_some_and(|end| end.line == item.line)
    }
}

/// Where units begin, record by record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    is_ended: bool,
}

impl Bounds {
    /// Before the first record of a claim.
    pub(super) fn begun() -> Bounds {
        Bounds { is_ended: true }
    }

    /// Takes in the next record; whether a unit begins with it.
    #[inline]
    pub(super) fn begins(&mut self, item: &Item) -> bool {
        let begins = self.is_ended || item.begins_group;
        self.is_ended = ends(item);
        begins
    }
}

#[inline]
fn ends(item: &Item) -> bool {
    item.kind != ItemKind::Comment && item.points != Recorded::Blank
}

/// The units that `items` make, in order: each item is in one.
pub(super) fn units(items: &[Item]) -> impl Iterator<Item = UnitRecords<'_>> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let (first, more) = rest.split_first()?;
        let mut bounds = Bounds::begun();
        bounds.begins(first);
        let count = 1 + more.iter().take_while(|item| !bounds.begins(item)).count();
        let (items, after) = rest.split_at(count);
        rest = after;
        Some(UnitRecords { items, end: items.last().filter(|item| ends(item)) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::ClaimFile;

    /// The lines of each unit of a claim with these records, and the line of its end.
    fn units_of(records: &[&str]) -> Vec<(Vec<u32>, Option<u32>)> {
        let text = format!("IR,1,13,1,1234567,,,202406,00,\nRE,1,1112,202406\n{}", records.join("\n"));
        let file = ClaimFile::read(text.as_bytes());
        let claim = file.claims().next().unwrap();
        let lines = |unit: UnitRecords<'_>| unit.items.iter().map(|item| item.line - 2).collect();
        claim.units().map(|unit| (lines(unit), unit.end.map(|end| end.line - 2))).collect()
    }

    #[test]
    fn the_record_with_points_ends_a_unit() {
        let records = ["SI,12,1,112007410,,73,1", "SI,,1,112011010,,,1", "SI,,1,112015810,,52,1"];
        assert_eq!(units_of(&records), [(vec![1], Some(1)), (vec![2, 3], Some(3))]);
        // A CO between stands in the unit, and ends none.
        let records = ["CO,12,1,820000001,", "SI,,1,112007410,,,1", "CO,,1,820000001,", "IY,,1,6,1,5,1"];
        assert_eq!(units_of(&records), [(vec![1, 2, 3, 4], Some(4))]);
        assert_eq!(units_of(&[]), []);
    }

    /// Found by whoever left out the points of the last record: they were added to the next unit's.
    #[test]
    fn a_new_group_begins_a_unit_though_the_one_before_has_no_points() {
        let records = ["SI,12,1,112007410,,,1", "SI,13,1,113001810,,225,1"];
        assert_eq!(units_of(&records), [(vec![1], None), (vec![2], Some(2))]);
        // Also where a CO has the group (診療識別) of the records after it.
        let records = ["SI,12,1,112007410,,,1", "CO,13,1,820000001,", "SI,,1,113001810,,225,1"];
        assert_eq!(units_of(&records), [(vec![1], None), (vec![2, 3], Some(3))]);
    }
}
