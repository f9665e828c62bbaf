//! One claim as the checks see it: an RE and the records after it, read.

use warifu_values::day::ClaimMonth;

use super::burden::PayerKind;
use super::diagnosis::{Diagnosis, ModifierCode};
use super::eligibility::{Confirmation, CounterPayment, Narrative, Visits};
use super::head::Head;
use super::item::{Comment, DayCount, Item, OwnMaterial, PartAt};
use super::payer::Payer;
use super::unit::{UnitRecords, units};

/// What the items and diagnoses of a file have several of, in the order of the file.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) comments: Vec<Comment>,
    pub(super) day_counts: Vec<DayCount>,
    pub(super) materials: Vec<OwnMaterial>,
    pub(super) modifiers: Vec<Option<ModifierCode>>,
}

/// One claim: an RE and the records after it.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'f> {
    /// Its number in the file (RE field 2).
    pub number: Option<u32>,
    /// The line of its RE; of the first record of a claim whose RE cannot be read.
    pub line: u32,
    /// The treatment month; `None` when it cannot be read, which is a finding.
    pub month: Option<ClaimMonth>,
    /// What the RE records; nothing where it cannot be read.
    pub head: &'f Head,
    /// Whether it has an RE.
    pub has_head: bool,
    /// Who pays it: its HO and KO in order.
    pub payers: &'f [Payer],
    /// Its SN in order.
    pub confirmations: &'f [Confirmation],
    /// Its JD in order.
    pub visits: &'f [Visits],
    /// Its MF in order.
    pub counter_payments: &'f [CounterPayment],
    /// Its SY in order.
    pub diagnoses: &'f [Diagnosis],
    /// Its items in order.
    pub items: &'f [Item],
    /// Its SJ in order.
    pub narratives: &'f [Narrative],
    /// Whether it has records of a DPC claim (包括評価).
    pub is_bundled: bool,
    /// Whether it has records that are not looked into and tell of sums: those of a DPC claim, why it is not
    /// bundled (GR), or of an organ donor.
    pub has_other_records: bool,
    pub(super) parts: &'f Parts,
}

impl<'f> Claim<'f> {
    /// Its units (点数・回数算定単位) in order; each of its items is in one.
    pub fn units(&self) -> impl Iterator<Item = UnitRecords<'f>> + use<'f> {
        units(self.items)
    }

    /// The comments of one of its items, in order; a CO record is itself one.
    #[inline]
    pub fn comments(&self, item: &Item) -> &'f [Comment] {
        part(&self.parts.comments, item.comments)
    }

    /// How often one of its items was done on each of its days.
    #[inline]
    pub fn day_counts(&self, item: &Item) -> &'f [DayCount] {
        part(&self.parts.day_counts, item.day_counts)
    }

    /// What a TO of it records beside the amount used.
    pub fn material(&self, item: &Item) -> Option<&'f OwnMaterial> {
        self.parts.materials.get((item.material as usize).checked_sub(1)?)
    }

    /// The modifiers of one of its diagnoses, in order; `None` for a piece of four bytes that is no code.
    pub fn modifiers(&self, diagnosis: &Diagnosis) -> &'f [Option<ModifierCode>] {
        part(&self.parts.modifiers, diagnosis.modifiers)
    }

    /// The payer of that kind.
    pub fn payer(&self, kind: PayerKind) -> Option<&'f Payer> {
        self.payers.iter().find(|payer| payer.kind == kind)
    }
}

fn part<T>(of: &[T], at: PartAt) -> &[T] {
    let first = at.first as usize;
    of.get(first..first + usize::from(at.count)).unwrap_or_default()
}

/// One GO (診療報酬請求書): what it says of the claims before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Total {
    /// Its line, from 1.
    pub line: u32,
    /// How many claims it says there are (総件数).
    pub recorded: u32,
    /// How many stand before it, after the GO before.
    pub read: u32,
    /// The points that it says they have together (総合計点数); `None` when that is no number.
    pub recorded_points: Option<u64>,
    /// The points that they have together by their HO, or without one by their only KO; `None` when a claim
    /// does not tell.
    pub read_points: Option<u64>,
}
