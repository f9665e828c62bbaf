//! The report for a terminal: how many of what first, errors before what was not judged, then the findings
//! under their codes, so that one error among hundreds of equal lines is seen.

use warifu_claims::{ClaimFinding, ClaimFindings, ClaimSeverity, When};
use warifu_judging::{CodeCount, Summary};
use warifu_values::lang::{Lang, counted};
use warifu_values::say;
use warifu_values::terminal::{left, right, wrapped};

/// How many findings of each code are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Most {
    /// So many, and how many more there are.
    OfEach(usize),
    /// All of them.
    All,
}

/// What `summary` sums up and `findings` say, for a terminal of so many cells.
pub fn report(summary: &Summary, findings: &ClaimFindings, most: Most, lang: Lang, width: usize) -> String {
    let mut text = wrapped("", 2, &in_one_line(summary, lang), width);
    let groups: Vec<Group<'_>> = summary.codes.iter().map(|count| Group::of(count, findings, lang)).collect();
    let mut told = None;
    for group in &groups {
        let severity = group.count.code.severity();
        if told.replace(severity) != Some(severity) {
            text.push('\n');
            text += &wrapped("", 2, heading(severity, lang), width);
        }
        text += &group.counted(&groups, lang, width);
    }
    for group in &groups {
        text += &group.listed(most, lang, width);
    }
    if summary.left_out > 0 {
        let left_out = summary.left_out;
        let said = say!(
            lang,
            "{left_out} further findings were only counted: the file has too many to write out",
            "ほかに {left_out} 件の指摘があり、多すぎるため件数のみ集計しました"
        );
        text.push('\n');
        text += &wrapped("", 2, &said, width);
    }
    text
}

/// What it came to, in one line.
fn in_one_line(summary: &Summary, lang: Lang) -> String {
    let Summary { claims, items, errors, unjudged, notices, .. } = summary;
    let release = summary.receipt.release;
    let (of_claims, of_items) = (counted(*claims, "claim"), counted(*items, "item"));
    let of_errors = counted(*errors, "error");
    let noticed = match notices {
        0 => String::new(),
        notices => {
            let of_notices = counted(*notices, "notice");
            say!(lang, ", {of_notices}", "、お知らせ {notices} 件")
        }
    };
    say!(
        lang,
        "{of_claims}, {of_items}: {of_errors}, {unjudged} not judged{noticed}, by release {release}",
        "レセプト {claims} 件、{items} 項目: エラー {errors} 件、判定不能 {unjudged} 件{noticed}\
         （リリース {release}）"
    )
}

/// What a severity is called.
pub(super) fn severity_word(severity: ClaimSeverity, lang: Lang) -> &'static str {
    match (severity, lang) {
        (severity, Lang::En) => severity.as_str(),
        (ClaimSeverity::Error, Lang::Ja) => "エラー",
        (ClaimSeverity::Notice, Lang::Ja) => "お知らせ",
        (ClaimSeverity::Unjudged, Lang::Ja) => "判定不能",
    }
}

fn heading(severity: ClaimSeverity, lang: Lang) -> &'static str {
    match (severity, lang) {
        (ClaimSeverity::Error, Lang::En) => "Errors",
        (ClaimSeverity::Error, Lang::Ja) => "エラー",
        (ClaimSeverity::Notice, Lang::En) => "Notices: told, and processed as right",
        (ClaimSeverity::Notice, Lang::Ja) => "お知らせ（返戻にはなりません）",
        (ClaimSeverity::Unjudged, Lang::En) => "Not judged, and no fault of the claim",
        (ClaimSeverity::Unjudged, Lang::Ja) => "判定不能（請求の誤りではありません）",
    }
}

/// The findings of one code.
struct Group<'a> {
    count: &'a CodeCount,
    findings: Vec<&'a ClaimFinding>,
    /// What all of them say, where that is the same.
    same: Option<String>,
}

impl<'a> Group<'a> {
    fn of(count: &'a CodeCount, findings: &'a ClaimFindings, lang: Lang) -> Group<'a> {
        let findings: Vec<_> = findings.list().iter().filter(|it| it.code == count.code).collect();
        let first = findings.first().map(|finding| finding.message(lang));
        let same = first.filter(|first| {
            findings.len() as u64 == count.findings && findings.iter().all(|it| it.message(lang) == *first)
        });
        Group { count, findings, same }
    }

    /// How many there are, and what the code says.
    fn counted(&self, all: &[Group<'_>], lang: Lang, width: usize) -> String {
        let number = |group: &Group<'_>| group.count.findings.to_string();
        let digits = all.iter().map(|group| number(group).len()).max().unwrap_or(1);
        let longest = all.iter().map(|group| named(group.count).len()).max().unwrap_or(0);
        let number = right(&number(self), digits);
        let name = left(&named(self.count), longest.min(width / 2));
        let claims = match self.count.claims {
            0 => String::new(),
            claims => {
                let of_claims = counted(claims, "claim");
                say!(lang, "in {of_claims}", "レセプト {claims} 件")
            }
        };
        let first = say!(lang, "  {number}  ", "  {number} 件  ");
        let hang = 2 + digits + say!(lang, "  ", "     ").len();
        let what = match (&self.same, lang) {
            (Some(same), _) => same,
            (None, Lang::En) => &self.count.en,
            (None, Lang::Ja) => &self.count.ja,
        };
        let line = wrapped(&first, hang, &format!("{name}  {claims}"), width);
        line + &wrapped(&" ".repeat(hang), hang, what, width)
    }

    /// Its findings, claim by claim in the order of the file.
    fn listed(&self, most: Most, lang: Lang, width: usize) -> String {
        let shown = match most {
            Most::All => self.findings.len(),
            Most::OfEach(most) => self.findings.len().min(most),
        };
        let shown = &self.findings[..shown];
        let mut text = "\n".to_owned() + &wrapped("", 2, &named(self.count), width);
        let digits = shown.iter().map(|finding| finding.line).max().map_or(1, |line| line.to_string().len());
        for finding in shown {
            text += &self.one(finding, digits, lang, width);
        }
        let more = self.findings.len() - shown.len();
        if more > 0 {
            let said = say!(lang, "… and {more} more: --all", "… 他 {more} 件（--all ですべて表示）");
            text += &wrapped("  ", 4, &said, width);
        }
        text
    }

    fn one(&self, finding: &ClaimFinding, digits: usize, lang: Lang, width: usize) -> String {
        let line = right(&finding.line.to_string(), digits);
        let mut place = say!(lang, "  line {line}", "  {line} 行目");
        if let Some(claim) = finding.claim {
            place += &say!(lang, "  claim {claim}", "  レセプト {claim}");
        }
        let item = item(finding);
        let mut text = match item.is_empty() {
            true => wrapped(&place, 6, "", width),
            false => wrapped(&format!("{place}  "), 6, &item, width),
        };
        if self.same.is_none() && says_more(finding) {
            text += &wrapped("      ", 6, &finding.message(lang), width);
        }
        text
    }
}

fn named(count: &CodeCount) -> String {
    // The level of a code of the ASP is seen by that code.
    let official = match (count.asp, count.level) {
        (Some(asp), _) => format!("  ASP {asp}"),
        (None, Some(level)) => format!("  {level}"),
        (None, None) => String::new(),
    };
    format!("{}{official}", count.code)
}

/// Whether its message has more in it than its line and the code's text say.
fn says_more(finding: &ClaimFinding) -> bool {
    let text = finding.code.text(Lang::En);
    let is_the_item = || finding.item.is_some_and(|item| finding.found == item.to_string());
    text.contains("{expected}") || (text.contains("{found}") && !is_the_item())
}

/// The record and the field, the item with its name, and the day or month that it was judged for.
fn item(finding: &ClaimFinding) -> String {
    let record = finding.record.map(|record| String::from_utf8_lossy(&record).into_owned());
    let field = finding.field.map(|field| format!("{} {}", field.position, field.name));
    let item = finding.item.map(|item| item.to_string());
    let name = finding.name.as_deref().map(str::to_owned);
    let when = finding.when.map(|when| match when {
        When::Day(day) => day.to_string(),
        When::Month(month) => month.to_string(),
    });
    let parts: Vec<String> = [record, field, item, name, when].into_iter().flatten().collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use warifu_claims::{ClaimCode, ItemCode, ItemKind};
    use warifu_values::digest::Digest;

    use warifu_values::terminal::cells;

    use super::*;
    use crate::receipt::Receipt;

    fn finding(code: ClaimCode, line: u32, found: &str, expected: &str) -> ClaimFinding {
        ClaimFinding {
            code,
            release: 3,
            claim: Some(line / 10),
            line,
            record: Some(*b"SI"),
            field: None,
            item: ItemCode::parse(ItemKind::Procedure, b"160084650"),
            name: Some("大腸菌血清型別の検査を行った場合の点数".into()),
            when: None,
            series: None,
            found: found.to_owned(),
            expected: expected.to_owned(),
        }
    }

    /// 408 items that could not be judged, and one wrong one in the midst of them.
    fn one_among_many() -> (Summary, ClaimFindings) {
        let mut findings = ClaimFindings::new(1_000);
        for line in 1..=409 {
            let (code, found, expected) = match line {
                205 => (ClaimCode::Points, "50", "48"),
                _ => (ClaimCode::NotKnown, "160084650", "2024-06-01"),
            };
            findings.push_with(code, || finding(code, line, found, expected));
        }
        let digest = Digest::of(b"");
        let receipt = Receipt {
            release: 3,
            manifest: digest,
            masters: digest,
            checks: "1".to_owned(),
            program: "0".to_owned(),
        };
        (Summary::of(Default::default(), &findings, &receipt), findings)
    }

    #[test]
    fn one_error_among_hundreds_of_equal_findings_is_seen_first() {
        let (summary, findings) = one_among_many();
        let told = report(&summary, &findings, Most::OfEach(10), Lang::Ja, 80);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], "レセプト 0 件、0 項目: エラー 1 件、判定不能 408 件（リリース 3）");
        assert_eq!(lines[2], "エラー");
        assert!(lines[3].starts_with("    1 件  claim/points") && lines[3].ends_with("  レセプト 1 件"));
        assert_eq!(lines[4], "          50 点の請求ですが、マスターでは 48 点です。点数を確認してください");
        assert_eq!(lines[6], "判定不能（請求の誤りではありません）");
        let at = |text: &str| lines.iter().position(|line| line.starts_with(text)).unwrap();
        let found = "  205 行目  レセプト 20  SI 160084650 大腸菌血清型別の検査を行った場合の点数";
        assert_eq!(lines[at("claim/points") + 1], found);
        // Ten of the others with one line each, and how many more there are.
        let more = at("  … 他 398 件（--all ですべて表示）");
        assert_eq!(more, at("claim/not-yet-in-force") + 11);
        assert_eq!(lines.len(), more + 1);
        let all = report(&summary, &findings, Most::All, Lang::Ja, 80);
        // Each finding, and the sentence that stands for its code.
        assert_eq!(all.lines().filter(|line| line.contains("160084650")).count(), 410);
        assert!(!all.contains("--all"));
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let (summary, findings) = one_among_many();
        for lang in [Lang::En, Lang::Ja] {
            for width in [40, 60, 80, 132] {
                let told = report(&summary, &findings, Most::All, lang, width);
                let widest = told.lines().map(cells).max().unwrap();
                assert!(widest <= width, "{widest} in {width}:\n{told}");
            }
        }
    }

    #[test]
    fn what_was_only_counted_is_told() {
        let (_, all) = one_among_many();
        let mut findings = ClaimFindings::new(5);
        all.list().iter().for_each(|it| findings.push_with(it.code, || it.clone()));
        let (summary, _) = one_among_many();
        let summary = Summary::of(Default::default(), &findings, &summary.receipt);
        assert_eq!(summary.left_out, 404);
        let told = report(&summary, &findings, Most::All, Lang::En, 80);
        assert!(told.contains("404 further findings were only counted"), "{told}");
        // The error is counted, though none of the lines that were kept is it.
        assert!(told.contains("  1  claim/points"), "{told}");
    }
}
