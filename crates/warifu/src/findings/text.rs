//! Findings as people read them: how many of what first, then one line each with its place, and once for each
//! code what to do.

use std::fmt::Write as _;

use warifu_masters::finding::{Finding, Findings, Severity};
use warifu_usage::Paint;
use warifu_values::lang::{Lang, counted};
use warifu_values::number::grouped;
use warifu_values::say;
use warifu_values::text::one_line;

use super::found::{Group, groups};

/// How many findings of one code are shown; the rest are counted.
const SHOWN: usize = 10;
/// How many notes of one code are shown: some rules are broken by hundreds of published records.
const SHOWN_NOTES: usize = 3;

/// How many findings of each code are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Most {
    /// The first of each.
    SomeOfEach,
    /// The first of each, by a command that takes `--all`.
    SomeUnlessAll,
    /// The same where somebody reads along: of notes only how many there are.
    OnScreen,
    /// All of them.
    All,
}

impl Most {
    /// Whether each group is told by its own lines.
    fn tells(self, group: &Group<'_>) -> bool {
        self != Most::OnScreen || group.severity > Severity::Note
    }

    fn of(self, group: &Group<'_>) -> usize {
        let most = if group.severity == Severity::Note { SHOWN_NOTES } else { SHOWN };
        if self == Most::All { group.findings.len() } else { most.min(group.findings.len()) }
    }
}

/// The findings about `file` as text: counts by code where there are several, then
/// `file:line:column:field: severity code: text`, or `file column 21 (field): ...` of a whole column, and
/// advice at the end.
pub fn text(file: &str, findings: &Findings, most: Most, lang: Lang, paint: Paint) -> String {
    let (groups, notes): (Vec<_>, Vec<_>) = groups(findings).into_iter().partition(|group| most.tells(group));
    let mut text = String::new();
    let in_groups = |groups: &[Group<'_>]| groups.iter().map(|group| group.count).sum::<u64>();
    let notes = in_groups(&notes);
    if in_groups(&groups) + notes > 1 && !groups.is_empty() {
        text.push_str(&counts(file, (findings, notes), &groups, lang, paint));
    }
    for group in &groups {
        let shown = most.of(group);
        for finding in &group.findings[..shown] {
            text.push_str(&line(file, finding, lang, paint));
        }
        let more = group.count - shown as u64;
        if more > 0 {
            let (name, more) = (&group.name, grouped(more));
            let _ = match most {
                Most::SomeUnlessAll | Most::OnScreen => writeln!(
                    text,
                    "{file}: {}",
                    say!(
                        lang,
                        "{more} more of {name}: --all shows them, --csv FILE lists them",
                        "{name} が他に {more} 件（--all ですべて表示、--csv ファイル名 で一覧を出力）"
                    )
                ),
                Most::SomeOfEach | Most::All => {
                    let said = say!(lang, "{more} more of {name}", "{name} が他に {more} 件あります");
                    writeln!(text, "{file}: {said}")
                }
            };
        }
    }
    for group in groups.iter().filter(|group| group.severity > Severity::Note) {
        let _ = writeln!(text, "  -> {}: {}", paint.code(&group.name), group.advice(lang));
    }
    if notes > 0 {
        let (n, in_ja) = (counted(notes, "note"), grouped(notes));
        let _ = writeln!(
            text,
            "{file}: {}",
            say!(
                lang,
                "{n} that refuse nothing (--all shows them, --csv FILE lists them)",
                "参考 {in_ja} 件（支障なし。--all ですべて表示、--csv ファイル名 で一覧を出力）"
            )
        );
    }
    text
}

/// The word for how grave a finding is.
fn painted(paint: Paint, severity: Severity, lang: Lang) -> String {
    let word = severity.word(lang);
    match severity {
        Severity::Deny => paint.error(word),
        Severity::Warn => paint.warning(word),
        Severity::Note => paint.note(word),
    }
}

/// How many there are, then how many of each code.
fn counts(
    file: &str,
    (findings, untold): (&Findings, u64),
    groups: &[Group<'_>],
    lang: Lang,
    paint: Paint,
) -> String {
    let all: u64 = groups.iter().map(|group| group.count).sum::<u64>() + untold;
    let refusing = findings.refusing();
    let warnings = findings.all().filter(|finding| finding.severity == Severity::Warn).count() as u64;
    let notes = all.saturating_sub(refusing + warnings);
    let mut parts = Vec::new();
    for (severity, count) in [(Severity::Deny, refusing), (Severity::Warn, warnings), (Severity::Note, notes)]
    {
        if count > 0 {
            parts.push(format!("{} {}", severity.word(lang), grouped(count)));
        }
    }
    let (of_all, in_ja) = (counted(all, "finding"), grouped(all));
    let parts = parts.join(&say!(lang, ", ", "、"));
    let mut text = format!("{file}: {}\n", say!(lang, "{of_all} ({parts})", "指摘 {in_ja} 件（{parts}）"));
    let digits = groups.iter().map(|group| grouped(group.count).len()).max().unwrap_or_default();
    for Group { name, severity, count, .. } in groups {
        let (count, severity) = (grouped(*count), painted(paint, *severity, lang));
        let name = paint.code(name);
        let _ = writeln!(text, "  {count:>digits$}  {severity} {name}");
    }
    text
}

/// One finding.
fn line(file: &str, finding: &Finding, lang: Lang, paint: Paint) -> String {
    let place = match (finding.line, finding.column, &finding.field) {
        // A number alone would be taken for a line.
        (None, Some(column), Some(field)) => {
            say!(lang, " column {column} ({field})", " {column} 列目（{field}）")
        }
        _ => finding.place(),
    };
    let colon = if place.is_empty() || place.starts_with(' ') { "" } else { ":" };
    let severity = painted(paint, finding.severity, lang);
    let name = paint.code(finding.name());
    let mut text = format!("{file}{colon}{place}: {severity} {name}: {}", one_line(&finding.text(lang)));
    if let Some(key) = &finding.key {
        let _ = write!(text, " [{}]", one_line(key));
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use warifu_masters::finding::Code;

    use super::super::found::tests::found;
    use super::*;

    #[test]
    fn counts_come_first_and_what_is_left_out_says_how_to_see_it() {
        let findings = found(1_200).findings;
        let told = text("y.csv", &findings, Most::SomeUnlessAll, Lang::Ja, Paint::Plain);
        let head = "y.csv: 指摘 1,202 件（拒否 1,200、警告 1、参考 1）\n\
                    \x20 1,201  拒否 field/date\n      1  警告 file/rendering\n";
        assert!(told.starts_with(head), "{told}");
        assert_eq!(told.matches("拒否 field/date: ").count(), SHOWN);
        assert!(told.contains("field/date が他に 1,191 件（--all ですべて表示"), "{told}");
        let all = text("y.csv", &findings, Most::All, Lang::En, Paint::Plain);
        assert_eq!(all.matches("field/date: ").count(), 1_201 + 1, "each, and the advice");
        assert!(!all.contains("more of"), "{all}");
        // Where somebody reads along, what refuses nothing is one line, and the first of the rest stand.
        let mut findings = findings;
        findings.push(Finding::new(Code::FileNewlines).found("LF").expected("CRLF"));
        let screen = text("y.csv", &findings, Most::OnScreen, Lang::Ja, Paint::Plain);
        assert!(screen.starts_with("y.csv: 指摘 1,203 件（拒否 1,200、警告 1、参考 2）\n"), "{screen}");
        assert_eq!(screen.matches("拒否 field/date: ").count(), SHOWN);
        assert!(
            screen.ends_with(
                "y.csv: 参考 1 件（支障なし。--all ですべて表示、--csv ファイル名 で一覧を出力）\n"
            ),
            "{screen}"
        );
        assert_eq!(screen.matches("参考").count(), 2, "{screen}");
        let other = text("y.csv", &findings, Most::SomeOfEach, Lang::En, Paint::Plain);
        assert!(other.contains("1,191 more of field/date\n"), "{other}");
    }

    #[test]
    fn one_finding_is_one_line_whatever_is_in_it() {
        let told = text("y.csv", &found(1).findings, Most::All, Lang::En, Paint::Plain);
        assert!(!told.lines().any(|line| line.starts_with("::")), "{told}");
        let mut one = Findings::new();
        one.push(Finding::new(warifu_masters::finding::Code::FileEmpty));
        assert!(
            text("y.csv", &one, Most::All, Lang::En, Paint::Plain).starts_with("y.csv: denied file/empty: ")
        );
    }
}
