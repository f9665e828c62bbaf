//! Emergency corrections (緊急訂正): small differentials that both organisations make before the next official
//! file.
//!
//! A correction is applied like any differential. The next official file is not: it rests on what the
//! official files before it made, so it is applied to the state beneath the corrections, and then holds every
//! field that they corrected or is refused.

use std::collections::{BTreeMap, BTreeSet};

use git2::Oid;
use warifu_masters::change::diff::{field_or_blank, fields_that_differ};
use warifu_masters::finding::{Code, Corrected, Finding, Findings};
use warifu_masters::schema::is_marked;
use warifu_masters::table::{Master, Role};
use warifu_trust::limits;

use super::super::author::author_of;
use super::super::config::Config;
use super::super::error::{ImportError, StoreError};
use super::super::judged::{Judged, today};
use super::super::record::{Ended, Glance, ImportRecord};
use super::super::repository::Store;
use super::super::revision::At;
use super::super::standing::standing;
use super::before::Before;
use super::sound::Sound;

/// A correction that stands on top of the last official file.
pub(super) struct Standing {
    commit: Oid,
    record: ImportRecord,
    keys: BTreeSet<String>,
    /// Who imported it.
    by: String,
}

/// The corrections on top of the last official file, oldest first, and the state beneath them.
pub(super) struct Corrections {
    pub(super) standing: Vec<Standing>,
    pub(super) beneath: Before,
}

/// How many of the newest imports are corrections.
pub(super) fn on_top(earlier: &[(Oid, Glance)]) -> usize {
    earlier.iter().take_while(|(_, past)| past.correction).count()
}

/// Refuses a correction that is no small differential, or one too many: those that stand name `standing`
/// records already, and a release holds all of them.
pub(super) fn refuse_unless_small(
    judged: &mut Judged<'_>,
    sound: &Sound,
    config: &Config,
    standing: usize,
) -> Result<(), ImportError> {
    if judged.request.correction.is_none() {
        return Ok(());
    }
    let (rows, most) = (sound.file.rows(), config.correction.most_records());
    if sound.role == Role::Full {
        judged.findings.push(Finding::new(Code::ImportCorrectionFull));
        return Err(judged.refused());
    }
    if rows > most {
        judged.findings.push(Finding::new(Code::ImportCorrectionLarge).found(rows).expected(most));
        return Err(judged.refused());
    }
    if standing + rows > limits::CORRECTED {
        let many = Finding::new(Code::ImportCorrectionMany);
        judged.findings.push(many.found(standing + rows).expected(limits::CORRECTED));
        return Err(judged.refused());
    }
    Ok(())
}

impl Store {
    /// How many records the corrections among the newest imports name.
    pub(super) fn records_corrected(
        &self,
        earlier: &[(Oid, Glance)],
        series: &str,
        kind: &str,
    ) -> Result<usize, StoreError> {
        let rows = |(commit, _): &(Oid, Glance)| Ok(self.record_in(*commit, series, kind)?.rows);
        earlier[..on_top(earlier)].iter().map(rows).sum()
    }

    /// The corrections that an official file comes after; none where there are none.
    pub(super) fn corrections(
        &self,
        earlier: &[(Oid, Glance)],
        full: Option<Oid>,
        series: &str,
        kind: &str,
    ) -> Result<Option<Corrections>, ImportError> {
        let count = on_top(earlier);
        let (true, Some((official, _))) = (count > 0, earlier.get(count)) else { return Ok(None) };
        let mut standing = Vec::new();
        for (commit, _) in earlier[..count].iter().rev() {
            let record = self.record_in(*commit, series, kind)?;
            let differential = self.differential_in(*commit, series, kind)?;
            let keys = (0..differential.rows()).map(|row| differential.key(row).into_owned()).collect();
            let by = author_of(&self.repository, *commit)?;
            standing.push(Standing { commit: *commit, record, keys, by });
        }
        let last = self.last(*official, *official, full, series, kind)?;
        let beneath = self.before(last, *official, series, kind)?;
        Ok(Some(Corrections { standing, beneath }))
    }

    /// The emergency corrections that no official file came after yet, oldest first, each with the records
    /// that it names.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn corrections_standing(&self, at: &At) -> Result<Vec<(ImportRecord, BTreeSet<String>)>, StoreError> {
        let objects = self.objects()?;
        let (commit, _) = self.resolve(&at.commit)?;
        let imports = objects.changes_at(commit, &["sources", &at.series, &at.kind, "import.toml"])?;
        let mut on_top = Vec::new();
        for (commit, record) in standing(&imports) {
            let record = ImportRecord::parse(&objects.blob(record)?, "import.toml")?;
            if record.correction.is_none() {
                break;
            }
            let differential = self.differential_in(commit, &at.series, &at.kind)?;
            let keys = (0..differential.rows()).map(|row| differential.key(row).into_owned());
            on_top.push((record, keys.collect()));
        }
        on_top.reverse();
        Ok(on_top)
    }
}

impl Corrections {
    /// What became of each in `state`, the one that the official file made; `corrected` is the state with the
    /// corrections. Tells each field that is lost, and each correction that is contained.
    pub(super) fn ended(&self, corrected: &Master, state: &Master, findings: &mut Findings) -> Vec<Ended> {
        let mut lost: BTreeMap<Oid, usize> = BTreeMap::new();
        let keys: BTreeSet<&String> = self.standing.iter().flat_map(|one| &one.keys).collect();
        for key in keys {
            // Of several corrections of one record the last one said what it is.
            let Some(by) = self.standing.iter().rev().find(|one| one.keys.contains(key)) else { continue };
            let missing = missing((by, key), self.beneath.state.master(), corrected, state);
            if !missing.is_empty() {
                *lost.entry(by.commit).or_default() += missing.len();
            }
            missing.into_iter().for_each(|finding| findings.push(finding));
        }
        let mut ended = Vec::new();
        for Standing { commit, record, .. } in &self.standing {
            let fields_lost = lost.get(commit).copied().unwrap_or_default();
            if fields_lost == 0 {
                let contained = Finding::new(Code::ImportCorrectionContained);
                findings.push(contained.found(&record.name).expected(record.dated));
            }
            ended.push(Ended { name: record.name.clone(), dated: record.dated, fields_lost });
        }
        ended
    }
}

/// What of the record `key` was corrected by `by`, and is not in `state` as it was corrected.
fn missing(
    (by, key): (&Standing, &str),
    beneath: &Master,
    corrected: &Master,
    state: &Master,
) -> Vec<Finding> {
    let (old, right, new) = (beneath.find(key), corrected.find(key), state.find(key));
    let label = right.map(|row| corrected.label(row)).or_else(|| Some(state.label(new?)));
    let lost = |title: Option<&str>, found: &str, expected: &str| {
        let ImportRecord { name, dated, imported, correction, .. } = &by.record;
        let finding = Finding::new(Code::ImportCorrectionLost).key(key).found(found).expected(expected);
        finding.correction(Corrected {
            record: label.unwrap_or(key).to_owned(),
            title: title.map(str::to_owned),
            file: name.clone(),
            dated: dated.to_string(),
            imported: today(*imported).to_string(),
            by: by.by.clone(),
            reason: correction.clone().unwrap_or_default(),
        })
    };
    let goes = |master: &Master, row: usize| {
        let class = master.layout().change_class;
        class.is_some_and(|class| is_marked(master.bytes(row, class)))
    };
    let (right, new) = match (right, new) {
        // A record that the correction takes away may be gone already.
        (None, None) => return Vec::new(),
        (None, Some(_)) => return vec![lost(None, "there", "gone")],
        (Some(right), None) if goes(corrected, right) => return Vec::new(),
        (Some(_), None) => return vec![lost(None, "gone", "there")],
        (Some(right), Some(new)) => (right, new),
    };
    let class = corrected.layout().change_class;
    let was_corrected = |column: usize| {
        old.is_none_or(|old| field_or_blank(beneath, old, column) != field_or_blank(corrected, right, column))
    };
    let differ = fields_that_differ(corrected, right, state, new);
    differ
        .filter(|column| Some(*column) != class && was_corrected(*column))
        .map(|column| {
            let [found, expected] =
                [(state, new), (corrected, right)].map(|(master, row)| field_or_blank(master, row, column));
            let (id, title) = state
                .layout()
                .columns
                .get(column)
                .map_or(("", ""), |column| (column.id.as_str(), column.name.as_str()));
            lost(Some(title), found, expected).field(column as u32 + 1, id)
        })
        .collect()
}
