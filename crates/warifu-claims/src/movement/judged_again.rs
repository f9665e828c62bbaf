//! What must be judged again of one claim file: each use of a code that turned, in its claim, with the points
//! that are claimed for it.

use warifu_values::day::{ClaimMonth, TreatmentDay};

use super::record_behind::{RecordBehind, record_behind};
use super::turn::Turn;
use super::uses::{BothOf, NotCompared, Use, uses};
use crate::file::{Claim, ClaimFile, ItemCode, ItemKind, Recorded, UnitRecords};
use crate::finding::{ClaimCode, ClaimFinding};
use crate::lookup::Snapshot;

/// What one release says of a use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// Nothing is wrong with it.
    Right,
    /// Wrong, or not judged.
    Found {
        /// The rule.
        rule: ClaimCode,
        /// What the master gives instead: points, a day; blank where the rule has nothing to say.
        expected: String,
    },
}

impl Judgement {
    fn of(finding: Option<&ClaimFinding>) -> Judgement {
        finding.map_or(Judgement::Right, |finding| Judgement::Found {
            rule: finding.code,
            expected: finding.expected.clone(),
        })
    }
}

/// The unit (点数・回数算定単位) that an item is claimed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit {
    /// The line of its last record, which has the points.
    pub line: u32,
    /// The points of one time.
    pub points: u32,
    /// How many times; 1 where none is recorded.
    pub times: u16,
}

impl Unit {
    /// The points that are claimed for it.
    pub fn claimed(&self) -> u64 {
        u64::from(self.points) * u64::from(self.times)
    }
}

/// One use of a code that two releases judge differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnedUse {
    /// The claim's number in the file (RE field 2), when it is a number.
    pub claim: Option<u32>,
    /// The line of the claim's RE.
    pub claim_line: u32,
    /// The line of the item.
    pub line: u32,
    /// What its record names; a comment of an item stands on the item's line.
    pub kind: ItemKind,
    /// Its code.
    pub code: ItemCode,
    /// Its name in the master, where either release has one.
    pub name: String,
    /// The first day of it on which the records differ; else its first day.
    pub day: TreatmentDay,
    /// From what to what.
    pub turn: Turn,
    /// What the older says.
    pub before: Judgement,
    /// What the newer says.
    pub after: Judgement,
    /// The older's record in force on that day.
    pub record_before: Option<RecordBehind>,
    /// The newer's.
    pub record_after: Option<RecordBehind>,
    /// The unit that it is claimed in; none for a comment, or where no points are recorded.
    pub unit: Option<Unit>,
}

/// What two snapshots judge differently in one claim file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileImpact {
    /// Claims in it.
    pub claims: u64,
    /// Claims that no release judges: their month cannot be read.
    pub without_month: u64,
    /// Claims with more findings than are compared, by the line of their RE.
    pub not_compared: Vec<u32>,
    /// Uses of codes.
    pub uses: u64,
    /// Those that turned, claim by claim.
    pub turned: Vec<TurnedUse>,
}

impl FileImpact {
    /// What `newer` judges differently from `older` in `file`.
    pub fn of(file: &ClaimFile, older: &Snapshot, newer: &Snapshot) -> FileImpact {
        let mut impact = FileImpact::default();
        for claim in file.claims() {
            impact.claims += 1;
            let Some(month) = claim.month else {
                impact.without_month += 1;
                continue;
            };
            impact.uses += uses(&claim).count() as u64;
            match BothOf::judge(&claim, older, newer) {
                Ok(None) => {}
                Ok(Some(both)) => impact.turned.extend(turned(&claim, month, &both, (older, newer))),
                Err(NotCompared) => impact.not_compared.push(claim.line),
            }
        }
        impact
    }
}

fn turned(
    claim: &Claim<'_>,
    month: ClaimMonth,
    both: &BothOf,
    (older, newer): (&Snapshot, &Snapshot),
) -> Vec<TurnedUse> {
    let units = units(claim);
    let unit = |line| {
        let at = claim.items.partition_point(|item| item.line < line);
        units.get(at).copied().flatten()
    };
    let of = |one: Use| {
        let turn = both.of(one).turn?;
        let (old, new) = both.findings(one);
        let records = |day| {
            let record = |snapshot| record_behind(snapshot, one.kind, one.code, day);
            (day, record(older), record(newer))
        };
        let first = one.days(month).next().unwrap_or_else(|| month.first());
        let differs = one.days(month).map(records).find(|(_, old, new)| old != new);
        let (day, record_before, record_after) = differs.unwrap_or_else(|| records(first));
        let found = [new, old].into_iter().flatten().find_map(|finding| finding.name.as_deref());
        let record = || [&record_after, &record_before].into_iter().flatten().next();
        let name = found.map(str::to_owned).or_else(|| record().map(|record| record.name.clone()));
        Some(TurnedUse {
            claim: claim.number,
            claim_line: claim.line,
            line: one.line,
            kind: one.kind,
            code: one.code,
            name: name.unwrap_or_default(),
            day,
            turn,
            before: Judgement::of(old),
            after: Judgement::of(new),
            record_before,
            record_after,
            unit: (one.kind != ItemKind::Comment).then(|| unit(one.line)).flatten(),
        })
    };
    uses(claim).filter_map(of).collect()
}

/// The unit of each item of `claim`; none where its points are none or no number.
fn units(claim: &Claim<'_>) -> Vec<Option<Unit>> {
    let of = |unit: UnitRecords<'_>| {
        let claimed = unit.end.and_then(|end| match end.points {
            Recorded::Number(points) => Some(Unit { line: end.line, points, times: end.times.max(1) }),
            Recorded::Blank | Recorded::Other => None,
        });
        std::iter::repeat_n(claimed, unit.items.len())
    };
    claim.units().flat_map(of).collect()
}
