//! The data of the page, small: each distinct change of a column stands once, and records name it by number.
//!
//! ```text
//! columns   [[id, 項目名, bookkeeping], ...]                  in the order of the layout
//! cells     [[column, old, new, meaning old, meaning new, marks old, marks new], ...]
//!           commonest first; what is missing at the end is none; meanings are numbers in `meanings` or -1
//! records   [[fate, key, label, [cell, ...]], ...]            in key order
//! base      {added: [cell, ...], removed: [cell, ...]}        what added and removed records have in common:
//!           a record of these lists only the cells in which it differs
//! risks     [{kind, level, title, reason, column, records, runs, ...}, ...]  riskiest first
//! ```

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};
use warifu_masters::change::diff::{Change, Diff, Fate, field_or_blank, fields_that_differ};
use warifu_masters::table::Master;
use warifu_rules::review::{
    Amount, AmountUnit, Evidence, LARGE, Level, NOTABLE, Risk, RiskKind, SAME_CHANGE_RECORDS, is_bookkeeping,
};
use warifu_values::lang::Lang;

use super::marks::marks;

/// How many of the records that name a code which is gone are listed, and how many places of a broken rule.
const LISTED: usize = 200;

/// What the page shows of `diff` and its `risks`; what the sides are is the caller's to add.
pub(super) fn of(diff: &Diff<'_>, risks: &[Risk]) -> Value {
    let layout = diff.layout();
    let mut cells = Cells::default();
    let rows: Vec<Vec<usize>> = diff.changes.iter().map(|change| cells.row(diff, *change)).collect();
    let fates: Vec<Fate> = diff.changes.iter().map(|change| diff.fate(*change)).collect();
    let added = base(&rows, &fates, Fate::Added, &cells);
    let removed = base(&rows, &fates, Fate::Removed, &cells);
    let own = |row: &[usize], fate: Fate| -> Vec<usize> {
        let common = match fate {
            Fate::Added => &added,
            Fate::Removed => &removed,
            _ => return row.to_vec(),
        };
        row.iter().copied().filter(|cell| common.get(&cells.list[*cell].column) != Some(cell)).collect()
    };
    let own: Vec<Vec<usize>> = rows.iter().zip(&fates).map(|(row, fate)| own(row, *fate)).collect();
    let places = cells.commonest_first(own.iter().flatten().chain(added.values()).chain(removed.values()));
    let named = |row: &[usize]| row.iter().map(|cell| places.place[*cell]).collect::<Vec<_>>();
    let base_of = |common: &BTreeMap<usize, usize>| named(&common.values().copied().collect::<Vec<_>>());
    let records: Vec<Value> = diff
        .changes
        .iter()
        .zip(&fates)
        .zip(&own)
        .map(|((change, fate), row)| {
            let (master, at) = match *change {
                Change::Added { new } | Change::Changed { new, .. } => (diff.new, new),
                Change::Removed { old } => (diff.old, old),
            };
            json!([fate_name(*fate), master.key(at), master.label(at), named(row)])
        })
        .collect();
    let (cell_list, meanings) = cells.list_as(&places, diff);
    let columns: Vec<Value> = layout
        .columns
        .iter()
        .map(|column| json!([column.id, column.name, u8::from(is_bookkeeping(column))]))
        .collect();
    let levels = [Level::High, Level::Medium, Level::Low]
        .map(|level| json!({ "id": level.as_str(), "en": level.word(Lang::En), "ja": level.word(Lang::Ja) }));
    json!({
        "kind": { "id": layout.kind, "en": layout.name_en, "ja": layout.name_ja },
        "summary": diff.summary(),
        "amount": Amount::of(layout).map(|amount| json!({
            "column": amount.value,
            "kind": amount.kind,
            "unit": match amount.unit {
                AmountUnit::Points => json!({ "en": "points", "ja": "点" }),
                AmountUnit::Yen => json!({ "en": "yen", "ja": "円" }),
            },
        })),
        "thresholds": { "large": LARGE, "notable": NOTABLE, "same": SAME_CHANGE_RECORDS },
        "levels": levels,
        "columns": columns,
        "meanings": meanings,
        "cells": cell_list,
        "base": { "added": base_of(&added), "removed": base_of(&removed) },
        "records": records,
        "risks": risks.iter().map(risk).collect::<Vec<_>>(),
    })
}

fn fate_name(fate: Fate) -> &'static str {
    match fate {
        Fate::Added => "added",
        Fate::Changed => "changed",
        Fate::Abolished => "abolished",
        Fate::Removed => "removed",
        Fate::ClassOnly => "class",
    }
}

/// One change of one column; the meanings are part of it, as some depend on the rest of the record.
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
struct Cell<'a> {
    column: usize,
    old: &'a str,
    new: &'a str,
    old_meaning: Option<&'a str>,
    new_meaning: Option<&'a str>,
}

/// Every distinct cell, numbered as they come.
#[derive(Default)]
struct Cells<'a> {
    list: Vec<Cell<'a>>,
    number: HashMap<Cell<'a>, usize>,
}

/// Which of the numbered cells are used, commonest first, and the place of each.
struct Places {
    order: Vec<usize>,
    place: Vec<usize>,
}

impl<'a> Cells<'a> {
    /// The cells of a change, by column.
    fn row(&mut self, diff: &Diff<'a>, change: Change) -> Vec<usize> {
        let layout = diff.layout();
        let field = |side: Option<(&'a Master, usize)>, column| -> &'a str {
            side.map_or("", |(master, row)| field_or_blank(master, row, column))
        };
        let (old, new) = match change {
            Change::Added { new } => (None, Some((diff.new, new))),
            Change::Changed { old, new } => (Some((diff.old, old)), Some((diff.new, new))),
            Change::Removed { old } => (Some((diff.old, old)), None),
        };
        let columns: Vec<usize> = match (old, new) {
            (Some((old, at)), Some((new, to))) => fields_that_differ(old, at, new, to).collect(),
            _ => (0..layout.width()).collect(),
        };
        columns
            .into_iter()
            .map(|column| {
                let meaning = |side: Option<(&'a Master, usize)>, value: &'a str| -> Option<&'a str> {
                    let (master, row) = side?;
                    // The layout of the side itself: it lives as long as the fields do.
                    let layout = master.layout();
                    if column >= layout.width() || is_bookkeeping(&layout.columns[column]) {
                        return None;
                    }
                    layout.meaning(column, value, |other| master.field(row, other).to_owned())
                };
                let (before, after) = (field(old, column), field(new, column));
                let cell = Cell {
                    column,
                    old: before,
                    new: after,
                    old_meaning: meaning(old, before),
                    new_meaning: meaning(new, after),
                };
                *self.number.entry(cell).or_insert_with(|| {
                    self.list.push(cell);
                    self.list.len() - 1
                })
            })
            .collect()
    }

    fn commonest_first<'b>(&self, used: impl Iterator<Item = &'b usize>) -> Places {
        let mut uses = vec![0usize; self.list.len()];
        used.for_each(|cell| uses[*cell] += 1);
        let mut order: Vec<usize> = (0..self.list.len()).filter(|cell| uses[*cell] > 0).collect();
        order.sort_by_key(|cell| std::cmp::Reverse(uses[*cell]));
        let mut place = vec![0; self.list.len()];
        for (at, cell) in order.iter().enumerate() {
            place[*cell] = at;
        }
        Places { order, place }
    }

    /// The cells in that order as the page has them, and the meanings they name.
    fn list_as(&self, places: &Places, diff: &Diff<'_>) -> (Vec<Value>, Vec<&'a str>) {
        let mut meanings: Vec<&str> = Vec::new();
        let mut number: HashMap<&str, usize> = HashMap::new();
        let mut numbered = |meaning: Option<&'a str>| -> Value {
            let Some(meaning) = meaning else { return (-1).into() };
            let at = *number.entry(meaning).or_insert_with(|| {
                meanings.push(meaning);
                meanings.len() - 1
            });
            at.into()
        };
        let list = places
            .order
            .iter()
            .map(|cell| {
                let Cell { column, old, new, old_meaning, new_meaning } = self.list[*cell];
                let mut value = vec![column.into(), old.into(), new.into()];
                let marks = marks(&diff.layout().columns[column], old, new);
                if old_meaning.is_some() || new_meaning.is_some() || marks.is_some() {
                    value.extend([numbered(old_meaning), numbered(new_meaning)]);
                }
                value.extend(marks.into_iter().flatten().map(Value::from));
                Value::Array(value)
            })
            .collect();
        (list, meanings)
    }
}

/// By column the commonest cell of the records of one fate.
fn base(rows: &[Vec<usize>], fates: &[Fate], fate: Fate, cells: &Cells<'_>) -> BTreeMap<usize, usize> {
    let mut uses: HashMap<usize, usize> = HashMap::new();
    for (row, _) in rows.iter().zip(fates).filter(|(_, its)| **its == fate) {
        for cell in row {
            *uses.entry(*cell).or_insert(0) += 1;
        }
    }
    let mut common: BTreeMap<usize, usize> = BTreeMap::new();
    let mut uses: Vec<(usize, usize)> = uses.into_iter().collect();
    uses.sort_by_key(|(cell, count)| (std::cmp::Reverse(*count), *cell));
    for (cell, _) in uses {
        common.entry(cells.list[cell].column).or_insert(cell);
    }
    common
}

fn risk(risk: &Risk) -> Value {
    let kind = risk.kind;
    let both = |text: fn(RiskKind, Lang) -> &'static str| {
        let [en, ja] = [Lang::En, Lang::Ja].map(|lang| text(kind, lang));
        json!({ "en": en, "ja": ja })
    };
    let mut value = json!({
        "kind": kind.as_str(),
        "level": kind.level().as_str(),
        "title": both(RiskKind::title),
        "reason": both(RiskKind::reason),
        "rank": RiskKind::ALL.iter().position(|known| *known == kind),
        "column": risk.column,
        "records": risk.records(),
        "runs": runs(&risk.changes),
    });
    match &risk.evidence {
        Evidence::Changes => {}
        Evidence::Commonest { old, new, records } => value["commonest"] = json!([old, new, records]),
        Evidence::Values(values) => value["values"] = json!(values),
        Evidence::Told(told) => value["told"] = json!(told),
        Evidence::References(references) => {
            value["references"] = references.len().into();
            value["listed"] = references
                .iter()
                .take(LISTED)
                .map(|reference| {
                    json!([reference.code, reference.kind, reference.key, reference.label, reference.column])
                })
                .collect();
        }
        Evidence::Rule(code, findings) => {
            value["rule"] = json!({ "code": code, "en": code.text(Lang::En), "ja": code.text(Lang::Ja) });
            value["places"] = findings
                .iter()
                .take(LISTED)
                .map(|finding| json!([finding.key, finding.field, finding.found, finding.expected]))
                .collect();
        }
    }
    value
}

/// Numbers in their order as runs: `[first, how many, first, how many, ...]`.
fn runs(numbers: &[usize]) -> Vec<usize> {
    let mut runs: Vec<usize> = Vec::new();
    for number in numbers {
        match runs.as_mut_slice() {
            [.., first, count] if *first + *count == *number => *count += 1,
            _ => runs.extend([*number, 1]),
        }
    }
    runs
}
