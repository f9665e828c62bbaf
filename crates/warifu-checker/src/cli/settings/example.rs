//! The values in force as a configuration file with comments; what nobody says stands there as a comment.

use crate::cli::arguments::HOW;
use crate::cli::settings::layers::{Settings, is_default, shown};
use crate::cli::settings::options::ServeOption;
use crate::config_file::Kind;

/// Comments are wrapped to lines of so many letters.
const WIDTH: usize = 100;

/// A file that says what `settings` say.
pub(in crate::cli) fn as_file(settings: &Settings) -> String {
    let mut text = comment(
        "The configuration of warifu-checker serve --config FILE. Lines that begin with # key = \
                            show what is so when nobody says anything.",
    );
    text += &comment(HOW);
    let mut section = None;
    for option in settings.options.all() {
        if section != option.section {
            section.clone_from(&option.section);
            text += &format!("\n[{}]\n", section.as_deref().unwrap_or_default());
        }
        let told = settings.of(option);
        let values: Vec<_> = told.values.iter().map(|value| shown(value)).collect();
        let line = format!("{} = {}\n", option.key, written(option, &values));
        let is_said = if is_default(&told) { "# " } else { "" };
        text += &format!("\n{}{is_said}{line}", comment(&option.help));
    }
    text
}

/// As TOML writes it; what has no value shows where one goes.
fn written(option: &ServeOption, values: &[String]) -> String {
    let quoted = |value: &String| toml::Value::String(value.clone()).to_string();
    match (option.kind, values) {
        (Kind::Flag, []) => "false".to_owned(),
        (_, []) => "…".to_owned(),
        (Kind::Flag | Kind::Number, [value, ..]) => value.clone(),
        (Kind::Text, [value, ..]) => quoted(value),
        (Kind::Texts | Kind::Command, values) => {
            format!("[{}]", values.iter().map(quoted).collect::<Vec<_>>().join(", "))
        }
    }
}

fn comment(text: &str) -> String {
    let (mut lines, mut line) = (String::new(), String::new());
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() >= WIDTH {
            lines += &format!("# {}\n", std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += word;
    }
    lines + &format!("# {line}\n")
}
