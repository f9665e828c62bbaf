//! `warifu find`

use std::collections::BTreeSet;

use serde_json::{Value, json};
use warifu::advice::Advised;
use warifu::error::{Exit, Failure};
use warifu::library::known_kind;
use warifu::side::{By, load_side};
use warifu::store::{At, Store};
use warifu_masters::search::{Days, NoWords, Words, name_columns};
use warifu_masters::timeline::Standing;
use warifu_values::day::TreatmentDay;
use warifu_values::say;

use super::given::Repo;
use super::hit::{Hit, hits};
use crate::cli::context::Context;
use crate::cli::of_kind::OfKind;
use crate::cli::typed;

/// How many are told to people unless they ask for all.
const SHOWN: usize = 20;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Names or parts of them, or of a code: 初診料, ｱﾑﾛｼﾞﾋﾟﾝ 5mg, 111000. All must match.
    ///
    /// Width, hiragana and katakana, small kana, signs for long vowels and spaces make no difference.
    /// Exit status: 0 found; 1 nothing found.
    #[arg(value_name = "WORD", required = true)]
    words: Vec<String>,
    /// Look in these instead: files, or REV:kind of the repository.
    #[arg(long = "in", value_name = "FILE|REV:KIND")]
    within: Vec<String>,
    #[command(flatten)]
    of_kind: OfKind,
    /// Only this series.
    #[arg(long, conflicts_with = "within", value_parser = typed::code)]
    series: Option<String>,
    /// Only what is in force for treatment on this day, as it was then.
    #[arg(long, value_name = "DATE", value_parser = warifu_usage::day)]
    on: Option<TreatmentDay>,
    /// The revision to look in: what was known then.
    #[arg(long, value_name = "REV", default_value = "HEAD", conflicts_with = "within")]
    at: String,
    /// Every hit, and not the first 20 only.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    repo: Repo,
}

/// What was found, in the order it is told.
struct Found {
    hits: Vec<Hit>,
    /// How many have the words, and were not asked whether they are in force on the day.
    not_asked: usize,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let words = Words::new(&self.words).map_err(|NoWords| {
            Failure::new(
                Exit::CouldNotRun,
                "nothing to look for: give a name or a part of a code",
                "検索する語がありません。名称またはコードの一部を指定してください",
            )
        })?;
        let found = match self.within.is_empty() {
            true => self.in_repository(&words, context)?,
            false => self.in_files(&words, context)?,
        };
        let exit = if found.hits.is_empty() { Exit::Data } else { Exit::Done };
        if context.json {
            let hits: Vec<Value> = found.hits.iter().map(Hit::document).collect();
            context.print_json(&json!({
                "words": self.words,
                "on": self.on.map(|day| day.to_string()),
                "count": hits.len(),
                "hits": hits,
            }))?;
        } else {
            context.page(&self.text(&found, context))?;
        }
        Ok(exit)
    }

    /// Whether everything is wanted, however much it is.
    fn is_whole(&self, context: &Context) -> bool {
        self.all || context.json
    }

    fn in_files(&self, words: &Words, context: &Context) -> Result<Found, Failure> {
        let of_files = self.of_kind.schemas(context)?;
        let by = By { schemas: &context.library.schemas, of_files: &of_files, repo: self.repo.path() };
        let mut found = Vec::new();
        for within in &self.within {
            found.extend(hits(&load_side(within, by)?.master, words, None, None));
        }
        found.retain(|hit| self.on.is_none_or(|day| hit.days.holds_on(day)));
        found.sort_by_cached_key(Hit::order);
        Ok(Found { hits: found, not_asked: 0 })
    }

    fn in_repository(&self, words: &Words, context: &Context) -> Result<Found, Failure> {
        let store = self.repo.open_for(self.series.as_deref(), context)?;
        let mut masters = store.masters(&self.at)?;
        masters.retain(|at| self.series.as_ref().is_none_or(|series| at.series == *series));
        match self.of_kind.kind.as_deref() {
            Some(kind) => {
                let kind = known_kind(&context.library.schemas, kind)?;
                masters.retain(|at| at.kind == kind);
            }
            None => masters.retain(|at| has_records_of_its_own(at, context)),
        }
        let mut found = looked_through(&store, &self.at, &masters, words)?;
        found.sort_by_cached_key(Hit::order);
        match self.on {
            Some(day) => self.in_force(&store, found, (words, day), context),
            None => Ok(Found { hits: found, not_asked: 0 }),
        }
    }

    /// Of `found` what is in force on `day` and has the words as it was then: each code once, by its
    /// timeline.
    fn in_force(
        &self,
        store: &Store,
        found: Vec<Hit>,
        (words, day): (&Words, TreatmentDay),
        context: &Context,
    ) -> Result<Found, Failure> {
        let mut seen = BTreeSet::new();
        let mut rest = found.into_iter().filter(|hit| seen.insert((hit.kind().to_owned(), hit.key())));
        let mut hits = Vec::new();
        for hit in rest.by_ref() {
            let lives = store.lives(&self.at, &hit.key())?;
            let Some(life) = lives.iter().find(|life| life.kind == hit.kind()) else { continue };
            let period = life.timeline.on(day).period;
            let Standing::InForce { by } = period.standing else { continue };
            let Some(row) = &life.timeline.said(by).row else { continue };
            let record = row.master();
            // It may have got the name since.
            let near = words.nearness(record, 0, &name_columns(record.layout()));
            let Some(near) = near else { continue };
            let series = life.timeline.line(by).series.clone();
            if self.series.as_ref().is_some_and(|wanted| *wanted != series) {
                continue;
            }
            let days = Days { first: period.first, last: period.last, is_withdrawn: false };
            hits.push(Hit { series: Some(series), near, days, record: record.clone() });
            if hits.len() == SHOWN && !self.is_whole(context) {
                break;
            }
        }
        let not_asked = rest.count();
        hits.sort_by_cached_key(Hit::order);
        Ok(Found { hits, not_asked })
    }

    fn text(&self, found: &Found, context: &Context) -> String {
        let lang = context.lang;
        let (count, words) = (found.hits.len(), self.words.join(" "));
        if count == 0 {
            let on = self.on.map(|day| day.said(lang));
            let on = on.map(|day| say!(lang, " in force on {day}", "（{day} 適用分）")).unwrap_or_default();
            let none = say!(
                lang,
                "nothing is called {words}{on}, and no code has it\nFewer letters find more.",
                "「{words}」に当たる名称・コードはありません{on}\n語を短くしてください。"
            );
            // Who looks in files has no repository to be told of.
            if !self.within.is_empty() {
                return format!("{none}\n");
            }
            let log = context.advise(&Advised::command(&["log"]));
            return say!(
                lang,
                "{none} Which masters are here:\n\n  {log}\n",
                "{none}取込済みのマスターの一覧:\n\n  {log}\n"
            );
        }
        let shown = if self.is_whole(context) { count } else { SHOWN };
        let mut text: String = found.hits.iter().take(shown).map(|hit| hit.text(lang)).collect();
        let left = count.saturating_sub(shown);
        let not_asked = found.not_asked;
        if left > 0 {
            text.push_str(&say!(
                lang,
                "{left} more of {count}; --all shows them, --kind, --series and further words narrow them\n",
                "ほか {left} 件（全 {count} 件）。--all で全件、語の追加や --kind・--series で絞り込み\n"
            ));
        }
        if not_asked > 0 {
            text.push_str(&say!(
                lang,
                "{not_asked} more have the words and may be in force that day; --all looks\n",
                "ほか {not_asked} 件は当日の適用を確認していません。--all で全件を確認\n"
            ));
        }
        text
    }
}

/// Whether a master has records of its own, and no rows about those of others as the 電子点数表 has.
fn has_records_of_its_own(at: &At, context: &Context) -> bool {
    let mut layouts = context.library.schemas.layouts().filter(|layout| layout.kind == at.kind);
    layouts.any(|layout| layout.master_type.is_some())
}

/// What `masters` have, each looked through on its own.
fn looked_through(store: &Store, rev: &str, masters: &[At], words: &Words) -> Result<Vec<Hit>, Failure> {
    let config = store.config(rev)?;
    let found = store.looked_through(masters, words, |at, master| {
        let series = at.series.as_str();
        let governs = config.governs(series, &at.kind).ok().map(|governs| (governs.first, governs.last));
        hits(&master, words, Some(series), governs)
    })?;
    Ok(found.into_iter().flatten().collect())
}
