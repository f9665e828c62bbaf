//! A file under judgement: what was found of it, and what of that is accepted.

use git2::Oid;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use warifu_masters::change::diff::Summary;
use warifu_masters::finding::{Code, Finding, Findings};

use super::config::Config;
use super::error::{ImportError, Refused};
use super::naming::dated_in;
use super::record::{Accepted, Glance, ImportRecord, Taken};
use super::request::{ImportRequest, Imported};
use warifu_values::closest::closest_first;
use warifu_values::judgement::PassedBy;
use warifu_values::text::one_line;

/// A file under judgement: what was found so far, and what of it is accepted.
pub(super) struct Judged<'a> {
    pub(super) request: &'a ImportRequest<'a>,
    pub(super) findings: Findings,
    /// The imports that must be taken back first, when it is too late to be put in its place.
    pub(super) later: Vec<Taken>,
    /// The day of the newest import, when it is a correction that would not come last.
    pub(super) newest: Option<Date>,
}

impl<'a> Judged<'a> {
    /// The same file, with what was found so far: what is found from now on may be forgotten again.
    pub(super) fn anew(&self) -> Judged<'a> {
        let Judged { request, findings, later, newest } = self;
        Judged { request, findings: findings.clone(), later: later.clone(), newest: *newest }
    }

    /// Goes on unless something that is not accepted denies.
    pub(super) fn refuse(&mut self) -> Result<(), ImportError> {
        let by = PassedBy::Import(one_line(self.request.name));
        for (code, reason) in self.request.accept {
            self.findings.pass_code(*code, &by, &one_line(reason));
        }
        if self.findings.denies() { Err(self.refused()) } else { Ok(()) }
    }

    pub(super) fn refused(&mut self) -> ImportError {
        let (findings, mut later) = (std::mem::take(&mut self.findings), std::mem::take(&mut self.later));
        // Where it belongs to another series, its place in this one is no help.
        let elsewhere = [Code::ImportAfterSeries, Code::ImportNewerSeries, Code::ImportBeforeSeries];
        let is_elsewhere =
            elsewhere.iter().chain(&[Code::ImportOlderSeries]).any(|code| findings.count(*code) > 0);
        let mut after = self.newest.take();
        if is_elsewhere {
            (later, after) = (Vec::new(), None);
        }
        ImportError::Refused(Box::new(Refused { file: self.request.name.to_owned(), findings, later, after }))
    }

    /// No reason makes up for a series or a kind of it that is not declared: nothing would say where the file
    /// belongs, or from when it is in force.
    pub(super) fn refuse_undeclared(
        &mut self,
        config: &Config,
        series: &str,
        kind: &str,
    ) -> Result<(), ImportError> {
        let finding = match config.series.get(series) {
            None => {
                let known: Vec<&str> = config.series.keys().map(String::as_str).collect();
                let known =
                    if known.is_empty() { "-".to_owned() } else { closest_first(series, known).join(", ") };
                Finding::new(Code::ImportSeries).found(series).expected(known)
            }
            Some(declared) if !declared.kinds.iter().any(|known| known == kind) => {
                Finding::new(Code::ImportKind).found(series).expected(kind)
            }
            Some(_) => return Ok(()),
        };
        self.findings.push(finding);
        Err(self.refused())
    }

    /// The day it is in Japan.
    pub(super) fn today(&self) -> Date {
        today(self.request.now)
    }

    /// The day of publication; says so when it had to be assumed or is older than what is there.
    pub(super) fn dated(&mut self, earlier: &[(Oid, Glance)]) -> Date {
        let dated = self.request.dated.or_else(|| dated_in(self.request.name)).unwrap_or_else(|| {
            let today = self.today();
            self.findings.push(Finding::new(Code::ImportDate).found(today));
            today
        });
        // ISO dates sort as text.
        let newest = earlier.iter().map(|(_, past)| past.dated.as_str()).max();
        if let Some(newest) = newest
            && dated.to_string().as_str() < newest
        {
            let mut code = Code::ImportOlder;
            if self.request.correction.is_some() {
                (code, self.newest) = (Code::ImportCorrectionOlder, newest.parse().ok());
            }
            self.findings.push(Finding::new(code).found(dated).expected(newest));
        }
        dated
    }

    /// The codes that were accepted and did occur.
    pub(super) fn accepted(&self) -> Vec<Accepted> {
        let occurred = |(code, reason): &(Code, String)| {
            let count = self.findings.count(*code);
            (count > 0).then(|| Accepted {
                code: code.to_string(),
                count,
                keys: self.findings.keys_of(*code),
                reason: one_line(reason),
            })
        };
        self.request.accept.iter().filter_map(occurred).collect()
    }

    pub(super) fn already_there(self, commit: String, kind: String, record: ImportRecord) -> Imported {
        Imported {
            commit,
            unchanged: true,
            series: self.request.series.to_owned(),
            kind,
            record,
            summary: Summary::default(),
            findings: self.findings,
        }
    }
}

/// The day it is in Japan at `now`.
pub fn today(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::fixed(Offset::constant(9))).date()
}

pub(super) trait ExtendOne {
    fn extend_one(&mut self, finding: Option<Finding>);
}

impl ExtendOne for Findings {
    fn extend_one(&mut self, finding: Option<Finding>) {
        if let Some(finding) = finding {
            self.push(finding);
        }
    }
}
