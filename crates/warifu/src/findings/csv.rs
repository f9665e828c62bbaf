//! Findings as a table for a spreadsheet: a row for each, by file and code.

use warifu_masters::finding::Finding;
use warifu_values::csv::Sheet;
use warifu_values::lang::Lang;
use warifu_values::text::one_line;

use super::found::{Found, groups};

/// The columns, in both languages.
const COLUMNS: [(&str, &str); 12] = [
    ("file", "ファイル"),
    ("severity", "区分"),
    ("code", "コード"),
    ("message", "内容"),
    ("line", "行"),
    ("column", "列"),
    ("field", "項目"),
    ("key", "レコードのコード"),
    ("found", "記録内容"),
    ("expected", "照合内容"),
    ("advice", "対応"),
    ("let pass because", "承認の理由"),
];

/// The table of all findings, with a row of titles.
pub fn csv(found: &[Found], lang: Lang) -> String {
    let mut sheet = Sheet::new(COLUMNS.map(|(en, ja)| if lang == Lang::Ja { ja } else { en }));
    for Found { file, findings } in found {
        for group in groups(findings) {
            for finding in &group.findings {
                sheet.row(cells(file, finding, lang));
            }
        }
    }
    sheet.into_string()
}

fn cells(file: &str, finding: &Finding, lang: Lang) -> [String; COLUMNS.len()] {
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.as_deref().map(one_line).unwrap_or_default();
    let reason = finding.passed.as_ref().map(|passed| one_line(&passed.reason)).unwrap_or_default();
    [
        file.to_owned(),
        finding.severity.word(lang).to_owned(),
        finding.name().to_owned(),
        one_line(&finding.text(lang)),
        number(finding.line),
        number(finding.column),
        text(&finding.field),
        text(&finding.key),
        one_line(&finding.found),
        one_line(&finding.expected),
        finding.advice(lang).to_owned(),
        reason,
    ]
}

#[cfg(test)]
mod tests {
    use super::super::found::tests::found;
    use super::*;

    #[test]
    fn a_row_for_each_and_nothing_that_a_spreadsheet_computes() {
        let table = csv(&[found(1_200)], Lang::Ja);
        assert!(table.starts_with("\u{feff}ファイル,区分,コード,"), "{table}");
        assert_eq!(table.lines().count(), 1_203);
        assert!(table.contains(",\"'=1+1, ::error::<b>\","), "{}", &table[..500]);
        assert!(table.contains(",告示のとおり\r\n"));
    }
}
