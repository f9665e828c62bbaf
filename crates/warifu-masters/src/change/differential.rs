//! Differentials: the next state of a master from the last one and a 変更分.
//!
//! For publication N on the state after N-1: drop the rows whose class is 9 or 1 (they were announced in
//! N-1); set every class to 0; then class 3 inserts a whole row, 5 overlays the columns that are not blank, 9
//! and 1 overlay them and keep the row, marked, until N+1. Blank means unchanged, so a differential cannot
//! blank a field. Source: the published files themselves; `docs/differentials.md` lists the chains that prove
//! it.
//!
//! A differential does not say which state it applies to, and applying it to a wrong one may go without a
//! complaint. So what fits badly is counted here, and callers name the base they apply it to.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::finding::{Code, Finding, Findings};
use crate::schema::{CHANGE_CLASS, NoSuchColumn, is_marked};
use crate::table::{Master, TableBuilder};
use warifu_values::lang::Lang;

/// The outcome of applying one differential.
#[derive(Debug)]
pub struct Applied {
    /// The next state.
    pub state: Master,
    /// Rows of class 3 taken in.
    pub added: usize,
    /// Rows of class 5 that fitted.
    pub changed: usize,
    /// Rows of class 9 or 1 that fitted: kept, marked, until the next publication.
    pub abolished: usize,
    /// Rows that the publication before had marked and that are gone now.
    pub dropped: usize,
    /// What did not fit, and what had to be assumed.
    pub findings: Findings,
}

impl Applied {
    /// Rows that did not fit the base: new though there, changed or abolished though not there.
    pub fn misfits(&self) -> u64 {
        [Code::ApplyThreeOnExisting, Code::ApplyFiveOnMissing, Code::ApplyNineOnMissing]
            .iter()
            .map(|code| self.findings.count(*code))
            .sum()
    }
}

/// A differential cannot be applied at all.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// It is of another kind of master.
    #[error("{}", self.finding().text(Lang::En))]
    OtherKind {
        /// The differential's kind.
        differential: String,
        /// The state's kind.
        state: String,
    },
    /// The master has no change class, so it has no differentials.
    #[error("{}", self.finding().text(Lang::En))]
    NoClass(#[from] NoSuchColumn),
}

impl ApplyError {
    /// The same as a finding of the differential.
    pub fn finding(&self) -> Finding {
        match self {
            ApplyError::OtherKind { differential, state } => {
                Finding::new(Code::ApplyKind).found(differential).expected(state)
            }
            ApplyError::NoClass(missing) => Finding::new(Code::ApplyNoClass).found(&missing.layout),
        }
    }
}

/// What becomes of the rows that the publication before had marked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marked {
    /// They go, as with every publication.
    Go,
    /// They stay as they are.
    Stay,
}

/// Applies `differential` to `state`.
///
/// # Errors
/// [`ApplyError`] when the two are of different kinds. Rows that do not fit are findings.
pub fn apply(state: &Master, differential: &Master) -> Result<Applied, ApplyError> {
    applied(state, differential, Marked::Go)
}

/// Applies `correction`, which is no publication: only the rows that it names change. What the publication
/// before had marked goes with the next one.
///
/// # Errors
/// As [`apply`].
pub fn apply_correction(state: &Master, correction: &Master) -> Result<Applied, ApplyError> {
    applied(state, correction, Marked::Stay)
}

fn applied(state: &Master, differential: &Master, of_before: Marked) -> Result<Applied, ApplyError> {
    let (from, by) = (state.layout(), differential.layout());
    if from.kind != by.kind {
        return Err(ApplyError::OtherKind { differential: by.kind.clone(), state: from.kind.clone() });
    }
    let mut findings = Findings::new();
    let layout = if by.width() > from.width() { Arc::clone(by) } else { Arc::clone(from) };
    if by.width() > from.width() {
        findings.push(Finding::new(Code::ApplyWidened).found(by.width()).expected(from.width()));
    }
    let class = layout.column(CHANGE_CLASS)?;
    let room =
        state.text_bytes() + differential.text_bytes() + state.rows() * (layout.width() - from.width());
    let mut next = TableBuilder::new(Arc::clone(&layout), room, state.rows() + differential.rows());
    next.mark_special(state.is_special() || differential.is_special());
    let (mut added, mut changed, mut abolished, mut dropped) = (0, 0, 0, 0);
    let marked = |row: usize| of_before == Marked::Go && is_marked(state.bytes(row, class));
    let (mut old, mut new) = (0, 0);
    while old < state.rows() || new < differential.rows() {
        let order = match (old < state.rows(), new < differential.rows()) {
            (true, true) => state.key(old).cmp(&differential.key(new)),
            (true, false) => Ordering::Less,
            _ => Ordering::Greater,
        };
        if order == Ordering::Less {
            if marked(old) {
                dropped += 1;
            } else if is_marked(state.bytes(old, class)) {
                push_as_it_is(&mut next, state, old, layout.width());
            } else {
                push_unchanged(&mut next, state, old, class, layout.width());
            }
            old += 1;
            continue;
        }
        let present = order == Ordering::Equal && !marked(old);
        dropped += usize::from(order == Ordering::Equal && !present);
        let misfit = match (differential.bytes(new, class), present) {
            (b"3", _) => {
                push_inserted(&mut next, differential, new, layout.width());
                added += 1;
                present.then_some(Code::ApplyThreeOnExisting)
            }
            (b"5", true) => {
                push_overlaid(&mut next, state, old, differential, new, layout.width());
                changed += 1;
                None
            }
            (mark, true) if is_marked(mark) => {
                push_overlaid(&mut next, state, old, differential, new, layout.width());
                abolished += 1;
                None
            }
            (b"5", false) => Some(Code::ApplyFiveOnMissing),
            (mark, false) if is_marked(mark) => Some(Code::ApplyNineOnMissing),
            (_, present) => {
                if present {
                    push_unchanged(&mut next, state, old, class, layout.width());
                }
                Some(Code::ApplyClass)
            }
        };
        if let Some(code) = misfit {
            findings.push_with(code, || {
                Finding::new(code)
                    .line(differential.line(new))
                    .field(class as u32 + 1, CHANGE_CLASS)
                    .key(differential.key(new))
                    .found(differential.field(new, class))
            });
        }
        old += usize::from(order == Ordering::Equal);
        new += 1;
    }
    let state = Master::from_ordered(next.finish());
    Ok(Applied { state, added, changed, abolished, dropped, findings })
}

fn push_unchanged(next: &mut TableBuilder, state: &Master, row: usize, class: usize, width: usize) {
    if state.layout().width() == width && state.bytes(row, class) == b"0" {
        next.push_row(state, row);
        return;
    }
    for column in 0..width {
        next.push(match column {
            _ if column == class => "0",
            _ if column < state.layout().width() => state.field(row, column),
            _ => "",
        });
    }
}

fn push_as_it_is(next: &mut TableBuilder, state: &Master, row: usize, width: usize) {
    for column in 0..width {
        next.push(if column < state.layout().width() { state.field(row, column) } else { "" });
    }
}

fn push_inserted(next: &mut TableBuilder, differential: &Master, row: usize, width: usize) {
    for column in 0..width {
        let there = column < differential.layout().width();
        next.push(if there { differential.field(row, column) } else { "" });
    }
}

fn push_overlaid(
    next: &mut TableBuilder,
    state: &Master,
    row: usize,
    differential: &Master,
    change: usize,
    width: usize,
) {
    for column in 0..width {
        let new =
            if column < differential.layout().width() { differential.field(change, column) } else { "" };
        let old = if column < state.layout().width() { state.field(row, column) } else { "" };
        next.push(if new.is_empty() { old } else { new });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::read_canonical;
    use crate::schema::Schemas;

    /// A layout of `kind` whose records have no change class, and a master in it.
    fn without_a_class(kind: &str) -> Master {
        let layout = format!(
            "kind = \"{kind}\"\nedition = \"1\"\nname_ja = \"単位\"\nname_en = \"units\"\n\
             master_type = \"U\"\nfile_prefix = \"u\"\nlabel = \"code\"\n[[key]]\ncolumn = \"code\"\n\
             [[column]]\nid = \"code\"\nname = \"コード\"\ntype = \"digits\"\nbytes = 3\n\
             [[column]]\nid = \"master_type\"\nname = \"種別\"\ntype = \"alnum\"\nbytes = 1\n"
        );
        let schemas = Schemas::built_in().unwrap().with([("layouts/units.toml", layout.as_str())]).unwrap();
        read_canonical(&schemas, kind, b"code,master_type\n001,U\n".to_vec()).unwrap()
    }

    #[test]
    fn a_correction_leaves_what_was_marked_until_the_next_publication() {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.layouts().find(|layout| layout.kind == "procedure").unwrap();
        let of = |rows: &[(&str, &str)]| {
            let header: Vec<&str> = layout.columns.iter().map(|column| column.id.as_str()).collect();
            let mut text = header.join(",") + "\n";
            for (class, code) in rows {
                let field = |id: &&str| match *id {
                    CHANGE_CLASS => (*class).to_owned(),
                    "master_type" => "S".to_owned(),
                    "procedure_code" => (*code).to_owned(),
                    _ => String::new(),
                };
                text += &(header.iter().map(field).collect::<Vec<_>>().join(",") + "\n");
            }
            read_canonical(&schemas, "procedure", text.into_bytes()).unwrap()
        };
        let state = of(&[("9", "111000110"), ("3", "111000210"), ("0", "111000310")]);
        let named = of(&[("5", "111000310")]);
        let classes = |applied: Applied| {
            let class = applied.state.layout().change_class.unwrap();
            (0..applied.state.rows())
                .map(|row| applied.state.field(row, class).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(classes(apply(&state, &named).unwrap()), ["0", "5"]);
        assert_eq!(classes(apply_correction(&state, &named).unwrap()), ["9", "0", "5"]);
    }

    #[test]
    fn a_master_without_a_class_is_told_apart_from_one_of_another_kind() {
        let (units, others) = (without_a_class("units"), without_a_class("others"));
        let refused = |differential: &Master| {
            let finding = apply(&units, differential).unwrap_err().finding();
            (finding.code, finding.found, finding.expected)
        };
        assert_eq!(refused(&units), (Code::ApplyNoClass, "units-1".to_owned(), String::new()));
        assert_eq!(refused(&others), (Code::ApplyKind, "others".to_owned(), "units".to_owned()));
    }
}
