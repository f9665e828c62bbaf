//! Help in Japanese, in lines that fit the terminal.

use clap::builder::{PossibleValue, PossibleValuesParser, StyledStr};
use clap::{Arg, Command};
use warifu_values::terminal::wrapped;

use crate::catalogue::Catalogue;
use crate::screen::columns;

/// As clap writes it, but for the word before the usage, which it has in English alone.
const TEMPLATE: &str = "{before-help}{about-with-newline}\n使い方: {usage}\n\n{all-args}{after-help}";

/// Before every help of an option stand so many blanks.
const INDENT: usize = 10;

/// Nothing is readable in less, and nobody reads lines that are longer.
const WIDTHS: (usize, usize) = (40, 100);

/// What clap itself says of its own options and commands.
pub(crate) const OF_CLAP: [(&str, &str); 5] = [
    ("Print help (see more with '--help')", "ヘルプを表示します（--help で詳しく表示）"),
    ("Print help (see a summary with '-h')", "ヘルプを表示します（-h で簡潔に表示）"),
    ("Print help", "ヘルプを表示します"),
    ("Print version", "版を表示します"),
    ("Print this message or the help of the given subcommand(s)", "コマンドのヘルプを表示します"),
];

/// What clap writes around what it is given, and cannot be told otherwise.
const AROUND: [(&str, &str); 1] = [("[OPTIONS]", "[オプション]")];

impl Catalogue {
    /// `program` with its help in Japanese.
    pub fn put_into(&self, mut program: Command) -> Command {
        program.build();
        self.put(program, width())
    }

    /// The same for what breaks lines itself; `program` is built.
    pub(crate) fn put_unbroken(&self, program: Command) -> Command {
        self.put(program, usize::MAX / 4)
    }

    /// The same for shells, which show each value of an option by itself. What no help tells of has no text.
    pub(crate) fn put_for_shells(&self, program: Command) -> Command {
        self.put_values(self.put_unbroken(program))
    }

    fn put_values(&self, command: Command) -> Command {
        let command = command.mut_args(|arg| {
            let arg = if arg.is_hide_set() { arg.help("") } else { arg };
            let values = arg.get_possible_values();
            if values.is_empty() || !arg.get_action().takes_values() {
                return arg;
            }
            let in_japanese = values.into_iter().map(|value| {
                let help = value.get_help().map(ToString::to_string);
                let japanese = help.as_ref().map(|help| self.of(help)).filter(|it| Some(it) != help.as_ref());
                let value = PossibleValue::new(value.get_name().to_owned()).hide(value.is_hide_set());
                japanese.map_or(value.clone(), |japanese| value.help(japanese))
            });
            arg.value_parser(PossibleValuesParser::new(in_japanese))
        });
        command.mut_subcommands(|below| self.put_values(below))
    }

    fn put(&self, command: Command, width: usize) -> Command {
        let of =
            |text: Option<&StyledStr>, room: usize| text.map(|text| self.fitted(&text.to_string(), room));
        // The short text of a command stands in the list of the one above it, too.
        let room = width.saturating_sub(INDENT);
        let (about, long) = (of(command.get_about(), room), of(command.get_long_about(), width));
        let mut command = command
            .help_template(TEMPLATE)
            .next_line_help(true)
            .subcommand_help_heading("コマンド")
            .subcommand_value_name("コマンド")
            .mut_args(|arg| self.put_into_arg(arg, room));
        if let Some(about) = about {
            command = command.about(about);
        }
        if let Some(long) = long {
            command = command.long_about(long);
        }
        if let Some(after) = of(command.get_after_help(), width) {
            command = command.after_help(after);
        }
        command.mut_subcommands(|below| self.put(below, width))
    }

    fn put_into_arg(&self, arg: Arg, room: usize) -> Arg {
        let heading = match arg.get_help_heading() {
            Some(heading) => self.of(heading),
            None if arg.is_positional() => "引数".to_owned(),
            None => "オプション".to_owned(),
        };
        let values = self.values(&arg, room);
        let said = otherwise(&arg);
        let of = |text: &StyledStr| self.fitted_with(&text.to_string(), &said, room);
        let short = arg.get_help().map(&of);
        let long = arg.get_long_help().or(arg.get_help()).map(&of);
        let arg = arg.help_heading(heading).hide_env(true).hide_default_value(true);
        // Below a heading clap puts what has no order of its own by its name: OLD after NEW.
        let arg = match arg.get_index() {
            Some(index) => arg.display_order(index),
            None => arg,
        };
        let arg = match &short {
            Some(short) => arg.help(short.clone()),
            None => arg,
        };
        match (long, values) {
            (Some(long), Some(values)) => {
                arg.hide_possible_values(true).long_help(format!("{long}\n\n{values}"))
            }
            (Some(long), None) if Some(&long) != short.as_ref() => arg.long_help(long),
            _ => arg,
        }
    }

    /// The values that there are for `arg`, where there are only so many and all may be known.
    fn values(&self, arg: &Arg, room: usize) -> Option<String> {
        let values = arg.get_possible_values();
        if values.is_empty() || arg.is_hide_possible_values_set() || !arg.get_action().takes_values() {
            return None;
        }
        let mut text = "使える値:".to_owned();
        for value in values.iter().filter(|value| !value.is_hide_set()) {
            let help = value.get_help().map(|help| self.of(&help.to_string())).unwrap_or_default();
            let line = if help.is_empty() {
                value.get_name().to_owned()
            } else {
                format!("{}: {help}", value.get_name())
            };
            text.push('\n');
            text.push_str(wrapped("- ", 2, &line, room).trim_end());
        }
        Some(text)
    }

    /// The Japanese of `text`, in lines of at most `room` cells.
    fn fitted(&self, text: &str, room: usize) -> String {
        self.fitted_with(text, "", room)
    }

    /// The same, with `said` after it.
    fn fitted_with(&self, text: &str, said: &str, room: usize) -> String {
        let own = OF_CLAP.iter().find(|(en, _)| *en == text).map(|(_, ja)| (*ja).to_owned());
        let japanese = own.unwrap_or_else(|| self.of(text)) + said;
        let lines =
            japanese.split("\n\n").map(|paragraph| wrapped("", 0, paragraph, room).trim_end().to_owned());
        lines.collect::<Vec<_>>().join("\n\n")
    }

    /// What of the help of `program` is not in the catalogue, and what of the catalogue is not in the help.
    pub fn apart_from(&self, program: &Command) -> (Vec<String>, Vec<String>) {
        let mut program = program.clone();
        program.build();
        let mut texts = Vec::new();
        collect(&program, &mut texts);
        texts.retain(|text| !OF_CLAP.iter().any(|(own, _)| own == text));
        self.apart(&texts)
    }
}

/// What `arg` is where nobody types it, and what says it then. The value of a variable is not shown: it may
/// be anything.
fn otherwise(arg: &Arg) -> String {
    let mut said = String::new();
    if let Some(name) = arg.get_env().filter(|_| !arg.is_hide_env_set()) {
        said.push_str(&format!(" [環境変数: {}]", name.to_string_lossy()));
    }
    let values = arg.get_default_values();
    if !values.is_empty() && !arg.is_hide_default_value_set() && arg.get_action().takes_values() {
        let values: Vec<_> = values.iter().map(|value| value.to_string_lossy()).collect();
        said.push_str(&format!(" [既定値: {}]", values.join(" ")));
    }
    said
}

/// `text` as clap rendered it, with what stands around values in Japanese too.
pub(crate) fn around(text: &str) -> String {
    AROUND.iter().fold(text.to_owned(), |text, (en, ja)| text.replace(en, ja))
}

/// All texts for people below `command`.
fn collect(command: &Command, texts: &mut Vec<String>) {
    let mut take = |text: Option<&StyledStr>| texts.extend(text.map(ToString::to_string));
    take(command.get_about());
    take(command.get_long_about());
    take(command.get_after_help());
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        take(arg.get_help());
        take(arg.get_long_help());
        if arg.get_action().takes_values() && !arg.is_hide_possible_values_set() {
            arg.get_possible_values().iter().for_each(|value| take(value.get_help()));
        }
    }
    texts.extend(command.get_arguments().filter_map(|arg| arg.get_help_heading().map(ToOwned::to_owned)));
    for below in command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
    {
        collect(below, texts);
    }
}

/// How many cells a line of help has.
fn width() -> usize {
    columns().unwrap_or(WIDTHS.1).clamp(WIDTHS.0, WIDTHS.1)
}

#[cfg(test)]
mod tests {
    use warifu_values::terminal::cells;

    use super::*;

    const WORDS: &str = "msgid \"Make a key\"\nmsgstr \"鍵を作成し、秘密の側は手元に残して、公開する側だけを渡します\"\n\
                         msgid \"Why\"\nmsgstr \"理由。公開するすべての人が読みます\"\n\
                         msgid \"Both\"\nmsgstr \"両方\"\nmsgid \"Findings\"\nmsgstr \"指摘\"\n";

    fn program() -> Command {
        let door = clap::builder::PossibleValuesParser::new([
            clap::builder::PossibleValue::new("both").help("Both"),
            clap::builder::PossibleValue::new("one"),
        ]);
        let make = Command::new("make")
            .about("Make a key.")
            .arg(Arg::new("reason").long("reason").help("Why").default_value("x"))
            .arg(Arg::new("door").long("door").value_parser(door).help("Why").help_heading("Findings"))
            .arg(Arg::new("name").help("Why"))
            .arg(Arg::new("a").help("Why"));
        Command::new("it").about("Make a key").subcommand(make)
    }

    #[test]
    fn help_is_in_japanese_and_fits_the_terminal() {
        let catalogue = Catalogue::read(WORDS);
        assert_eq!(catalogue.apart_from(&program()), (Vec::new(), Vec::new()));
        for width in [40, 60, 80] {
            let mut program = program();
            program.build();
            let mut program = catalogue.put(program, width);
            let shown = around(&program.find_subcommand_mut("make").unwrap().render_long_help().to_string());
            let at = |name: &str| shown.find(&format!("\n  [{name}]"));
            assert!(at("name").is_some() && at("name") < at("a"), "in the order of the line: {shown}");
            for part in [
                "鍵を作成し",
                "使い方: ",
                "引数:",
                "オプション:",
                "指摘:",
                "[既定値: x]",
                "- both: 両方",
                "-h で簡潔",
            ] {
                assert!(shown.contains(part), "{part}: {shown}");
            }
            assert!(shown.lines().all(|line| cells(line) <= width), "{width}: {shown}");
            let shown = program.render_help().to_string();
            assert!(shown.contains("コマンド:") && shown.contains("コマンドのヘルプを"), "{shown}");
            assert!(shown.lines().all(|line| cells(line) <= width), "{width}: {shown}");
        }
    }

    #[test]
    fn a_text_that_nobody_put_into_japanese_is_told() {
        let more = program().arg(Arg::new("x").long("x").help("Else"));
        assert_eq!(Catalogue::read(WORDS).apart_from(&more).0, ["Else"]);
    }
}
