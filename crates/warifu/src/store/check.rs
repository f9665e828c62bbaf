//! Checking what is stored: that it is what was imported, and that it still passes.

use jiff::civil::Date;
use warifu_masters::consistency;
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::read::Role;
use warifu_masters::table::Master;
use warifu_masters::validate::validate;

use super::{At, ImportRecord, Store, StoreError};

/// What a check of a revision found.
#[derive(Debug)]
pub struct Checked {
    /// The commit, in full.
    pub commit: String,
    /// Each master it holds.
    pub states: Vec<StateChecked>,
}

/// What a check of one master found.
#[derive(Debug)]
pub struct StateChecked {
    /// Which one.
    pub at: At,
    /// What came in last, when that can be read.
    pub record: Option<ImportRecord>,
    /// What was found.
    pub findings: Findings,
}

impl Checked {
    /// Whether anything found refuses the data.
    pub fn denies(&self) -> bool {
        self.states.iter().any(|state| state.findings.denies())
    }
}

impl Store {
    /// Checks every master of `rev`: as [`Store::findings_of`], and that the original can be given back byte for
    /// byte.
    ///
    /// # Errors
    /// [`StoreError::NoRevision`]; damage is a finding.
    pub fn check(&self, rev: &str, today: Date) -> Result<Checked, StoreError> {
        let (commit, _) = self.resolve(rev)?;
        let mut states = Vec::new();
        for at in self.masters(rev)? {
            let mut findings = Findings::new();
            let record = match self.import_record(&at) {
                Ok(record) => Some(record),
                Err(error) => {
                    findings.push(Finding::new(Code::StoreOriginal).found(error));
                    None
                }
            };
            match self.state(&at) {
                Ok(state) => findings.extend(self.findings_of(&at, &state, record.as_ref(), today)?),
                Err(error) => {
                    let expected = record.as_ref().map(|record| record.state.short()).unwrap_or_default();
                    findings.push(Finding::new(Code::StoreState).found(error).expected(expected));
                }
            }
            if record.is_some()
                && let Err(error) = self.original(&at)
            {
                findings.push(Finding::new(Code::StoreOriginal).found(error));
            }
            states.push(StateChecked { at, record, findings });
        }
        Ok(Checked { commit: commit.to_string(), states })
    }

    /// What is found in a state: its digest against the one its import recorded, every field, and the rules
    /// between records. What was accepted by name when it came in stays accepted, and waivers of `warifu.toml`
    /// hold until they expire.
    ///
    /// # Errors
    /// When the history or `warifu.toml` cannot be read.
    pub fn findings_of(
        &self,
        at: &At,
        state: &Master,
        record: Option<&ImportRecord>,
        today: Date,
    ) -> Result<Findings, StoreError> {
        let mut findings = Findings::new();
        let digest = state.canonical_digest();
        if let Some(record) = record
            && record.state != digest
        {
            let finding = Finding::new(Code::StoreState).found(digest.short()).expected(record.state.short());
            findings.push(finding);
        }
        // A state may hold blanks that a full does not: rows that a differential widened or inserted.
        let role = record.map_or(Role::Differential, |record| record.role);
        findings.extend(validate(state, role));
        findings.extend(consistency::check(state));
        let accepted = self.accepted_codes()?;
        let codes: Vec<Code> = accepted
            .iter()
            .filter(|(series, kind, _)| *series == at.series && *kind == at.kind)
            .map(|(_, _, code)| *code)
            .collect();
        findings.accept(&codes);
        self.config(&at.commit)?.waive(&at.kind, &mut findings, today);
        Ok(findings)
    }

    /// (series, kind, code) of every finding that was ever accepted.
    fn accepted_codes(&self) -> Result<Vec<(String, String, Code)>, StoreError> {
        let mut accepted = Vec::new();
        for entry in self.log()? {
            let codes = entry.record.accepted.iter().filter_map(|accepted| Code::parse(&accepted.code));
            accepted.extend(codes.map(|code| (entry.series.clone(), entry.kind.clone(), code)));
        }
        Ok(accepted)
    }
}
