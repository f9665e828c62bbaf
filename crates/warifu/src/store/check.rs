//! Checking what is stored: that it is what was imported, and that it still passes.

use std::collections::BTreeSet;
use warifu_values::day::PublicationDay;

use jiff::civil::Date;
use warifu_masters::change::diff::diff;
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::table::{Master, Role, fields};
use warifu_rules::consistency;
use warifu_site_rules::SiteRules;

use super::import::standing;
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

/// A master of a revision, as it was read.
#[derive(Debug)]
pub struct Held {
    /// Which one.
    pub at: At,
    /// What came in last.
    pub record: Option<ImportRecord>,
    /// The whole state.
    pub state: Master,
}

/// The day of publication as the rules take it.
pub(super) fn published(dated: Date) -> Option<PublicationDay> {
    PublicationDay::parse(&dated.to_string())
}

impl Checked {
    /// Whether anything found refuses the data.
    pub fn denies(&self) -> bool {
        self.states.iter().any(|state| state.findings.denies())
    }
}

impl Store {
    /// Checks every master of `rev`: as [`Store::judge`], and that the original can be given back byte for byte.
    ///
    /// # Errors
    /// [`StoreError::NoRevision`]; damage is a finding.
    pub fn check(&self, rev: &str, today: Date) -> Result<Checked, StoreError> {
        let (commit, _) = self.resolve(rev)?;
        let mut states = Vec::new();
        let mut held = Vec::new();
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
                Ok(state) => held.push(Held { at: at.clone(), record: record.clone(), state }),
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
        for (held, judged) in held.iter().zip(self.judge(rev, &held, today)?) {
            let same = |state: &&mut StateChecked| state.at == held.at;
            if let Some(state) = states.iter_mut().find(same) {
                state.findings.extend(judged);
            }
        }
        Ok(Checked { commit: commit.to_string(), states })
    }

    /// What is found in each of `held`, masters of `rev`: its digest against the one its import recorded, every
    /// field, the rules between records, between versions and between masters, and the site's own. What was
    /// accepted by name when it came in stays accepted, and waivers of `warifu.toml` hold until they expire.
    ///
    /// # Errors
    /// When the history, `warifu.toml` or a site's rules cannot be read.
    pub fn judge(&self, rev: &str, held: &[Held], today: Date) -> Result<Vec<Findings>, StoreError> {
        let (_, tree) = self.resolve(rev)?;
        let config = self.config_in(tree)?;
        let site = self.site_rules(tree)?;
        let mut all: Vec<Findings> = held.iter().map(|held| self.judge_alone(held, &site)).collect();
        let series: BTreeSet<&str> = held.iter().map(|held| held.at.series.as_str()).collect();
        for series in series {
            let together = held.iter().filter(|held| held.at.series == series).map(|held| &held.state);
            let found = consistency::check_across(&together.collect::<Vec<_>>(), None);
            for (kind, found) in found {
                let is_it = |held: &Held| held.at.series == series && held.at.kind == kind;
                if let Some(at) = held.iter().position(is_it) {
                    all[at].extend(found);
                }
            }
        }
        for (held, findings) in held.iter().zip(&mut all) {
            findings.accept(&self.accepted_codes(&held.at)?);
            config.waive(&held.at.kind, findings, today);
        }
        Ok(all)
    }

    fn judge_alone(&self, held: &Held, site: &SiteRules) -> Findings {
        let Held { at, record, state } = held;
        let mut findings = Findings::new();
        let digest = state.canonical_digest();
        if let Some(record) = record
            && record.state != digest
        {
            let finding = Finding::new(Code::StoreState).found(digest.short()).expected(record.state.short());
            findings.push(finding);
        }
        // A state may hold blanks that a full does not: rows that a differential widened or inserted.
        let role = record.as_ref().map_or(Role::Differential, |record| record.role);
        let published = record.as_ref().and_then(|record| published(record.dated));
        findings.extend(fields::check(state, role));
        findings.extend(consistency::check(state, published));
        let before = self.state_before(at, record.as_ref());
        if let Some(before) = &before
            && let Ok(diff) = diff(before, state)
        {
            findings.extend(consistency::check_versions(&diff, published));
        }
        findings.extend(site.check(state, before.as_ref()));
        findings
    }

    /// The state that the last import of a master was held against; `None` where it was the first one, or that
    /// commit is not in this clone or cannot be read: what is wrong there is no fault of this revision.
    fn state_before(&self, at: &At, record: Option<&ImportRecord>) -> Option<Master> {
        let base = record?.base.as_ref()?;
        let (_, tree) = self.resolve(&base.commit).ok()?;
        self.state_at(&self.objects().ok()?, tree, &at.series, &at.kind).ok()
    }

    /// The codes of findings that were accepted for one master by the imports that its state rests on. What the site's
    /// rules refuse is not among them: one code stands for all rules, also for those that are added later.
    fn accepted_codes(&self, at: &At) -> Result<Vec<Code>, StoreError> {
        let (commit, _) = self.resolve(&at.commit)?;
        let objects = self.objects()?;
        let imports = objects.changes_at(commit, &["sources", &at.series, &at.kind, "import.toml"])?;
        let mut codes = Vec::new();
        for (_, record) in standing(&imports) {
            let record = ImportRecord::parse(&objects.blob(record)?, "import.toml")?;
            codes.extend(record.accepted.iter().filter_map(|accepted| Code::parse(&accepted.code)));
        }
        codes.retain(|code| !matches!(code, Code::SiteRule | Code::SiteNotEvaluated));
        Ok(codes)
    }
}
