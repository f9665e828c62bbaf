//! The file as it was recognised.

use warifu_masters::file::write::write;
use warifu_masters::file::{Declared, Reading, read};
use warifu_masters::finding::{Code, Finding};
use warifu_masters::schema::Rendering;
use warifu_masters::table::{Master, Role};
use warifu_values::day::EffectiveDate;

use super::super::config::Config;
use super::super::error::ImportError;
use super::super::judged::{ExtendOne as _, Judged};
use super::super::repository::Store;

/// The format that masters are published in.
const PUBLISHED: &str = "kikin";

/// A file that was recognised.
pub(super) struct Sound {
    pub(super) file: Master,
    pub(super) role: Role,
    pub(super) rendering: Option<Rendering>,
    pub(super) kind: String,
}

impl Store {
    /// Recognises the file, in the edition of its series where no row tells. Its rendering is kept only when
    /// that gives the very bytes back.
    pub(super) fn recognise(&self, config: &Config, judged: &mut Judged<'_>) -> Result<Sound, ImportError> {
        let request = judged.request;
        let declared = Declared { format: request.format, role: request.role };
        let of_kind = request.kind.map(|kind| self.schemas().of_kind(kind));
        let schemas = of_kind.as_ref().unwrap_or(self.schemas());
        let mut reading = read(schemas, request.bytes.to_vec(), &declared);
        let kind = reading.layout.as_ref().map(|layout| layout.kind.clone()).unwrap_or_default();
        if let Ok(governs) = config.governs(request.series, &kind) {
            reading.in_series(EffectiveDate::from_first(governs.first));
        }
        judged.findings.extend_one(reading.unquoted());
        let given = reading.format.as_ref().map(|format| format.name.as_str());
        if let Some(form) = given.filter(|form| *form != PUBLISHED && request.format.is_none()) {
            judged.findings.push(Finding::new(Code::ImportForm).found(form));
        }
        let Reading { layout, role, rendering, master, findings, .. } = reading;
        judged.findings.extend(findings);
        let (Some(layout), Some(role), Some(file)) = (layout, role, master) else {
            return Err(judged.refused());
        };
        let rendering =
            rendering.filter(|rendering| write(&file, rendering).is_ok_and(|bytes| bytes == request.bytes));
        Ok(Sound { file, role, rendering, kind: layout.kind.clone() })
    }
}
