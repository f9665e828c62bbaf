//! Changes of the past on the command line: what is accepted by name, and what is shown first.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use warifu::error::{Exit, Failure};
use warifu::place::Place;
use warifu::release::{Changed, Group, Names, Side, groups, lines};
use warifu::release_html::{Shown, page};
use warifu_masters::schema::Schemas;
use warifu_rules::past::{Counts, Objection, Weighed, is_class};
use warifu_trust::limits;
use warifu_values::day::TreatmentDay;
use warifu_values::judgement::{AcceptedPast, PastClass};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::cli::Context;
use crate::cli::meant::meant;

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

/// Classes that are accepted: with the reason, and what it rests on.
pub(super) struct ByName(BTreeMap<PastClass, (String, String)>);

impl Past {
    /// What is accepted by name.
    pub(super) fn by_name(&self, schemas: &Schemas) -> Result<ByName, Failure> {
        let mut by_name = BTreeMap::new();
        let file = self.accepted_past.as_deref().map(read).transpose()?;
        let of_file = file.into_iter().flat_map(|file| file.accepted);
        let given = AcceptedClasses {
            classes: self.accept_past.clone(),
            reason: self.reason.clone().unwrap_or_default(),
            source: self.source.clone().unwrap_or_default(),
        };
        for AcceptedClasses { classes, reason, source } in of_file.chain([given]) {
            for class in classes {
                for (word, text) in [("reason", &reason), ("source", &source)] {
                    meant(&format!("{class}: {word}"), text)?;
                }
                let why = (reason.clone(), source.clone());
                let before = by_name.insert(named(schemas, &class)?, why.clone());
                if before.is_some_and(|before| before != why) {
                    return Err(Failure::new(
                        Exit::CouldNotRun,
                        format!("{class} is accepted twice, with different reasons or sources"),
                        format!("{class} が異なる理由または根拠で二重に承認されています"),
                    ));
                }
            }
        }
        let (classes, most) = (by_name.len(), limits::ACCEPTED);
        if classes > most {
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!(
                    "{classes} classes of the past are accepted, and a release takes {most}: leave some for \
                     a later one (--future-only), or correct them in several imports, a release each"
                ),
                format!(
                    "承認する遡及変更が {classes} 区分あり、1 回のリリースの上限 {most} 区分を超えています。\
                     --future-only で後のリリースに回すか、取込とリリースを数回に分けてください"
                ),
            ));
        }
        Ok(ByName(by_name))
    }
}

/// The class called `text`, which must be one that a change can have.
fn named(schemas: &Schemas, text: &str) -> Result<PastClass, Failure> {
    let text = text.trim();
    let class = PastClass::parse(text).ok_or_else(|| {
        Failure::new(
            Exit::CouldNotRun,
            format!("{text:?} is no class of changes; one is written procedure/full_name or drug/price/CODE"),
            format!("{text:?} は区分名ではありません。procedure/full_name や drug/price/コード の形で指定してください"),
        )
    })?;
    is_class(schemas, &class).map_err(|error| {
        let told = |lang| format!("{class}: {}", error.say(lang));
        Failure::new(Exit::CouldNotRun, told(Lang::En), told(Lang::Ja))
    })?;
    Ok(class)
}

impl ByName {
    /// What was accepted, with the number of changes that there are of each class.
    pub(super) fn counted(self, weighed: &Weighed) -> Result<Vec<AcceptedPast>, Failure> {
        let accepted = |(class, (reason, source)): (PastClass, (String, String))| {
            let entries = weighed.classes.get(&class).copied().ok_or_else(|| {
                let there: Vec<&str> = weighed.classes.keys().map(PastClass::as_str).collect();
                let there = if there.is_empty() { "-".to_owned() } else { there.join(", ") };
                Failure::new(
                    Exit::CouldNotRun,
                    format!("{class}: no changes of the past of this class; there are: {there}"),
                    format!("{class}: この区分の遡及変更はありません。ある区分: {there}"),
                )
            })?;
            Ok(AcceptedPast { class, entries, reason, source })
        };
        self.0.into_iter().map(accepted).collect()
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

/// How much is told of what a release changes.
#[derive(Debug, clap::Args)]
pub(super) struct Telling {
    /// Tell every change, and on a terminal all that is signed; otherwise how many there are of each class,
    /// and the gravest.
    #[arg(short, long)]
    verbose: bool,
    /// Write the release as one page for people, in both languages: the past first, where to look first over
    /// all masters, then what changed in each.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Where the page goes, once that was asked.
    #[arg(skip)]
    place: OnceCell<Place>,
}

/// Lines of the past, and of what is to come, that are told where not all are.
const PAST_LINES: usize = 18;
const FUTURE_LINES: usize = 8;

impl Telling {
    /// Whether everything is asked for.
    pub(super) fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// Refuses what cannot be written before the work is done.
    pub(super) fn check(&self, context: &Context) -> Result<(), Failure> {
        if let Some(place) = context.place_of(self.html.as_ref())? {
            let _ = self.place.set(place);
        }
        Ok(())
    }

    /// Whether a page is asked for.
    pub(super) fn has_page(&self) -> bool {
        self.place.get().is_some()
    }

    /// Writes the page, where one is asked for.
    pub(super) fn page(&self, context: &Context, shown: &Shown<'_>) -> Result<(), Failure> {
        let Some(place) = self.place.get() else { return Ok(()) };
        place.write(&page(&context.library.schemas, shown, context.lang))?;
        context.tell_written(place.path());
        Ok(())
    }

    /// The classes of one side as lines.
    fn of_side(
        &self,
        schemas: &Schemas,
        names: &Names,
        groups: &[Group<'_>],
        most: usize,
        lang: Lang,
    ) -> String {
        lines(schemas, names, groups, (!self.verbose).then_some(most), lang)
    }

    /// What would be judged differently, weighed: counts, then the past by class.
    pub(super) fn weighed_lines(
        &self,
        schemas: &Schemas,
        changed: &Changed,
        past_before: TreatmentDay,
        lang: Lang,
    ) -> String {
        let Changed { list, names, weighed, .. } = changed;
        let Counts { past, past_and_future, future } = weighed.counts;
        let before = past_before.said(lang);
        let mut text = say!(
            lang,
            "{past} changes of the past only, {past_and_future} of past and future, {future} of the future \
             (past: before {before})\n",
            "変更: 過去分のみ {past} 件、過去分と将来分 {past_and_future} 件、将来分のみ {future} 件（過去とは {before} より前）\n"
        );
        let groups = groups(schemas, list, past_before, Side::Past);
        text.push_str(&self.of_side(schemas, names, &groups, PAST_LINES, lang));
        text.push_str(&self.future_lines(schemas, changed, past_before, lang));
        for change in &weighed.never {
            text.push_str(&format!("  {}\n", Objection::Never(Box::new(change.clone())).say(lang)));
        }
        text
    }

    /// What a release judges differently for days that have been, class by class, for whoever is about to
    /// sign it.
    pub(super) fn changed_lines(
        &self,
        schemas: &Schemas,
        changed: &Changed,
        before: TreatmentDay,
        lang: Lang,
    ) -> String {
        let Changed { list, names, .. } = changed;
        let mut text = String::new();
        let past = groups(schemas, list, before, Side::Past);
        if !past.is_empty() {
            text.push_str(&say!(
                lang,
                "RETROACTIVE CHANGES (days before {before} are judged differently than by the release \
                 before):\n",
                "遡及変更（{before} より前の診療日の判定が、前のリリースと変わります）:\n",
                before = before.said(lang)
            ));
            text.push_str(&self.of_side(schemas, names, &past, PAST_LINES, lang));
        }
        text.push_str(&self.future_lines(schemas, changed, before, lang));
        text
    }

    /// What is judged differently for days to come only.
    fn future_lines(&self, schemas: &Schemas, changed: &Changed, before: TreatmentDay, lang: Lang) -> String {
        let Changed { list, names, .. } = changed;
        let future = groups(schemas, list, before, Side::Future);
        if future.is_empty() {
            return String::new();
        }
        let future = self.of_side(schemas, names, &future, FUTURE_LINES, lang);
        let before = before.said(lang);
        say!(lang, "from {before} on:\n{future}", "{before} 以降の変更:\n{future}")
    }
}
