//! What was gathered, on one screen.

use warifu::store::Ancestry;
use warifu_trust::{Expiries, UnixSeconds};
use warifu_values::lang::{Lang, Speak as _, counted};
use warifu_values::say;
use warifu_values::terminal::{cells, cut, wrapped};

use super::gathered::{Gathered, Last, Master, Proof};
use super::waiting::Waits;
use crate::cli::context::{Context, channel_line};
use crate::cli::repo::columns::Columns;
use crate::cli::repo::words::said;
use crate::cli::terminal::columns;

/// How many columns and lines there are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    width: usize,
    /// How many masters, imports and waiting things are listed; none for all.
    listed: Option<[usize; 3]>,
}

impl Size {
    pub(super) fn of_terminal(all: bool) -> Size {
        // Of 24 lines: 2 above, 3 blank, 1 of expiry, 1 of the release, 8 masters, 3 imports, 3 things of two
        // lines each.
        Size { width: columns(), listed: (!all).then_some([8, 2, 3]) }
    }

    /// The same with so many lines less for the masters.
    fn without(self, lines: usize) -> Size {
        let listed = self
            .listed
            .map(|[masters, imports, waiting]| [masters.saturating_sub(lines).max(1), imports, waiting]);
        Size { listed, ..self }
    }
}

/// The screen.
pub(super) fn text(gathered: &Gathered, waiting: &[Waits], size: Size, context: &Context) -> String {
    let lang = context.lang;
    let (path, commit) = (gathered.path.display(), gathered.commit.get(..12).unwrap_or_default());
    // Before all else, and never cut.
    let taken_away = gathered.withdrawn.as_ref();
    let taken_away =
        taken_away.map_or_else(String::new, |taken| wrapped("", 0, &taken.say(lang), size.width));
    let mut lines: Vec<String> = taken_away.lines().map(str::to_owned).collect();
    let runs_out = gathered.expiries.map(|expiries| expiry(expiries, size.width, lang)).unwrap_or_default();
    // One line of it has its place.
    let size = size.without(lines.len() + runs_out.len().saturating_sub(1));
    lines.push(say!(lang, "Repository {path} at {commit}", "リポジトリ {path}（{commit}）"));
    lines.extend(masters(gathered, size, lang));
    lines.extend(since(gathered, size, lang));
    lines.extend(runs_out);
    let mut lines: Vec<String> = lines.into_iter().map(|line| cut(&line, size.width)).collect();
    let most = size.listed.map_or(usize::MAX, |[_, _, most]| most);
    lines.push(match waiting.is_empty() {
        true => say!(lang, "Nothing waits.", "待ちはありません。"),
        false => say!(lang, "Waits, and what to type:", "待ちと次のコマンド:"),
    });
    for one in waiting.iter().take(most) {
        lines.push(cut(&format!("  {}", one.say(lang)), size.width));
        let commands = one.command().into_iter().chain(one.then()).map(|command| context.advise(&command));
        lines.extend(commands.map(|command| broken(&command, size.width)));
    }
    lines.extend(not_listed(waiting.len(), most, "  ", lang));
    lines.join("\n") + "\n"
}

/// How many of so many were not listed.
fn not_listed(of: usize, listed: usize, indent: &str, lang: Lang) -> Option<String> {
    let more = of.checked_sub(listed).filter(|more| *more > 0)?;
    Some(say!(lang, "{indent}and {more} more (--all)", "{indent}ほか {more} 件（--all）"))
}

fn masters(gathered: &Gathered, size: Size, lang: Lang) -> Vec<String> {
    let most = size.listed.map_or(usize::MAX, |[most, ..]| most);
    // What came in last comes first.
    let mut masters: Vec<&Master> = gathered.masters.iter().collect();
    if masters.len() > most {
        masters.sort_by_key(|master| std::cmp::Reverse(master.record.imported));
    }
    let rows: Vec<[String; 5]> = masters
        .iter()
        .take(most)
        .map(|Master { series, kind, record }| {
            let mark = match record.correction {
                Some(_) => say!(lang, "EMERGENCY", "緊急訂正"),
                None => record.records.to_string(),
            };
            [format!("  {series}"), kind.clone(), said(record.dated, lang), record.name.clone(), mark]
        })
        .collect();
    let mut lines = in_columns(&rows, size.width);
    lines.extend(not_listed(masters.len(), most, "  ", lang));
    let declared = gathered.series.iter();
    let empty = declared.filter(|series| !gathered.masters.iter().any(|master| master.series == **series));
    let empty: Vec<&str> = empty.map(String::as_str).collect();
    if !empty.is_empty() {
        let empty = empty.join(", ");
        lines.push(say!(lang, "  {empty}: declared, still empty", "  {empty}: 宣言済み、取込なし"));
    }
    lines
}

/// The least of a file's name that is still told on a narrow screen.
const LEAST_NAME: usize = 12;

/// Series, kind, day, file and count or mark, on lines of that width where that can be. Names of files mostly
/// have the day, so it goes first; then names are cut. What no other line tells, and that something is an
/// emergency, stays.
fn in_columns(rows: &[[String; 5]], width: usize) -> Vec<String> {
    let fits = |lines: &[String]| lines.iter().all(|line| cells(line) <= width);
    let mut whole = Columns::new().right(&[4]);
    rows.iter().for_each(|row| whole.row(row.each_ref().map(String::as_str)));
    let whole: Vec<String> = whole.text().lines().map(str::to_owned).collect();
    if fits(&whole) {
        return whole;
    }
    let widest = |column: usize| rows.iter().map(|row| cells(&row[column])).max().unwrap_or(0);
    // Two blanks between columns.
    let room = width.saturating_sub(widest(0) + widest(1) + widest(4) + 6).max(LEAST_NAME);
    let mut narrow = Columns::new().right(&[3]);
    for [series, kind, _, name, mark] in rows {
        narrow.row([series, kind, &cut(name, room), mark]);
    }
    narrow.text().lines().map(str::to_owned).collect()
}

/// Which channel was asked, where that was not typed.
fn channel(gathered: &Gathered, lang: Lang) -> Option<String> {
    let (channel, by) = gathered.channel.as_ref()?;
    Some(format!("  {}", channel_line(channel, by, lang)?))
}

fn since(gathered: &Gathered, size: Size, lang: Lang) -> Vec<String> {
    let Some(last) = &gathered.last else {
        let mut lines = vec![match (gathered.nothing_published, gathered.channel.is_some()) {
            (true, _) => say!(lang, "Nothing is published yet.", "まだ何も公開されていません。"),
            (false, true) => say!(
                lang,
                "What was released last cannot be said (see below).",
                "直近のリリースは確認できません（下記）。"
            ),
            (false, false) => say!(
                lang,
                "No release is known here: give --channel and --root.",
                "リリースは不明です: --channel と --root で指定してください。"
            ),
        }];
        lines.extend(channel(gathered, lang));
        return lines;
    };
    let Last { manifest, proof, ancestry, imports, others } = last;
    let (release, title) = (manifest.release, &manifest.title);
    let by = match proof {
        Proof::Signed if gathered.withdrawn.is_some() => {
            say!(lang, "signed by both, WITHDRAWN", "両者署名済み、取下げ済み")
        }
        Proof::Signed if gathered.renew_first.is_some() => {
            say!(lang, "A SIGNER'S KEY WAS REVOKED SINCE", "署名後に鍵が失効")
        }
        Proof::Signed => say!(lang, "signed by both", "両者署名済み"),
        Proof::File(file) => {
            let file = file.display();
            say!(lang, "as {file} says, not verified", "{file} による、未検証")
        }
    };
    let mut lines = vec![say!(
        lang,
        "Last release: {release} {title} ({by})",
        "直近のリリース: {release} {title}（{by}）"
    )];
    lines.extend(channel(gathered, lang));
    match ancestry {
        Ancestry::Follows => {}
        Ancestry::Unknown => return lines,
        Ancestry::Before => {
            lines.push(say!(
                lang,
                "  it holds more than is here: this copy is behind",
                "  この複製はリリースより古い内容です"
            ));
            return lines;
        }
        Ancestry::Apart => {
            lines.push(say!(
                lang,
                "  its commit and what is here went apart",
                "  リリースのコミットとこの複製が分岐しています"
            ));
            return lines;
        }
    }
    let most = size.listed.map_or(usize::MAX, |[_, most, _]| most);
    let (count, counted_en) = (imports.len(), counted(imports.len() as u64, "import"));
    let more = match others {
        0 => String::new(),
        n => {
            let n_en = counted(*n as u64, "other commit");
            say!(lang, ", {n_en}", "、ほかのコミット {n} 件")
        }
    };
    lines.push(match (count, more.is_empty()) {
        (0, true) => say!(lang, "  nothing came in since", "  以後の取込はありません"),
        _ => say!(lang, "  since then {counted_en}{more}", "  以後の取込 {count} 件{more}"),
    });
    for entry in imports.iter().take(most) {
        let (series, kind, name) = (&entry.series, &entry.kind, &entry.record.name);
        lines.push(format!("    {series} {kind} {name}"));
    }
    lines.extend(not_listed(count, most, "    ", lang));
    lines
}

/// Until when everything holds, on as many lines as it takes: no day of it is cut.
fn expiry(expiries: Expiries, width: usize, lang: Lang) -> Vec<String> {
    let day = |on: UnixSeconds| on.day_in_japan().said(lang);
    let halves = expiries.targets.into_iter().chain(expiries.snapshot).min();
    let root = day(expiries.root);
    let (begins, root) = match (halves, expiries.timestamp) {
        (Some(_), Some(_)) => {
            (say!(lang, "Hold until: ", "期限: "), say!(lang, "root {root}", "ルート {root}"))
        }
        _ => return vec![say!(lang, "Holds until: root {root}", "期限: ルート {root}")],
    };
    let gap = say!(lang, ", ", "、");
    let halves = halves.map(day).map(|on| say!(lang, ", signatures {on}", "、署名 {on}"));
    let timestamp = expiries.timestamp.map(day);
    let timestamp = timestamp.map(|on| say!(lang, ", timestamp {on}", "、タイムスタンプ {on}"));
    let mut lines = vec![begins + &root];
    for one in halves.into_iter().chain(timestamp) {
        let Some(line) = lines.last_mut() else { continue };
        // Another one may follow, after a mark.
        if cells(line) + cells(&one) + cells(&gap) <= width {
            line.push_str(&one);
        } else {
            line.push_str(gap.trim_end());
            lines.push(format!("    {}", one.trim_start_matches(&gap)));
        }
    }
    lines
}

/// A command is never cut: it goes on in the next line, as a shell takes it.
fn broken(command: &str, width: usize) -> String {
    let mut lines = vec!["    ".to_owned()];
    for word in words(command) {
        let Some(line) = lines.last_mut() else { continue };
        let is_first = line.trim().is_empty();
        // " \" must have room after it.
        if !is_first && cells(line) + 1 + cells(word) + 2 > width {
            lines.push(format!("      {word}"));
        } else {
            if !is_first {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join(" \\\n")
}

/// The words of a line as a shell splits it, as they are written.
fn words(line: &str) -> Vec<&str> {
    let (mut words, mut start, mut is_quoted, mut is_escaped) = (Vec::new(), 0, false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if !is_quoted => is_escaped = true,
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => {
                words.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&line[start..]);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_that_something_runs_out_is_told_on_a_narrow_screen_too() {
        let at = |seconds| UnixSeconds::new(seconds);
        let expiries = Expiries {
            root: at(1_830_000_000),
            targets: Some(at(1_800_000_000)),
            snapshot: Some(at(1_800_000_000)),
            timestamp: Some(at(1_797_000_000)),
        };
        assert_eq!(
            expiry(expiries, 60, Lang::Ja),
            ["期限: ルート 令和9年12月28日、署名 令和9年1月15日、", "    タイムスタンプ 令和8年12月11日"]
        );
        assert_eq!(
            expiry(expiries, 80, Lang::En),
            ["Hold until: root 2027-12-28, signatures 2027-01-15, timestamp 2026-12-11"]
        );
        for width in 40..100 {
            for lang in [Lang::En, Lang::Ja] {
                assert!(expiry(expiries, width, lang).iter().all(|line| cells(line) <= width), "{width}");
            }
        }
    }

    #[test]
    fn a_narrow_screen_leaves_neither_counts_nor_marks_out() {
        let row = |kind: &str, name: &str, mark: &str| {
            ["  r06", kind, "令和6年9月2日", name, mark].map(str::to_owned)
        };
        let long = "points-exclusion-simultaneous";
        let rows = [
            row("drug", "y_20240902.csv", "緊急訂正"),
            row("procedure", "s_ALL20240531.csv", "9872"),
            row(long, "03-3_haihan_20240601_and_more.csv", "180251"),
        ];
        for (rows, width) in [(&rows[..2], 60), (&rows[..2], 50), (&rows[..], 80), (&rows[..], 62)] {
            let lines = in_columns(rows, width);
            for (line, [series, kind, _, name, mark]) in lines.iter().zip(rows) {
                assert!(cells(line) <= width, "{line}");
                assert!(line.starts_with(series.as_str()) && line.ends_with(mark.as_str()), "{line}");
                assert!(line.contains(kind.as_str()) && line.contains(&name[..8]), "{line}");
            }
        }
        assert!(in_columns(&rows[..2], 80)[0].contains("令和6年9月2日"));
    }

    #[test]
    fn a_long_command_goes_on_in_the_next_line_as_a_shell_takes_it() {
        let command = "warifu release draft --repo 'my masters' --title TITLE -o DRAFT";
        assert_eq!(
            broken(command, 40),
            "    warifu release draft --repo \\\n      'my masters' --title TITLE -o \\\n      DRAFT"
        );
        assert_eq!(broken(command, 100), format!("    {command}"));
        assert_eq!(words("a 'b c' d'\\''e f'"), ["a", "'b c'", "d'\\''e f'"]);
    }
}
