//! Findings as annotations of GitHub Actions: a line for each, which its runner shows at its place in the
//! file. It shows few of a step, so that what is gravest comes first.

use std::cmp::Reverse;
use std::fmt::Write as _;

use warifu_values::lang::Lang;

use crate::found::{Ended, Level, Suite, Tool};

/// A line for each finding of all files, the gravest first. The column is the field's number in its line.
pub fn github(tool: Tool, found: Vec<Suite<'_>>, ended: Ended<'_>, lang: Lang) -> String {
    let mut text = String::new();
    if let Ended::Failed { said, .. } = ended {
        let _ = writeln!(text, "::error title={}::{}", property(tool.name), data(&said.say(lang)));
    }
    let mut groups = Vec::new();
    for suite in found {
        let Suite { file, groups: of_file } = suite;
        groups.extend(of_file.into_iter().map(|group| (file, group)));
    }
    groups.sort_by_key(|(_, group)| Reverse(group.level));
    for (file, group) in groups {
        for row in group.rows {
            let command = match row.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Note => "notice",
            };
            let _ = write!(text, "::{command} file={}", property(file));
            for (name, number) in [("line", row.line), ("col", row.column)] {
                if let Some(number) = number.filter(|_| row.line.is_some()) {
                    let _ = write!(text, ",{name}={number}");
                }
            }
            let key = row.key.as_ref().map(|key| format!(" [{key}]")).unwrap_or_default();
            let field = row.field.as_ref().map(|field| format!(" {field}")).unwrap_or_default();
            let title = property(&format!("{}{field}", group.name));
            let _ = writeln!(text, ",title={title}::{}", data(&format!("{}{key}", row.text.say(lang))));
        }
    }
    text
}

/// What stands after `::`: a line end in it would begin another command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands after `=`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
