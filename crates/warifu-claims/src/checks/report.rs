//! What a check says becomes a finding: with the release, the place in the file and the master's record.

use super::check::About;
use super::wrong::Wrong;
use crate::finding::{ClaimFinding, ClaimFindings, When};
use crate::item_code::ItemCode;
use crate::lookup::By;

/// Where a finding lies, and by which record it was judged.
pub(super) struct Place<'a> {
    /// The claim's number in the file.
    pub(super) claim: Option<u32>,
    pub(super) line: u32,
    pub(super) record: [u8; 2],
    pub(super) item: Option<ItemCode>,
    pub(super) when: Option<When>,
    /// The series and the record of the master that it was judged by.
    pub(super) by: Option<By<'a>>,
}

/// The findings of one release on one file.
pub(super) struct Report<'f> {
    pub(super) release: u64,
    pub(super) findings: &'f mut ClaimFindings,
}

impl Report<'_> {
    /// Takes in what the check said at `place`.
    #[cold]
    pub(super) fn take(&mut self, about: &About, wrong: Wrong, place: Place<'_>) {
        // The tests of this crate hold it, in every profile; who has a claim checked is told all the same.
        let is_named = !cfg!(test) || about.codes.contains(&wrong.code);
        assert!(is_named, "{} is not named by {about:?}", wrong.code);
        let release = self.release;
        self.findings.push_with(wrong.code, || ClaimFinding {
            code: wrong.code,
            release,
            claim: place.claim,
            line: place.line,
            record: Some(place.record),
            field: None,
            item: place.item,
            name: place.by.and_then(|by| by.name).map(Into::into),
            when: place.when,
            series: place.by.map(|by| by.series.clone()),
            found: wrong.found.text(),
            expected: wrong.expected.text(),
        });
    }
}
