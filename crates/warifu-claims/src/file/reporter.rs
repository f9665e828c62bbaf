//! What is irregular about a record, and where: told to the file that is being read.

use warifu_values::day::ClaimMonth;

use super::claim_file::ClaimFile;
use super::evidence::Evidence;
use super::fields::Fields;
use super::form::{Fault, Field, Layout, Mode};
use super::irregular::Irregularity;
use crate::finding::{ClaimCode, FieldAt};

/// Where something irregular stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    line: u32,
    record: Option<[u8; 2]>,
    claim: Option<u32>,
    month: Option<ClaimMonth>,
    field: Option<FieldAt>,
}

impl At {
    pub(super) fn file(line: u32) -> At {
        At::record(line, None)
    }

    pub(super) fn record(line: u32, record: Option<[u8; 2]>) -> At {
        At { line, record, claim: None, month: None, field: None }
    }

    pub(super) fn claim(self, claim: Option<u32>) -> At {
        At { claim, ..self }
    }

    pub(super) fn month(self, month: Option<ClaimMonth>) -> At {
        At { month, ..self }
    }

    pub(super) fn field(self, layout: &Layout, position: u8) -> At {
        let field = layout.field_at(position).map(|field| FieldAt { position, name: field.name });
        At { field, ..self }
    }
}

/// The file that is being read, and who tells it what is irregular.
pub(super) struct Reporter {
    pub(super) file: ClaimFile,
    /// Whether a quotation mark stands anywhere in the bytes.
    pub(super) may_hold_quotes: bool,
}

impl Reporter {
    pub(super) fn new(file: ClaimFile) -> Reporter {
        Reporter { file, may_hold_quotes: false }
    }

    /// How many fields the record has, and the form of each.
    #[inline]
    pub(super) fn check_form(&mut self, layout: &'static Layout, fields: &Fields<'_>, at: At) {
        if fields.count() != layout.width() {
            self.report(ClaimCode::UkeColumns, at, || {
                (Evidence::count(fields.count()), Evidence::count(layout.width()))
            });
            // Whatever is missing, or stands in another field's place, is told with that.
            return;
        }
        for (position, field) in layout.due(fields.filled) {
            let bytes = fields.at(position.into());
            if let Some(fault) = field.fault(bytes) {
                self.report_fault(fault, field, bytes, at.field(layout, position));
            }
        }
        if self.may_hold_quotes && fields.hold_quotes() {
            self.report(ClaimCode::UkeQuote, at, Default::default);
        }
    }

    #[cold]
    fn report_fault(&mut self, fault: Fault, field: &Field, bytes: &[u8], at: At) {
        let length = Evidence::count(bytes.len());
        let (none, limit) = (Evidence::Nothing, Evidence::Number(field.bytes.into()));
        let (code, found, expected) = match fault {
            Fault::Missing => (ClaimCode::UkeFieldMissing, none, none),
            Fault::TooLong => (ClaimCode::UkeFieldWidth, length, limit),
            Fault::TooShort => (ClaimCode::UkeFieldLength, length, limit),
            Fault::Value => (ClaimCode::UkeFieldValue, none, Evidence::Values(field.values)),
            Fault::Day => (ClaimCode::UkeDate, none, none),
            Fault::Mode => {
                let code = match field.mode {
                    Mode::Digits => ClaimCode::UkeFieldDigits,
                    Mode::Kanji => ClaimCode::UkeFieldFullWidth,
                    Mode::Text => ClaimCode::UkeFieldMixed,
                    Mode::Latin | Mode::Day | Mode::Month | Mode::Open => ClaimCode::UkeFieldHalfWidth,
                };
                (code, none, none)
            }
        };
        self.report(code, at, || (found, expected));
    }

    /// Tells `code` with what was found and what that is compared with.
    pub(super) fn report(
        &mut self,
        code: ClaimCode,
        at: At,
        evidence: impl FnOnce() -> (Evidence, Evidence),
    ) {
        self.file.push_irregular(code, || {
            let (found, expected) = evidence();
            let At { line, record, claim, month, field } = at;
            Irregularity { code, claim, line, record, field, month, found, expected }
        });
    }
}
