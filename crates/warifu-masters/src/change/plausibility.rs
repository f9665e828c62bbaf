//! Plausibility: does a differential fit the state that it is applied to?
//!
//! A differential does not name its base, and one of another series applies without a complaint: `y_20250415`
//! of series r07 on the state of r06 gives 6,898 wrong prices. Three things in the rows themselves tell, and
//! are held against the base here:
//!
//! - **Old prices.** A row that changes a price or points also says what it was before (旧金額, 旧点数).
//! - **Related products.** A new drug that is one brand of a listed product (商品名等関連) has the same price.
//! - **Movements.** Within a series few prices move at once, and none by a multiple; a price revision begins
//!   a new series, with a full of its own.
//!
//! What the published files show, and so where the limits stand, is in `docs/differentials.md`.

use std::borrow::Cow;

use crate::finding::{Code, Finding, Findings};
use crate::schema::CHANGED_ON;
use crate::table::Master;
use warifu_values::amount::hundredths;

/// The columns of a value that claims are judged by: the value, what it was before, and by how much it may
/// move.
struct Value {
    now: &'static str,
    before: &'static str,
    /// A value may become this many times as much, or this part of it. Within a series the published drug
    /// prices move by 0.82 to 0.97, procedure points by 0.20 (the end of a special rule) to 5.50 (a
    /// revision).
    multiple: u64,
}

const VALUES: [Value; 2] = [
    Value { now: "price", before: "old_price", multiple: 2 },
    Value { now: "points", before: "old_points", multiple: 10 },
];

/// How large a part of all values may move in one differential: one in so many. In the published files it is
/// 1 in 14 at most (`s_20220304`, a revision that was published as a differential), for drugs 1 in 2,500.
const MASS_PART: usize = 4;

/// How far after its publication a row may begin to apply, in years. The longest is 87 days (`s_20240306`).
const FAR_YEARS: u32 = 1;

/// How many comparisons were made, and how many agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Agreement {
    /// Comparisons that could be made.
    pub compared: usize,
    /// Those that agreed.
    pub agree: usize,
}

impl Agreement {
    fn add(&mut self, agrees: bool) {
        self.compared += 1;
        self.agree += usize::from(agrees);
    }
}

/// What the rows of a differential say of the base.
#[derive(Debug, Clone, Default)]
pub struct Plausibility {
    /// Old prices or points, against the base's.
    pub old_values: Agreement,
    /// Prices of new products, against those of the products they belong to.
    pub related: Agreement,
    /// Values of the base that move.
    pub moved: usize,
    /// Values that the base has.
    pub values: usize,
    /// The smallest and the largest movement, new by old.
    pub movement: Option<(f64, f64)>,
    /// What does not fit, and what that rests on.
    pub findings: Findings,
}

/// Holds the rows of `differential`, published on `dated` (YYYYMMDD) where that is known, against `base`, the
/// state it is applied to.
pub fn plausibility(base: &Master, differential: &Master, dated: Option<&str>) -> Plausibility {
    plausibility_in_part(base, base.rows(), differential, dated)
}

/// The same, where `base` is a part of a state of `records` records: it has those called [`asked_for`].
pub fn plausibility_in_part(
    base: &Master,
    records: usize,
    differential: &Master,
    dated: Option<&str>,
) -> Plausibility {
    let mut judged = Plausibility::default();
    let (Some(class), false) =
        (differential.layout().change_class, base.layout().kind != differential.layout().kind)
    else {
        return judged;
    };
    let rows = Rows { base, records, differential, class };
    for value in &VALUES {
        rows.values(value, &mut judged);
    }
    rows.days(dated, &mut judged.findings);
    judged.say();
    judged
}

/// The keys of the records of a base that [`plausibility`] looks at.
pub fn asked_for(differential: &Master) -> impl Iterator<Item = Cow<'_, str>> {
    let rows = 0..differential.rows();
    let related = differential.layout().position(RELATED_PRODUCT);
    let named =
        related.map(|related| rows.clone().map(move |row| Cow::Borrowed(differential.field(row, related))));
    rows.map(|row| differential.key(row)).chain(named.into_iter().flatten())
}

/// The product that a drug belongs to (商品名等関連).
const RELATED_PRODUCT: &str = "related_product_code";

struct Rows<'a> {
    base: &'a Master,
    /// How many records the whole base has.
    records: usize,
    differential: &'a Master,
    class: usize,
}

impl Rows<'_> {
    fn values(&self, value: &Value, judged: &mut Plausibility) {
        let (base, differential) = (self.base, self.differential);
        let in_both = |id: &str| Some((base.layout().position(id)?, differential.layout().position(id)?));
        let Some((base_now, now)) = in_both(value.now) else { return };
        let before = in_both(value.before).map(|(_, before)| before);
        let related = in_both(RELATED_PRODUCT).map(|(_, related)| related);
        judged.values += self.records;
        for row in 0..differential.rows() {
            let Some(new) = said(differential.bytes(row, now)) else { continue };
            let known = base.find(&differential.key(row));
            match (differential.bytes(row, self.class), known) {
                (b"5", Some(known)) => {
                    let Some(held) = said(base.bytes(known, base_now)) else { continue };
                    if let Some(before) = before
                        && let Some(said) = said(differential.bytes(row, before))
                    {
                        judged.old_values.add(said == held);
                        if said != held {
                            let held = base.field(known, base_now);
                            judged.report(Code::BaseOldValue, differential, row, before, held);
                        }
                    }
                    if new == held {
                        continue;
                    }
                    judged.move_one(held, new);
                    let (small, large) = (held.min(new), held.max(new));
                    if small > 0 && large > small * value.multiple {
                        let held = base.field(known, base_now);
                        judged.report(Code::BaseJump, differential, row, now, held);
                    }
                }
                (b"3", _) => {
                    let Some(related) = related else { continue };
                    let Some(known) = base.find(differential.field(row, related)) else { continue };
                    // The product it belongs to may change its price in the same publication.
                    let changed = differential.find(differential.field(row, related));
                    let changed =
                        changed.map(|row| differential.field(row, now)).filter(|price| !price.is_empty());
                    let held = changed.unwrap_or_else(|| base.field(known, base_now));
                    let Some(value) = said(held.as_bytes()) else { continue };
                    judged.related.add(new == value);
                    if new != value {
                        judged.report(Code::BaseRelatedValue, differential, row, now, held);
                    }
                }
                _ => {}
            }
        }
    }

    /// Rows that apply from far ahead.
    fn days(&self, dated: Option<&str>, findings: &mut Findings) {
        let differential = self.differential;
        let (Some(dated), Some(changed_on)) = (dated, differential.layout().position(CHANGED_ON)) else {
            return;
        };
        let Some(limit) = years_later(dated) else { return };
        for row in 0..differential.rows() {
            let day = differential.field(row, changed_on);
            // Digits of one length sort as dates do; 99999999 is no date.
            if day.len() == 8 && day > limit.as_str() && day != "99999999" {
                findings.push_with(Code::BaseFarDate, || {
                    Finding::new(Code::BaseFarDate)
                        .line(differential.line(row))
                        .field(changed_on as u32 + 1, CHANGED_ON)
                        .key(differential.key(row))
                        .found(day)
                        .expected(dated)
                });
            }
        }
    }
}

/// `YYYYMMDD` some years later.
fn years_later(day: &str) -> Option<String> {
    let (year, rest) = day.split_at_checked(4)?;
    Some(format!("{:04}{rest}", year.parse::<u32>().ok()? + FAR_YEARS))
}

impl Plausibility {
    fn move_one(&mut self, old: u64, new: u64) {
        self.moved += 1;
        if old > 0 {
            let ratio = new as f64 / old as f64;
            let (least, most) = self.movement.unwrap_or((ratio, ratio));
            self.movement = Some((least.min(ratio), most.max(ratio)));
        }
    }

    fn report(&mut self, code: Code, file: &Master, row: usize, column: usize, held: &str) {
        self.findings.push_with(code, || {
            Finding::new(code)
                .line(file.line(row))
                .field(column as u32 + 1, &file.layout().columns[column].id)
                .key(file.key(row))
                .found(file.field(row, column))
                .expected(held)
        });
    }

    /// Says what the judgement rests on, or that it rests on nothing.
    fn say(&mut self) {
        if self.values == 0 {
            return;
        }
        let moved = format!("{}/{}", self.moved, self.values);
        if self.moved * MASS_PART > self.values {
            self.findings.push(Finding::new(Code::BaseMassMovement).found(&moved));
        }
        let Agreement { compared, agree } = self.old_values;
        if compared + self.related.compared == 0 {
            self.findings.push(Finding::new(Code::BaseNoEvidence));
        } else if agree == compared && self.related.agree == self.related.compared {
            let finding = Finding::new(Code::BaseAgrees).found(compared).expected(self.related.compared);
            self.findings.push(finding);
        }
        if let Some((least, most)) = self.movement {
            let range = format!("×{least:.2}–{most:.2}");
            self.findings.push(Finding::new(Code::BaseMovement).found(moved).expected(range));
        }
    }
}
/// An amount that a file states; a differential's blank says "unchanged", and is no amount.
fn said(field: &[u8]) -> Option<u64> {
    if field.is_empty() { None } else { hundredths(field) }
}
