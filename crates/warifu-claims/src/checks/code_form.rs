//! The form of a code: nine digits, the first of which is that of the kind of master.

use super::asked::OfCode;
use super::check::{About, Check, Judges};
use super::fields::{COMMENT_CODES, DRUG_CODE, PROCEDURE_CODE};
use super::wrong::Wrong;
use crate::file::ItemKind;
use crate::finding::ClaimCode;

pub(super) const CHECK: Check<OfCode> = Check {
    about: About {
        codes: &[ClaimCode::CodeForm, ClaimCode::DrugCodeForm],
        fields: &[PROCEDURE_CODE, DRUG_CODE, "TO 4 特定器材コード", COMMENT_CODES],
        columns: &[],
        source: "電子レセプトの作成手引き(医科); L2361",
        judges: Judges::Always,
    },
    ask: |kind, code| {
        code.is_none().then(|| {
            Wrong::plain(match kind {
                ItemKind::Drug => ClaimCode::DrugCodeForm,
                ItemKind::Procedure | ItemKind::Material | ItemKind::Comment => ClaimCode::CodeForm,
            })
        })
    },
};
