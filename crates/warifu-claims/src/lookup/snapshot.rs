//! The masters as a checker holds them: every series at once, asked by (kind, code, treatment day).
//!
//! A full file keeps only the newest version of each row (適用日), and a new series does not carry the rows it
//! abolished. So one full alone cannot say what held before its newest dates, and says so: a code whose only
//! known version begins after the treatment day is [`Lookup::NotYetInForce`], which is no fault of the claim.
//! Holding the series before beside the new one fills the gap.
//!
//! Rows are asked for the columns that the checks need once, when the snapshot is built; what is kept is a
//! few dozen bytes a row and one text with the names.

use std::sync::Arc;

use crate::file::ItemKind;
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, NoSuchColumn};
use warifu_masters::table::Master;
use warifu_values::amount::{hundredths, number};
use warifu_values::day::{EffectiveDate, TreatmentDay, day_before};

/// A date that never comes: 99999999 in the masters.
const OPEN_END: u32 = 99_999_999;

/// One master for [`Snapshot::build`].
#[derive(Debug, Clone, Copy)]
pub struct MasterOf<'a> {
    /// The series (`r06`).
    pub series: &'a str,
    /// The kind (`procedure`); kinds that no check asks are passed over.
    pub kind: &'a str,
    /// From which treatment day the series holds for this kind; always, when none is named.
    pub effective_from: Option<EffectiveDate>,
    /// Its records.
    pub master: &'a Master,
}

/// The masters given cannot be held.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// A layout lacks a column that a check needs.
    #[error("series {series}: a check needs a column that is not there")]
    Column {
        /// The series.
        series: String,
        /// Which column of which layout.
        #[source]
        source: NoSuchColumn,
    },
    /// A field that a check needs holds something else.
    #[error("series {series}, {kind} {key}: {field} is not what the checks can read")]
    Value {
        /// The series.
        series: String,
        /// The kind.
        kind: String,
        /// The record's key.
        key: String,
        /// The field id; the key itself when it is not nine digits.
        field: &'static str,
    },
    /// One series came twice for one kind.
    #[error("series {series} holds {kind} twice")]
    Twice {
        /// The series.
        series: String,
        /// The kind.
        kind: String,
    },
}

/// How points grow with quantity (きざみ値計算, columns 31 to 34).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Quantities up to this one give the plain points (きざみ下限値).
    pub lower: u32,
    /// Beyond this quantity the rule of column 35 applies, which is not judged here (きざみ上限値).
    pub upper: u32,
    /// One step (きざみ値).
    pub step: u32,
    /// Points for each step begun, in hundredths (きざみ点数).
    pub points_hundredths: u64,
}

/// What the checks ask of a procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Procedure {
    /// How the points are meant (点数識別, column 11); 3 = points added.
    pub point_kind: u8,
    /// The points in hundredths (column 12).
    pub points_hundredths: u64,
    /// Whether its points may be swallowed by a bundle of tests (包括逓減区分, column 16).
    pub bundled: bool,
    /// Present when points go by quantity (きざみ値計算識別 = 1).
    pub step: Option<Step>,
}

/// What the checks ask of a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Whether text follows the code: every pattern but 20 (定型文).
    pub takes_text: bool,
}

/// What the checks ask of a drug: that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drug;

/// What the checks ask of a material: that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Material;

/// A record and where it came from.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a, F> {
    /// What the checks ask of it.
    pub facts: &'a F,
    /// Its name.
    pub name: &'a str,
    /// Its series.
    pub series: &'a Arc<str>,
    /// Which version of which record: equal for equal answers.
    version: u32,
}

impl<F> Held<'_, F> {
    /// Whether both are the same version of the same record of one snapshot.
    pub fn is_same(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

/// What a snapshot says of a code on a day.
#[derive(Debug, Clone, Copy)]
pub enum Lookup<'a, F> {
    /// The record in force.
    InForce(Held<'a, F>),
    /// Only versions that begin later are known. Nothing follows from that for the claim.
    NotYetInForce {
        /// The first day that the known version holds.
        from: EffectiveNumber,
        /// The version.
        held: Held<'a, F>,
    },
    /// It could last be used before that day.
    Abolished {
        /// Its last day.
        last: EffectiveNumber,
        /// The version that ended.
        held: Held<'a, F>,
    },
    /// No series knows the code.
    Unknown,
    /// No series that holds on that day is held at all.
    NotHeld,
}

/// A date as masters write it, YYYYMMDD.
pub type EffectiveNumber = u32;

/// The masters of one release as a checker holds them. Immutable.
#[derive(Debug, Default)]
pub struct Snapshot {
    procedures: Shelf<Procedure>,
    drugs: Shelf<Drug>,
    materials: Shelf<Material>,
    comments: Shelf<Comment>,
}

/// The kinds that checks ask.
pub const KINDS: [&str; 4] = ["procedure", "drug", "material", "comment"];

impl Snapshot {
    /// Takes from `masters` what the checks need.
    ///
    /// # Errors
    /// [`SnapshotError`] names the master and the column or record that cannot be used.
    pub fn build(masters: &[MasterOf<'_>]) -> Result<Snapshot, SnapshotError> {
        let of = |kind: &str| -> Result<Vec<&MasterOf<'_>>, SnapshotError> {
            let mut chosen: Vec<_> = masters.iter().filter(|master| master.kind == kind).collect();
            chosen.sort_by_key(|master| (master.effective_from, master.series));
            match chosen.windows(2).find(|pair| pair[0].series == pair[1].series) {
                None => Ok(chosen),
                Some(pair) => {
                    Err(SnapshotError::Twice { series: pair[0].series.to_owned(), kind: kind.to_owned() })
                }
            }
        };
        Ok(Snapshot {
            procedures: Shelf::build(&of("procedure")?)?,
            drugs: Shelf::build(&of("drug")?)?,
            materials: Shelf::build(&of("material")?)?,
            comments: Shelf::build(&of("comment")?)?,
        })
    }

    /// The procedure `code` on `day`.
    #[inline]
    pub fn procedure(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Procedure> {
        self.procedures.lookup(code, day)
    }

    /// The drug `code` on `day`.
    #[inline]
    pub fn drug(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Drug> {
        self.drugs.lookup(code, day)
    }

    /// The material `code` on `day`.
    #[inline]
    pub fn material(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Material> {
        self.materials.lookup(code, day)
    }

    /// The comment `code` on `day`.
    #[inline]
    pub fn comment(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Comment> {
        self.comments.lookup(code, day)
    }

    /// How many versions of records are held.
    pub fn records(&self, kind: ItemKind) -> usize {
        match kind {
            ItemKind::Procedure => self.procedures.versions.len(),
            ItemKind::Drug => self.drugs.versions.len(),
            ItemKind::Material => self.materials.versions.len(),
            ItemKind::Comment => self.comments.versions.len(),
        }
    }

    /// How many bytes of memory it takes, without the allocator's own.
    pub fn bytes(&self) -> usize {
        self.procedures.bytes() + self.drugs.bytes() + self.materials.bytes() + self.comments.bytes()
    }
}

/// One master while it is taken in.
struct Source<'a> {
    of: &'a MasterOf<'a>,
}

impl Source<'_> {
    fn column(&self, id: &str) -> Result<usize, SnapshotError> {
        let series = || self.of.series.to_owned();
        let column = self.of.master.layout().column(id);
        column.map_err(|source| SnapshotError::Column { series: series(), source })
    }

    fn wrong(&self, row: usize, field: &'static str) -> SnapshotError {
        SnapshotError::Value {
            series: self.of.series.to_owned(),
            kind: self.of.kind.to_owned(),
            key: self.of.master.key(row).into_owned(),
            field,
        }
    }

    /// The whole number in a field; blank is 0.
    fn whole(&self, row: usize, column: usize, field: &'static str) -> Result<u32, SnapshotError> {
        match self.of.master.bytes(row, column) {
            b"" => Ok(0),
            digits => number(digits).ok_or_else(|| self.wrong(row, field)),
        }
    }

    /// A decimal in hundredths; blank is 0.
    fn hundredths(&self, row: usize, column: usize, field: &'static str) -> Result<u64, SnapshotError> {
        hundredths(self.of.master.bytes(row, column)).ok_or_else(|| self.wrong(row, field))
    }
}

/// What is kept of the rows of one kind.
trait Facts: Sized {
    /// The positions of the columns it is made of.
    type Columns;
    /// The column with the name for people.
    const NAME: &'static str;
    /// A column with a date that may end a row before it is abolished.
    const EARLIER_END: Option<&'static str> = None;

    fn columns(source: &Source<'_>) -> Result<Self::Columns, SnapshotError>;
    fn of_row(source: &Source<'_>, columns: &Self::Columns, row: usize) -> Result<Self, SnapshotError>;
}

impl Facts for Procedure {
    type Columns = [usize; 8];
    const NAME: &'static str = "short_name";

    fn columns(source: &Source<'_>) -> Result<Self::Columns, SnapshotError> {
        let mut columns = [0; 8];
        let ids = [
            "point_kind",
            "points",
            "bundled_test",
            "step_method",
            "step_lower_limit",
            "step_upper_limit",
            "step_value",
            "step_points",
        ];
        for (column, id) in columns.iter_mut().zip(ids) {
            *column = source.column(id)?;
        }
        Ok(columns)
    }

    fn of_row(source: &Source<'_>, columns: &Self::Columns, row: usize) -> Result<Self, SnapshotError> {
        let [point_kind, points, bundled, method, lower, upper, step, step_points] = *columns;
        let master = source.of.master;
        let step = if master.bytes(row, method) == b"1" {
            Some(Step {
                lower: source.whole(row, lower, "step_lower_limit")?,
                upper: source.whole(row, upper, "step_upper_limit")?,
                step: source.whole(row, step, "step_value")?,
                points_hundredths: source.hundredths(row, step_points, "step_points")?,
            })
        } else {
            None
        };
        Ok(Procedure {
            point_kind: source.whole(row, point_kind, "point_kind")?.min(255) as u8,
            points_hundredths: source.hundredths(row, points, "points")?,
            bundled: !matches!(master.bytes(row, bundled), b"" | b"0" | b"00"),
            step,
        })
    }
}

impl Facts for Drug {
    type Columns = ();
    const NAME: &'static str = "name";
    const EARLIER_END: Option<&'static str> = Some("transition_or_use_limit_on");

    fn columns(_: &Source<'_>) -> Result<(), SnapshotError> {
        Ok(())
    }

    fn of_row(_: &Source<'_>, _: &(), _: usize) -> Result<Self, SnapshotError> {
        Ok(Drug)
    }
}

impl Facts for Material {
    type Columns = ();
    const NAME: &'static str = "name";

    fn columns(_: &Source<'_>) -> Result<(), SnapshotError> {
        Ok(())
    }

    fn of_row(_: &Source<'_>, _: &(), _: usize) -> Result<Self, SnapshotError> {
        Ok(Material)
    }
}

impl Facts for Comment {
    type Columns = usize;
    const NAME: &'static str = "name";

    fn columns(source: &Source<'_>) -> Result<usize, SnapshotError> {
        source.column("pattern")
    }

    fn of_row(source: &Source<'_>, pattern: &usize, row: usize) -> Result<Self, SnapshotError> {
        Ok(Comment { takes_text: source.of.master.bytes(row, *pattern) != b"20" })
    }
}

/// One version of one record: the row of one series.
#[derive(Debug, Clone, Copy)]
struct Version {
    code: u32,
    changed_on: u32,
    ends_on: u32,
    /// Index into `Shelf::series`; higher ones are later.
    series: u32,
}

/// A place of the code table; code 0 is free.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    code: u32,
    first: u32,
}

/// A series that holds for a kind from a day on (0: always).
#[derive(Debug)]
struct Since {
    series: Arc<str>,
    effective_from: u32,
}

/// All versions of all records of one kind. Versions of one code stand together, latest series first.
#[derive(Debug)]
struct Shelf<F> {
    slots: Box<[Slot]>,
    versions: Box<[Version]>,
    facts: Box<[F]>,
    names: Box<str>,
    name_ends: Box<[u32]>,
    /// Ascending by the first day.
    series: Vec<Since>,
}

impl<F> Default for Shelf<F> {
    fn default() -> Self {
        Shelf {
            slots: Box::default(),
            versions: Box::default(),
            facts: Box::default(),
            names: Box::default(),
            name_ends: Box::default(),
            series: Vec::new(),
        }
    }
}

/// Spreads codes, which run in sequences, over the table (Knuth's multiplier).
#[inline]
fn place(code: u32, mask: usize) -> usize {
    (code.wrapping_mul(0x9E37_79B1) >> 7) as usize & mask
}

impl<F: Facts> Shelf<F> {
    /// From the masters of one kind, ascending by their first day.
    fn build(masters: &[&MasterOf<'_>]) -> Result<Shelf<F>, SnapshotError> {
        // (version, master, row), so that only numbers are sorted.
        let mut rows: Vec<(Version, u32)> = Vec::new();
        let mut readers = Vec::with_capacity(masters.len());
        for (series, of) in masters.iter().enumerate() {
            let source = Source { of };
            let changed_on = source.column(CHANGED_ON)?;
            let abolished_on = source.column(ABOLISHED_ON)?;
            let earlier_end = F::EARLIER_END.map(|id| source.column(id)).transpose()?;
            rows.reserve(of.master.rows());
            for row in 0..of.master.rows() {
                let key = of.master.key(row);
                let code = match (key.len(), number(key.as_bytes())) {
                    (9, Some(code)) if code != 0 => code,
                    _ => return Err(source.wrong(row, "key")),
                };
                let end = |column: usize, id| match source.whole(row, column, id)? {
                    0 => Ok(OPEN_END),
                    date => Ok(date),
                };
                let abolished_on = end(abolished_on, ABOLISHED_ON)?;
                let mut ends_on = abolished_on;
                if let (Some(column), Some(id)) = (earlier_end, F::EARLIER_END) {
                    ends_on = ends_on.min(end(column, id)?);
                }
                let changed_on = match source.whole(row, changed_on, CHANGED_ON)? {
                    // The row announces the end: its change date is the day after the last one, and says
                    // nothing of the begin. Read as a begin, the code would never have been in force.
                    date if date > abolished_on => 0,
                    date => date,
                };
                rows.push((Version { code, changed_on, ends_on, series: series as u32 }, row as u32));
            }
            readers.push((F::columns(&source)?, source.column(F::NAME)?, source));
        }
        rows.sort_unstable_by_key(|(version, _)| (version.code, std::cmp::Reverse(version.series)));

        let mut facts = Vec::with_capacity(rows.len());
        let mut names = String::new();
        let mut name_ends = Vec::with_capacity(rows.len());
        for (version, row) in &rows {
            let (columns, name, source) = &readers[version.series as usize];
            facts.push(F::of_row(source, columns, *row as usize)?);
            names.push_str(source.of.master.field(*row as usize, *name));
            name_ends.push(names.len() as u32);
        }
        let versions: Box<[Version]> = rows.into_iter().map(|(version, _)| version).collect();
        Ok(Shelf {
            slots: slots(&versions),
            versions,
            facts: facts.into(),
            names: names.into(),
            name_ends: name_ends.into(),
            series: masters.iter().map(|of| Since::of(of)).collect(),
        })
    }
}

impl Since {
    fn of(of: &MasterOf<'_>) -> Self {
        Since {
            series: of.series.into(),
            effective_from: of.effective_from.map_or(0, EffectiveDate::as_number),
        }
    }
}

/// The code table: at most half full, so that a probe ends after a step or two.
fn slots(versions: &[Version]) -> Box<[Slot]> {
    let size = (versions.len() * 2).next_power_of_two().max(2);
    let mut slots = vec![Slot::default(); size].into_boxed_slice();
    for (index, version) in versions.iter().enumerate() {
        if index > 0 && versions[index - 1].code == version.code {
            continue;
        }
        let mut at = place(version.code, size - 1);
        while slots[at].code != 0 {
            at = (at + 1) & (size - 1);
        }
        slots[at] = Slot { code: version.code, first: index as u32 };
    }
    slots
}

impl<F> Shelf<F> {
    #[inline]
    fn first(&self, code: u32) -> Option<usize> {
        if self.slots.is_empty() || code == 0 {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut at = place(code, mask);
        loop {
            let slot = self.slots[at];
            if slot.code == code {
                return Some(slot.first as usize);
            }
            if slot.code == 0 {
                return None;
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn held(&self, index: usize) -> Held<'_, F> {
        let from = if index == 0 { 0 } else { self.name_ends[index - 1] as usize };
        Held {
            facts: &self.facts[index],
            name: &self.names[from..self.name_ends[index] as usize],
            series: &self.series[self.versions[index].series as usize].series,
            version: index as u32,
        }
    }

    /// What holds for `code` on `day`.
    ///
    /// The series that governs a day is the latest one in force by then. Its own row decides. An older
    /// series' row counts only while no series with a declared first day has taken over: a code that the
    /// governing series no longer lists ended with the series before it.
    #[inline]
    fn lookup(&self, code: u32, day: TreatmentDay) -> Lookup<'_, F> {
        let day = day.as_number();
        // Series ascend by first day and are few.
        let Some(governing) = self.series.iter().rposition(|since| since.effective_from <= day) else {
            return match self.first(code) {
                Some(first) => self.later(code, first, day),
                None => Lookup::NotHeld,
            };
        };
        let Some(first) = self.first(code) else { return Lookup::Unknown };
        let version = self.versions[first];
        // The usual case: the newest version, of the governing series.
        if version.series as usize == governing && version.changed_on <= day && day <= version.ends_on {
            return Lookup::InForce(self.held(first));
        }
        self.search(code, first, day, governing)
    }

    #[cold]
    fn search(&self, code: u32, first: usize, day: u32, governing: usize) -> Lookup<'_, F> {
        let mut ended: Option<(u32, usize)> = None;
        let mut newer_in_governing = false;
        for index in self.versions_of(code, first) {
            let version = self.versions[index];
            let series = version.series as usize;
            if series > governing || version.changed_on > day {
                newer_in_governing |= series == governing;
                continue;
            }
            // The day this version's series stopped deciding, when a later one with a first day took over.
            let taken_over = self.series[series + 1..=governing]
                .iter()
                .map(|since| since.effective_from)
                .find(|from| *from > 0 && *from > self.series[series].effective_from);
            let ends_on = match taken_over {
                Some(from) if !newer_in_governing => version.ends_on.min(day_before(from)),
                Some(_) => continue,
                None => version.ends_on,
            };
            if day <= ends_on {
                return Lookup::InForce(self.held(index));
            }
            if ended.is_none_or(|(last, _)| ends_on > last) {
                ended = Some((ends_on, index));
            }
        }
        match ended {
            Some((last, index)) if !newer_in_governing => Lookup::Abolished { last, held: self.held(index) },
            _ => self.later(code, first, day),
        }
    }

    /// The first version of `code` that begins after `day`.
    #[cold]
    fn later(&self, code: u32, first: usize, day: u32) -> Lookup<'_, F> {
        let begins = |index: usize| {
            let version = self.versions[index];
            version.changed_on.max(self.series[version.series as usize].effective_from)
        };
        let later =
            self.versions_of(code, first).filter(|index| begins(*index) > day).min_by_key(|i| begins(*i));
        match later {
            Some(index) => Lookup::NotYetInForce { from: begins(index), held: self.held(index) },
            None => Lookup::Unknown,
        }
    }

    fn versions_of(&self, code: u32, first: usize) -> impl Iterator<Item = usize> + '_ {
        (first..self.versions.len()).take_while(move |index| self.versions[*index].code == code)
    }

    fn bytes(&self) -> usize {
        size_of_val(&*self.slots)
            + size_of_val(&*self.versions)
            + size_of_val(&*self.facts)
            + size_of_val(&*self.name_ends)
            + self.names.len()
    }
}

#[cfg(test)]
mod tests;
