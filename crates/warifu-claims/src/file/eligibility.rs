//! What else a claim says of its payers: confirmed eligibility (SN), days of visits (JD), payments at the
//! counter (MF); and its narratives (SJ). Numbers and texts are read past.

use super::burden::PayerKind;
use super::codes::digit;
use super::fields::Fields;

/// One SN (資格確認).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmation {
    /// Its line, from 1.
    pub line: u32,
    /// 負担者種別.
    pub payer: Option<PayerKind>,
    /// 確認区分.
    pub class: Option<[u8; 2]>,
    /// Whether a 枝番 stands there.
    pub has_branch: bool,
}

impl Confirmation {
    pub(super) fn read(fields: &Fields<'_>, line: u32) -> Confirmation {
        Confirmation {
            line,
            payer: PayerKind::parse(fields.at(2)),
            class: two_digits(fields.at(3)),
            has_branch: !fields.at(7).is_empty(),
        }
    }
}

/// One JD (受診日等): 受診等区分 day by day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visits {
    /// Its line, from 1.
    pub line: u32,
    /// 負担者種別.
    pub payer: Option<PayerKind>,
    /// Bit `n - 1` is set where day `n` counts as a day of treatment (診療実日数, 1).
    pub counted: u32,
    /// Bit `n - 1` is set where anything is recorded for day `n`.
    pub recorded: u32,
    /// Whether every day tells whether it counts: 1 or 2 (does not count), and not that it differs from the
    /// days of the items (9).
    pub is_exact: bool,
}

impl Visits {
    pub(super) fn read(fields: &Fields<'_>, line: u32) -> Visits {
        let (mut counted, mut recorded, mut is_exact) = (0, 0, true);
        for day in 0..31 {
            let visit = fields.at(3 + day);
            recorded |= u32::from(!visit.is_empty()) << day;
            counted |= u32::from(digit(visit) == Some(1)) << day;
            is_exact &= visit.is_empty() || matches!(digit(visit), Some(1 | 2));
        }
        Visits { line, payer: PayerKind::parse(fields.at(2)), counted, recorded, is_exact }
    }
}

/// One MF (窓口負担額).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterPayment {
    /// Its line, from 1.
    pub line: u32,
    /// 窓口負担額区分.
    pub class: Option<[u8; 2]>,
}

impl CounterPayment {
    pub(super) fn read(fields: &Fields<'_>, line: u32) -> CounterPayment {
        CounterPayment { line, class: two_digits(fields.at(2)) }
    }
}

/// One SJ (症状詳記).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Narrative {
    /// Its line, from 1.
    pub line: u32,
    /// 症状詳記区分; none where it goes on from the record before.
    pub class: Option<[u8; 2]>,
    /// How many bytes of text stand there.
    pub bytes: u16,
}

impl Narrative {
    pub(super) fn read(fields: &Fields<'_>, line: u32) -> Narrative {
        let bytes = u16::try_from(fields.at(3).len()).unwrap_or(u16::MAX);
        Narrative { line, class: two_digits(fields.at(2)), bytes }
    }
}

fn two_digits(field: &[u8]) -> Option<[u8; 2]> {
    <[u8; 2]>::try_from(field).ok().filter(|class| class.iter().all(u8::is_ascii_digit))
}
