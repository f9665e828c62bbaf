//! The one judge: whether masters are right, asked alike by whoever signs, validates or checks claims by
//! them.
//!
//! The judge sees values only: records, what they were made of, the day of publication. Who publishes can
//! show it more (the version before, a site's own rules) and gets more findings, never fewer or other ones.
//! So what the publishing side lets pass and signs ([`LetPass`]) is all that a checker of the same version
//! can find.

use std::collections::{BTreeMap, BTreeSet};

use crate::{consistency, readable};
use warifu_masters::change::diff::{Change, Diff, diff, field_or_blank};
use warifu_masters::finding::{Code, Findings};
use warifu_masters::table::{Master, Role, State, fields};
use warifu_values::day::PublicationDay;
use warifu_values::judgement::LetPass;

/// Rules that an organisation adds to its own masters. Only the publishing side asks them.
pub trait SiteRules {
    /// What they find in `state`, held against the version before, where there is one.
    fn judge(&self, state: &Master, before: Option<&Master>) -> Findings;
}

/// A master under judgement.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The series it belongs to; masters of one series are held against each other.
    pub series: &'a str,
    /// Its records.
    pub state: &'a State,
    /// The day its last file was published; where that is not known, a layout's waivers with an end hold.
    pub published: Option<PublicationDay>,
    /// The state before the last file: shown by the publishing side only.
    pub before: Option<&'a Master>,
}

/// What is found in a file as it was published: in its fields, what claim checks could not read, and in a
/// full between its records.
pub fn judge_file(file: &Master, role: Role, published: Option<PublicationDay>) -> Findings {
    let alone = || {
        let mut findings = fields::check(file, role);
        findings.extend(readable::check(file, 0..file.rows()));
        findings
    };
    match role {
        Role::Full => both(alone, || consistency::check(file, published)),
        Role::Differential => alone(),
    }
}

/// What both find, the first on another processor while the second goes on here.
fn both(aside: impl FnOnce() -> Findings + Send, here: impl FnOnce() -> Findings) -> Findings {
    std::thread::scope(|scope| {
        let aside = scope.spawn(aside);
        let here = here();
        let mut findings = aside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        findings.extend(here);
        findings
    })
}

/// What is found in each of `subjects`: in its fields, between its records, against the version before,
/// between the masters of a series, and by the rules of the site. Nothing is let pass here but what a layout
/// waives.
pub fn judge(subjects: &[Subject<'_>], site: Option<&dyn SiteRules>) -> Vec<Findings> {
    let all = subjects.iter().map(|subject| alone(subject, site)).collect();
    together(subjects, all)
}

/// What is found in each of `subjects`, of which those that are not `new` were judged before by themselves:
/// of these, what is found between them and the other masters of their series is all that is looked for.
pub fn judge_new(subjects: &[Subject<'_>], is_new: impl Fn(usize) -> bool) -> Vec<Findings> {
    let of = |(at, subject)| if is_new(at) { alone(subject, None) } else { Findings::new() };
    together(subjects, subjects.iter().enumerate().map(of).collect())
}

/// Adds to what was found in each of `subjects` what is found between the masters of each series.
fn together(subjects: &[Subject<'_>], mut all: Vec<Findings>) -> Vec<Findings> {
    let series: BTreeSet<&str> = subjects.iter().map(|subject| subject.series).collect();
    for series in series {
        let of_series: Vec<_> = subjects.iter().filter(|subject| subject.series == series).collect();
        let together: Vec<&Master> = of_series.iter().map(|subject| subject.state.master()).collect();
        // As when the last of them came in.
        let days: Option<Vec<PublicationDay>> = of_series.iter().map(|subject| subject.published).collect();
        let published = days.and_then(|days| days.into_iter().max());
        for (kind, found) in consistency::check_across(&together, published) {
            let is_it =
                |subject: &Subject<'_>| subject.series == series && subject.state.layout().kind == kind;
            if let Some(at) = subjects.iter().position(is_it) {
                all[at].extend(found);
            }
        }
    }
    all
}

fn alone(subject: &Subject<'_>, site: Option<&dyn SiteRules>) -> Findings {
    let Subject { state, published, before, .. } = *subject;
    let alone = || {
        let mut findings = fields::check_state(state);
        findings.extend(readable::check(state, 0..state.rows()));
        findings
    };
    let mut findings = both(alone, || consistency::check(state, published));
    if let Some(diff) = before.and_then(|before| diff(before, state).ok()) {
        findings.extend(consistency::check_versions(&diff, published));
    }
    if let Some(site) = site {
        findings.extend(site.judge(state, before));
    }
    findings
}

/// What is wrong with the fields of the records that are new or changed in `state`, the newer side of `diff`:
/// all that a differential can have broken there. What was wrong with a field before and was left as it is
/// was said when it came in.
pub fn judge_changed_fields(state: &State, diff: &Diff<'_>) -> Findings {
    let rows = || diff.changes.iter().filter_map(Change::new_row);
    let mut findings = fields::check_records(state, rows());
    findings.extend(readable::check(state, rows()));
    if !findings.is_empty() {
        let changed = diff.changes.iter().filter_map(|change| match *change {
            Change::Changed { old, new } => Some((diff.new.key(new), (old, new))),
            _ => None,
        });
        let changed: BTreeMap<_, _> = changed.collect();
        findings.retain(|finding| {
            let rows = finding.key.as_deref().and_then(|key| changed.get(key));
            let (Some((old, new)), Some(column)) = (rows, finding.column) else { return true };
            let column = column as usize - 1;
            field_or_blank(diff.old, *old, column) != field_or_blank(diff.new, *new, column)
        });
    }
    findings.without_lines()
}

/// Lets pass in `findings` what `let_pass` names, and nothing else. Names that are not known here let nothing
/// pass.
pub fn let_pass(findings: &mut Findings, let_pass: &[LetPass]) {
    for pass in let_pass.iter().filter(|pass| pass.keys.is_empty()) {
        findings.pass_all(&pass.finding, &pass.by, &pass.reason);
    }
    findings.pass(|finding| {
        let key = finding.key.as_ref()?;
        let is_meant = |pass: &&LetPass| pass.finding == finding.name() && pass.keys.contains(key);
        let pass = let_pass.iter().find(is_meant)?;
        Some((pass.by.clone(), pass.reason.clone()))
    });
}

/// Whether a finding with `code` is of a file on its way in (its form, its chain, its base, what it made of
/// the version before), which nobody finds again in the states that rest on it.
pub fn is_of_import(code: Code) -> bool {
    let of = |prefix: &str| code.as_str().starts_with(prefix);
    let all = ["file/", "row/", "fixed/", "import/", "apply/", "base/", "chain/", "versions/", "site/"];
    all.iter().any(|prefix| of(prefix))
}
