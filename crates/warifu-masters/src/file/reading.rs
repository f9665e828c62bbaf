//! What reading a file gives, and its limits.

use std::sync::Arc;

use serde::Serialize;

use crate::charset::Charset;
use crate::finding::{Code, Finding, Findings};
use crate::schema::{Format, Framing, Layout, Quoting, Rendering};
use crate::table::{Master, Role};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// The longest row in bytes. The widest layout needs about 2,000; a file with longer ones is no master, and
/// reading on would only cost memory.
pub const ROW_LIMIT_BYTES: usize = 64 * 1024;

/// The largest file in bytes: thirty times the largest master there is. Field offsets are 32 bits wide.
pub const FILE_LIMIT_BYTES: u64 = 512 * 1024 * 1024;

/// What is known before reading; everything else is recognised.
#[derive(Debug, Clone, Default)]
pub struct Declared<'a> {
    /// The format; a file that is not in it is a finding.
    pub format: Option<&'a Format>,
    /// Full or differential.
    pub role: Option<Role>,
}

/// A file as it was read.
#[derive(Debug)]
pub struct Reading {
    /// The charset it is in, as far as its bytes tell.
    pub charset: Option<Charset>,
    /// The format that fits best.
    pub format: Option<Arc<Format>>,
    /// How sure that is.
    pub confidence: Confidence,
    /// The other formats that fit.
    pub others: Vec<Candidate>,
    /// The layout.
    pub layout: Option<Arc<Layout>>,
    /// The other editions that fit as well, where no row tells.
    pub open: Vec<Arc<Layout>>,
    /// Whether a header of field ids names the layout.
    pub(super) is_named: bool,
    /// Full or differential.
    pub role: Option<Role>,
    /// How its bytes differ from its records; `None` when that follows no rule.
    pub rendering: Option<Rendering>,
    /// The records in key order, when there are any and no key occurs twice.
    pub master: Option<Master>,
    /// How many rows were taken in.
    pub rows: usize,
    /// What was remarkable.
    pub findings: Findings,
}

impl Reading {
    pub(super) fn new(findings: Findings) -> Self {
        Reading {
            charset: None,
            format: None,
            confidence: Confidence::Certain,
            others: Vec::new(),
            layout: None,
            open: Vec::new(),
            is_named: false,
            role: None,
            rendering: None,
            master: None,
            rows: 0,
            findings,
        }
    }

    /// That the file is not written as masters are published, when it is not: somebody saved it anew, and
    /// nobody knows what else that did to it. Layouts with a header are published without quotation marks.
    pub fn unquoted(&self) -> Option<Finding> {
        let quoting = match self.rendering.as_ref()?.framing {
            Framing::Csv { quoting, .. } => quoting,
            Framing::Fixed { .. } => return None,
        };
        let is_as_published = quoting == Quoting::All || self.layout.as_ref()?.header.is_some();
        (!is_as_published && self.rows > 0).then(|| Finding::new(Code::FileUnquoted))
    }

    pub(super) fn finding(finding: Finding) -> Self {
        let mut findings = Findings::new();
        findings.push(finding);
        Reading::new(findings)
    }

    /// Whether it is a whole master.
    pub(super) fn is_sound(&self) -> bool {
        self.master.is_some() && !self.findings.denies()
    }
}

/// How sure it is which format a file is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// No other known format fits.
    Certain,
    /// Others fit as well, and either give the same records or much worse ones.
    Likely,
    /// Others fit as well as this one.
    Possible,
}

impl Speak for Confidence {
    fn say(&self, lang: Lang) -> String {
        match self {
            Confidence::Certain => say!(lang, "certain", "確実"),
            Confidence::Likely => say!(lang, "likely", "ほぼ確実"),
            Confidence::Possible => say!(lang, "possible", "可能性あり"),
        }
    }
}

/// Another format that a file fits.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The format.
    pub format: Arc<Format>,
    /// What tells it from the one that was taken.
    pub why: Why,
}

/// What tells a format that fits as well from the one that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// Nothing but ASCII occurs, which both write alike.
    AsciiOnly,
    /// The same records come out.
    SameRecords,
    /// The bytes are text in it, but other text.
    OtherText,
    /// The kana columns would hold other characters than half-width kana.
    FewerKana,
}

impl Speak for Why {
    fn say(&self, lang: Lang) -> String {
        match self {
            Why::AsciiOnly => say!(lang, "ASCII only", "ASCII のみ"),
            Why::SameRecords => say!(lang, "the same records", "同じレコードになる"),
            Why::OtherText => say!(lang, "other text", "別の文字列になる"),
            Why::FewerKana => say!(lang, "fewer kana in the kana columns", "カナ項目のカナが少ない"),
        }
    }
}
