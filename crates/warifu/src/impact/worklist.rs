//! The worklist: a line for each use of a code that must be judged again, written while files are judged.

use std::io;
use std::path::Path;

use serde_json::{Value, json};
use warifu_claims::movement::{Impact, Judgement, TurnedUse};
use warifu_values::csv::push_cell;

use super::found::Unread;
use super::judged::Judged;
use super::page::{LINES_SHOWN, page, row};
use super::told::{Compared, as_json};
use super::words;
use crate::error::{Exit, Failure};

/// What it is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A line for each.
    Csv,
    /// One document: the lines, then the sums.
    Json,
    /// A page for people: the sums, then the first lines.
    Html,
}

impl Form {
    /// By the end of the file's name.
    ///
    /// # Errors
    /// When it is another one.
    pub fn of(path: &Path) -> Result<Form, Failure> {
        let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
        match extension.as_str() {
            "csv" => Ok(Form::Csv),
            "json" => Ok(Form::Json),
            "html" => Ok(Form::Html),
            _ => {
                let path = path.display();
                Err(Failure::new(
                    Exit::CouldNotRun,
                    format!("{path}: a worklist is written as .csv, .json or .html"),
                    format!("{path}: 出力形式は拡張子 .csv、.json、.html で指定してください"),
                ))
            }
        }
    }
}

const HEAD: &str = "institution,file,claim,line,kind,code,name,day,turn,rule,before,after,record_before,\
                    record_after,points,times\n";

/// A worklist that is being written.
pub struct Worklist<'a> {
    form: Form,
    out: &'a mut dyn io::Write,
    lines: u64,
    /// Rows of the page, up to a limit.
    rows: String,
}

/// The lines of one file.
#[derive(Debug, Default)]
pub struct Lines {
    text: Vec<u8>,
    count: u64,
}

impl<'a> Worklist<'a> {
    /// Begins one.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn begin(form: Form, out: &'a mut dyn io::Write) -> io::Result<Self> {
        match form {
            Form::Csv => out.write_all(HEAD.as_bytes())?,
            Form::Json => out.write_all(b"{\"worklist\":[")?,
            Form::Html => {}
        }
        Ok(Worklist { form, out, lines: 0, rows: String::new() })
    }

    /// Takes in what [`Form::lines`] made of a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn take(&mut self, lines: &Lines) -> io::Result<()> {
        if lines.count == 0 {
            return Ok(());
        }
        match self.form {
            Form::Csv => self.out.write_all(&lines.text)?,
            Form::Json => {
                // Each line begins with a comma, which the first of all must not have.
                let skipped = usize::from(self.lines == 0);
                self.out.write_all(lines.text.get(skipped..).unwrap_or_default())?;
            }
            Form::Html if self.lines < LINES_SHOWN => {
                self.rows.push_str(&String::from_utf8_lossy(&lines.text));
            }
            Form::Html => {}
        }
        self.lines += lines.count;
        Ok(())
    }

    /// Ends it with the sums.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self, compared: Compared, impact: &Impact, unread: &[Unread]) -> io::Result<()> {
        match self.form {
            Form::Csv => Ok(()),
            Form::Json => {
                let summary = as_json(compared, impact, unread);
                writeln!(self.out, "\n],\"summary\":{summary}}}")
            }
            Form::Html => self.out.write_all(page(compared, impact, unread, &self.rows).as_bytes()),
        }
    }
}

impl Form {
    /// The lines of one file.
    pub fn lines(self, judged: &Judged<'_>) -> Lines {
        let mut lines = Lines::default();
        for one in &judged.impact.turned {
            match self {
                Form::Csv => csv(judged, one, &mut lines.text),
                Form::Json => {
                    lines.text.extend_from_slice(b",\n");
                    lines.text.extend_from_slice(line(judged, one).to_string().as_bytes());
                }
                Form::Html if lines.count < LINES_SHOWN => {
                    lines.text.extend_from_slice(row(judged, one).as_bytes());
                }
                Form::Html => {}
            }
            lines.count += 1;
        }
        lines
    }
}

/// The rule that the newer finds broken; else that of the older.
pub(super) fn rule(one: &TurnedUse) -> &'static str {
    let rule = |judgement: &Judgement| match judgement {
        Judgement::Right => None,
        Judgement::Found { rule, .. } => Some(rule.as_str()),
    };
    rule(&one.after).or_else(|| rule(&one.before)).unwrap_or_default()
}

fn csv(judged: &Judged<'_>, one: &TurnedUse, out: &mut Vec<u8>) {
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let fields = [
        judged.institution.clone(),
        judged.file.shown.clone(),
        number(one.claim),
        one.line.to_string(),
        one.kind.master().to_owned(),
        one.code.to_string(),
        one.name.clone(),
        one.day.to_string(),
        one.turn.as_str().to_owned(),
        rule(one).to_owned(),
        words::judgement(&one.before),
        words::judgement(&one.after),
        words::record(one.record_before.as_ref()),
        words::record(one.record_after.as_ref()),
        number(one.unit.map(|unit| unit.points)),
        number(one.unit.map(|unit| unit.times.into())),
    ];
    let mut line = String::new();
    for (at, field) in fields.iter().enumerate() {
        if at > 0 {
            line.push(',');
        }
        push_cell(&mut line, field);
    }
    out.extend_from_slice(line.as_bytes());
    out.push(b'\n');
}

fn line(judged: &Judged<'_>, one: &TurnedUse) -> Value {
    json!({
        "institution": judged.institution, "file": judged.file.shown, "claim": one.claim, "line": one.line,
        "kind": one.kind.master(), "code": one.code.to_string(), "name": one.name,
        "day": one.day.to_string(), "turn": one.turn.as_str(), "rule": rule(one),
        "before": words::judgement(&one.before), "after": words::judgement(&one.after),
        "record_before": words::record(one.record_before.as_ref()),
        "record_after": words::record(one.record_after.as_ref()),
        "points": one.unit.map(|unit| unit.points), "times": one.unit.map(|unit| unit.times),
    })
}
