//! What was seen: for each code and month its uses, how they turned, and at how many institutions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use warifu_values::day::{ClaimMonth, TreatmentDay};

use super::explained::{Explained, Explains};
use super::institutions::{Institution, Institutions, Sample, Sampled};
use super::record_behind::{RecordBehind, record_behind};
use super::turn::{Judged, Turn};
use super::uses::{BothOf, Compared, NotCompared, RIGHT, Use, uses};
use crate::file::ClaimFile;
use crate::finding::ClaimCode;
use crate::item_code::{ItemCode, ItemKind};
use crate::lookup::Snapshot;

/// Uses of fewer institutions than this may be an institution's own.
pub const FAULT_INSTITUTIONS: u64 = 2;

/// Codes and months that are counted apart: together some 17 MiB at most. Uses of what comes later are
/// counted together, and are not *seen*. A code that turned is always kept; there are no more of those than
/// records in both masters, and each takes some 300 bytes for each way in which it turned.
pub const MOST_CODES: usize = 1 << 16;

/// Institutions that are told apart for a code; more are "this many or more".
pub(super) const OF_CODE: usize = 8;

/// Institutions that are told apart altogether: 8 KiB.
const OF_ALL: usize = 1024;

/// What two snapshots judged differently, summed over claim files.
#[derive(Debug, Clone, Default)]
pub struct Movements {
    pub(super) seen: Seen,
    codes: HashMap<(ItemKind, ItemCode), Months>,
    /// How many months of codes there are in `codes`.
    months: usize,
    /// The codes of which a use turned.
    turned: BTreeSet<(ItemKind, ItemCode)>,
    /// Claims of later months are not weighed.
    until: Option<ClaimMonth>,
}

/// The months of one code, each with what was seen in it; nearly always one or two.
#[derive(Debug, Clone, Default)]
pub(super) struct Months(Vec<(ClaimMonth, OfMonth)>);

impl Months {
    fn has(&self, month: ClaimMonth) -> bool {
        self.0.iter().any(|(of, _)| *of == month)
    }

    /// That of `month`, and whether it is new.
    fn of(&mut self, month: ClaimMonth) -> (&mut OfMonth, bool) {
        let found = self.0.binary_search_by_key(&month, |(of, _)| *of);
        let at = found.unwrap_or_else(|at| at);
        if found.is_err() {
            self.0.reserve_exact(1);
            self.0.insert(at, (month, OfMonth::default()));
        }
        (&mut self.0[at].1, found.is_err())
    }

    /// In their order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &(ClaimMonth, OfMonth)> {
        self.0.iter()
    }
}

/// What was seen altogether.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// Claim files in which a code is used.
    pub(super) files: u64,
    pub(super) claims: u64,
    /// Claims of months that have not come, which are not weighed.
    pub(super) to_come: u64,
    pub(super) uses: u64,
    /// Uses that both judged.
    pub(super) judged: u64,
    /// Uses that were counted together only, or not compared.
    pub(super) left_out: u64,
    pub(super) institutions: Institutions<OF_ALL>,
    /// The institutions that any code's sample has, as far as they use the code.
    pub(super) sample: Sample<(), OF_CODE>,
}

/// The uses of one code in claims of one month, or of several put together.
#[derive(Debug, Clone, Default)]
pub(super) struct OfMonth {
    pub(super) uses: u64,
    /// Uses that the older finds wrong.
    pub(super) errors_before: u64,
    /// Uses that the older cannot judge.
    pub(super) unjudged_before: u64,
    pub(super) institutions: Sample<AtOne, OF_CODE>,
    pub(super) turns: BTreeMap<Way, Turned>,
}

/// The uses of a code at one institution.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AtOne {
    pub(super) uses: u32,
    pub(super) errors_before: u32,
    pub(super) unjudged_before: u32,
}

impl AtOne {
    fn add(&mut self, more: &AtOne) {
        self.uses = self.uses.saturating_add(more.uses);
        self.errors_before = self.errors_before.saturating_add(more.errors_before);
        self.unjudged_before = self.unjudged_before.saturating_add(more.unjudged_before);
    }
}

/// One way in which uses of a code turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way {
    pub(super) turn: Turn,
    pub(super) explained: Explained,
    /// The rule of the older.
    pub(super) old: Option<ClaimCode>,
    /// The rule of the newer.
    pub(super) new: Option<ClaimCode>,
}

/// How much turned in one way.
#[derive(Debug, Clone)]
pub(super) struct Turned {
    pub(super) uses: u64,
    /// The uses at each.
    pub(super) institutions: Sample<u32, OF_CODE>,
    pub(super) behind: Behind,
}

/// The records behind it, on the first day on which it was seen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Behind {
    pub(super) day: TreatmentDay,
    pub(super) old: Option<RecordBehind>,
    pub(super) new: Option<RecordBehind>,
}

impl OfMonth {
    /// Adds what was seen in `other`.
    pub(super) fn merge(&mut self, other: &OfMonth) {
        self.uses += other.uses;
        self.errors_before += other.errors_before;
        self.unjudged_before += other.unjudged_before;
        self.institutions.merge(&other.institutions, AtOne::add);
        for (way, more) in &other.turns {
            match self.turns.get_mut(way) {
                None => _ = self.turns.insert(*way, more.clone()),
                Some(turned) => {
                    turned.uses += more.uses;
                    turned.institutions.merge(&more.institutions, add);
                    if more.behind < turned.behind {
                        turned.behind = more.behind.clone();
                    }
                }
            }
        }
    }

    /// How many uses turned in a way that `which` holds for, and at how many institutions.
    pub(super) fn turned(&self, which: impl Fn(&Way) -> bool) -> (u64, u64) {
        let (mut uses, mut institutions) = (0, Sample::<u32, OF_CODE>::default());
        for (_, turned) in self.turns.iter().filter(|(way, _)| which(way)) {
            uses += turned.uses;
            institutions.merge(&turned.institutions, add);
        }
        (uses, institutions.count())
    }

    /// The uses at each institution of the sample that turned in a way that `which` holds for, beside all of
    /// its uses. Where enough of them were known before, these alone.
    pub(super) fn at_each(&self, which: impl Fn(&Way) -> bool) -> Vec<(Sampled, AtOne, u32)> {
        let ways: Vec<_> = self.turns.iter().filter(|(way, _)| which(way)).collect();
        let turned = |institution| {
            let of = ways.iter().filter_map(|(_, turned)| turned.institutions.counted(institution));
            of.fold(0u32, |sum, uses| sum.saturating_add(*uses))
        };
        let each = self.institutions.iter().map(|(one, at_one)| (one, *at_one, turned(one)));
        let mut each: Vec<_> = each.collect();
        let known = each.iter().filter(|(one, ..)| one.is_known()).count() as u64;
        if known >= FAULT_INSTITUTIONS {
            each.retain(|(one, ..)| one.is_known());
        }
        each
    }
}

/// How often each code was used: what stays of a watch that ended well.
#[derive(Debug, Clone, Default)]
pub struct UsesByCode(HashMap<(ItemKind, ItemCode), u64>);

impl UsesByCode {
    /// How many uses there were of `code` of the master `kind`.
    pub fn uses_of(&self, kind: &str, code: &str) -> u64 {
        key(kind, code).and_then(|key| self.0.get(&key)).copied().unwrap_or_default()
    }
}

/// What is counted under the words of a report.
fn key(kind: &str, code: &str) -> Option<(ItemKind, ItemCode)> {
    let kind = ItemKind::ALL.into_iter().find(|one| one.master() == kind)?;
    Some((kind, ItemCode::parse(kind, code.as_bytes())?))
}

fn add(sum: &mut u32, more: &u32) {
    *sum = sum.saturating_add(*more);
}

/// What is the same for all uses of a claim file.
struct Of<'a> {
    institution: Institution,
    older: &'a Snapshot,
    newer: &'a Snapshot,
    explains: &'a dyn Explains,
}

impl Movements {
    /// Nothing yet, of claims up to those of `month`. Nobody has treated anybody in a later one: what is
    /// claimed for it tells nothing of a change that is announced for its days.
    pub fn until(month: ClaimMonth) -> Movements {
        Movements { until: Some(month), ..Movements::default() }
    }

    /// Judges `file` of `institution` by both, and takes in what differs.
    pub fn take(
        &mut self,
        file: &ClaimFile,
        institution: Institution,
        older: &Snapshot,
        newer: &Snapshot,
        explains: &dyn Explains,
    ) {
        let of = Of { institution, older, newer, explains };
        let before = self.seen.uses;
        for claim in file.claims() {
            let Some(month) = claim.month else { continue };
            if self.until.is_some_and(|until| until < month) {
                self.seen.to_come += 1;
                continue;
            }
            self.seen.claims += 1;
            match BothOf::judge(&claim, older, newer) {
                Ok(None) => uses(&claim).for_each(|one| self.count(&of, month, one, &RIGHT)),
                Ok(Some(both)) => uses(&claim).for_each(|one| self.count(&of, month, one, &both.of(one))),
                Err(NotCompared) => {
                    let count = uses(&claim).count() as u64;
                    self.seen.uses += count;
                    self.seen.left_out += count;
                }
            }
        }
        if self.seen.uses > before {
            self.seen.files += 1;
            self.seen.institutions.add(institution);
            let _ = self.seen.sample.at(institution);
        }
    }

    fn count(&mut self, of: &Of<'_>, month: ClaimMonth, one: Use, compared: &Compared) {
        self.seen.uses += 1;
        self.seen.judged += u64::from(compared.old != Judged::Unjudged && compared.new != Judged::Unjudged);
        // What no master has, whichever is asked, tells nothing of masters.
        let nowhere = |rule: Option<ClaimCode>| rule.is_some_and(ClaimCode::is_listed_nowhere);
        if compared.turn.is_none() && nowhere(compared.rules.0) && nowhere(compared.rules.1) {
            return;
        }
        let Some(place) = self.place((one.kind, one.code), month, compared.turn.is_some()) else {
            self.seen.left_out += 1;
            return;
        };
        place.uses += 1;
        place.errors_before += u64::from(compared.old == Judged::Error);
        place.unjudged_before += u64::from(compared.old == Judged::Unjudged);
        if let Some(at_one) = place.institutions.at(of.institution) {
            at_one.add(&AtOne {
                uses: 1,
                errors_before: u32::from(compared.old == Judged::Error),
                unjudged_before: u32::from(compared.old == Judged::Unjudged),
            });
        }
        let Some(turn) = compared.turn else { return };
        let days = || one.days(month);
        let on = |day| of.explains.explains(one.kind, one.code, day);
        let explained = days().map(on).max().unwrap_or(Explained::Not);
        let way = Way { turn, explained, old: compared.rules.0, new: compared.rules.1 };
        let record = |snapshot, day| record_behind(snapshot, one.kind, one.code, day);
        let behind = |day| Behind { day, old: record(of.older, day), new: record(of.newer, day) };
        // The first day on which the records differ; the first of all when they do not.
        let behind = || {
            let mut all = days().map(behind);
            let first = all.next().unwrap_or_else(|| behind(month.first()));
            if first.old != first.new { first } else { all.find(|b| b.old != b.new).unwrap_or(first) }
        };
        let first_day = days().next().unwrap_or(month.first());
        let turned = place.turns.entry(way).or_insert_with(|| Turned {
            uses: 0,
            institutions: Sample::default(),
            behind: behind(),
        });
        turned.uses += 1;
        if let Some(uses) = turned.institutions.at(of.institution) {
            add(uses, &1);
        }
        if first_day < turned.behind.day {
            turned.behind = turned.behind.clone().min(behind());
        }
        self.turned.insert((one.kind, one.code));
    }

    /// Where the uses of a code in a month are counted; none where there is no more room.
    fn place(&mut self, key: (ItemKind, ItemCode), month: ClaimMonth, turned: bool) -> Option<&mut OfMonth> {
        let is_full = self.months >= MOST_CODES && !turned;
        if is_full && !self.codes.get(&key).is_some_and(|months| months.has(month)) {
            return None;
        }
        let (place, is_new) = self.codes.entry(key).or_default().of(month);
        self.months += usize::from(is_new);
        Some(place)
    }

    /// Adds what another core saw. In whatever order they come, the sum is the same, up to the limit of
    /// [`MOST_CODES`].
    pub fn merge(&mut self, other: &Movements) {
        let Seen { files, claims, to_come, uses, judged, left_out, institutions, sample } = &other.seen;
        self.seen.files += files;
        self.seen.to_come += to_come;
        self.seen.claims += claims;
        self.seen.uses += uses;
        self.seen.judged += judged;
        self.seen.left_out += left_out;
        self.seen.institutions.merge(institutions);
        self.seen.sample.merge(sample, |(), ()| ());
        for (key, months) in &other.codes {
            for (month, more) in months.iter() {
                match self.place(*key, *month, !more.turns.is_empty()) {
                    None => self.seen.left_out += more.uses,
                    Some(place) => place.merge(more),
                }
            }
        }
        self.turned.extend(other.turned.iter().copied());
    }

    /// Whether nothing at all turned.
    pub fn is_still(&self) -> bool {
        self.turned.is_empty()
    }

    /// How many codes turned.
    pub fn codes_turned(&self) -> usize {
        self.turned.len()
    }

    /// How many claim files used any code.
    pub fn files(&self) -> u64 {
        self.seen.files
    }

    /// How many uses there were.
    pub fn uses(&self) -> u64 {
        self.seen.uses
    }

    /// How many uses there were of each code, turned or not.
    pub fn uses_by_code(&self) -> UsesByCode {
        let uses = |months: &Months| months.iter().map(|(_, of_month)| of_month.uses).sum();
        UsesByCode(self.codes.iter().map(|(key, months)| (*key, uses(months))).collect())
    }

    /// How many uses there were of `code` of the master `kind`.
    pub fn uses_of(&self, kind: &str, code: &str) -> u64 {
        let months = key(kind, code).and_then(|key| self.codes.get(&key)).into_iter().flat_map(Months::iter);
        months.map(|(_, of_month)| of_month.uses).sum()
    }

    /// The codes of which a use turned, in order, with all that was seen of each, by month.
    pub(super) fn turned(&self) -> impl Iterator<Item = (ItemKind, ItemCode, &Months)> {
        self.turned.iter().filter_map(|key| self.codes.get(key).map(|months| (key.0, key.1, months)))
    }
}
