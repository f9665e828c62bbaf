//! The state that a file makes of the one before, and what is found of it there.

use std::collections::BTreeSet;

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::chain::check_chain;
use warifu_masters::change::diff::{Diff, Summary, diff};
use warifu_masters::change::differential::apply;
use warifu_masters::change::plausibility::plausibility;
use warifu_masters::finding::{Code, Finding, Findings, Severity};
use warifu_masters::table::{Master, Role, State};
use warifu_rules::consistency;
use warifu_rules::judge::judge_changed_fields;
use warifu_values::day::PublicationDay;
use warifu_values::judgement::Basis;

use super::super::error::{ImportError, StoreError};
use super::super::judged::{ExtendOne as _, Judged};
use super::super::message::Told;
use super::super::naming::published;
use super::super::repository::Store;
use super::super::rules;
use super::before::Before;
use super::beside::beside;
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
        let Some(before) = before else { return Ok(state) };
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
    /// between it and the other masters of the series. Gives back what differs between the two.
    pub(super) fn ask_rules(
        &self,
        sound: &Sound,
        before: Option<&Before>,
        state: &State,
        dated: Date,
        tree: Oid,
        judged: &mut Judged<'_>,
    ) -> Result<Compared, StoreError> {
        let published = published(dated);
        let between_records = || match (sound.role, before) {
            (Role::Differential, Some(before)) => new_findings(&before.state, state, published),
            _ => Findings::new(),
        };
        let (diff, found) =
            beside(between_records, || before.and_then(|before| diff(&before.state, state).ok()));
        judged.findings.extend(found.unwrap_or_else(between_records));
        if let (Role::Differential, Some(diff)) = (sound.role, &diff) {
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
        if let Some(diff) = &diff {
            let mut found = consistency::check_versions(diff, published);
            // What a full lacks of the state is said of the chain already.
            found.retain(|finding| sound.role != Role::Full || finding.code != Code::VersionsVanished);
            judged.findings.extend(found);
        }
        let site = self.site_rules(tree)?;
        judged.findings.extend(match &diff {
            Some(diff) => site.check_changes(diff),
            None => site.check(state, None),
        });
        let objects = self.objects()?;
        let mut others = Vec::new();
        for kind in consistency::needed_by(&sound.kind) {
            if objects.at(tree, &["masters", judged.request.series, kind])?.is_some() {
                others.push(self.state_at(&objects, tree, judged.request.series, kind)?);
            }
        }
        if !others.is_empty() {
            let together: Vec<&Master> = others.iter().chain([state.master()]).collect();
            let found = consistency::check_across_for(&sound.kind, &together, published);
            found.into_values().for_each(|found| judged.findings.extend(found));
        }
        Ok(diff.map(|diff| Compared::of(&diff)).unwrap_or_default())
    }
}

/// Applies the file to `onto`.
pub(super) fn take_differential(
    sound: &Sound,
    onto: &Before,
    dated: Date,
    judged: &mut Judged<'_>,
) -> Result<State, ImportError> {
    let applied = match apply(&onto.state, &sound.file) {
        Ok(applied) => applied,
        Err(error) => {
            judged.findings.push(error.finding());
            return Err(judged.refused());
        }
    };
    judged.findings.extend_one(rules::base_doubt(&applied, sound.file.rows()));
    judged.findings.extend(applied.findings);
    let dated = dated.strftime("%Y%m%d").to_string();
    judged.findings.extend(plausibility(&onto.state, &sound.file, Some(&dated)).findings);
    Ok(onto.state.followed_by(applied.state))
}

/// What the rules find in `state` and did not find in `before`, notes left out: what a state had before was
/// said when it came in. Findings carry no lines, since the records stand in no file.
fn new_findings(before: &Master, state: &Master, published: Option<PublicationDay>) -> Findings {
    let mut found = consistency::check(state, published).without_lines();
    // Of a code with more findings than are kept, nobody can tell the new ones: where it refuses, it goes on
    // to.
    let kept = |code: Code| found.list().iter().filter(|finding| finding.code == code).count() as u64;
    let all_kept: BTreeSet<Code> =
        found.counts().filter(|(code, count)| *count == kept(*code)).map(|(code, _)| code).collect();
    found.retain(|finding| finding.severity > Severity::Note);
    if !found.is_empty() {
        let known = consistency::check(before, published).without_lines();
        found.retain(|finding| {
            let told_apart = all_kept.contains(&finding.code) || finding.severity < Severity::Deny;
            !(told_apart && known.list().contains(finding))
        });
    }
    found
}
