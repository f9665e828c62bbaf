//! `warifu release changes`

use std::path::PathBuf;

use serde_json::json;
use warifu::caution::Caution;
use warifu::error::{Exit, Failure};
use warifu::release::{Changed, Comparison, Contents, When, contents, sheet};
use warifu::release_html::Shown;
use warifu::store::Store;
use warifu::withdrawn::Withdrawn;
use warifu_rules::past::{Objection, Told, weigh};
use warifu_trust::{UnixSeconds, first_day_to_come};
use warifu_usage::coded;
use warifu_values::lang::{Speak as _, counted};
use warifu_values::say;

use super::past::Telling;
use super::reviewing::Place;
use super::told::caution_lines;
use super::{now, today};
use crate::cli::Context;
use crate::cli::typed::instant;

/// Show what a release of a commit would judge differently from the published one, the past first.
#[derive(Debug, clap::Args)]
pub(super) struct WouldChange {
    /// The commit.
    #[arg(default_value = "HEAD")]
    rev: String,
    #[command(flatten)]
    place: Place,
    /// From when checkers would judge by it, such as 2024-06-01T00:00:00+09:00; otherwise at once.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    activate_at: Option<UnixSeconds>,
    /// Write the whole list, every change of every day, as a table for a spreadsheet (CSV, UTF-8).
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    telling: Telling,
}

impl WouldChange {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let output = context.place_of(self.output.as_ref())?;
        self.telling.check(context)?;
        let store = Store::open(&self.place.repo, context.library.clone())?;
        let tip = self.place.at.tip(context)?;
        let published = self.place.at.published_to_compare(context, &tip)?;
        let past_before = first_day_to_come(now(), self.activate_at);
        let when = When { today: today(), past_before, past_of: None };
        let Contents { too_old, answers, .. } = contents(&store, &self.rev, &[], when)?;
        let list = published.changes_to(&answers);
        let weighed = weigh(store.schemas(), &list, past_before);
        let names = published.names(&list, &answers);
        if let Some(output) = &output {
            output.write(sheet(store.schemas(), &names, &list, context.lang).as_bytes())?;
            let (file, count) = (output.path().display(), list.len());
            let n = counted(count as u64, "change");
            context.tell(&say!(context.lang, "{n} written: {file}\n", "{count} 件を出力しました: {file}\n"));
        }
        let cautions: Vec<Caution> = Withdrawn::of(&tip).map(Caution::AgainstWithdrawn).into_iter().collect();
        let mut changed = Changed { content: None, list, names, weighed };
        if self.telling.has_page() {
            let comparison = Comparison::of(published.masters(), answers, changed);
            let (cautions, published) = (&cautions[..], Some(&published));
            let shown = Shown { comparison: &comparison, past_before, manifest: None, published, cautions };
            self.telling.page(context, &shown)?;
            changed = comparison.changed;
        }
        for old in &too_old {
            context.tell(&format!("{}\n", old.say(context.lang)));
        }
        if context.json {
            let weighed = &changed.weighed;
            let classes: serde_json::Map<_, _> =
                weighed.classes.iter().map(|(class, entries)| (class.to_string(), json!(entries))).collect();
            let never: Vec<_> =
                weighed.never.iter().map(|change| coded(Objection::NEVER, &Told(change))).collect();
            return context
                .print_json(&json!({
                    "published": tip.release().map(|release| release.release),
                    "past_before": past_before.to_string(),
                    "past": weighed.counts.past,
                    "past_and_future": weighed.counts.past_and_future,
                    "future": weighed.counts.future,
                    "classes": classes, "never": never,
                    "warnings": cautions.iter().map(|one| coded(one.code(), one)).collect::<Vec<_>>(),
                }))
                .map(|()| Exit::Done);
        }
        let mut text = caution_lines(&cautions, context.lang);
        text.push_str(&self.telling.weighed_lines(store.schemas(), &changed, past_before, context.lang));
        context.print(&text)?;
        Ok(Exit::Done)
    }
}
