//! The manual of a program: a page for it and one for each of its commands, in English and in Japanese, from
//! what its command line is parsed by.

use std::io;

use clap::Command;
use clap_mangen::Man;
use warifu_values::lang::Lang;

use crate::catalogue::Catalogue;

/// A page, as `man` takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Where it lies below the folder of manuals: `man1/…`, or `ja/man1/…`.
    pub path: String,
    /// In the language of troff.
    pub text: String,
}

/// A file that a program reads or writes, for its first page.
#[derive(Debug, Clone, Copy)]
pub struct FileOf {
    /// Its path.
    pub path: &'static str,
    /// What it is.
    pub en: &'static str,
    /// The same in Japanese.
    pub ja: &'static str,
}

/// The headings, in the words of each language.
const HEADINGS: [(&str, &str); 7] = [
    ("NAME", "名前"),
    ("SYNOPSIS", "使い方"),
    ("DESCRIPTION", "説明"),
    ("SUBCOMMANDS", "コマンド"),
    ("\"EXIT STATUS\"", "終了コード"),
    ("FILES", "ファイル"),
    ("\"SEE ALSO\"", "関連項目"),
];

/// What stands at the foot of each page.
const EXIT_STATUS: [&str; 2] = [
    "0 done; 1 refused because of the data; 2 could not run (usage, files, network); 3 refused because of \
     trust.\nA command that means something else by them says so above.\n",
    "0 正常終了、1 データによる拒否、2 実行できない（使い方、ファイル、通信）、3 信頼できないための拒否です。\n\
     別の意味で使うコマンドは、上にその旨を示します。\n",
];

/// So many English words in a row are a sentence that nobody put into Japanese.
const SENTENCE: usize = 4;

/// The pages of `program` in both languages.
///
/// # Errors
/// When a page cannot be made, or `catalogue` leaves a sentence of it in English.
pub fn manual(mut program: Command, catalogue: &Catalogue, files: &[FileOf]) -> io::Result<Vec<Page>> {
    program = program.disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    let name = program.get_name().to_owned();
    let japanese = catalogue.put_unbroken(program.clone());
    below(&program, &name, files, Lang::En, &mut pages)?;
    below(&japanese, &name, files, Lang::Ja, &mut pages)?;
    let left = pages.iter().filter(|page| page.path.starts_with("ja/")).find_map(|page| {
        page.text.lines().find(|line| is_english(line)).map(|line| format!("{}: {line}", page.path))
    });
    left.map_or(Ok(pages), |left| Err(io::Error::other(format!("put this into Japanese: {left}"))))
}

/// The page of `command`, and those of all below it.
fn below(
    command: &Command,
    program: &str,
    files: &[FileOf],
    lang: Lang,
    pages: &mut Vec<Page>,
) -> io::Result<()> {
    let below_it = || command.get_subcommands().filter(|below| !below.is_hide_set());
    let source = format!("Warifu {}", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).manual("Warifu").source(source);
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if below_it().next().is_some() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut text = String::from_utf8(page).map_err(io::Error::other)?;
    let at = usize::from(lang == Lang::Ja);
    text.push_str(".SH \"EXIT STATUS\"\n");
    text.push_str(EXIT_STATUS[at]);
    let is_first = command.get_name() == program;
    if is_first && !files.is_empty() {
        text.push_str(".SH FILES\n");
        for FileOf { path, en, ja } in files {
            text.push_str(&format!(".TP\n\\fI{}\\fR\n{}\n", path.replace('-', "\\-"), [en, ja][at]));
        }
    }
    let others = below_it().filter_map(|below| below.get_display_name().map(ToOwned::to_owned));
    let see = (!is_first).then(|| program.to_owned()).into_iter().chain(others);
    let see: Vec<_> = see.map(|page| format!("\\fB{}\\fR(1)", page.replace('-', "\\-"))).collect();
    text.push_str(&format!(".SH \"SEE ALSO\"\n{}\n", see.join(",\n")));
    let file = man.get_filename();
    pages.push(match lang {
        Lang::En => Page { path: format!("man1/{file}"), text },
        Lang::Ja => Page { path: format!("ja/man1/{file}"), text: in_japanese(&text) },
    });
    below_it().try_for_each(|command| below(command, program, files, lang, pages))
}

/// What stands around the texts, in Japanese; each value that there is begins a line. Lines may end between
/// any two letters, as troff does only when it is told to.
fn in_japanese(text: &str) -> String {
    let heading = |line: &str| {
        let of = line.strip_prefix(".SH ")?;
        let (_, ja) = HEADINGS.iter().find(|(en, _)| *en == of)?;
        Some(format!(".SH {ja}"))
    };
    let mut page = ".mso ja.tmac\n".to_owned();
    for line in text.lines() {
        if line.starts_with("\\- ") {
            page.push_str(".br\n");
        }
        page.push_str(&heading(line).unwrap_or_else(|| line.to_owned()));
        page.push('\n');
    }
    page
}

/// Whether a line for people is an English sentence; what is typed stands in bold or italics.
fn is_english(line: &str) -> bool {
    if line.starts_with('.') {
        return false;
    }
    let mut said = String::new();
    let mut parts = line.split("\\f");
    said.push_str(parts.next().unwrap_or_default());
    for part in parts {
        said.push_str(part.strip_prefix('R').unwrap_or("|"));
    }
    let is_small = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_word = |word: &str| is_small(word) && (word.len() > 1 || word == "a");
    let mut run = 0;
    said.split(' ').any(|word| {
        run = if is_word(word.trim_end_matches([',', '.', ';', ':'])) { run + 1 } else { 0 };
        run >= SENTENCE
    })
}

#[cfg(test)]
mod tests {
    use clap::Arg;

    use super::*;

    fn program() -> Command {
        let words = ["left", "right"].map(clap::builder::PossibleValue::new);
        let make = Command::new("make").about("Make a key.").arg(
            Arg::new("side").long("side").help("Which side of the two it is").value_parser(words.to_vec()),
        );
        Command::new("it").about("Make a key").subcommand(make)
    }

    const FILES: [FileOf; 1] =
        [FileOf { path: "/etc/it-self", en: "What it is by itself.", ja: "それ自身です。" }];

    const WORDS: &str = "msgid \"Make a key\"\nmsgstr \"鍵を作成します\"\n\
                         msgid \"Which side of the two it is\"\nmsgstr \"どちらの側か\"\n";

    #[test]
    fn a_manual_has_each_page_in_both_languages() {
        let pages = manual(program(), &Catalogue::read(WORDS), &FILES).unwrap();
        let paths: Vec<&str> = pages.iter().map(|page| page.path.as_str()).collect();
        assert_eq!(paths, ["man1/it.1", "man1/it-make.1", "ja/man1/it.1", "ja/man1/it-make.1"]);
        let [_, english, first, japanese] = &pages[..] else { panic!("{paths:?}") };
        assert!(english.text.contains(".SH SYNOPSIS") && english.text.contains("Which side of"));
        for part in [
            ".SH 名前\n",
            "鍵を作成します",
            ".SH 使い方\n",
            ".SH 説明\n",
            ".SH オプション\n",
            "どちらの側か",
            "使える値:\n.br\n\\- left\n.br\n\\- right\n",
            "ヘルプを表示します",
            ".SH 終了コード\n0 正常終了",
            ".SH 関連項目\n\\fBit\\fR(1)\n",
        ] {
            assert!(japanese.text.contains(part), "{part}: {}", japanese.text);
        }
        for part in [
            ".SH コマンド\n",
            ".SH ファイル\n.TP\n\\fI/etc/it\\-self\\fR\nそれ自身です。\n",
            "it\\-make\\fR(1)",
        ] {
            assert!(first.text.contains(part), "{part}: {}", first.text);
        }
    }

    #[test]
    fn a_page_with_a_sentence_that_nobody_put_into_japanese_is_refused() {
        let half = WORDS.replace("\"Which side", "\"What side");
        let error = manual(program(), &Catalogue::read(&half), &FILES).unwrap_err().to_string();
        assert_eq!(error, "put this into Japanese: ja/man1/it-make.1: Which side of the two it is");
    }

    #[test]
    fn a_sentence_is_known_by_its_words_and_not_by_their_length() {
        for line in ["The list of receivers: a TOML file", "Make it a file, or none"] {
            assert!(is_english(line), "{line}");
        }
        for line in ["\\fBwarifu release draft \\-\\-title\\fR を使います", ".SH NAME", "a から b まで"]
        {
            assert!(!is_english(line), "{line}");
        }
    }
}
