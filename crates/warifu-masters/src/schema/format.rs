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

/// How fields and records are told apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Framing {
    /// By commas and line ends.
    Csv {
        /// The line end.
        newline: Newline,
        /// Which fields stand in quotation marks.
        quoting: Quoting,
    },
    /// By position: every field takes the bytes that its column has in the layout, text on the left, blanks
    /// after it.
    Fixed {
        /// What stands after each record.
        record_end: RecordEnd,
    },
}

impl Framing {
    /// The line end; none in fixed-length records.
    pub fn newline(&self) -> Option<Newline> {
        match self {
            Framing::Csv { newline, .. } => Some(*newline),
            Framing::Fixed { .. } => None,
        }
    }
}

/// The bytes after each fixed-length record: mostly none. Written in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RecordEnd(Vec<u8>);

impl RecordEnd {
    /// The most bytes there may be.
    const LIMIT_BYTES: usize = 8;

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl TryFrom<String> for RecordEnd {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const WRONG: &str = "a record end is at most 8 bytes in hexadecimal, such as \"0D25\"";
        let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
        match digits {
            Some(digits) if digits.len().is_multiple_of(2) && digits.len() <= Self::LIMIT_BYTES * 2 => {
                Ok(RecordEnd(digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()))
            }
            _ => Err(WRONG),
        }
    }
}

impl From<RecordEnd> for String {
    fn from(end: RecordEnd) -> String {
        end.0.iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

/// A format: charset, newline, framing. One TOML file under `schemas/formats/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// What commands call it.
    pub name: String,
    /// 表示名.
    pub title_ja: String,
    /// Its name for people, in English.
    pub title_en: String,
    /// The charset. A character it cannot hold is always refused, never replaced.
    pub charset: Charset,
    /// How fields and records are told apart.
    pub framing: Framing,
    /// What file names end in, without the dot.
    pub extension: String,
}

/// A format file as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormatFile {
    pub(crate) name: String,
    title_ja: String,
    title_en: String,
    pub(crate) charset: String,
    #[serde(default)]
    framing: FramingName,
    newline: Option<Newline>,
    quoting: Option<Quoting>,
    record_end: Option<RecordEnd>,
    extension: String,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FramingName {
    #[default]
    Csv,
    Fixed,
}

impl FormatFile {
    /// The format, once its charset is known.
    ///
    /// # Errors
    /// What does not go together.
    pub(crate) fn with(self, charset: Charset) -> Result<Format, &'static str> {
        let framing = match (self.framing, self.newline, self.quoting, self.record_end) {
            (FramingName::Csv, Some(newline), Some(quoting), None) => Framing::Csv { newline, quoting },
            (FramingName::Csv, _, _, None) => return Err("a CSV format says newline and quoting"),
            (FramingName::Csv, ..) => return Err("record_end belongs to framing = \"fixed\""),
            (FramingName::Fixed, None, None, end) => Framing::Fixed { record_end: end.unwrap_or_default() },
            (FramingName::Fixed, ..) => return Err("fixed-length records have neither newline nor quoting"),
        };
        // The tables that are built in have one, and are not compiled for asking.
        let is_known = !matches!(&charset, Charset::Table(table) if !table.is_compiled());
        if matches!(framing, Framing::Fixed { .. }) && is_known && charset.byte_of(b' ').is_none() {
            return Err("the charset has no single byte for the blank, which padding needs");
        }
        let FormatFile { name, title_ja, title_en, extension, .. } = self;
        Ok(Format { name, title_ja, title_en, charset, framing, extension })
    }
}

/// How the bytes of one file differ from its records: with the records it gives the very bytes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendering {
    /// The charset.
    pub charset: Charset,
    /// How fields and records are told apart.
    pub framing: Framing,
    /// Whether the last line or record has what ends one.
    pub final_newline: bool,
    /// Whether the file begins with its layout's header line.
    pub header: bool,
    /// The order of the rows.
    pub order: RowOrder,
}

/// A rendering as it is stored: the charset by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRendering {
    charset: String,
    #[serde(flatten)]
    framing: Framing,
    final_newline: bool,
    header: bool,
    #[serde(default, skip_serializing_if = "RowOrder::is_key")]
    order: RowOrder,
}

impl From<Rendering> for StoredRendering {
    fn from(rendering: Rendering) -> Self {
        let Rendering { charset, framing, final_newline, header, order } = rendering;
        StoredRendering { charset: charset.name().to_owned(), framing, final_newline, header, order }
    }
}

impl StoredRendering {
    /// What the charset is called.
    pub fn charset(&self) -> &str {
        &self.charset
    }

    /// The rendering, with the charset that its name stands for.
    pub fn with(self, charset: Charset) -> Rendering {
        let StoredRendering { framing, final_newline, header, order, .. } = self;
        Rendering { charset, framing, final_newline, header, order }
    }
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
    /// How a whole file of this format is written, sorted by key. There is no header line in fixed-length records.
    pub fn rendering(&self, header: bool) -> Rendering {
        Rendering {
            charset: self.charset.clone(),
            framing: self.framing.clone(),
            final_newline: true,
            header: header && self.framing.newline().is_some(),
            order: RowOrder::Key,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What repositories hold since the first version.
    #[test]
    fn a_stored_rendering_keeps_its_form() {
        let csv = "charset = \"windows-31j\"\nnewline = \"crlf\"\nquoting = \"all\"\nfinal_newline = true\nheader = false\n";
        let listed = format!("{csv}\n[order]\ncolumn = \"publication_order\"\n");
        let fixed = "charset = \"ibm-1399\"\nrecord_end = \"0D25\"\nfinal_newline = true\nheader = false\n";
        for text in [csv, &listed, fixed] {
            let stored: StoredRendering = toml::from_str(text).unwrap();
            assert_eq!(toml::to_string(&stored).unwrap(), text);
        }
        let stored: StoredRendering = toml::from_str(fixed).unwrap();
        let rendering = stored.clone().with(Charset::Utf8);
        let Framing::Fixed { record_end } = &rendering.framing else { panic!("{rendering:?}") };
        assert_eq!(record_end.as_bytes(), b"\x0D\x25");
        for wrong in ["0D2", "xy", "000102030405060708"] {
            assert!(RecordEnd::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
