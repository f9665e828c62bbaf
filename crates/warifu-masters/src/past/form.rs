//! The one form of timelines: UTF-8, LF, a head, a line for each period, the superseded records.
//!
//! ```text
//! timelines,1
//! governs,20240601,                          first day, last day
//! known-from,20240601
//! periods,3
//! 111000110,20240601,state,,20240531         code, first day, what holds, detail, day of publication
//! 112007410,20240601,record,1,20240531       the first superseded record below
//! 112007410,20240716,abolished,20240715,20240705
//! records,30,1                               edition, how many
//! change_class,master_type,…                 canonical CSV
//! …
//! ```

use std::cell::Cell;
use std::io::{self, Write as _};

use warifu_values::amount::number;
use warifu_values::day::{PublicationDay, TreatmentDay};

use super::timelines::{Governs, Keys, Period, RecordAt, Standing, Timelines};
use crate::file::read_canonical_rows;
use crate::schema::Schemas;
use crate::table::Master;

/// The bytes are no timelines of that master.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct NotTimelines {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

const HEAD: &str = "timelines,1";

const MISSING: &str = "a superseded record is missing, or is nobody's";

impl Timelines {
    /// The bytes that both organisations sign.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64 + self.periods.len() * 36);
        // Nothing goes wrong in memory.
        let _ = self.write_to(&mut out);
        out
    }

    /// Writes the canonical bytes, some at a time.
    fn write_to(&self, out: &mut impl io::Write) -> io::Result<()> {
        let day = |day: Option<TreatmentDay>| day.map_or(String::new(), |day| day.as_number().to_string());
        let Governs { first, last } = self.governs;
        let (first, known_from) = (first.as_number(), self.known_from.as_number());
        write!(out, "{HEAD}\ngoverns,{first},{}\nknown-from,{known_from}\n", day(last))?;
        writeln!(out, "periods,{}", self.periods.len())?;
        let mut line = Vec::with_capacity(4096);
        for (key, periods) in self.iter() {
            for Period { first, standing, published } in periods {
                line.clear();
                line.extend_from_slice(key.as_bytes());
                line.push(b',');
                push_day(first.as_number(), &mut line);
                match standing {
                    Standing::InForce(RecordAt::State) => line.extend_from_slice(b",state,"),
                    Standing::InForce(RecordAt::Superseded(at)) => write!(line, ",record,{}", at + 1)?,
                    Standing::NotListed => line.extend_from_slice(b",not-listed,"),
                    Standing::Abolished(last) => {
                        line.extend_from_slice(b",abolished,");
                        push_day(last.as_number(), &mut line);
                    }
                    Standing::Withdrawn => line.extend_from_slice(b",withdrawn,"),
                    Standing::Gone => line.extend_from_slice(b",gone,"),
                    Standing::NotKnown => line.extend_from_slice(b",not-known,"),
                }
                line.push(b',');
                if let Some(day) = published {
                    line.extend_from_slice(&day.digits());
                }
                line.push(b'\n');
                out.write_all(&line)?;
            }
        }
        for table in &self.superseded {
            let layout = table.layout();
            write!(out, "records,{},{}\n{}\n", layout.edition, table.rows(), layout.canonical_header())?;
            for row in 0..table.rows() {
                line.clear();
                table.push_canonical_row(row, &mut line);
                out.write_all(&line)?;
            }
        }
        Ok(())
    }

    /// Reads what [`Timelines::canonical`] wrote; `state` is the newest state of the same master.
    ///
    /// # Errors
    /// [`NotTimelines`], also when the bytes are not in their one form, leave days out, or name a record that
    /// is not there.
    pub fn read(schemas: &Schemas, state: &Master, bytes: &[u8]) -> Result<Timelines, NotTimelines> {
        let text = std::str::from_utf8(bytes).map_err(|_| NotTimelines { line: 1, what: "not UTF-8" })?;
        let reading = Reading { rest: text, line: 0, near: Cell::new(0) };
        let timelines = reading.timelines(schemas, state)?;
        // Compared as they are written: another copy of what somebody sent is not made.
        let mut rest = NotYet(bytes);
        if timelines.write_to(&mut rest).is_err() || !rest.0.is_empty() {
            return Err(NotTimelines { line: 1, what: "not written in its one form" });
        }
        Ok(timelines)
    }
}

/// What was not compared yet; takes only what it begins with.
struct NotYet<'a>(&'a [u8]);

impl io::Write for NotYet<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.strip_prefix(bytes).ok_or(io::ErrorKind::InvalidData)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn push_day(day: u32, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 8];
    let mut rest = day;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits);
}

/// The text that is not read yet.
struct Reading<'a> {
    rest: &'a str,
    line: usize,
    /// The row of the newest state that was found last.
    near: Cell<usize>,
}

impl<'a> Reading<'a> {
    fn wrong(&self, what: &'static str) -> NotTimelines {
        NotTimelines { line: self.line, what }
    }

    /// The next line.
    fn line(&mut self) -> Result<&'a str, NotTimelines> {
        self.line += 1;
        let (line, rest) = self.rest.split_once('\n').ok_or(self.wrong("a line is missing"))?;
        self.rest = rest;
        Ok(line)
    }

    /// The fields of the next line, which begins with `word`.
    fn head<const N: usize>(&mut self, word: &'static str) -> Result<[&'a str; N], NotTimelines> {
        let line = self.line()?;
        let mut parts = line.split(',');
        let wrong = self.wrong("not the head that belongs here");
        if parts.next() != Some(word) {
            return Err(wrong);
        }
        parts.collect::<Vec<_>>().try_into().map_err(|_| wrong)
    }

    fn day(&self, text: &str) -> Result<TreatmentDay, NotTimelines> {
        TreatmentDay::parse(text).filter(|_| text.len() == 8).ok_or(self.wrong("not a day as YYYYMMDD"))
    }

    fn timelines(mut self, schemas: &Schemas, state: &Master) -> Result<Timelines, NotTimelines> {
        if self.line()? != HEAD {
            return Err(self.wrong("not timelines in a form that is known here"));
        }
        let [first, last] = self.head("governs")?;
        let last = if last.is_empty() { None } else { Some(self.day(last)?) };
        let governs = Governs { first: self.day(first)?, last };
        let [known_from] = self.head("known-from")?;
        let known_from = self.day(known_from)?;
        if known_from < governs.first || last.is_some_and(|last| last < governs.first) {
            return Err(self.wrong("the days do not follow each other"));
        }
        let [count] = self.head("periods")?;
        let count = number(count.as_bytes()).ok_or(self.wrong("not a number"))? as usize;
        // A line has more than 16 bytes: no count makes this reserve more than there is to read.
        let mut periods: Vec<Period> = Vec::with_capacity(count.min(self.rest.len() / 16));
        let (mut keys, mut code) = (Keys::default(), "");
        for number in 0..count {
            let line = self.line()?;
            let (key, period) = self.period(line, state)?;
            let begins = number == 0 || key != code;
            if begins {
                if number > 0 {
                    keys.push(code, periods.len());
                }
                if key.is_empty() || number > 0 && key <= code {
                    return Err(self.wrong("the codes are not in order"));
                }
                code = key;
            }
            let follows = match periods.last().filter(|_| !begins) {
                Some(before) => {
                    before.first < period.first && *before != Period { first: before.first, ..period }
                }
                None => period.first == governs.first,
            };
            if !follows || !governs.holds(period.first) {
                return Err(self.wrong("the days do not follow each other"));
            }
            periods.push(period);
        }
        if count > 0 {
            keys.push(code, periods.len());
        }
        let superseded = self.records(schemas, state)?;
        let timelines = Timelines { governs, known_from, keys, periods, superseded };
        let mut used = vec![false; timelines.superseded()];
        for (key, periods) in timelines.iter() {
            for period in periods {
                let Standing::InForce(RecordAt::Superseded(at)) = period.standing else { continue };
                let Some(one) = used.get_mut(at as usize) else {
                    return Err(self.wrong(MISSING));
                };
                *one = true;
                if timelines.superseded_at(at).is_none_or(|(table, row)| table.key(row) != key) {
                    return Err(self.wrong("a superseded record is of another code"));
                }
            }
        }
        if used.contains(&false) {
            return Err(self.wrong(MISSING));
        }
        // Both are in order.
        let has_all = {
            let mut keys = timelines.iter().map(|(key, _)| key);
            (0..state.rows()).all(|row| keys.any(|key| key == state.key(row)))
        };
        if !has_all {
            return Err(self.wrong("a code of the newest state has no periods"));
        }
        Ok(timelines)
    }

    fn period(&self, line: &'a str, state: &Master) -> Result<(&'a str, Period), NotTimelines> {
        let wrong = || self.wrong("not a period");
        // A code that is put together of fields may hold a comma; what follows it does not.
        let mut parts = line.rsplitn(5, ',');
        let mut next = || parts.next().ok_or(wrong());
        let (published, detail, word, first, key) = (next()?, next()?, next()?, next()?, next()?);
        let published = match published {
            "" => None,
            day => Some(PublicationDay::parse(day).filter(|_| day.len() == 8).ok_or(wrong())?),
        };
        let standing = match (word, detail) {
            ("state", "") if state.find_near(key, &self.near).is_some() => Standing::InForce(RecordAt::State),
            ("state", "") => return Err(self.wrong("the newest state does not have the code")),
            ("record", at) => {
                let at = number(at.as_bytes()).and_then(|at| at.checked_sub(1)).ok_or(wrong())?;
                Standing::InForce(RecordAt::Superseded(at))
            }
            ("not-listed", "") => Standing::NotListed,
            ("abolished", last) => Standing::Abolished(self.day(last)?),
            ("withdrawn", "") => Standing::Withdrawn,
            ("gone", "") => Standing::Gone,
            ("not-known", "") => Standing::NotKnown,
            _ => return Err(wrong()),
        };
        Ok((key, Period { first: self.day(first)?, standing, published }))
    }

    fn records(
        &mut self,
        schemas: &Schemas,
        state: &Master,
    ) -> Result<Vec<crate::table::Table>, NotTimelines> {
        let mut tables: Vec<crate::table::Table> = Vec::new();
        while !self.rest.is_empty() {
            let [edition, count] = self.head("records")?;
            let count = number(count.as_bytes()).ok_or(self.wrong("not a number"))? as usize;
            let editions = schemas.editions(&state.layout().kind);
            let layout = editions.into_iter().find(|layout| layout.edition == edition);
            let layout = layout.ok_or(self.wrong("an edition that is not known here"))?;
            if self.line()? != layout.canonical_header() {
                return Err(self.wrong("not the header of the edition"));
            }
            let begins = self.rest;
            for _ in 0..count {
                self.line()?;
            }
            let rows = &begins[..begins.len() - self.rest.len()];
            let table = read_canonical_rows(layout, rows).filter(|table| table.rows() == count && count > 0);
            let table = table.ok_or(self.wrong("records that do not fit their edition"))?;
            if tables.last().is_some_and(|last| last.layout().edition >= table.layout().edition) {
                return Err(self.wrong("the editions are not in order"));
            }
            tables.push(table);
        }
        Ok(tables)
    }
}
