//! Commit messages: what an import changed, in words, for whoever reads `git log`.

use std::fmt::Write as _;

use warifu_masters::change::diff::{Change, Diff, Summary};
use warifu_masters::schema::{Layout, is_marked};
use warifu_masters::table::Role;

use super::record::{Ended, ImportRecord};

/// How many fields and records a message names.
const SHOWN: usize = 8;

/// The records a message names.
#[derive(Debug, Default)]
pub(super) struct Told {
    lines: Vec<String>,
    more: usize,
}

impl Told {
    pub(super) fn of(diff: &Diff<'_>) -> Told {
        let class = diff.layout().position(warifu_masters::schema::CHANGE_CLASS);
        let mut told = Told::default();
        for change in &diff.changes {
            let (sign, master, row) = match *change {
                Change::Added { new } => ('+', diff.new, new),
                Change::Removed { old } => ('x', diff.old, old),
                Change::Changed { old, new } => {
                    let is_going = class.is_some_and(|class| is_marked(diff.new.bytes(new, class)));
                    let mut fields =
                        warifu_masters::change::diff::fields_that_differ(diff.old, old, diff.new, new);
                    if fields.all(|column| Some(column) == class) && !is_going {
                        continue;
                    }
                    (if is_going { '-' } else { '~' }, diff.new, new)
                }
            };
            if told.lines.len() < SHOWN {
                told.lines.push(format!("  {sign} {} {}", master.key(row), master.label(row)));
            } else {
                told.more += 1;
            }
        }
        told
    }

    /// The message: one line, then the same in Japanese, then the evidence.
    pub(super) fn message(
        &self,
        series: &str,
        layout: &Layout,
        record: &ImportRecord,
        summary: &Summary,
    ) -> String {
        let ImportRecord { name, counts, .. } = record;
        let (role, role_ja) = match record.role {
            Role::Full => ("full", "全件"),
            Role::Differential => ("differential", "変更分"),
        };
        let (what, what_ja) = match (&record.base, record.role) {
            (None, _) => (format!("{} records", record.records), format!("{} 件", record.records)),
            (Some(_), _) => {
                let (added, changed, abolished) = (counts.added, counts.changed, counts.abolished);
                (
                    format!("{added} added, {changed} changed, {abolished} abolished"),
                    format!("追加 {added}、変更 {changed}、廃止 {abolished}"),
                )
            }
        };
        let (role, role_ja) = match record.correction {
            Some(_) => ("EMERGENCY CORRECTION", "緊急訂正"),
            None => (role, role_ja),
        };
        let mut text = format!("{series} {}: {role} {name}: {what}\n\n", layout.kind);
        let _ = writeln!(text, "{series} {}: {role_ja} {name}: {what_ja}\n", layout.name_ja);
        if let Some(reason) = &record.correction {
            let _ = writeln!(text, "reason {reason}");
        }
        let _ = writeln!(text, "file   {name}, {} bytes, {} rows", record.bytes, record.rows);
        let _ = writeln!(text, "dated  {}", record.dated);
        let _ = writeln!(text, "sha256 {}", record.sha256);
        if let Some(base) = &record.base {
            let _ = writeln!(text, "base   {} ({})", base.state, &base.commit[..12]);
        }
        if let Some(replaced) = &record.replaces {
            let _ = writeln!(text, "instead of {replaced} (re-issue; 再掲)");
        }
        for Ended { name, dated, fields_lost } in &record.corrections {
            let _ = match fields_lost {
                0 => writeln!(text, "contains the correction {name} of {dated} (訂正の内容を含む)"),
                lost => {
                    writeln!(text, "drops {lost} fields of the correction {name} of {dated} (訂正を取り消す)")
                }
            };
        }
        let _ = writeln!(text, "state  {}, {} records", record.state, record.records);
        if counts.removed > 0 {
            let _ = writeln!(text, "gone   {} (abolished before; 前回廃止分の削除)", counts.removed);
        }
        if !summary.fields.is_empty() {
            text.push_str("\nFields changed 変更項目\n");
            for (id, count) in summary.fields.iter().take(SHOWN) {
                let name = layout.position(id).map_or("", |column| &layout.columns[column].name);
                let _ = writeln!(text, "  {id} {name} ×{count}");
            }
        }
        if !self.lines.is_empty() {
            text.push_str("\nRecords 対象 (+ added 追加, ~ changed 変更, - abolished 廃止, x gone 削除)\n");
            self.lines.iter().for_each(|line| text.push_str(&format!("{line}\n")));
            if self.more > 0 {
                let _ = writeln!(text, "  … {} more 他", self.more);
            }
        }
        if !record.accepted.is_empty() {
            text.push_str("\nAccepted 承認した指摘\n");
            for accepted in &record.accepted {
                let _ = writeln!(text, "  {} ×{}: {}", accepted.code, accepted.count, accepted.reason);
            }
        }
        text
    }
}
