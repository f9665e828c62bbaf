//! Checking what is stored: that it is what was imported, and that it still passes.

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::differential::{apply, apply_correction};
use warifu_masters::file::read_canonical;
use warifu_masters::finding::{Code, Finding, Findings, Severity};
use warifu_masters::table::{Master, Role, State};
use warifu_rules::judge::{Subject, is_of_import, judge, let_pass};
use warifu_values::digest::Digest;
use warifu_values::judgement::{Basis, LetPass, PassedBy};

use super::error::StoreError;
use super::naming::published;
use super::record::ImportRecord;
use super::repository::Store;
use super::revision::At;
use super::standing::{Lineage, standing};

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

/// What the history says of a master.
struct Proven {
    /// See [`Store::rests_on`].
    rests_on: Vec<(Oid, ImportRecord)>,
    /// Where the master is not what the history makes of it.
    findings: Findings,
}

impl Checked {
    /// Whether anything found refuses the data.
    pub fn denies(&self) -> bool {
        self.states.iter().any(|state| state.findings.denies())
    }

    /// Whether it may go from one copy of the repository to another. Damage never may; other findings that
    /// refuse, when `with_findings` says that they were read: a waiver that has run out must not keep anybody
    /// from the commit that renews it.
    pub fn is_fit(&self, with_findings: bool) -> bool {
        let mut found = self.states.iter().flat_map(|state| state.findings.list());
        let is_damage = found.any(|one| one.severity == Severity::Deny && one.code.is_absolute());
        !self.denies() || (with_findings && !is_damage)
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
    /// what [the judge](warifu_rules::judge::judge) says; and what its imports recorded, against the history.
    /// What was accepted by name when it came in stays
    /// accepted, and waivers of `warifu.toml` hold until they expire.
    ///
    /// # Errors
    /// When the history, `warifu.toml` or a site's rules cannot be read.
    pub fn judge(&self, rev: &str, held: &[Held], today: Date) -> Result<Vec<Findings>, StoreError> {
        let (_, tree) = self.resolve(rev)?;
        let config = self.config_in(tree)?;
        let site = self.site_rules(tree)?;
        let before = self.each(held, |store, held| {
            Ok::<_, StoreError>(store.state_before(&held.at, held.record.as_ref()))
        })?;
        let subjects = held.iter().zip(&before).map(|(held, before)| Subject {
            series: &held.at.series,
            state: &held.state,
            published: held.record.as_ref().and_then(|record| published(record.dated)),
            before: before.as_ref(),
        });
        let mut all = judge(&subjects.collect::<Vec<_>>(), Some(&site));
        let proven = self.each(held, Store::proven)?;
        for ((held, proven), findings) in held.iter().zip(proven).zip(&mut all) {
            findings.extend(proven.findings);
            for (_, record) in &proven.rests_on {
                let_pass(findings, &accepted(record));
            }
            config.waive(&held.at.kind, findings, today);
        }
        Ok(all)
    }

    /// What `held` rests on, and where it is not what that makes.
    fn proven(&self, held: &Held) -> Result<Proven, StoreError> {
        let rests_on = self.rests_on(&held.at)?;
        let mut findings = self.rewritten(&held.at)?;
        if let Some(record) = &held.record {
            let digest = held.state.canonical_digest();
            if record.state == digest {
                findings.extend(self.derived(&held.at, digest, &rests_on));
            } else {
                let finding = Finding::new(Code::StoreState);
                findings.push(finding.found(digest.short()).expected(record.state.short()));
            }
        }
        Ok(Proven { rests_on, findings })
    }

    /// What was accepted where the files that a master's state rests on came in, and that nobody finds again
    /// in the state: faults of a file, of a chain, of a base, of a step between versions.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn accepted_on_the_way(&self, at: &At) -> Result<Vec<LetPass>, StoreError> {
        let mut passed = Vec::new();
        for (_, record) in self.rests_on(at)? {
            let of_import = |pass: &LetPass| Code::parse(&pass.finding).is_some_and(is_of_import);
            passed.extend(let_pass_of(&record).filter(of_import));
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
            [.., (_, full)] if full.role == Role::Full && imports.len() > 1 => self.basis_above(full),
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

    /// Whether the state with the digest `found` is what the files that it rests on make of each other: the
    /// full as it came, byte for byte, and each differential on what was before. What somebody wrote into a
    /// state by hand, with its digest, is not.
    fn derived(&self, at: &At, found: Digest, rests_on: &[(Oid, ImportRecord)]) -> Findings {
        let mut findings = Findings::new();
        let expected = match self.derive(at, rests_on) {
            Ok(state) if state.canonical_digest() == found => return findings,
            Ok(state) => state.canonical_digest().short().to_string(),
            Err(error) => error.to_string(),
        };
        findings.push(Finding::new(Code::StoreDerived).found(found.short()).expected(expected));
        findings
    }

    fn derive(&self, at: &At, rests_on: &[(Oid, ImportRecord)]) -> Result<Master, StoreError> {
        let place = |commit: &Oid| format!("{commit}:{}/{}", at.series, at.kind);
        let mut newer = rests_on.iter().rev();
        let Some((full, _)) = newer.next() else {
            return Err(StoreError::damaged(format_args!("{}/{}: no import", at.series, at.kind)));
        };
        let full = self.at(&place(full))?;
        // Its bytes are made of its state, and have the digest that was recorded.
        self.original(&full)?;
        let mut state = self.state(&full)?;
        let objects = self.objects()?;
        for (commit, record) in newer {
            let (tree, _) = objects.commit(*commit)?;
            let path = ["sources", &at.series, &at.kind, "differential.csv"];
            let damaged = || StoreError::damaged(format_args!("{}: no differential", record.name));
            let differential = objects.blob(objects.at(tree, &path)?.ok_or_else(damaged)?)?;
            let differential =
                read_canonical(self.schemas(), &at.kind, differential).map_err(|_| damaged())?;
            let apply = if record.correction.is_some() { apply_correction } else { apply };
            state = apply(&state, &differential).map_err(|_| damaged())?.state;
        }
        Ok(state)
    }

    /// The imports that the state of a master rests on, newest first, back to its full. What a re-issue was
    /// applied in the place of is not among them, nor a correction that an official file came after.
    fn rests_on(&self, at: &At) -> Result<Vec<(Oid, ImportRecord)>, StoreError> {
        let (commit, _) = self.resolve(&at.commit)?;
        let objects = self.objects()?;
        let imports = objects.changes_at(commit, &["sources", &at.series, &at.kind, "import.toml"])?;
        let mut rests_on: Vec<(Oid, ImportRecord)> = Vec::new();
        let (mut replaced, mut is_official) = (false, false);
        for (commit, record) in standing(&imports) {
            let record = ImportRecord::parse(&objects.blob(record)?, "import.toml")?;
            // An official file was applied to what lay beneath the corrections.
            if record.correction.is_some() && is_official {
                continue;
            }
            is_official |= record.correction.is_none();
            let (skip, full) = (replaced, record.role == Role::Full);
            replaced = record.replaces.is_some();
            if !skip {
                rests_on.push((commit, record));
            }
            if full {
                break;
            }
        }
        Ok(rests_on)
    }

    /// The records of imports that somebody changed since. An import is refused while one of the same bytes
    /// stands beneath it, with nothing official between: so a record that stands on another one of the same
    /// bytes was made by no import, but for that of an official file that ends the correction with its bytes.
    /// Nor was one that says of the same bytes, taken in at the same instant onto the same base, something
    /// else than one that was taken back before it: an import that is done again says when, and onto which
    /// commit. Taking the change back, or the import, brings the record back. Looked at is what the state
    /// rests on, its full included.
    fn rewritten(&self, at: &At) -> Result<Findings, StoreError> {
        let (commit, _) = self.resolve(&at.commit)?;
        let objects = self.objects()?;
        let imports = objects.changes_at(commit, &["sources", &at.series, &at.kind, "import.toml"])?;
        let mut findings = Findings::new();
        let mut differs = |by: Oid, record: &ImportRecord, first: &ImportRecord| {
            let (fields, by) = (record.differing(first)?.join(", "), by.to_string());
            let found = format!("{fields} ({})", &by[..12]);
            findings.push(Finding::new(Code::StoreRecord).found(found).expected(&first.name));
            Ok::<_, StoreError>(())
        };
        let lineage = Lineage::of(&imports);
        let mut taken_back = Vec::new();
        for past in lineage.all().filter(|past| past.taken_back.is_some()) {
            taken_back.push((past.blob, ImportRecord::parse(&objects.blob(past.blob)?, "import.toml")?));
        }
        let mut newer: Option<(Oid, ImportRecord)> = None;
        for (commit, blob) in lineage.standing() {
            let record = ImportRecord::parse(&objects.blob(blob)?, "import.toml")?;
            // The first that told of this import is what the import wrote.
            let tells = |(first, before): &&(Oid, ImportRecord)| {
                before.is_same_import(&record) && lineage.came_before(*first, blob)
            };
            if let Some((_, before)) = taken_back.iter().rev().find(tells)
                && *before != record
            {
                differs(commit, &record, before)?;
            }
            let (mut is_full, mut is_same) = (false, false);
            if let Some((by, newer)) = &newer {
                is_full = newer.role == Role::Full;
                is_same = newer.sha256 == record.sha256 && !newer.ends_correction(&record);
                if is_same {
                    differs(*by, newer, &record)?;
                }
            }
            if is_full && !is_same {
                break;
            }
            newer = Some((commit, record));
        }
        Ok(findings)
    }

    /// The state that the last import of a master was held against; `None` where it was the first one, or
    /// that commit is not in this clone or cannot be read: what is wrong there is no fault of this revision.
    fn state_before(&self, at: &At, record: Option<&ImportRecord>) -> Option<Master> {
        let base = record?.base.as_ref()?;
        let (_, tree) = self.resolve(&base.commit).ok()?;
        self.state_at(&self.objects().ok()?, tree, &at.series, &at.kind).ok()
    }
}

/// What was accepted when the file of `record` came in.
fn let_pass_of(record: &ImportRecord) -> impl Iterator<Item = LetPass> {
    record.accepted.iter().map(|accepted| LetPass {
        finding: accepted.code.clone(),
        keys: accepted.keys.clone(),
        by: PassedBy::Import(record.name.clone()),
        reason: accepted.reason.clone(),
    })
}

/// The same without what the site's rules refuse: one code stands for all of them, also for those that are
/// added later.
fn accepted(record: &ImportRecord) -> Vec<LetPass> {
    let is_of_site =
        |pass: &LetPass| matches!(Code::parse(&pass.finding), Some(Code::SiteRule | Code::SiteNotEvaluated));
    let_pass_of(record).filter(|pass| !is_of_site(pass)).collect()
}
