//! A line that is no command: what is wrong with it, and what would be right.

use std::error::Error as _;
use std::ffi::OsString;
use std::io::{self, Write as _};

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;
use warifu_values::typed::half_width;

use crate::help::around;
use crate::refusal::why;
use crate::told::told;

/// What a line came to that is no command: something is wrong with it, or it asks for help.
#[derive(Debug)]
pub struct Usage {
    error: clap::Error,
    program: String,
    /// The names of the commands that take the option which was typed after another one.
    takers: Vec<String>,
    /// The commands there are below the one that was typed last.
    commands: Vec<String>,
    /// An option that was typed in full width, and as it would be right.
    full_width: Option<(String, String)>,
    /// What is missing, each as clap writes it and what else may say it.
    missing: Vec<(String, Sources)>,
}

/// What may say the value of an argument that is not typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Sources {
    /// A variable of the environment.
    variable: Option<String>,
    /// A name in the user's file of settings, and that file.
    setting: Option<(&'static str, String)>,
}

impl Usage {
    /// Of `error`, which clap found in `line` by `program`.
    pub fn of(mut error: clap::Error, line: &[OsString], program: &Command) -> Usage {
        // Its hint to write the option after `--` makes a value of it, which is never what was meant.
        if error.kind() == ErrorKind::UnknownArgument {
            error.remove(ContextKind::Suggested);
        }
        let takers = match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(unknown)) if error.kind() == ErrorKind::UnknownArgument => {
                takers(unknown, program)
            }
            _ => Vec::new(),
        };
        let commands = typed_last(line, program).get_subcommands().filter(|it| !it.is_hide_set());
        let commands = commands.map(|command| command.get_name().to_owned()).collect();
        let full_width = line.iter().skip(1).filter_map(|word| word.to_str()).find_map(full_width_option);
        let mut missing = Vec::new();
        if error.kind() == ErrorKind::MissingRequiredArgument {
            let mut program = program.clone();
            // So that each command knows by which words it is typed.
            program.build();
            let command = typed_last(line, &program);
            if let Some(ContextValue::Strings(strings)) = error.get(ContextKind::InvalidArg) {
                missing =
                    strings.iter().map(|argument| (argument.clone(), sources(argument, command))).collect();
            }
            // clap's own has what was typed among what must be.
            let usage = command.clone().render_usage();
            error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
        }
        let program = program.get_name().to_owned();
        let mut usage = Usage { error, program, takers, commands, full_width, missing };
        usage.name_sources();
        usage
    }

    /// With what the user's file of settings may say: `setting` gives the name of it and the file, by the
    /// name of an option or a value.
    pub fn with_settings(mut self, setting: impl Fn(&str) -> Option<(&'static str, String)>) -> Usage {
        for (argument, sources) in &mut self.missing {
            sources.setting = setting(&name_of(argument));
        }
        self.name_sources();
        self
    }

    /// Puts what else may say what is missing beside it, where clap prints it.
    fn name_sources(&mut self) {
        if !self.missing.is_empty() {
            let named =
                self.missing.iter().map(|(argument, sources)| argument.clone() + &sources.say(Lang::En));
            self.error.insert(ContextKind::InvalidArg, ContextValue::Strings(named.collect()));
        }
    }

    /// Whether help or the version was asked for, which is nothing wrong.
    pub fn is_help(&self) -> bool {
        !self.error.use_stderr()
    }

    /// As a terminal shows it: help on standard output, with clap's colours where it has them.
    pub fn tell(&self, lang: Lang) {
        match self.in_japanese().filter(|_| lang == Lang::Ja) {
            Some(text) => drop(io::stderr().write_all(told(&text, |_| false).as_bytes())),
            None if lang == Lang::Ja && self.is_help() => {
                let help = around(&self.error.render().ansi().to_string());
                let _ = anstream::stdout().lock().write_all(help.as_bytes());
            }
            // Who closed the terminal does not read it.
            None if self.is_help() => drop(self.error.print()),
            None => {
                let text = self.error.render().ansi().to_string();
                let mut text = told(&text, |_| false);
                if !self.takers.is_empty() {
                    text.push_str(&format!("\n  tip: it is an option of {}\n", self.takers.join(", ")));
                }
                if let Some((typed, right)) = &self.full_width {
                    let tip = format!("{typed} is written with full-width signs; type {right}");
                    text.push_str(&format!("\n  tip: {tip}\n"));
                }
                let _ = anstream::stderr().lock().write_all(text.as_bytes());
            }
        }
    }

    /// The arguments that are missing, as they are typed: `--root`.
    pub fn missing(&self) -> Vec<&str> {
        self.missing.iter().filter_map(|(argument, _)| argument.split_whitespace().next()).collect()
    }

    /// What is wrong, in a sentence; none for help.
    fn what(&self) -> Option<String> {
        let get = |kind| self.error.get(kind).map(shown).unwrap_or_default();
        let (argument, value) = (get(ContextKind::InvalidArg), get(ContextKind::InvalidValue));
        Some(match self.error.kind() {
            ErrorKind::MissingRequiredArgument => {
                let told = self.missing.iter().map(|(argument, by)| argument.clone() + &by.say(Lang::Ja));
                format!("必要な引数がありません: {}", told.collect::<Vec<_>>().join("、"))
            }
            ErrorKind::UnknownArgument => format!("{argument} という引数はありません"),
            ErrorKind::InvalidSubcommand => {
                format!("{} というコマンドはありません", get(ContextKind::InvalidSubcommand))
            }
            ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                "コマンドを指定してください".to_owned()
            }
            ErrorKind::InvalidValue if value.is_empty() => format!("{argument} に値がありません"),
            ErrorKind::InvalidValue | ErrorKind::ValueValidation => match self.error.source() {
                Some(source) => {
                    format!("{argument} の値「{value}」は使えません: {}", why(source, Lang::Ja))
                }
                None => format!("{argument} の値「{value}」は使えません"),
            },
            ErrorKind::TooManyValues => format!("{argument} の値「{value}」は余分です"),
            ErrorKind::TooFewValues => format!(
                "{argument} の値が足りません（{} 個必要、指定は {} 個）",
                get(ContextKind::MinValues),
                get(ContextKind::ActualNumValues)
            ),
            ErrorKind::WrongNumberOfValues => format!(
                "{argument} の値の数が違います（{} 個必要、指定は {} 個）",
                get(ContextKind::ExpectedNumValues),
                get(ContextKind::ActualNumValues)
            ),
            ErrorKind::NoEquals => format!("{argument} には = で値を付けてください"),
            ErrorKind::InvalidUtf8 => "引数に UTF-8 でない文字があります".to_owned(),
            ErrorKind::ArgumentConflict => match get(ContextKind::PriorArg) {
                prior if prior == argument => format!("{argument} が 2 回以上指定されています"),
                prior => format!("{argument} は {prior} と同時に指定できません"),
            },
            _ => return None,
        })
    }

    /// All of it in Japanese; none where clap's own text is what was asked for.
    fn in_japanese(&self) -> Option<String> {
        let mut text = format!("{}: {}\n", self.program, self.what()?);
        let mut line = |title: &str, words: String| {
            if !words.is_empty() {
                text.push_str(&format!("  {title}: {words}\n"));
            }
        };
        let get = |kind| self.error.get(kind).map(shown).unwrap_or_default();
        line("使える値", get(ContextKind::ValidValue));
        line("近い名前", get(ContextKind::SuggestedArg));
        line("近い名前", get(ContextKind::SuggestedSubcommand));
        line("近い値", get(ContextKind::SuggestedValue));
        if let Some((typed, right)) = &self.full_width {
            line("全角の引数", format!("{typed} は半角で {right} と入力してください"));
        }
        line("この引数を取るコマンド", self.takers.join("、"));
        let asks_for_command = matches!(
            self.error.kind(),
            ErrorKind::InvalidSubcommand
                | ErrorKind::MissingSubcommand
                | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        );
        line("コマンド", if asks_for_command { self.commands.join("、") } else { String::new() });
        if let Some(usage) = self.error.get(ContextKind::Usage).map(shown).filter(|usage| !usage.is_empty()) {
            text.push_str(&format!("{}\n", around(&usage.replacen("Usage:", "使い方:", 1))));
        }
        text.push_str("引数の一覧は --help で表示します。\n");
        Some(text)
    }
}

/// In a sentence, for messages that have something of their own around it.
impl Speak for Usage {
    fn say(&self, lang: Lang) -> String {
        let in_english = || {
            let text = self.error.to_string();
            // Below the first paragraph clap tells how a line is written.
            let first = text.split("\n\n").next().unwrap_or(&text);
            first.trim_start_matches("error: ").to_owned()
        };
        self.what().filter(|_| lang == Lang::Ja).unwrap_or_else(in_english)
    }
}

impl Speak for Sources {
    /// In brackets after the argument; nothing where it must be typed.
    fn say(&self, lang: Lang) -> String {
        let variable = self.variable.as_ref();
        let variable = variable.map(|name| say!(lang, "the variable {name}", "環境変数 {name}"));
        let setting = self.setting.as_ref();
        let setting = setting.map(|(name, file)| say!(lang, "`{name}` in {file}", "{file} の {name}"));
        let all: Vec<String> = variable.into_iter().chain(setting).collect();
        if all.is_empty() {
            return String::new();
        }
        let all = all.join(&say!(lang, ", or ", "、"));
        say!(lang, " (or {all})", "（または {all}）")
    }
}

/// What may say `argument` of `command`, but for settings.
fn sources(argument: &str, command: &Command) -> Sources {
    let name = name_of(argument);
    let is_it = |arg: &&clap::Arg| match arg.get_long() {
        Some(long) => long == name,
        None => arg.get_value_names().unwrap_or_default().iter().any(|value| value.to_lowercase() == name),
    };
    let found = command.get_arguments().find(is_it);
    let variable = found.and_then(clap::Arg::get_env).map(|name| name.to_string_lossy().into_owned());
    Sources { variable, setting: None }
}

/// What `--root <FILE>` and `<CHANNEL>` are called: `root`, `channel`.
fn name_of(argument: &str) -> String {
    let first = argument.split_whitespace().next().unwrap_or_default();
    first.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

/// `word`, where it is an option but for the width of its signs, and as it would be right.
fn full_width_option(word: &str) -> Option<(String, String)> {
    let right = half_width(word);
    let is_option = right.starts_with('-') && right.chars().any(|c| c.is_ascii_alphabetic());
    (is_option && right != word).then(|| (word.to_owned(), right))
}

/// The commands of `program` that take the option `unknown`.
fn takers(unknown: &str, program: &Command) -> Vec<String> {
    let Some(long) = unknown.strip_prefix("--") else { return Vec::new() };
    let long = long.split('=').next().unwrap_or(long);
    let takes = |command: &&Command| {
        let options = command.get_arguments().filter(|option| !option.is_hide_set());
        options.filter_map(clap::Arg::get_long).any(|option| option == long)
    };
    let takers = below(program).into_iter().filter(|(_, command)| takes(command));
    takers.map(|(name, _)| name).collect()
}

/// The commands below `command`, each by all its words.
fn below(command: &Command) -> Vec<(String, &Command)> {
    let mut all = Vec::new();
    for one in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        let name = one.get_name().to_owned();
        all.extend(below(one).into_iter().map(|(below, command)| (format!("{name} {below}"), command)));
        all.push((name, one));
    }
    all
}

/// The command that `line` names last.
fn typed_last<'a>(line: &[OsString], program: &'a Command) -> &'a Command {
    line.iter().skip(1).fold(program, |command, word| command.find_subcommand(word).unwrap_or(command))
}

fn shown(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join("、"),
        ContextValue::StyledStr(text) => text.to_string(),
        ContextValue::StyledStrs(texts) => {
            texts.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
        }
        ContextValue::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction};

    use super::*;
    use crate::refusal::number;

    /// A program with two commands, of which one takes a release and the other a reason.
    fn program() -> Command {
        let release = Arg::new("release").value_parser(number::<u64>(1..));
        let back = Command::new("fall-back").arg(release);
        let reason = Arg::new("reason").long("reason").required(true).action(ArgAction::Set);
        let root = Arg::new("root").long("root").value_name("FILE").required(true).env("WARIFU_TEST_ROOT");
        let channel = Arg::new("channel").value_name("CHANNEL").required(true).env("WARIFU_TEST_CHANNEL");
        let read = Command::new("read").args([root, channel, Arg::new("all").long("all").required(true)]);
        let door = Arg::new("door").long("door").value_parser(["claims", "operators"]);
        let quiet = Arg::new("quiet").long("quiet").action(ArgAction::SetTrue).conflicts_with("door");
        let freeze = Command::new("freeze").args([reason, door, quiet]);
        Command::new("it").subcommand_required(true).subcommands([back, freeze, read])
    }

    fn usage(line: &str) -> Usage {
        let line: Vec<OsString> = line.split(' ').map(Into::into).collect();
        let error = program().try_get_matches_from(&line).unwrap_err();
        Usage::of(error, &line, &program())
    }

    #[test]
    fn each_kind_of_what_is_wrong_is_said_in_japanese() {
        for (line, says) in [
            ("it freeze", "it: 必要な引数がありません: --reason <reason>\n"),
            ("it fall-back --reason x", "it: --reason という引数はありません\n"),
            ("it fall-back --reason x", "\n  この引数を取るコマンド: freeze\n"),
            ("it freeze --resaon x", "\n  近い名前: --reason\n"),
            ("it freze", "it: freze というコマンドはありません\n  近い名前: freeze\n  コマンド: fall-back"),
            ("it", "it: コマンドを指定してください\n  コマンド: fall-back、freeze、read\n"),
            ("it read --all x", "使い方: it read --root <FILE> --all <all> <CHANNEL>\n"),
            ("it freeze --reason", "it: --reason <reason> に値がありません\n"),
            ("it freeze --reason x --door y", "の値「y」は使えません\n  使える値: claims、operators\n"),
            ("it －－ｈｅｌｐ", "\n  全角の引数: －－ｈｅｌｐ は半角で --help と入力してください\n"),
            ("it freeze ーーreason x", "は半角で --reason と入力してください\n"),
            ("it fall-back x", "it: [release] の値「x」は使えません: 整数ではありません\n"),
            ("it fall-back 0", "の値「0」は使えません: 1 以上の整数を指定してください\n"),
            ("it freeze --reason x --reason y", "--reason <reason> が 2 回以上指定されています\n"),
            ("it freeze --reason x --quiet --door claims", "と同時に指定できません\n"),
        ] {
            let text = usage(line).in_japanese().unwrap();
            assert!(text.contains(says), "{line}: {text}");
            assert!(text.ends_with("--help で表示します。\n"), "{text}");
        }
        assert!(usage("it --help").in_japanese().is_none() && usage("it --help").is_help());
        assert!(!usage("it").is_help());
    }

    /// clap advises to write what it does not know after `--`, and makes a release of a reason.
    #[test]
    fn no_option_is_advised_to_be_written_as_a_value() {
        let usage = usage("it fall-back --reason x");
        assert!(!usage.error.to_string().contains("as a value"), "{}", usage.error);
        assert_eq!(usage.takers, ["freeze"]);
        assert_eq!(usage.say(Lang::En), "unexpected argument '--reason' found");
        assert_eq!(usage.say(Lang::Ja), "--reason という引数はありません");
    }

    #[test]
    fn what_is_missing_says_what_else_may_say_it() {
        let told =
            usage("it read").with_settings(|name| (name == "root").then(|| ("root", "own.toml".into())));
        let english = told.error.to_string();
        assert!(
            english.contains("\n  --root <FILE> (or the variable WARIFU_TEST_ROOT, or `root` in own.toml)\n")
        );
        assert!(english.contains("\n  <CHANNEL> (or the variable WARIFU_TEST_CHANNEL)\n"), "{english}");
        assert!(english.contains("\n  --all <all>\n"), "{english}");
        let japanese = told.in_japanese().unwrap();
        let root = "--root <FILE>（または 環境変数 WARIFU_TEST_ROOT、own.toml の root）、";
        assert!(japanese.contains(root), "{japanese}");
        assert!(japanese.contains("<CHANNEL>（または 環境変数 WARIFU_TEST_CHANNEL）"), "{japanese}");
        assert_eq!(told.missing(), ["--root", "--all", "<CHANNEL>"]);
    }

    #[test]
    fn what_is_missing_is_known_by_its_name() {
        assert_eq!(usage("it freeze").missing(), ["--reason"]);
        assert!(usage("it freze").missing().is_empty());
    }
}
