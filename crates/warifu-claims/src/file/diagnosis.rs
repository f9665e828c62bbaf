//! What a claim says the patient has (SY 傷病名): codes, without the name that may stand beside them.

use std::fmt;
use std::num::NonZeroU32;

use warifu_values::amount::number;
use warifu_values::day::TreatmentDay;

use super::codes::digit;
use super::dates::treatment_day;
use super::fields::Fields;
use super::item::PartAt;

/// A seven-digit code of the disease master (傷病名コード).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DiseaseCode(NonZeroU32);

impl DiseaseCode {
    /// 未コード化傷病名: its name stands in the claim.
    pub const UNCODED: DiseaseCode = DiseaseCode(NonZeroU32::new(999).unwrap());

    /// The code that `field` writes.
    pub fn parse(field: &[u8]) -> Option<DiseaseCode> {
        let code = number(field).filter(|_| field.len() == 7)?;
        NonZeroU32::new(code).map(DiseaseCode)
    }

    /// The code as a number.
    pub fn number(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for DiseaseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:07}", self.0)
    }
}

/// A four-digit code of the modifier master (修飾語コード).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModifierCode(u16);

impl ModifierCode {
    /// The code that `field` writes.
    pub fn parse(field: &[u8]) -> Option<ModifierCode> {
        let code = number(field).filter(|_| field.len() == 4)?;
        u16::try_from(code).ok().map(ModifierCode)
    }

    /// The code as a number.
    pub fn number(self) -> u32 {
        self.0.into()
    }
}

impl fmt::Display for ModifierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// How a disease ended (転帰区分).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// 1 継続.
    Continuing,
    /// 2 治ゆ.
    Cured,
    /// 3 死亡.
    Died,
    /// 4 中止 (転医).
    Ended,
}

/// One SY.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Diagnosis {
    /// Its line, from 1.
    pub line: u32,
    /// Its code; `None` when what stands there is none.
    pub code: Option<DiseaseCode>,
    /// 診療開始日.
    pub started_on: Option<TreatmentDay>,
    /// 転帰区分.
    pub outcome: Option<Outcome>,
    /// Whether it is the main one (主傷病 01).
    pub is_main: bool,
    /// Whether a name stands there (傷病名称).
    pub has_name: bool,
    /// Whether a note stands there (補足コメント).
    pub has_note: bool,
    pub(super) modifiers: PartAt,
}

impl Diagnosis {
    /// The SY of these `fields`, still without its modifiers.
    pub(super) fn read(fields: &Fields<'_>, line: u32) -> Diagnosis {
        Diagnosis {
            line,
            code: DiseaseCode::parse(fields.at(2)),
            started_on: treatment_day(fields.at(3)),
            outcome: match digit(fields.at(4)) {
                Some(1) => Some(Outcome::Continuing),
                Some(2) => Some(Outcome::Cured),
                Some(3) => Some(Outcome::Died),
                Some(4) => Some(Outcome::Ended),
                _ => None,
            },
            is_main: fields.at(7) == b"01",
            has_name: !fields.at(6).is_empty(),
            has_note: !fields.at(8).is_empty(),
            modifiers: PartAt::default(),
        }
    }
}

/// The modifiers that `field` writes, four digits each; `None` for each piece that is none.
pub(super) fn modifiers(field: &[u8]) -> impl Iterator<Item = Option<ModifierCode>> + '_ {
    field.chunks(4).map(ModifierCode::parse)
}
