//! What happened to a code, publication by publication.

use super::row::Row;
use super::said::{Line, Source};
use super::word::{Word, word};
use crate::schema::{ABOLISHED_ON, CHANGE_CLASS};
use warifu_values::day::TreatmentDay;

/// Something that a publication did to a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Which publication.
    pub source: Source,
    /// What it did.
    pub what: What,
    /// The first treatment day that it concerns; none when it tells no day.
    pub from: Option<TreatmentDay>,
    /// The fields that differ from what was before, where there was something before.
    pub fields: Vec<FieldChange>,
    /// The same of the publisher's bookkeeping columns: no claim is judged by them alone.
    pub bookkeeping: Vec<FieldChange>,
}

/// What a publication did to a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The oldest publication that is held has it; when it came in is not known.
    FirstSeen,
    /// It came in.
    Introduced,
    /// It came in again, after it was gone or abolished.
    CameAgain,
    /// The first publication of a series took it over from the series before.
    CarriedOn,
    /// The first publication of a series does not have it, and the series before did not end it.
    NotCarriedOn,
    /// Fields changed.
    Changed,
    /// Bookkeeping changed and nothing else.
    Restated,
    /// It was abolished; `last` is the last usable day.
    Abolished {
        /// None when the publication does not tell.
        last: Option<TreatmentDay>,
    },
    /// Its entry was taken back.
    Withdrawn,
    /// It left the files, as was announced.
    Left,
    /// It left the files without a word.
    Vanished,
}

/// A field before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The column, from 0.
    pub column: usize,
    /// Its field id.
    pub id: String,
    /// 項目名.
    pub name: String,
    /// Before; blank when the edition did not have the column yet.
    pub from: String,
    /// After.
    pub to: String,
}

/// The events of all series in the order of publication; inside a series in the order in which it was taken
/// in.
pub(super) fn of<V>(lines: &[Line<V>]) -> Vec<Event> {
    let mut events: Vec<Event> = Vec::new();
    let mut heads = vec![0; lines.len()];
    loop {
        let next = |line: usize| Some((lines[line].said.get(heads[line])?.published, line));
        let Some((_, line)) = (0..lines.len()).filter_map(next).min() else { return events };
        events.extend(event(lines, Source { line, said: heads[line] }, &heads));
        heads[line] += 1;
    }
}

/// What `source` did. Of the other series, what stands before their `heads` has been said by then.
fn event<V>(lines: &[Line<V>], source: Source, heads: &[usize]) -> Option<Event> {
    let line = &lines[source.line];
    let new = line.said[source.said].row.as_ref();
    let old = source.said.checked_sub(1).and_then(|before| line.said[before].row.as_ref());
    let word = word(line, source.said);
    let from = match word {
        Word::Applies { from, .. } | Word::Withdrawn { from } | Word::Gone { from } => Some(from),
        _ => None,
    };
    let event = |what: What, from: Option<TreatmentDay>, old: Option<&Row>| {
        let (fields, bookkeeping) = match (old, new) {
            (Some(old), Some(new)) => changes(old, new, what),
            _ => Default::default(),
        };
        Some(Event { source, what, from, fields, bookkeeping })
    };
    // At the beginning of a series: the series before it of which something was said already, and what it
    // holds.
    let earlier = (0..source.line).rev().find(|line| heads[*line] > 0);
    let carried = earlier.and_then(|line| lines[line].said[heads[line] - 1].row.as_ref());
    let carried = carried.filter(|row| source.said == 0 && !row.is_marked());
    let Some(new) = new else {
        return match old {
            Some(old) if old.is_marked() => event(What::Left, None, None),
            Some(_) if matches!(word, Word::Silent) => event(What::Left, None, None),
            Some(_) => event(What::Vanished, from, None),
            None if carried.is_some() => event(What::NotCarriedOn, None, None),
            None => None,
        };
    };
    let before = old.filter(|old| !old.is_marked()).or(carried);
    match word {
        Word::Withdrawn { .. } => return event(What::Withdrawn, from, before),
        _ if new.is_marked() => {
            let last = |row: &Row| row.day(ABOLISHED_ON);
            if let Some(old) = old.filter(|old| old.is_marked() && last(old) == last(new)) {
                return event(What::Restated, None, Some(old));
            }
            return event(What::Abolished { last: new.day(ABOLISHED_ON) }, None, before);
        }
        _ => {}
    }
    if let Some(before) = before {
        let what = match (old, changes(before, new, What::Changed).0.is_empty()) {
            (None, _) => What::CarriedOn,
            (Some(_), true) => What::Restated,
            (Some(_), false) => What::Changed,
        };
        return event(what, from, Some(before));
    }
    let said = |line: usize| &lines[line].said[..heads[line]];
    let was_there = (0..=source.line).any(|line| said(line).iter().any(|said| said.row.is_some()));
    let what = match (was_there, source.said == 0 && earlier.is_none() && new.field(CHANGE_CLASS) != "3") {
        (true, _) => What::CameAgain,
        (false, true) => What::FirstSeen,
        (false, false) => What::Introduced,
    };
    event(what, from, None)
}

/// The fields in which two rows differ, and the bookkeeping in which they do.
fn changes(old: &Row, new: &Row, what: What) -> (Vec<FieldChange>, Vec<FieldChange>) {
    let layout = old.wider_layout(new);
    let (mut fields, mut bookkeeping) = (Vec::new(), Vec::new());
    for (column, is_bookkeeping) in old.differences(new) {
        let described = &layout.columns[column];
        // The last usable day is what an abolition tells anyway.
        if matches!(what, What::Abolished { .. }) && described.id == ABOLISHED_ON {
            continue;
        }
        let change = FieldChange {
            column,
            id: described.id.clone(),
            name: described.name.clone(),
            from: old.at(column).to_owned(),
            to: new.at(column).to_owned(),
        };
        if is_bookkeeping { bookkeeping.push(change) } else { fields.push(change) }
    }
    (fields, bookkeeping)
}
