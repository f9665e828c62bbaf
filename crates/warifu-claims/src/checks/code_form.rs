//! The form of a code: the digits of its kind of master: nine, the first of which is that of the kind; seven
//! of a disease, four of a modifier.

use super::asked::OfCode;
use super::check::{About, Check, Judges};
use super::fields::{DISEASE_CODE, MODIFIER_CODES, PROCEDURE_CODE};
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
            "IY 4 医薬品コード",
            "TO 4 特定器材コード",
            "CO 4, SI 8–13, IY 8–13, TO 12–17 コメントコード",
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
