//! What a release says of a code on a day.

use warifu_claims::lookup::{By, Held};
use warifu_claims::{Absence, ItemKind, Lookup};
use warifu_values::day::TreatmentDay;

use crate::fault::Fault;
use crate::opened::OpenRelease;
use crate::prices::Amount;
use crate::text::WarifuText;

/// A procedure (診療行為).
pub const WARIFU_PROCEDURE: u32 = 1;
/// A drug (医薬品).
pub const WARIFU_DRUG: u32 = 2;
/// A material (特定器材).
pub const WARIFU_MATERIAL: u32 = 3;
/// A comment (コメント).
pub const WARIFU_COMMENT: u32 = 4;

/// How a code stands on a day.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarifuStanding {
    /// A record is in force.
    InForce = 1,
    /// It could last be used before that day: on `day`.
    Abolished = 2,
    /// The series that governs the day does not list the code: not yet, not any more, or not at all.
    Unknown = 3,
    /// No publication that the release holds tells what the code was then. Nothing follows from that. From
    /// `day` on one does tell, where it is not 0.
    NotKnown = 4,
    /// No series that the release holds governs the day.
    NotHeld = 5,
}

/// What a release says of a code on a day. The texts belong to the release.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct WarifuRecord {
    /// How the code stands.
    pub standing: WarifuStanding,
    /// A day as the number YYYYMMDD, as `standing` says; else 0.
    pub day: u32,
    /// The name of the record, or of the one that was abolished; empty where none is known.
    pub name: WarifuText,
    /// The series that governs the day, such as r06; empty where none does.
    pub series: WarifuText,
    /// Whether there is an amount: the points of a procedure in force, the price of a drug or a material.
    pub has_amount: bool,
    /// How it is meant: 点数識別 of a procedure (3: points; column 11), 金額種別 of a drug or a material (1: yen).
    pub amount_kind: u8,
    /// The points or the price, in hundredths.
    pub amount_hundredths: u64,
}

impl WarifuRecord {
    /// What `release` says.
    #[inline]
    pub(crate) fn look_up(
        release: &OpenRelease,
        kind: u32,
        code: u32,
        day: u32,
    ) -> Result<WarifuRecord, Fault> {
        let OpenRelease { snapshot, prices, .. } = release;
        let kind = kind_of(kind)?;
        let on = TreatmentDay::of(day / 10_000, day / 100 % 100, day % 100);
        let on = on.ok_or_else(|| Fault::no_day(day))?;
        if code == 0 || code > 999_999_999 {
            return Err(Fault::no_code(code));
        }
        Ok(match kind {
            ItemKind::Procedure => of(&snapshot.procedure(code, on), |held| {
                Some((held.facts.point_kind, held.facts.points_hundredths))
            }),
            ItemKind::Drug => of(&snapshot.drug(code, on), |held| prices.on(kind, held.series, code, on)),
            ItemKind::Material => {
                of(&snapshot.material(code, on), |held| prices.on(kind, held.series, code, on))
            }
            ItemKind::Comment => of(&snapshot.comment(code, on), |_| None),
        })
    }
}

#[inline]
fn kind_of(kind: u32) -> Result<ItemKind, Fault> {
    match kind {
        WARIFU_PROCEDURE => Ok(ItemKind::Procedure),
        WARIFU_DRUG => Ok(ItemKind::Drug),
        WARIFU_MATERIAL => Ok(ItemKind::Material),
        WARIFU_COMMENT => Ok(ItemKind::Comment),
        other => Err(Fault::no_kind(other)),
    }
}

#[inline]
fn of<F>(found: &Lookup<'_, F>, amount: impl Fn(&Held<'_, F>) -> Option<Amount>) -> WarifuRecord {
    match found {
        Lookup::InForce(held) => {
            let amount = amount(held);
            let (amount_kind, amount_hundredths) = amount.unwrap_or_default();
            WarifuRecord {
                standing: WarifuStanding::InForce,
                day: 0,
                name: WarifuText::of(held.name),
                series: WarifuText::of(held.series),
                has_amount: amount.is_some(),
                amount_kind,
                amount_hundredths,
            }
        }
        Lookup::Absent(why, by) => absent(*why, *by),
    }
}

#[cold]
fn absent(why: Absence, by: Option<By<'_>>) -> WarifuRecord {
    let (standing, day) = match why {
        Absence::Abolished(last) => (WarifuStanding::Abolished, Some(last)),
        Absence::Unknown => (WarifuStanding::Unknown, None),
        Absence::NotKnown(from) => (WarifuStanding::NotKnown, from),
        Absence::NotHeld => (WarifuStanding::NotHeld, None),
    };
    WarifuRecord {
        standing,
        day: day.map_or(0, TreatmentDay::as_number),
        name: by.and_then(|by| by.name).map_or(WarifuText::EMPTY, WarifuText::of),
        series: by.map_or(WarifuText::EMPTY, |by| WarifuText::of(by.series)),
        has_amount: false,
        amount_kind: 0,
        amount_hundredths: 0,
    }
}
