//! Procedures that the master makes depend on others of their claim: additions that are not billed on a day
//! with some, and those that go only with some.

use super::check::{About, Check, Judges};
use super::cover::ends;
use super::fields::{PROCEDURE_CODE, PROCEDURE_DAYS};
use super::report::Report;
use super::told::Told;
use super::uses::Use;
use super::wrong::{Shown, Wrong};
use crate::file::{Claim, Item, ItemKind};
use crate::finding::{ClaimCode, When};
use crate::lookup::{Lookup, Procedure, Role, Roles, Snapshot};
use std::sync::Arc;
use warifu_values::day::ClaimMonth;

/// Which roles the procedures of a claim have, and on which days.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Company {
    days: [u32; Role::ALL.len()],
    undated: [bool; Role::ALL.len()],
    /// Whether no record was in force for one of them.
    is_unknown: bool,
}

impl Company {
    /// With one more procedure, and its record where one was in force.
    #[inline]
    pub(super) fn take(&mut self, item: &Item, facts: Option<&Procedure>) {
        let Some(Procedure { roles, .. }) = facts else {
            self.is_unknown = true;
            return;
        };
        if !roles.is_empty() {
            self.take_roles(item, *roles);
        }
    }

    /// With one more item whose code is none.
    pub(super) fn take_unknown(&mut self, item: &Item) {
        self.is_unknown |= item.kind == ItemKind::Procedure;
    }

    fn take_roles(&mut self, item: &Item, roles: Roles) {
        for role in Role::ALL.into_iter().filter(|role| roles.has(*role)) {
            self.days[role as usize] |= item.days;
            self.undated[role as usize] |= item.days == 0;
        }
    }

    fn days(&self, role: Role) -> u32 {
        self.days[role as usize]
    }

    fn is_undated(&self, role: Role) -> bool {
        self.undated[role as usize]
    }

    /// Whether no record was in force for one of the procedures.
    pub(super) fn is_unknown(&self) -> bool {
        self.is_unknown
    }

    /// Whether one of them has that role.
    pub(super) fn has(&self, role: Role) -> bool {
        self.days(role) != 0 || self.is_undated(role)
    }

    /// On which days there is one of `addition` and none of `base`; no day where it has none and is wrong all
    /// the same.
    fn without(&self, addition: Role, base: Role) -> Option<u32> {
        if self.is_unknown || self.is_undated(base) || !self.has(addition) {
            return None;
        }
        let days = self.days(addition) & !self.days(base);
        (days != 0 || !self.has(base)).then_some(days)
    }
}

/// What is wrong in a company: of which role, on which days (none: the month), and with which other role.
pub(super) struct Clash {
    code: ClaimCode,
    of: Role,
    days: u32,
    with: Option<Role>,
}

/// Asked of the procedures of each claim.
pub(super) type OfCompany = fn(&Company) -> Option<Clash>;

/// Asked of the procedures of each claim.
pub(super) const COMPANY: &[Check<OfCompany>] = &[MANAGEMENT, ANESTHESIA, FEVER];

const MANAGEMENT: Check<OfCompany> = Check {
    about: About {
        codes: &[ClaimCode::ManagementExcluded],
        fields: &[PROCEDURE_CODE, PROCEDURE_DAYS],
        columns: &["outpatient_management_class"],
        source: "マスターファイル仕様説明書: 医科診療行為マスター 56 外来管理加算区分; L4648",
        judges: Judges::Always,
    },
    ask: |company| {
        let (of, with) = (Role::OutpatientManagement, Role::NoOutpatientManagement);
        let days = company.days(of) & company.days(with);
        (days != 0).then_some(Clash { code: ClaimCode::ManagementExcluded, of, days, with: Some(with) })
    },
};

const ANESTHESIA: Check<OfCompany> = Check {
    about: About {
        codes: &[ClaimCode::AnesthesiaWithoutOperation],
        fields: &[PROCEDURE_CODE],
        columns: &["long_anesthesia_addition"],
        source: "マスターファイル仕様説明書: 医科診療行為マスター 116 長時間麻酔管理加算; L4676",
        judges: Judges::Always,
    },
    ask: |company| {
        let of = Role::LongAnesthesia;
        let is_alone = !company.is_unknown && company.has(of) && !company.has(Role::LongOperation);
        let code = ClaimCode::AnesthesiaWithoutOperation;
        is_alone.then_some(Clash { code, of, days: company.days(of), with: None })
    },
};

const FEVER: Check<OfCompany> = Check {
    about: About {
        codes: &[ClaimCode::FeverWithoutBase],
        fields: &[PROCEDURE_CODE, PROCEDURE_DAYS],
        columns: &["outpatient_infection_addition", "notice_class_1"],
        source: "マスターファイル仕様説明書: 医科診療行為マスター 124 外来感染対策向上加算等; L4478",
        judges: Judges::Always,
    },
    ask: |company| {
        let additions = [(Role::FeverInManagement, Role::Management), (Role::FeverAtHome, Role::AtHome)];
        additions.into_iter().find_map(|(of, base)| {
            let days = company.without(of, base)?;
            Some(Clash { code: ClaimCode::FeverWithoutBase, of, days, with: None })
        })
    },
};

/// Asks them of the procedures of `claim`.
#[inline]
pub(super) fn judge_company(
    company: &Company,
    claim: &Claim<'_>,
    month: ClaimMonth,
    snapshot: &Snapshot,
    report: &mut Report<'_>,
) {
    let days = || Some(ends(month, 0));
    for check in COMPANY.iter().filter(|check| check.about.judges.all(days)) {
        if let Some(clash) = (check.ask)(company) {
            tell(&check.about, &clash, claim, month, snapshot, report);
        }
    }
}

#[cold]
fn tell(
    about: &About,
    clash: &Clash,
    claim: &Claim<'_>,
    month: ClaimMonth,
    snapshot: &Snapshot,
    report: &mut Report<'_>,
) {
    let found = |role| find(role, clash.days, claim, month, snapshot);
    let Some((of, series)) = found(clash.of) else { return };
    let expected = clash.with.and_then(found).map_or(Shown::Nothing, |(with, _)| Shown::Code(with.code));
    let wrong = Wrong { code: clash.code, found: Shown::Code(of.code), expected };
    let day = (clash.days != 0).then(|| month.day(clash.days.trailing_zeros() + 1)).flatten();
    let when = day.map_or(When::Month(month), When::Day);
    Told { wrong, of, when, series }.report(about, claim, snapshot, report);
}

/// The first procedure of `claim` that has `role` on the first of `days`, or at all where there are none.
fn find<'s>(
    role: Role,
    days: u32,
    claim: &Claim<'_>,
    month: ClaimMonth,
    snapshot: &'s Snapshot,
) -> Option<(Use, &'s Arc<str>)> {
    let first = days & days.wrapping_neg();
    claim.items.iter().enumerate().find_map(|(at, item)| {
        let code = item.code.filter(|_| item.kind == ItemKind::Procedure && item.days & first == first)?;
        let (from, to) = ends(month, item.days);
        let held = [from, to].into_iter().find_map(|day| match snapshot.procedure(code.number(), day) {
            Lookup::InForce(held) => Some(held),
            Lookup::Absent(..) => None,
        })?;
        let one = Use::of(at, item, code);
        held.facts.roles.has(role).then_some((one, held.series))
    })
}
