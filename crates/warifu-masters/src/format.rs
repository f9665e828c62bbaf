//! Formats: how an organisation's OS wants the bytes of a master.

use serde::{Deserialize, Serialize};

use crate::charset::Charset;

/// The line end of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Newline {
    /// CR LF.
    Crlf,
    /// LF.
    Lf,
}

impl Newline {
    /// Its bytes.
    pub fn as_bytes(self) -> &'static [u8] {
        match self {
            Newline::Crlf => b"\r\n",
            Newline::Lf => b"\n",
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Newline::Crlf => "CRLF",
            Newline::Lf => "LF",
        }
    }
}

/// Which fields stand in quotation marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quoting {
    /// Every field.
    All,
    /// Only a field that holds a comma, a quotation mark or a line end (RFC 4180).
    Minimal,
}

/// A format: charset, newline, framing. One TOML file under `schemas/formats/`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// What commands call it.
    pub name: String,
    /// 表示名.
    pub title_ja: String,
    /// Its name for people, in English.
    pub title_en: String,
    /// The charset. A character it cannot hold is always refused, never replaced.
    pub charset: Charset,
    /// The line end.
    pub newline: Newline,
    /// Which fields stand in quotation marks.
    pub quoting: Quoting,
    /// What file names end in, without the dot.
    pub extension: String,
}

/// How the bytes of one file differ from its records: with the records it gives the very bytes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendering {
    /// The charset.
    pub charset: Charset,
    /// The line end.
    pub newline: Newline,
    /// Which fields stand in quotation marks.
    pub quoting: Quoting,
    /// Whether the last line has a line end.
    pub final_newline: bool,
    /// Whether the file begins with its layout's header line.
    pub header: bool,
    /// The order of the rows.
    #[serde(default, skip_serializing_if = "RowOrder::is_key")]
    pub order: RowOrder,
}

/// The order of the rows of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowOrder {
    /// By key, the canonical order.
    #[default]
    Key,
    /// By the number in the column called so, then by key.
    Column(String),
    /// As listed: ranks in key order of the rows of the file, first to last.
    Listed(Vec<u32>),
}

impl RowOrder {
    fn is_key(&self) -> bool {
        *self == RowOrder::Key
    }
}

impl Format {
    /// How a whole file of this format is written, sorted by key.
    pub fn rendering(&self, header: bool) -> Rendering {
        Rendering {
            charset: self.charset,
            newline: self.newline,
            quoting: self.quoting,
            final_newline: true,
            header,
            order: RowOrder::Key,
        }
    }
}
