//! How the findings of a check are given: the report for a terminal, JSON lines, a table for a spreadsheet.

use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use warifu_claims::ClaimFile;
use warifu_judging::{Judged, write_lines};
use warifu_values::lang::Lang;

use crate::cli::arguments::GivenAs;
use crate::cli::failure::Failure;
use crate::reading::{Most, report, table};
use crate::said::Said;

/// So many findings of a code are shown where not all are asked for: what they have in common is seen.
const SHOWN_OF_EACH: usize = 10;

/// How wide a page of paper or of a log is, where there is no terminal.
const WIDTH: usize = 80;

/// Nothing is readable in less.
const NARROWEST: usize = 40;

/// Gives what `file` came to as it is asked for.
pub(super) fn give(given: &GivenAs, file: &ClaimFile, judged: &Judged, lang: Lang) -> Result<(), Failure> {
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

/// Refuses a table that is there already before a claim file is judged.
pub(super) fn refuse_overwriting(given: &GivenAs) -> Result<(), Failure> {
    match given.csv.as_deref() {
        Some(to) if !given.force && to != Path::new("-") && to.is_file() => {
            let to = to.display();
            Err(Failure::could_not(Said::new(
                format!("the table {to} is there already and stays; name another file, or say --force"),
                format!("一覧 {to} は既にあるため上書きしません。別名にするか、--force を付けてください"),
            )))
        }
        _ => Ok(()),
    }
}

/// Writes the table whole or not at all, readable as the user's other files are.
fn write_whole(to: &Path, bytes: &[u8], is_over: bool) -> Result<(), Failure> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
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
            &format!("the table {to} could not be written"),
            &format!("{to} に一覧を書き込めませんでした"),
            &error,
        ))
    })
}

/// How many cells a line has: what `COLUMNS` says, else the terminal.
fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = || rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
    told.or_else(terminal).filter(|columns| *columns > 0).unwrap_or(WIDTH).max(NARROWEST)
}
