//! Codes that are abolished or gone while other records still name them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::consistency::RELATED_CODES;
use warifu_masters::change::diff::{Change, Diff, leaves};
use warifu_masters::table::{Master, Table};

use super::kind::RiskKind;
use super::risk::{Evidence, Reference, Risk};

/// Columns that name records of another kind of master: (the kind that has the column, the column, the kind
/// named). 異動関連 and 廃止・新設関連 are not among them, nor in [`RELATED_CODES`]: they name what is gone
/// on purpose.
const CODES_OF_OTHERS: [(&str, &str, &str); 2] =
    [("comment-relation", "procedure_code", "procedure"), ("comment-relation", "comment_code", "comment")];

/// The changes that abolish or remove a record which is still named, in this master or in `others`.
pub(super) fn lost(diff: &Diff<'_>, others: &[&Master]) -> Option<Risk> {
    let gone: BTreeMap<Cow<'_, str>, usize> = diff
        .changes
        .iter()
        .enumerate()
        .filter(|(_, change)| match **change {
            Change::Added { .. } => false,
            Change::Removed { .. } => true,
            Change::Changed { new, .. } => leaves(diff.new, new),
        })
        .map(|(at, change)| (diff.key(*change), at))
        .collect();
    let mut references = Vec::new();
    let mut look = |table: &Table, id: &str| {
        let Some(column) = table.layout().position(id) else { return };
        for row in (0..table.rows()).filter(|row| !leaves(table, *row)) {
            let code = table.field(row, column);
            if gone.contains_key(code) {
                references.push(Reference {
                    code: code.to_owned(),
                    kind: table.layout().kind.clone(),
                    key: table.key(row).into_owned(),
                    label: table.label(row).to_owned(),
                    column: id.to_owned(),
                });
            }
        }
    };
    for id in RELATED_CODES {
        look(diff.new, id);
    }
    for other in others {
        for (kind, id, named) in CODES_OF_OTHERS {
            if other.layout().kind == kind && diff.layout().kind == named {
                look(other, id);
            }
        }
    }
    let named: BTreeSet<usize> =
        references.iter().filter_map(|reference| gone.get(reference.code.as_str()).copied()).collect();
    let risk = Risk::of(RiskKind::ReferenceLost, None, named.into_iter().collect())?;
    Some(Risk { evidence: Evidence::References(references), ..risk })
}
