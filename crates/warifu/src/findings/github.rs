//! Findings as annotations of GitHub Actions: a line for each, which its runner shows at its place in the
//! file. It shows few of a step, so that what refuses comes first.

use std::cmp::Reverse;
use std::fmt::Write as _;

use warifu_masters::finding::Severity;
use warifu_values::lang::{Lang, Speak as _};

use super::found::{Ended, Found, groups};

/// A line for each finding of all files, what refuses first. The column is the field's number in its row.
pub fn github(found: &[Found], ended: Ended<'_>, lang: Lang) -> String {
    let mut text = String::new();
    if let Ended::Failed(failure) = ended {
        let _ = writeln!(text, "::error title=warifu::{}", data(&failure.say(lang)));
    }
    let mut groups: Vec<_> =
        found.iter().flat_map(|it| groups(&it.findings).into_iter().map(|group| (&it.file, group))).collect();
    groups.sort_by_key(|(_, group)| Reverse(group.severity));
    for (file, group) in groups {
        for finding in &group.findings {
            let command = match finding.severity {
                Severity::Deny => "error",
                Severity::Warn => "warning",
                Severity::Note => "notice",
            };
            let _ = write!(text, "::{command} file={}", property(file));
            for (name, number) in [("line", finding.line), ("col", finding.column)] {
                if let Some(number) = number.filter(|_| finding.line.is_some()) {
                    let _ = write!(text, ",{name}={number}");
                }
            }
            let key = finding.key.as_ref().map(|key| format!(" [{key}]")).unwrap_or_default();
            let field = finding.field.as_ref().map(|field| format!(" {field}")).unwrap_or_default();
            let title = property(&format!("{}{field}", finding.name()));
            let _ = writeln!(text, ",title={title}::{}", data(&format!("{}{key}", finding.text(lang))));
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

#[cfg(test)]
mod tests {
    use super::super::found::tests::found;
    use super::*;
    use crate::error::{Exit, Failure};

    #[test]
    fn a_line_for_each_and_none_that_the_file_wrote() {
        let told = github(&[found(2)], Ended::AsFound, Lang::En);
        let lines: Vec<_> = told.lines().collect();
        assert_eq!(lines.len(), 4, "{told}");
        let begins = "::error file=a%3Ab%2Cc/y_20240601.csv,line=1,col=21,title=field/date changed_on::";
        assert!(lines[0].starts_with(begins), "{told}");
        assert!(lines[0].contains("=1+1,%0A::error::<b>"), "{told}");
        assert!(lines.iter().all(|line| line.contains("file=a%3Ab%2Cc/")), "{told}");
        let failure = Failure::new(Exit::CouldNotRun, "no\nfile", "なし");
        let told = github(&[], Ended::Failed(&failure), Lang::En);
        assert_eq!(told, "::error title=warifu::no%0Afile\n");
    }
}
