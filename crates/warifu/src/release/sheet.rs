//! Everything that a release changes as a table for a spreadsheet.

use warifu_masters::past::{Change, What};
use warifu_masters::schema::Schemas;
use warifu_rules::past::cover;
use warifu_values::csv::Sheet;
use warifu_values::judgement::PastClass;
use warifu_values::lang::Lang;

use super::listed::{Names, class_name};

/// The columns, in both languages.
const COLUMNS: [(&str, &str); 8] = [
    ("class", "区分"),
    ("code", "コード"),
    ("name", "名称"),
    ("first day", "診療日（初日）"),
    ("last day", "診療日（末日）"),
    ("before", "変更前"),
    ("after", "変更後"),
    ("published", "公表日"),
];

/// A row for each change of `list`, in its order, with a row of titles.
pub fn sheet(schemas: &Schemas, names: &Names, list: &[Change], lang: Lang) -> String {
    let mut sheet = Sheet::new(COLUMNS.map(|(en, ja)| if lang == Lang::Ja { ja } else { en }));
    for change in list {
        let Change { kind, key, days, published, what } = change;
        let class = class_name(schemas, &PastClass::of_all(kind, change.subject()), lang);
        let (old, new) = match what {
            What::Cover { old, new } => (cover(*old, lang), cover(*new, lang)),
            What::Field { old, new, .. } => (old.clone(), new.clone()),
        };
        sheet.row([
            class,
            key.clone(),
            names.of_code(kind, key).to_owned(),
            days.first.to_string(),
            days.last.map(|last| last.to_string()).unwrap_or_default(),
            old,
            new,
            published.map(|day| day.to_string()).unwrap_or_default(),
        ]);
    }
    sheet.into_string()
}
