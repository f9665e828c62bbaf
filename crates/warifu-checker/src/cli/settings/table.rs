//! The values in force and who says so, for people.

use warifu_values::lang::Lang;
use warifu_values::say;

use crate::cli::settings::layers::{Origin, Settings, shown};

/// The file, and one line for each option: where it stands in the file, its value, and who says so.
pub(in crate::cli) fn as_table(settings: &Settings, lang: Lang) -> String {
    let rows: Vec<[String; 3]> = settings
        .options
        .all()
        .iter()
        .map(|option| {
            let told = settings.of(option);
            let value = told.values.iter().map(|value| shown(value)).collect::<Vec<_>>().join(" ");
            let value = if value.is_empty() { "-".to_owned() } else { value };
            let who = match told.origin {
                Origin::CommandLine => say!(lang, "command line", "コマンドライン"),
                Origin::Variable(name) => shown(&name),
                Origin::File(place) => place,
                Origin::Default => say!(lang, "default", "既定値"),
            };
            [option.place(), value, who]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
    let (places, values) = (width(0), width(1));
    let file = settings.file.as_ref().map(|file| file.display().to_string());
    let none = || say!(lang, "no configuration file", "設定ファイルなし");
    let head = file.unwrap_or_else(none) + "\n";
    let row = |[place, value, who]: &[String; 3]| format!("{place:places$}  {value:values$}  {who}\n");
    rows.iter().map(row).fold(head, |text, row| text + &row)
}
