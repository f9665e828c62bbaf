//! One points table of one series, as it stands in a snapshot.

use std::sync::Arc;

use super::super::rows::{ByCode, Record, rows};
use super::super::snapshot_error::SnapshotError;
use super::by_group::ByGroup;
use super::row::{Bond, CountLimit, Exclusion, Member, Tie, Which};
use super::within::Within;
use warifu_masters::past::{Governs, MasterOf};

/// The kinds of points tables, each with the columns that checks read.
pub(crate) const KINDS: [(&str, &[&str]); 8] = [
    (
        "points-auxiliary",
        &[
            "procedure_code",
            "inclusion_unit_1",
            "inclusion_group_1",
            "inclusion_unit_2",
            "inclusion_group_2",
            "inclusion_unit_3",
            "inclusion_group_3",
            "inpatient_group",
        ],
    ),
    ("points-inclusion", &["group", "procedure_code", "special_condition"]),
    (Within::ADay.kind(), EXCLUSION),
    (Within::AMonth.kind(), EXCLUSION),
    (Within::Once.kind(), EXCLUSION),
    (Within::AWeek.kind(), EXCLUSION),
    ("points-inpatient-basic", &["group", "procedure_code", "addition_class"]),
    ("points-count-limit", &["procedure_code", "unit_code", "max_times", "special_condition"]),
];

const EXCLUSION: &[&str] = &["procedure_code", "other_code", "exclusion_class", "special_condition"];

/// What a table holds.
#[derive(Debug)]
pub(super) enum Held {
    Exclusion(Within, ByCode<Exclusion>),
    Counts(ByCode<CountLimit>),
    Ties(ByCode<Tie>),
    Inclusion(ByGroup),
    Inpatient(ByGroup),
}

/// One points table of one series. Immutable, so that the snapshots of two releases that carry it share it.
#[derive(Debug)]
pub(crate) struct PointsShelf {
    pub(crate) series: Arc<str>,
    pub(crate) kind: &'static str,
    pub(super) governs: Governs,
    pub(super) held: Held,
}

impl PointsShelf {
    /// Of one master; none where that is no points table.
    pub(crate) fn build(of: &MasterOf<'_>) -> Result<Option<PointsShelf>, SnapshotError> {
        let Some((kind, _)) = KINDS.iter().find(|(kind, _)| *kind == of.kind) else { return Ok(None) };
        let within = Within::ALL.into_iter().find(|within| within.kind() == *kind);
        let held = match (within, *kind) {
            (Some(within), _) => Held::Exclusion(within, ByCode::of(rows(of, exclusion)?)),
            (_, "points-auxiliary") => Held::Ties(ByCode::of(rows(of, ties)?)),
            (_, "points-inclusion") => Held::Inclusion(ByGroup::of(rows(of, included)?)),
            (_, "points-inpatient-basic") => Held::Inpatient(ByGroup::of(rows(of, addition)?)),
            _ => Held::Counts(ByCode::of(rows(of, limit)?)),
        };
        let governs = of.timelines.governs();
        Ok(Some(PointsShelf { series: of.series.into(), kind, governs, held }))
    }

    /// How many rows it holds.
    pub(crate) fn rows(&self) -> usize {
        match &self.held {
            Held::Exclusion(_, table) => table.len(),
            Held::Counts(table) => table.len(),
            Held::Ties(table) => table.len(),
            Held::Inclusion(table) | Held::Inpatient(table) => table.len(),
        }
    }

    /// How many bytes of memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        match &self.held {
            Held::Exclusion(_, table) => table.bytes(),
            Held::Counts(table) => table.bytes(),
            Held::Ties(table) => table.bytes(),
            Held::Inclusion(table) | Held::Inpatient(table) => table.bytes(),
        }
    }
}

fn exclusion(record: &Record<'_>, rows: &mut Vec<Exclusion>) -> Result<(), SnapshotError> {
    let which = match record.bytes("exclusion_class")? {
        b"1" => Which::First,
        b"2" => Which::Other,
        _ => Which::Either,
    };
    let (code, other) = (record.code("procedure_code")?, record.code("other_code")?);
    rows.push(Exclusion { code, other, days: record.days, which, special: record.special()? });
    Ok(())
}

fn limit(record: &Record<'_>, rows: &mut Vec<CountLimit>) -> Result<(), SnapshotError> {
    rows.push(CountLimit {
        code: record.code("procedure_code")?,
        days: record.days,
        unit: record.whole("unit_code")?,
        times: record.whole("max_times")?,
        special: record.special()?,
    });
    Ok(())
}

fn ties(record: &Record<'_>, rows: &mut Vec<Tie>) -> Result<(), SnapshotError> {
    let (code, days) = (record.code("procedure_code")?, record.days);
    let inclusions = [
        ("inclusion_unit_1", "inclusion_group_1"),
        ("inclusion_unit_2", "inclusion_group_2"),
        ("inclusion_unit_3", "inclusion_group_3"),
    ];
    for (unit, group) in inclusions {
        let unit = record.whole(unit)?;
        if let Some(group) = record.group(group)? {
            rows.push(Tie { code, bond: Bond::Includes(unit), group, days });
        }
    }
    if let Some(group) = record.group("inpatient_group")? {
        rows.push(Tie { code, bond: Bond::IsFeeOf, group, days });
    }
    Ok(())
}

fn included(record: &Record<'_>, rows: &mut Vec<Member>) -> Result<(), SnapshotError> {
    let (code, days, special) = (record.code("procedure_code")?, record.days, record.special()?);
    let member = |group| Member { group, code, class: 0, special, days };
    rows.extend(record.group("group")?.map(member));
    Ok(())
}

fn addition(record: &Record<'_>, rows: &mut Vec<Member>) -> Result<(), SnapshotError> {
    let (code, days, class) = (record.code("procedure_code")?, record.days, record.whole("addition_class")?);
    let member = |group| Member { group, code, class, special: false, days };
    rows.extend(record.group("group")?.map(member));
    Ok(())
}
