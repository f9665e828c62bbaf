//! Changes of the past on the command line: what is accepted by name, and what is shown first.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use warifu::error::{Exit, Failure};
use warifu::release::{Changed, by_class};
use warifu_masters::past::Change;
use warifu_masters::schema::Schemas;
use warifu_rules::past::{Counts, Objection, Weighed};
use warifu_trust::Manifest;
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::AcceptedPast;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// What is accepted of the past.
#[derive(Debug, clap::Args)]
pub(super) struct Past {
    /// A class of changes for days that have been, as a draft that lacks it names it: `procedure/full_name`.
    /// Several are put after commas. With --reason and --source.
    #[arg(long, value_name = "CLASS", value_delimiter = ',', requires_all = ["reason", "source"])]
    accept_past: Vec<String>,
    /// Why the changes of the past are right.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// What they rest on: the number of a notice.
    #[arg(long, value_name = "NOTICE")]
    source: Option<String>,
    /// A TOML file with `[[accepted]]` entries of `classes`, `reason` and `source`, where these differ from
    /// class to class.
    #[arg(long, value_name = "FILE")]
    accepted_past: Option<PathBuf>,
}

/// The file of --accepted-past.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptedFile {
    accepted: Vec<AcceptedClasses>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptedClasses {
    classes: Vec<String>,
    reason: String,
    source: String,
}

impl Past {
    /// What was accepted, with the number of changes that there are of each class.
    pub(super) fn accepted(&self, weighed: &Weighed) -> Result<Vec<AcceptedPast>, Failure> {
        let mut by_name: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        let file = self.accepted_past.as_deref().map(read).transpose()?;
        for AcceptedClasses { classes, reason, source } in file.iter().flat_map(|file| &file.accepted) {
            by_name.extend(classes.iter().map(|class| (class.as_str(), (reason.as_str(), source.as_str()))));
        }
        let (reason, source) = (self.reason.as_deref(), self.source.as_deref());
        let (reason, source) = (reason.unwrap_or_default(), source.unwrap_or_default());
        by_name.extend(self.accept_past.iter().map(|class| (class.as_str(), (reason, source))));
        let entries: BTreeMap<&str, u64> =
            weighed.classes.iter().map(|(class, entries)| (class.0.as_str(), *entries)).collect();
        let accepted = |(class, (reason, source)): (&str, (&str, &str))| {
            let entries = entries.get(class).copied().ok_or_else(|| {
                Failure::new(
                    Exit::CouldNotRun,
                    format!("{class}: nothing of this class changes for days that have been"),
                    format!("{class}: 過去の日について、この区分の変更はありません"),
                )
            })?;
            let (class, reason, source) = (class.to_owned(), reason.to_owned(), source.to_owned());
            Ok(AcceptedPast { class, entries, reason, source })
        };
        by_name.into_iter().map(accepted).collect()
    }
}

fn read(path: &std::path::Path) -> Result<AcceptedFile, Failure> {
    let shown = path.display();
    toml::from_slice(&warifu::files::read(path)?).map_err(|error| {
        let what = error.message();
        Failure::new(
            Exit::CouldNotRun,
            format!("{shown}: {what}; it has [[accepted]] entries of classes, reason and source"),
            format!("{shown}: {what}。[[accepted]] に classes、reason、source を書いてください"),
        )
    })
}

/// What would be judged differently, weighed: counts, then the past by class.
pub(super) fn weighed_lines(
    schemas: &Schemas,
    list: &[Change],
    weighed: &Weighed,
    past_before: TreatmentDay,
    lang: Lang,
) -> String {
    let Counts { past, past_and_future, future } = weighed.counts;
    let mut text = say!(
        lang,
        "{past} changes of the past only, {past_and_future} of past and future, {future} of the future \
         (past: before {past_before})\n",
        "変更: 過去のみ {past} 件、過去と将来 {past_and_future} 件、将来のみ {future} 件（過去とは {past_before} より前）\n"
    );
    text.push_str(&by_class(schemas, list, weighed, past_before, lang));
    for change in &weighed.never {
        text.push_str(&format!("  {}\n", Objection::Never(Box::new(change.clone())).say(lang)));
    }
    text
}

/// What a release judges differently for days that have been, class by class, for whoever is about to sign
/// it.
pub(super) fn retroactive_lines(
    schemas: &Schemas,
    manifest: &Manifest,
    changed: &Changed,
    lang: Lang,
) -> String {
    if changed.weighed.classes.is_empty() {
        return String::new();
    }
    let before = manifest.head().past_before();
    let mut text = say!(
        lang,
        "RETROACTIVE CHANGES (days before {before} are judged differently than by the release before):\n",
        "遡及変更（{before} より前の診療日の判定が、前のリリースと変わります）:\n"
    );
    text.push_str(&by_class(schemas, &changed.list, &changed.weighed, before, lang));
    text
}
