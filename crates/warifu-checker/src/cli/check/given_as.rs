//! How the findings of a check are given: the report for a terminal, JSON lines, a table for a spreadsheet,
//! and what others read.

use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use warifu_claims::ClaimFile;
use warifu_judging::{Judged, write_lines};
use warifu_reports::Ended;
use warifu_values::lang::Lang;

use crate::cli::arguments::GivenAs;
use crate::cli::failure::Failure;
use crate::cli::output::tell;
use crate::reading::{Most, Reported, report, table};
use crate::said::Said;

/// So many findings of a code are shown where not all are asked for: what they have in common is seen.
const SHOWN_OF_EACH: usize = 10;

/// How wide a page of paper or of a log is, where there is no terminal.
const WIDTH: usize = 80;

/// Nothing is readable in less.
const NARROWEST: usize = 40;

/// Refuses lists that cannot be written before a claim is judged.
pub(super) fn refuse_unwritable(given: &GivenAs) -> Result<(), Failure> {
    let lists =
        [&given.csv, &given.html, &given.junit, &given.sarif].into_iter().filter_map(Option::as_deref);
    let mut named: Vec<&Path> = Vec::new();
    for to in lists.filter(|to| *to != Path::new("-")) {
        let shown = to.display();
        let refuse = |en: String, ja: String| Err(Failure::could_not(Said::new(en, ja)));
        if named.contains(&to) {
            return refuse(
                format!("{shown} would be written twice; give each list a file of its own"),
                format!("{shown} に 2 つの一覧は書けません。一覧ごとにファイルを分けてください"),
            );
        }
        if !folder_of(to).is_dir() {
            let folder = folder_of(to).display();
            return refuse(
                format!("there is no folder {folder} to write {shown} into; make it first"),
                format!("{shown} の出力先のフォルダー {folder} がありません。先に作成してください"),
            );
        }
        if !given.force && to.is_file() {
            return refuse(
                format!("the list {shown} is there already and stays; name another file, or say --force"),
                format!("一覧 {shown} は既にあるため上書きしません。別名にするか、--force を付けてください"),
            );
        }
        named.push(to);
    }
    Ok(())
}

/// Gives what judges a build that nothing could be judged: none is green by that.
pub(super) fn give_failure(given: &GivenAs, failure: &Failure, lang: Lang) -> Result<(), Failure> {
    give_lists(given, None, Ended::Failed { status: failure.status, said: &failure.said }, lang)
}

/// The forms that others read.
fn give_lists(
    given: &GivenAs,
    found: Option<Reported<'_>>,
    ended: Ended<'_>,
    lang: Lang,
) -> Result<(), Failure> {
    let write = |to: &Path, text: String| write_whole(to, text.as_bytes(), given.force);
    if let (Some(to), Some(_)) = (&given.html, found) {
        write(to, Reported::html(found))?;
    }
    if let Some(to) = &given.junit {
        write(to, Reported::junit(found, ended, lang))?;
    }
    if let Some(to) = &given.sarif {
        write(to, format!("{:#}\n", Reported::sarif(found, ended, lang)))?;
    }
    if given.github {
        tell(&Reported::github(found, ended, lang))?;
    }
    Ok(())
}

/// Gives what `file`, which was named `name`, came to as it is asked for.
pub(super) fn give(
    given: &GivenAs,
    (name, file): (&Path, &ClaimFile),
    judged: &Judged,
    lang: Lang,
) -> Result<(), Failure> {
    let name = name.display().to_string();
    let found = Reported { file: &name, summary: &judged.summary, findings: &judged.findings };
    give_itself(given, file, judged, lang)?;
    give_lists(given, Some(found), Ended::AsFound, lang)
}

/// What was asked for of the file itself: the report, JSON lines, a table.
fn give_itself(given: &GivenAs, file: &ClaimFile, judged: &Judged, lang: Lang) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    match given.csv.as_deref() {
        Some(to) if to == Path::new("-") => {
            if given.json {
                return Err(Failure::could_not(Said::new(
                    "--json and --csv - both write to standard output; name a file for one of them",
                    "--json と --csv - はどちらも標準出力に書きます。--csv にはファイル名を指定してください",
                )));
            }
            out.write_all(table(file, &judged.findings, lang).as_bytes())?;
            return Ok(out.flush()?);
        }
        Some(to) => write_whole(to, table(file, &judged.findings, lang).as_bytes(), given.force)?,
        None => {}
    }
    let Judged { findings, summary, .. } = judged;
    if given.json {
        write_lines(&mut out, findings, summary)?;
    } else {
        let most = if given.all { Most::All } else { Most::OfEach(SHOWN_OF_EACH) };
        out.write_all(report(summary, findings, most, lang, width()).as_bytes())?;
    }
    Ok(out.flush()?)
}

/// Writes a list whole or not at all, readable as the user's other files are.
fn write_whole(to: &Path, bytes: &[u8], is_over: bool) -> Result<(), Failure> {
    let folder = folder_of(to);
    let mut made = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        made.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let written = made.tempfile_in(folder).and_then(|mut file| {
        file.write_all(bytes)?;
        let named = if is_over { file.persist(to) } else { file.persist_noclobber(to) };
        named.map_err(|error| error.error).map(drop)
    });
    written.map_err(|error| {
        let to = to.display();
        Failure::could_not(Said::about(
            &format!("the list {to} could not be written"),
            &format!("{to} に一覧を書き込めませんでした"),
            &error,
        ))
    })
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// How many cells a line has: what `COLUMNS` says, else the terminal.
fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
    told.or_else(terminal).filter(|columns| *columns > 0).unwrap_or(WIDTH).max(NARROWEST)
}
