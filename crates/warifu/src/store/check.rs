//! Checking what is stored: that it is what was imported, and that it still passes.

use jiff::civil::Date;
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::table::{Master, Role, State};
use warifu_rules::judge::{Subject, is_of_import, judge, let_pass};
use warifu_values::judgement::{Basis, LetPass, PassedBy};

use super::error::StoreError;
use super::naming::published;
use super::record::{Accepted, ImportRecord};
use super::repository::Store;
use super::revision::At;
use super::standing::standing;

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
    pub state: State,
}

impl Checked {
    /// Whether anything found refuses the data.
    pub fn denies(&self) -> bool {
        self.states.iter().any(|state| state.findings.denies())
    }
}

impl Store {
    /// Checks every master of `rev`: as [`Store::judge`], and that the original can be given back byte for
    /// byte.
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
            match self.held_state(&at) {
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

    /// What is found in each of `held`, masters of `rev`: its digest against the one its import recorded, and
    /// what [the judge](warifu_rules::judge::judge) says. What was accepted by name when it came in stays
    /// accepted, and waivers of `warifu.toml` hold until they expire.
    ///
    /// # Errors
    /// When the history, `warifu.toml` or a site's rules cannot be read.
    pub fn judge(&self, rev: &str, held: &[Held], today: Date) -> Result<Vec<Findings>, StoreError> {
        let (_, tree) = self.resolve(rev)?;
        let config = self.config_in(tree)?;
        let site = self.site_rules(tree)?;
        let before = |held: &Held| self.state_before(&held.at, held.record.as_ref());
        let before: Vec<Option<Master>> = held.iter().map(before).collect();
        let subjects = held.iter().zip(&before).map(|(held, before)| Subject {
            series: &held.at.series,
            state: &held.state,
            published: held.record.as_ref().and_then(|record| published(record.dated)),
            before: before.as_ref(),
        });
        let mut all = judge(&subjects.collect::<Vec<_>>(), Some(&site));
        for (held, findings) in held.iter().zip(&mut all) {
            if let Some(record) = &held.record {
                let digest = held.state.canonical_digest();
                if record.state != digest {
                    let finding = Finding::new(Code::StoreState);
                    findings.push(finding.found(digest.short()).expected(record.state.short()));
                }
            }
            for record in self.rests_on(&held.at)? {
                let_pass(findings, &accepted(&record));
            }
            config.waive(&held.at.kind, findings, today);
        }
        Ok(all)
    }

    /// What was accepted where the files that a master's state rests on came in, and that nobody finds again
    /// in the state: faults of a file, of a chain, of a base.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn accepted_on_the_way(&self, at: &At) -> Result<Vec<LetPass>, StoreError> {
        let mut passed = Vec::new();
        for record in self.rests_on(at)? {
            let of_import = |pass: &LetPass| Code::parse(&pass.finding).is_some_and(is_of_import);
            passed.extend(accepted(&record).into_iter().filter(of_import));
        }
        Ok(passed)
    }

    /// The state of one master, with what it was made of.
    ///
    /// # Errors
    /// As [`Store::state`]; when the history before it cannot be read.
    pub fn held_state(&self, at: &At) -> Result<State, StoreError> {
        let (state, basis) = (self.state(at)?, self.basis(at)?);
        Ok(State::new(state, basis))
    }

    /// What the state of one master was made of.
    fn basis(&self, at: &At) -> Result<Basis, StoreError> {
        let imports = self.rests_on(at)?;
        match imports.as_slice() {
            [.., full] if full.role == Role::Full && imports.len() > 1 => self.basis_above(full),
            _ => Ok(Basis::Full),
        }
    }

    /// What a state of differentials on `full` was made of.
    pub(super) fn basis_above(&self, full: &ImportRecord) -> Result<Basis, StoreError> {
        let layout = self
            .schemas()
            .layout(&full.edition)
            .ok_or_else(|| StoreError::damaged(format_args!("{}: no layout {}", full.name, full.edition)))?;
        Ok(Basis::Differentials { full_columns: layout.width() as u32 })
    }

    /// The imports that the state of a master rests on, newest first, back to its full. What a re-issue was
    /// applied in the place of is not among them.
    fn rests_on(&self, at: &At) -> Result<Vec<ImportRecord>, StoreError> {
        let (commit, _) = self.resolve(&at.commit)?;
        let objects = self.objects()?;
        let imports = objects.changes_at(commit, &["sources", &at.series, &at.kind, "import.toml"])?;
        let mut rests_on: Vec<ImportRecord> = Vec::new();
        let mut replaced = false;
        for (_, record) in standing(&imports) {
            let record = ImportRecord::parse(&objects.blob(record)?, "import.toml")?;
            let (skip, full) = (replaced, record.role == Role::Full);
            replaced = record.replaces.is_some();
            if !skip {
                rests_on.push(record);
            }
            if full {
                break;
            }
        }
        Ok(rests_on)
    }

    /// The state that the last import of a master was held against; `None` where it was the first one, or
    /// that commit is not in this clone or cannot be read: what is wrong there is no fault of this revision.
    fn state_before(&self, at: &At, record: Option<&ImportRecord>) -> Option<Master> {
        let base = record?.base.as_ref()?;
        let (_, tree) = self.resolve(&base.commit).ok()?;
        self.state_at(&self.objects().ok()?, tree, &at.series, &at.kind).ok()
    }
}

/// What was accepted when the file of `record` came in. What the site's rules refuse is not among it: one code
/// stands for all of them, also for those that are added later.
fn accepted(record: &ImportRecord) -> Vec<LetPass> {
    let is_of_site = |accepted: &&Accepted| {
        matches!(Code::parse(&accepted.code), Some(Code::SiteRule | Code::SiteNotEvaluated))
    };
    let pass = |accepted: &Accepted| LetPass {
        finding: accepted.code.clone(),
        keys: accepted.keys.clone(),
        by: PassedBy::Import(record.name.clone()),
        reason: accepted.reason.clone(),
    };
    record.accepted.iter().filter(|accepted| !is_of_site(accepted)).map(pass).collect()
}
