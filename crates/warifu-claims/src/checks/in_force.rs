//! A code that no record of its master was in force for on the treatment day. A disease and its modifiers are
//! asked for the treatment month: the day that a disease began on (診療開始日) may lie before its code was listed,
//! and says nothing.

use super::asked::OfAbsence;
use super::check::{About, Check, Judges};
use super::fields::{DISEASE_CODE, MODIFIER_CODES};
use super::wrong::{Shown, Wrong};
use crate::finding::ClaimCode;
use crate::item_code::ItemKind;
use crate::lookup::Absence;
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, LISTED_ON};

pub(super) const CHECK: Check<OfAbsence> = Check {
    about: About {
        codes: &[
            ClaimCode::CodeUnknown,
            ClaimCode::CodeAbolished,
            ClaimCode::DiseaseUnknown,
            ClaimCode::DiseaseAbolished,
            ClaimCode::DiseaseSucceeded,
            ClaimCode::ModifierUnknown,
            ClaimCode::ModifierAbolished,
            ClaimCode::NotKnown,
            ClaimCode::MasterNotHeld,
        ],
        fields: &[
            "RE 4 診療年月",
            "SI, IY 14–44, TO 18–48 算定日情報",
            "SI, IY, TO, CO 4 コード",
            DISEASE_CODE,
            MODIFIER_CODES,
        ],
        columns: &[CHANGED_ON, ABOLISHED_ON, "transition_or_use_limit_on", LISTED_ON, "successor_code"],
        source: "受付・事務点検ASPに係るチェック一覧(医科) L3303, L3204; マスターファイル仕様説明書 別紙1-2",
        judges: Judges::Always,
    },
    ask: |code, absence| {
        let (unknown, abolished) = match code.kind() {
            ItemKind::Disease => (ClaimCode::DiseaseUnknown, ClaimCode::DiseaseAbolished),
            ItemKind::Modifier => (ClaimCode::ModifierUnknown, ClaimCode::ModifierAbolished),
            ItemKind::Procedure | ItemKind::Drug | ItemKind::Material | ItemKind::Comment => {
                (ClaimCode::CodeUnknown, ClaimCode::CodeAbolished)
            }
        };
        let (wrong, expected) = match absence {
            Absence::Unknown => (unknown, Shown::Nothing),
            Absence::NotHeld => (ClaimCode::MasterNotHeld, Shown::Nothing),
            Absence::NotKnown(told_from) => {
                (ClaimCode::NotKnown, told_from.map_or(Shown::Nothing, Shown::Day))
            }
            Absence::Abolished(last) => (abolished, Shown::Day(last)),
            Absence::Succeeded(_, successor) => (ClaimCode::DiseaseSucceeded, Shown::Code(successor)),
        };
        Some(Wrong { code: wrong, found: Shown::Code(code), expected })
    },
};
