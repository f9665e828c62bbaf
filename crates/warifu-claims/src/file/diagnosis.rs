//! What a claim says the patient has (SY 傷病名): codes, without the name that may stand beside them.

use warifu_values::day::TreatmentDay;

use crate::item_code::{ItemCode, ItemKind};
use crate::name_digest::NameDigest;

use super::codes::digit;
use super::dates::treatment_day;
use super::fields::Fields;
use super::item::PartAt;

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
    pub code: Option<ItemCode>,
    /// 診療開始日.
    pub started_on: Option<TreatmentDay>,
    /// 転帰区分.
    pub outcome: Option<Outcome>,
    /// Whether it is the main one (主傷病 01).
    pub is_main: bool,
    /// Whether a name stands there (傷病名称).
    pub has_name: bool,
    /// What stands for that name, where the code says none (0000999).
    pub uncoded_name: Option<NameDigest>,
    /// Whether a note stands there (補足コメント).
    pub has_note: bool,
    pub(super) modifiers: PartAt,
}

impl Diagnosis {
    /// The SY of these `fields`, still without its modifiers.
    pub(super) fn read(fields: &Fields<'_>, line: u32) -> Diagnosis {
        let code = ItemCode::parse(ItemKind::Disease, fields.at(2));
        let name_alone = code.filter(|code| *code == ItemCode::UNCODED_DISEASE);
        Diagnosis {
            line,
            code,
            uncoded_name: name_alone.and_then(|_| NameDigest::of_field(fields.at(6))),
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
pub(super) fn modifiers(field: &[u8]) -> impl Iterator<Item = Option<ItemCode>> + '_ {
    field.chunks(4).map(|piece| ItemCode::parse(ItemKind::Modifier, piece))
}
