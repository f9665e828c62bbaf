//! Why an outpatient has a long-listed drug (長期収載品) that is subject to 選定療養, though not as such: one of the
//! comments that say so.
//!
//! The table speaks of what is prescribed (処方), so only medication (投薬, 診療識別 21 to 23) is asked; and 選定療養
//! is for outpatients.

use super::asked::{OfCommentsDue, Wanting};
use crate::checks::check::{About, Check, Judges};
use crate::checks::cover::{Covered, cover};
use crate::checks::fields::{CLAIM_CLASS, COMMENT_CODES, DRUG_CODE};
use crate::file::{Item, Section, Setting};
use crate::finding::ClaimCode;
use crate::item_code::ItemKind;
use crate::lookup::relation::ELECTIVE_DRUGS;

pub(super) const CHECK: Check<OfCommentsDue> = Check {
    about: About {
        codes: &[ClaimCode::ElectiveCommentMissing],
        fields: &[CLAIM_CLASS, "IY 2 診療識別", DRUG_CODE, "IY 14–44 算定日情報", COMMENT_CODES],
        columns: &["elective_care_class", "procedure_code", "comment_code", "condition_class"],
        source: "コメント関連テーブル ファイル仕様説明書 6, 14: 条件区分 20; 医薬品マスター 42 選定療養区分; L4438",
        judges: Judges::Always,
    },
    ask: |wanting, uses, tell| {
        let reasons = wanting.relations.table.about(ELECTIVE_DRUGS);
        let is_outpatient = wanting.claim.head.setting() == Some(Setting::Outpatient);
        if !is_outpatient || reasons.is_empty() || reasons.iter().any(|row| wanting.has(row.comment)) {
            return;
        }
        uses.fill(wanting.claim, |item, _| is_elective(wanting, item));
        for one in uses.iter() {
            let lacks = wanting.lacks(ClaimCode::ElectiveCommentMissing, reasons, one);
            lacks.into_iter().for_each(&mut *tell);
        }
    },
};

/// Whether an item is medication with a drug that is subject to 選定療養 on all its days.
fn is_elective(wanting: &Wanting<'_>, item: &Item) -> bool {
    let is_medication = item.section.map(Section::number).is_some_and(|number| (21..=23).contains(&number));
    let (ItemKind::Drug, Some(code), true) = (item.kind, item.code, is_medication) else { return false };
    let look = |day| wanting.snapshot.drug(code.number(), day);
    matches!(cover(wanting.month, item.days, look), Covered::Yes(Some(held)) if held.facts.is_elective)
}
