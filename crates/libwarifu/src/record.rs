//! What a release says of a code on a day.

use warifu_claims::lookup::{Amount, By, PointKind, PriceKind};
use warifu_claims::{Absence, ItemKind, Lookup};
use warifu_values::day::TreatmentDay;

use crate::fault::Fault;
use crate::given::Place;
use crate::opened::OpenRelease;
use crate::text::WarifuText;

/// A procedure (診療行為).
pub const WARIFU_PROCEDURE: u32 = 1;
/// A drug (医薬品).
pub const WARIFU_DRUG: u32 = 2;
/// A material (特定器材).
pub const WARIFU_MATERIAL: u32 = 3;
/// A comment (コメント).
pub const WARIFU_COMMENT: u32 = 4;
/// A disease (傷病名), in use or former: a code of seven digits.
pub const WARIFU_DISEASE: u32 = 5;
/// A modifier of a disease (修飾語): a code of four digits.
pub const WARIFU_MODIFIER: u32 = 6;

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

/// How an amount is meant.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WarifuAmountKind {
    /// There is none: the code is not in force, or is that of a comment, a disease or a modifier.
    None = 0,
    /// Points added (点数識別 3).
    Points = 1,
    /// Points taken off (8).
    PointsOff = 2,
    /// A percentage added (点数識別 5, 金額種別 5).
    Percent = 3,
    /// A percentage taken off (6).
    PercentOff = 4,
    /// Yen: of a procedure (1), or of one unit of a drug or a material (金額種別 1).
    Yen = 5,
    /// What stands there is not told by its kind alone: the claim records the amount, or a rule makes it.
    Other = 6,
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
    /// How the points of a procedure or the price of a drug or a material are meant.
    pub amount_kind: WarifuAmountKind,
    /// The points, the percentage or the price, in hundredths; 0 where there is none.
    pub amount_hundredths: u64,
}

/// What is asked of a release: a code of a kind (WARIFU_PROCEDURE and so on) on a treatment day.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WarifuQuestion {
    /// The kind.
    pub kind: u32,
    /// The code, as a number.
    pub code: u32,
    /// The day, as the number YYYYMMDD.
    pub day: u32,
}

impl WarifuRecord {
    /// What `release` says, written to `place`.
    // A call of many is a loop around it.
    #[inline(always)]
    pub(crate) fn look_up(
        release: &OpenRelease,
        asked: WarifuQuestion,
        place: &Place<WarifuRecord>,
    ) -> Result<(), Fault> {
        let WarifuQuestion { kind, code, day } = asked;
        let snapshot = &release.snapshot;
        let kind = kind_of(kind)?;
        let on = TreatmentDay::of(day / 10_000, day / 100 % 100, day % 100);
        let on = on.ok_or_else(|| Fault::no_day(day))?;
        if code == 0 || code > 999_999_999 {
            return Err(Fault::no_code(code));
        }
        match kind {
            ItemKind::Procedure => put(place, &snapshot.procedure(code, on), |procedure| {
                (of_points(procedure.point_kind), procedure.points)
            }),
            ItemKind::Drug => put(place, &snapshot.drug(code, on), |drug| {
                let kind = if drug.is_priced() { WarifuAmountKind::Yen } else { WarifuAmountKind::Other };
                (kind, drug.price)
            }),
            ItemKind::Material => put(place, &snapshot.material(code, on), |material| {
                (of_price(material.price_kind), material.price)
            }),
            ItemKind::Comment => put(place, &snapshot.comment(code, on), no_amount),
            ItemKind::Disease => put(place, &snapshot.disease(code, on), no_amount),
            ItemKind::Modifier => put(place, &snapshot.modifier(code, on), no_amount),
        }
        Ok(())
    }
}

/// Of what has none.
fn no_amount<F>(_: &F) -> (WarifuAmountKind, Amount) {
    (WarifuAmountKind::None, Amount::default())
}

#[inline]
fn kind_of(kind: u32) -> Result<ItemKind, Fault> {
    match kind {
        WARIFU_PROCEDURE => Ok(ItemKind::Procedure),
        WARIFU_DRUG => Ok(ItemKind::Drug),
        WARIFU_MATERIAL => Ok(ItemKind::Material),
        WARIFU_COMMENT => Ok(ItemKind::Comment),
        WARIFU_DISEASE => Ok(ItemKind::Disease),
        WARIFU_MODIFIER => Ok(ItemKind::Modifier),
        other => Err(Fault::no_kind(other)),
    }
}

fn of_points(kind: PointKind) -> WarifuAmountKind {
    match kind {
        PointKind::Yen => WarifuAmountKind::Yen,
        PointKind::Plus => WarifuAmountKind::Points,
        PointKind::PercentPlus => WarifuAmountKind::Percent,
        PointKind::PercentMinus => WarifuAmountKind::PercentOff,
        PointKind::Minus => WarifuAmountKind::PointsOff,
        PointKind::Recorded => WarifuAmountKind::Other,
    }
}

fn of_price(kind: PriceKind) -> WarifuAmountKind {
    match kind {
        PriceKind::Yen => WarifuAmountKind::Yen,
        PriceKind::Percent => WarifuAmountKind::Percent,
        PriceKind::Paid | PriceKind::Other => WarifuAmountKind::Other,
    }
}

/// Writes what was found to `place`.
#[inline]
fn put<F>(
    place: &Place<WarifuRecord>,
    found: &Lookup<'_, F>,
    amount: impl Fn(&F) -> (WarifuAmountKind, Amount),
) {
    let held = match found {
        Lookup::InForce(held) => held,
        Lookup::Absent(why, by) => return place.put(absent(*why, *by)),
    };
    let (amount_kind, amount) = amount(held.facts);
    place.put(WarifuRecord {
        standing: WarifuStanding::InForce,
        day: 0,
        name: WarifuText::of(held.name()),
        series: WarifuText::of(held.series),
        amount_kind,
        amount_hundredths: amount.in_hundredths(),
    });
}

#[cold]
fn absent(why: Absence, by: Option<By<'_>>) -> WarifuRecord {
    let (standing, day) = match why {
        // Which code stands in its place, a check of claims tells.
        Absence::Abolished(last) | Absence::Succeeded(last, _) => (WarifuStanding::Abolished, Some(last)),
        Absence::Unknown => (WarifuStanding::Unknown, None),
        Absence::NotKnown(from) => (WarifuStanding::NotKnown, from),
        Absence::NotHeld => (WarifuStanding::NotHeld, None),
    };
    WarifuRecord {
        standing,
        day: day.map_or(0, TreatmentDay::as_number),
        name: by.and_then(|by| by.name).map_or(WarifuText::EMPTY, WarifuText::of),
        series: by.map_or(WarifuText::EMPTY, |by| WarifuText::of(by.series)),
        amount_kind: WarifuAmountKind::None,
        amount_hundredths: 0,
    }
}
