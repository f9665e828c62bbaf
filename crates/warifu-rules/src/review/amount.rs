//! Movements of prices and points.

use warifu_masters::change::diff::{Change, Diff, field_or_blank};
use warifu_masters::schema::Layout;

use super::columns::is_neutral;
use super::kind::RiskKind;
use super::risk::{Evidence, LARGE, NOTABLE, Risk, TENFOLD};

/// What an amount counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountUnit {
    /// 点.
    Points,
    /// 円.
    Yen,
}

/// The columns (from 0) of a layout that say what is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// What it counts, as long as the kind does not say otherwise (a percentage, say).
    pub unit: AmountUnit,
    /// The amount.
    pub value: usize,
    /// How it is to be read.
    pub kind: Option<usize>,
    /// The amount before the last change, as the record itself gives it.
    pub before: Option<usize>,
    /// The unit of quantity that the amount is for.
    pub per: Option<usize>,
}

impl Amount {
    /// The columns of `layout`, if it has amounts.
    pub fn of(layout: &Layout) -> Option<Amount> {
        let at = |id: &str| layout.position(id);
        let per = at("unit_code");
        match (at("points"), at("price")) {
            (Some(value), _) => {
                let (kind, before) = (at("point_kind"), at("old_points"));
                Some(Amount { unit: AmountUnit::Points, value, kind, before, per })
            }
            (None, Some(value)) => {
                let (kind, before) = (at("price_kind"), at("old_price"));
                Some(Amount { unit: AmountUnit::Yen, value, kind, before, per })
            }
            (None, None) => None,
        }
    }
}

/// How an amount moved.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Movement {
    old: f64,
    new: f64,
}

impl Movement {
    /// From two fields; `None` when one is no number or both are the same.
    fn between(old: &str, new: &str) -> Option<Movement> {
        let number = |field: &str| field.parse::<f64>().ok().filter(|number| number.is_finite());
        let movement = Movement { old: number(old)?, new: number(new)? };
        (movement.old != movement.new).then_some(movement)
    }

    /// How many times the smaller one the larger one is: 1 or more, infinite from or to zero.
    fn factor(self) -> f64 {
        let (small, large) = (self.old.abs().min(self.new.abs()), self.old.abs().max(self.new.abs()));
        if small == 0.0 || self.old.signum() != self.new.signum() { f64::INFINITY } else { large / small }
    }

    /// The kind of risk that a movement of this size is, if it is one.
    fn risk(self) -> Option<RiskKind> {
        let factor = self.factor();
        match () {
            () if factor.is_infinite() => Some(RiskKind::AmountZero),
            () if factor >= TENFOLD => Some(RiskKind::AmountTenfold),
            () if factor >= LARGE => Some(RiskKind::AmountLarge),
            () if factor >= NOTABLE => Some(RiskKind::AmountNotable),
            () => None,
        }
    }

    /// Larger is riskier: by the factor, from or to zero by the amount itself.
    fn weight(self) -> f64 {
        let factor = self.factor();
        if factor.is_finite() { factor } else { (self.old - self.new).abs() }
    }
}

/// The risks of amounts, and of what says how to read them.
pub(super) fn risks(diff: &Diff<'_>) -> Vec<Risk> {
    let Some(amount) = Amount::of(diff.layout()) else { return Vec::new() };
    let mut moved: Vec<(usize, Movement)> = Vec::new();
    let (mut kinds, mut units) = (Vec::new(), Vec::new());
    let (mut old_differs, mut told_before) = (Vec::new(), Vec::new());
    for (at, change) in diff.changes.iter().enumerate() {
        let Change::Changed { old, new } = *change else { continue };
        let pair = |column| (field_or_blank(diff.old, old, column), field_or_blank(diff.new, new, column));
        let differs = |column: Option<usize>| column.map(pair).is_some_and(|(old, new)| old != new);
        if differs(amount.per) {
            units.push(at);
        }
        let (before, now) = pair(amount.value);
        if differs(amount.kind) {
            // Two numbers that are read differently cannot be compared.
            kinds.push(at);
            continue;
        }
        let Some(movement) = Movement::between(before, now) else { continue };
        moved.push((at, movement));
        let told = amount.before.map(|column| pair(column).1).filter(|told| !is_neutral(told));
        if let Some(told) = told.filter(|told| told.parse() != Ok(movement.old)) {
            old_differs.push(at);
            told_before.push(told.to_owned());
        }
    }
    moved.sort_by(|(_, a), (_, b)| b.weight().total_cmp(&a.weight()));
    let of = |kind: RiskKind| {
        let these = moved.iter().filter(|(_, movement)| movement.risk() == Some(kind));
        Risk::of(kind, Some(amount.value), these.map(|(at, _)| *at).collect())
    };
    [
        of(RiskKind::AmountTenfold),
        of(RiskKind::AmountZero),
        of(RiskKind::AmountLarge),
        of(RiskKind::AmountNotable),
        Risk::of(RiskKind::AmountKind, amount.kind, kinds),
        Risk::of(RiskKind::UnitChanged, amount.per, units),
        Risk::of(RiskKind::AmountOldDiffers, amount.before, old_differs)
            .map(|risk| Risk { evidence: Evidence::Told(told_before), ..risk }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_movement_is_judged_by_its_factor_in_either_direction() {
        let kind = |old, new| Movement::between(old, new).and_then(Movement::risk);
        for (old, new, expected) in [
            ("288.00", "288.00", None),
            ("288.00", "291.00", None),
            ("100.00", "120.00", Some(RiskKind::AmountNotable)),
            ("120.00", "100.00", Some(RiskKind::AmountNotable)),
            ("100.00", "150.00", Some(RiskKind::AmountLarge)),
            ("100.00", "1000.00", Some(RiskKind::AmountTenfold)),
            ("1000.00", "100.00", Some(RiskKind::AmountTenfold)),
            ("0.00", "1.00", Some(RiskKind::AmountZero)),
            ("1.00", "0.00", Some(RiskKind::AmountZero)),
            ("", "1.00", None),
            ("1.0", "1.00", None),
        ] {
            assert_eq!(kind(old, new), expected, "{old} -> {new}");
        }
    }
}
