//! The state that a file makes of the one before, and what is found of it there.

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::chain::check_chain;
use warifu_masters::change::diff::{Diff, Summary};
use warifu_masters::change::differential::{apply, apply_correction};
use warifu_masters::change::plausibility::plausibility_in_part;
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::table::{Master, Role, State};
use warifu_rules::consistency::{self, Shown};
use warifu_rules::judge::judge_changed_fields;
use warifu_values::judgement::Basis;

use super::super::error::{ImportError, StoreError};
use super::super::judged::{ExtendOne as _, Judged};
use super::super::message::Told;
use super::super::naming::published;
use super::super::repository::Store;
use super::super::rules;
use super::before::Before;
use super::sound::Sound;

/// What differs between the state before and the one that a file made of it.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) summary: Summary,
    pub(super) told: Told,
}

impl Compared {
    pub(super) fn of(diff: &Diff<'_>) -> Compared {
        Compared { summary: diff.summary(), told: Told::of(diff) }
    }
}

impl Store {
    pub(super) fn take_full(
        &self,
        sound: &Sound,
        before: Option<&Before>,
        previous: Option<Oid>,
        judged: &mut Judged<'_>,
    ) -> Result<State, ImportError> {
        let state = State::new(sound.file.clone(), Basis::Full);
        // A master that is published whole each time has no chain: the new full stands for itself.
        let Some(before) = before.filter(|_| !sound.file.layout().only_fulls) else { return Ok(state) };
        let mut chain = check_chain(&before.state, &state, None);
        if let (true, Some(previous)) = (chain.denies(), previous) {
            // A date set back to what the full before had is a known reason; that full is only read when
            // asked.
            let objects = self.objects()?;
            let (tree, _) = objects.commit(previous)?;
            let previous = self.state_at(&objects, tree, judged.request.series, &sound.kind)?;
            chain = check_chain(&before.state, &state, Some(&previous));
        }
        judged.findings.extend(chain);
        Ok(state)
    }

    /// Holds the new state against the rules that need more than the file: those of its fields and between
    /// its records, when the file is a differential; between the two states; the site's own; and those
    /// between it and the other masters of the series. `diff` is what differs between the two states, where
    /// there is one before, and `shown` how much of them it shows. Gives back how the two compare; none where
    /// a rule has to see the whole, and only a part is shown.
    pub(super) fn ask_rules(
        &self,
        sound: &Sound,
        (diff, shown): (Option<&Diff<'_>>, Shown),
        state: &State,
        dated: Date,
        tree: Oid,
        judged: &mut Judged<'_>,
    ) -> Result<Option<Compared>, StoreError> {
        let published = published(dated);
        if let (Role::Differential, Some(diff)) = (sound.role, diff) {
            let Some(found) = consistency::check_new(diff, published, shown) else { return Ok(None) };
            judged.findings.extend(found);
            // What is wrong in the file itself is told by its line already.
            let mut found = judge_changed_fields(state, diff);
            found.retain(|finding| {
                let is_it = |told: &Finding| {
                    (told.code, told.column, &told.key) == (finding.code, finding.column, &finding.key)
                };
                !judged.findings.list().iter().any(is_it)
            });
            judged.findings.extend(found);
        }
        if let Some(diff) = diff {
            let mut found = consistency::check_versions(diff, published);
            // What a full lacks of the state is said of the chain already, or is how the master is published.
            found.retain(|finding| sound.role != Role::Full || finding.code != Code::VersionsVanished);
            judged.findings.extend(found);
        }
        let site = self.site_rules(tree)?;
        judged.findings.extend(match diff {
            Some(diff) => site.check_changes(diff),
            None => site.check(state, None),
        });
        let objects = self.objects()?;
        let mut others = Vec::new();
        for kind in consistency::needed_by(&sound.kind) {
            if objects.at(tree, &["masters", judged.request.series, kind])?.is_some() {
                others.push((kind, tree));
            }
        }
        if !others.is_empty() && shown == Shown::Part {
            return Ok(None);
        }
        let read = |(kind, tree): (&str, Oid)| self.state_at(&objects, tree, judged.request.series, kind);
        let others = others.into_iter().map(read).collect::<Result<Vec<Master>, _>>()?;
        if !others.is_empty() {
            let together: Vec<&Master> = others.iter().chain([state.master()]).collect();
            let found = consistency::check_across_for(&sound.kind, &together, published);
            found.into_values().for_each(|found| judged.findings.extend(found));
        }
        Ok(Some(diff.map(Compared::of).unwrap_or_default()))
    }
}

/// Applies the file to `onto`, a state of `records` records or the part of it that the file can change or
/// asks about.
pub(super) fn take_differential(
    sound: &Sound,
    (onto, records): (&State, usize),
    dated: Date,
    judged: &mut Judged<'_>,
) -> Result<State, ImportError> {
    let is_correction = judged.request.correction.is_some();
    let apply = if is_correction { apply_correction } else { apply };
    let applied = match apply(onto, &sound.file) {
        Ok(applied) => applied,
        Err(error) => {
            judged.findings.push(error.finding());
            return Err(judged.refused());
        }
    };
    if is_correction {
        refuse_misfits(&applied.findings, &mut judged.findings);
    }
    judged.findings.extend_one(rules::base_doubt(&applied, sound.file.rows()));
    judged.findings.extend(applied.findings);
    let dated = dated.strftime("%Y%m%d").to_string();
    judged.findings.extend(plausibility_in_part(onto, records, &sound.file, Some(&dated)).findings);
    Ok(onto.followed_by(applied.state))
}

/// A correction names records as they stand: what does not fit corrects nothing, its code may be mistyped.
fn refuse_misfits(applied: &Findings, findings: &mut Findings) {
    for misfit in [Code::ApplyFiveOnMissing, Code::ApplyNineOnMissing, Code::ApplyThreeOnExisting] {
        for key in applied.keys_of(misfit) {
            findings.push(Finding::new(Code::ImportCorrectionMisfit).key(key));
        }
    }
}
