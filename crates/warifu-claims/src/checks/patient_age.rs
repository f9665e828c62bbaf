//! The age of the patient on the treatment day: within the bounds of the procedure or the material.
//!
//! On the one day on which it matters whether a year of age is reached on the birthday or, as by law, on the
//! day before, nothing is told. An item on several days is wrong when it is on one of them; one without days,
//! only when it is on every day of its month. What tells the day of birth is not shown. The ages for which a
//! procedure names its additions (年齢加算, columns 100 to 111) are those of the additions themselves (but for
//! one of 1,782 in 2024, where they are narrower): these are judged by their own bounds.

use super::asked::{ItemInForce, OfItem};
use super::check::{About, Check, Judges};
use super::fields::PROCEDURE_DAYS;
use super::wrong::{Shown, Wrong};
use crate::finding::ClaimCode;
use crate::lookup::{AgeBound, Material, Procedure, Reached};

pub(super) const CHECK: Check<OfItem<Procedure>> = Check {
    about: About {
        codes: &[ClaimCode::AgeBelow, ClaimCode::AgeAbove],
        fields: &["RE 4 診療年月", "RE 7 生年月日", PROCEDURE_DAYS],
        columns: &["age_lower", "age_upper"],
        source: "マスターファイル仕様説明書: 医科診療行為マスター 41, 42 上下限年齢",
        judges: Judges::Always,
    },
    ask: |of| {
        let bounds = Bounds { from: of.facts.age_from, below: of.facts.age_below };
        bounds.wrong(of, ClaimCode::AgeBelow, ClaimCode::AgeAbove)
    },
};

pub(super) const OF_MATERIAL: Check<OfItem<Material>> = Check {
    about: About {
        codes: &[ClaimCode::MaterialAgeBelow, ClaimCode::MaterialAgeAbove],
        fields: &["RE 4 診療年月", "RE 7 生年月日", "TO 18–48 算定日情報"],
        columns: &["age_lower", "age_upper"],
        source: "マスターファイル仕様説明書: 特定器材マスター 15, 16 上下限年齢",
        judges: Judges::Always,
    },
    ask: |of| {
        let bounds = Bounds { from: of.facts.age_from, below: of.facts.age_below };
        bounds.wrong(of, ClaimCode::MaterialAgeBelow, ClaimCode::MaterialAgeAbove)
    },
};

/// Whom an item is for.
#[derive(Clone, Copy)]
struct Bounds {
    from: AgeBound,
    below: AgeBound,
}

impl Bounds {
    /// Says `is_below` or `is_above` where the patient of `of` is outside.
    fn wrong<F>(self, of: &ItemInForce<'_, F>, is_below: ClaimCode, is_above: ClaimCode) -> Option<Wrong> {
        let Bounds { from, below } = self;
        if (from.age(), below.age()) == (None, None) {
            return None;
        }
        let birth = of.claim.head.birth?.as_number();
        let (first, last) = of.days;
        // Who was born after the treatment has no age: that is another check's.
        if last.as_number() < birth {
            return None;
        }
        let (young, old) = if of.item.days == 0 { (last, first) } else { (first, last) };
        let is =
            |bound: AgeBound, day, reached| bound.age().is_some_and(|age| age.reached(birth, day) == reached);
        let wrong = |code, bound| Wrong { code, found: Shown::Code(of.code), expected: Shown::Age(bound) };
        if is(from, young, Reached::No) {
            Some(wrong(is_below, from))
        } else {
            is(below, old, Reached::Yes).then(|| wrong(is_above, below))
        }
    }
}
