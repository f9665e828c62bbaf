//! The form of a code: the digits of its kind of master: nine, the first of which is that of the kind; seven
//! of a disease, four of a modifier.

use super::asked::OfCode;
use super::check::{About, Check, Judges};
use super::fields::{COMMENT_CODES, DISEASE_CODE, DRUG_CODE, MODIFIER_CODES, PROCEDURE_CODE};
use super::wrong::Wrong;
use crate::finding::ClaimCode;
use crate::item_code::ItemKind;

pub(super) const CHECK: Check<OfCode> = Check {
    about: About {
        codes: &[
            ClaimCode::CodeForm,
            ClaimCode::DrugCodeForm,
            ClaimCode::DiseaseCodeForm,
            ClaimCode::ModifierCodeForm,
        ],
        fields: &[
            PROCEDURE_CODE,
            DRUG_CODE,
            "TO 4 特定器材コード",
            COMMENT_CODES,
            DISEASE_CODE,
            MODIFIER_CODES,
        ],
        columns: &[],
        source: "電子レセプトの作成手引き(医科); L2257, L2361",
        judges: Judges::Always,
    },
    ask: |kind, code| {
        code.is_none().then(|| {
            Wrong::plain(match kind {
                ItemKind::Drug => ClaimCode::DrugCodeForm,
                ItemKind::Disease => ClaimCode::DiseaseCodeForm,
                ItemKind::Modifier => ClaimCode::ModifierCodeForm,
                ItemKind::Procedure | ItemKind::Material | ItemKind::Comment => ClaimCode::CodeForm,
            })
        })
    },
};
