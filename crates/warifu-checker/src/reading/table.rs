//! A table for a spreadsheet, as the lists of the 受付・事務点検 ASP are read: a row for each finding, claim
//! by claim in the order of the file.

use warifu_claims::{ClaimFile, ClaimFinding, ClaimFindings, Level, When};
use warifu_values::csv::Sheet;
use warifu_values::day::ClaimMonth;
use warifu_values::lang::Lang;

use crate::reading::report::severity_word;

/// The columns, in both languages.
const COLUMNS: [(&str, &str); 17] = [
    ("claim", "レセプト番号"),
    ("month", "診療年月"),
    ("code", "コード"),
    ("ASP", "ASPコード"),
    ("level", "レベル"),
    ("severity", "区分"),
    ("message", "内容"),
    ("line", "行"),
    ("record", "レコード"),
    ("field", "項目"),
    ("item", "診療行為等コード"),
    ("name", "名称"),
    ("day", "診療日"),
    ("found", "記録内容"),
    ("expected", "照合内容"),
    ("series", "系列"),
    ("release", "リリース"),
];

/// The table of `findings` on `file`, with a row of titles.
pub fn table(file: &ClaimFile, findings: &ClaimFindings, lang: Lang) -> String {
    let months: Vec<_> = file.claims().map(|claim| (claim.line, claim.month)).collect();
    let month = |finding: &ClaimFinding| -> Option<ClaimMonth> {
        finding.claim?;
        let after = months.partition_point(|(line, _)| *line <= finding.line);
        months.get(after.checked_sub(1)?)?.1
    };
    let mut sheet = Sheet::new(COLUMNS.map(|(en, ja)| if lang == Lang::Ja { ja } else { en }));
    for finding in findings.list() {
        sheet.row(cells(finding, month(finding), lang));
    }
    sheet.into_string()
}

fn cells(finding: &ClaimFinding, month: Option<ClaimMonth>, lang: Lang) -> [String; COLUMNS.len()] {
    let text = |value: Option<&dyn ToString>| value.map(ToString::to_string).unwrap_or_default();
    let day = match finding.when {
        Some(When::Day(day)) => day.to_string(),
        Some(When::Month(_)) | None => String::new(),
    };
    [
        text(finding.claim.as_ref().map(|it| it as _)),
        text(month.as_ref().map(|it| it as _)),
        finding.code.to_string(),
        text(finding.code.asp().as_ref().map(|it| it as _)),
        text(finding.code.level().map(Level::as_str).as_ref().map(|it| it as _)),
        severity_word(finding.severity(), lang).to_owned(),
        finding.message(lang),
        finding.line.to_string(),
        finding.record.map(|record| String::from_utf8_lossy(&record).into_owned()).unwrap_or_default(),
        finding.field.map(|field| format!("{} {}", field.position, field.name)).unwrap_or_default(),
        finding.item.map(|item| item.to_string()).unwrap_or_default(),
        text(finding.name.as_ref().map(|it| it as _)),
        day,
        finding.found.clone(),
        finding.expected.clone(),
        text(finding.series.as_ref().map(|it| it as _)),
        finding.release.to_string(),
    ]
}
