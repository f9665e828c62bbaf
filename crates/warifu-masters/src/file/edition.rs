//! Which edition of a master a file is of, where several have as many columns.
//!
//! What one edition calls 予備 (reserve) another one has a use for, so rows that hold something there tell.
//! Where none does, who knows the series tells it by its first day ([`Reading::in_series`]). Until then the
//! oldest edition is taken, and [`Reading::edition_open`] says so.

use std::sync::Arc;

use super::fixed::Shape;
use super::reading::Reading;
use crate::finding::{Code, Finding};
use crate::schema::{ColumnType, Framing, Layout, Schemas};
use warifu_values::day::EffectiveDate;

/// The editions that a file may be of, oldest first, as far as its rows have told.
#[derive(Debug)]
pub(crate) struct Editions(Vec<Edition>);

#[derive(Debug)]
struct Edition {
    layout: Arc<Layout>,
    /// The columns that this edition has no use for, and another one has.
    unused: Vec<usize>,
}

impl Editions {
    /// Those that rows of `layout` may be of.
    pub(crate) fn like(schemas: &Schemas, layout: &Layout) -> Editions {
        let mut layouts: Vec<_> = schemas.layouts().filter(|other| layout.is_like(other)).collect();
        layouts.sort_by_key(|layout| layout.since);
        let is_reserve = |layout: &Layout, at: usize| layout.columns[at].column_type == ColumnType::Reserve;
        let edition = |layout: &&Arc<Layout>| {
            let others_use = |at: usize| layouts.iter().any(|other| !is_reserve(other, at));
            let unused = (0..layout.width()).filter(|at| is_reserve(layout, *at) && others_use(*at));
            Edition { layout: Arc::clone(layout), unused: unused.collect() }
        };
        Editions(layouts.iter().map(edition).collect())
    }

    /// The only one that is left.
    pub(crate) fn told(&self) -> Option<&Arc<Layout>> {
        match self.0.as_slice() {
            [one] => Some(&one.layout),
            _ => None,
        }
    }

    /// Leaves out those that have no use for what a row holds; `field` gives its fields. A row that no
    /// edition has a use for tells nothing.
    pub(crate) fn row<'r>(&mut self, field: impl Fn(usize) -> &'r str) {
        let fits =
            |edition: &Edition| edition.unused.iter().all(|at| edition.layout.is_unused(*at, field(*at)));
        if self.0.iter().any(fits) {
            self.0.retain(fits);
        }
    }
}

/// Settles which edition the file is of that was read, as far as its rows tell.
pub(super) fn settle(schemas: &Schemas, reading: &mut Reading) {
    let Some(master) = &reading.master else { return };
    let mut editions = Editions::like(schemas, master.layout());
    if reading.is_named {
        let header = master.layout().canonical_header();
        editions.0.retain(|edition| edition.layout.canonical_header() == header);
    }
    let is_fixed = |framing: &Framing| matches!(framing, Framing::Fixed { .. });
    if reading.format.as_ref().is_some_and(|format| is_fixed(&format.framing)) {
        // The length of the records has told already.
        let shape = Shape::of(master.layout());
        editions.0.retain(|edition| Shape::of(&edition.layout) == shape);
    }
    let mut row = 0;
    while row < master.rows() && editions.told().is_none() {
        editions.row(|column| master.field(row, column));
        row += 1;
    }
    let mut layouts = editions.0.into_iter().map(|edition| edition.layout);
    if let Some(layout) = layouts.next() {
        reading.take_layout(layout);
    }
    reading.open = layouts.collect();
}

impl Reading {
    /// That the file may be of another edition as well, when no row tells.
    pub fn edition_open(&self) -> Option<Finding> {
        let taken = self.layout.as_ref().filter(|_| !self.open.is_empty())?;
        let others: Vec<_> = self.open.iter().map(|layout| layout.name()).collect();
        Some(Finding::new(Code::FileEdition).found(taken.name()).expected(others.join(", ")))
    }

    /// Of the editions that fit takes the one of a series that is in force from `first` on.
    pub fn in_series(&mut self, first: EffectiveDate) {
        let began = |layout: &&Arc<Layout>| layout.since.is_none_or(|since| since <= first);
        let fitting = self.layout.iter().chain(&self.open).filter(began);
        if let Some(layout) = fitting.rev().max_by_key(|layout| layout.since).map(Arc::clone) {
            self.take_layout(layout);
            self.open.clear();
        }
    }

    /// Of the editions that fit takes the one called `edition`, if that is among them.
    pub fn in_edition(&mut self, edition: &str) {
        let fitting = self.layout.iter().chain(&self.open).find(|layout| layout.edition == edition);
        if let Some(layout) = fitting.map(Arc::clone) {
            self.take_layout(layout);
            self.open.clear();
        }
    }

    fn take_layout(&mut self, layout: Arc<Layout>) {
        self.master = self.master.take().map(|master| master.in_layout(Arc::clone(&layout)));
        self.layout = Some(layout);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Declared, read};
    use super::*;

    /// Drugs, each with its 旧金額: what it is and how much.
    fn drugs(old: &[(&str, &str)]) -> Vec<u8> {
        let row = |(at, (kind, price)): (usize, &(&str, &str))| {
            let mut fields = vec![String::new(); 42];
            fields[..3].clone_from_slice(&["5", "Y", &format!("62000000{at}")].map(str::to_owned));
            (fields[23], fields[24]) = ((*kind).to_owned(), (*price).to_owned());
            format!("\"{}\"\r\n", fields.join("\",\""))
        };
        old.iter().enumerate().map(row).collect::<String>().into_bytes()
    }

    fn reading(bytes: &[u8]) -> Reading {
        read(&Schemas::built_in().unwrap(), bytes.to_vec(), &Declared::default())
    }

    fn taken(reading: &Reading) -> (String, String) {
        let master = reading.master.as_ref().unwrap().layout().name();
        assert_eq!(reading.layout.as_ref().unwrap().name(), master);
        (master, reading.edition_open().map(|open| open.expected).unwrap_or_default())
    }

    #[test]
    fn what_one_edition_has_no_use_for_tells() {
        let told = |bytes: &[u8]| taken(&reading(bytes));
        let of_2024 = ("drug-42".to_owned(), String::new());
        assert_eq!(told(&drugs(&[("1", "10.40")])), of_2024);
        // Far behind the rows by which a layout is recognised.
        let mut many = [("", ""); 9].to_vec();
        many.push(("0", "0.00"));
        assert_eq!(told(&drugs(&many)), of_2024);
        let open = ("drug-42".to_owned(), "drug-42-r08".to_owned());
        assert_eq!(told(&drugs(&[("", ""), ("", "0")])), open);
    }

    #[test]
    fn a_procedure_of_2026_is_known_by_what_is_new() {
        let row = |filled: &[(usize, &str)]| {
            let mut fields = vec![""; 150];
            fields[..3].copy_from_slice(&["5", "S", "111000110"]);
            filled.iter().for_each(|(number, value)| fields[number - 1] = value);
            format!("\"{}\"\r\n", fields.join("\",\"")).into_bytes()
        };
        let told = |filled: &[(usize, &str)]| taken(&reading(&row(filled)));
        let (old, new) = ("procedure-150".to_owned(), "procedure-150-r08".to_owned());
        assert_eq!(told(&[(132, "0")]), (new.clone(), String::new()));
        assert_eq!(told(&[(133, "A01"), (58, "0")]), (new.clone(), String::new()));
        assert_eq!(told(&[(58, "291.00")]), (old.clone(), String::new()));
        assert_eq!(told(&[]), (old.clone(), new.clone()));
        // What no edition has a use for tells nothing.
        assert_eq!(told(&[(132, "0"), (58, "291.00")]), (old, new));
    }

    #[test]
    fn the_series_says_what_no_row_tells() {
        let open = drugs(&[("", "")]);
        for (first, expected) in [("2025-04-01", "drug-42"), ("2026-04-01", "drug-42-r08")] {
            let mut reading = reading(&open);
            reading.in_series(EffectiveDate::parse(first).unwrap());
            assert_eq!(taken(&reading), (expected.to_owned(), String::new()));
        }
        let mut told = reading(&drugs(&[("1", "10.40")]));
        told.in_series(EffectiveDate::parse("2026-04-01").unwrap());
        assert_eq!(taken(&told).0, "drug-42");
    }

    #[test]
    fn a_header_of_field_ids_names_its_edition() {
        let schemas = Schemas::built_in().unwrap();
        let header = schemas.layout("drug-42-r08").unwrap().canonical_header();
        let bytes = [format!("{header}\r\n").into_bytes(), drugs(&[("", "")])].concat();
        assert_eq!(taken(&reading(&bytes)), ("drug-42-r08".to_owned(), String::new()));
    }

    #[test]
    fn who_takes_one_layout_is_asked_nothing() {
        let schemas = Schemas::built_in().unwrap().taking("drug-42-r08").unwrap();
        let read = |bytes| read(&schemas, bytes, &Declared::default());
        assert_eq!(taken(&read(drugs(&[("", "")]))), ("drug-42-r08".to_owned(), String::new()));
        assert!(read(b"\"5\",\"C\"\r\n".to_vec()).findings.denies());
    }
}
