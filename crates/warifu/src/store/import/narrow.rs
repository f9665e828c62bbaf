//! A differential on the shards that it can change: nothing else of the state is taken apart.
//!
//! A differential changes the records that it names and those that the one before marked, whatever it says of
//! them. The shards of these, and those of the records that are asked about, make a part to which it is
//! applied, and which is judged as the whole would be; the others only go into the digests. Where that cannot
//! be, the whole is read.

use std::collections::BTreeSet;

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::diff::diff;
use warifu_masters::change::plausibility::asked_for;
use warifu_masters::table::{Master, SHARD_DIGITS, State};
use warifu_rules::consistency::Shown;

use super::super::error::StoreError;
use super::super::judged::Judged;
use super::super::kept::Outlined;
use super::super::mosaic::{Mosaic, Rows};
use super::super::repository::Store;
use super::super::shards;
use super::before::Last;
use super::made::{Left, Made};
use super::next::take_differential;
use super::sound::Sound;

/// A part is worth the trouble when it is at most one shard in so many.
const PART: usize = 3;

impl Store {
    /// What the file makes of the state that `last` left and `tree` holds, of which `kept` was kept. None
    /// where the whole is needed, or what was kept is not to be believed; nothing was found then.
    pub(super) fn take_narrowly(
        &self,
        sound: &Sound,
        last: &Last,
        kept: &Outlined,
        dated: Date,
        tree: Oid,
        judged: &mut Judged<'_>,
    ) -> Result<Option<Made>, StoreError> {
        let series = judged.request.series;
        let objects = self.objects()?;
        let place = ["masters", series, sound.kind.as_str()];
        let Some(held) = objects.at(tree, &place)? else { return Ok(None) };
        let Some(mosaic) = Mosaic::of(&objects, self.schemas(), kept, held) else { return Ok(None) };
        if sound.file.layout().width() > kept.layout.width() || self.re_issue(last, sound, series)?.is_some()
        {
            return Ok(None);
        }
        let mut prefixes: BTreeSet<String> = mosaic.moving().map(str::to_owned).collect();
        prefixes.extend(asked_for(&sound.file).map(|key| prefix(&key).to_owned()));
        if prefixes.len() * PART > mosaic.shards() {
            return Ok(None);
        }
        let part = mosaic.part(self.schemas(), prefixes.iter().map(String::as_str));
        let Some(part) = part.map(|part| State::new(part, last.basis)) else { return Ok(None) };

        let mut found = judged.anew();
        let Ok(state) = take_differential(sound, (&part, mosaic.records()), dated, &mut found) else {
            return Ok(None);
        };
        let Ok(diff) = diff(&part, &state) else { return Ok(None) };
        let Some(compared) =
            self.ask_rules(sound, (Some(&diff), Shown::Part), &state, dated, tree, &mut found)?
        else {
            return Ok(None);
        };
        let changed = rows(&part, &state);
        let (before, digest) = mosaic.digests(&changed);
        if before != last.record.state {
            return Ok(None);
        }
        let mut old = self.shards_at(&objects, tree, series, &sound.kind)?;
        old.retain(|name, _| changed.keys().any(|prefix| shards::file_name(prefix) == *name));
        let shards = shards::changes(&place.join("/"), &old, Some(&part), &state)?;
        judged.findings = found.findings;
        Ok(Some(Made {
            compared,
            shards,
            state: digest,
            records: mosaic.records() + state.rows() - part.rows(),
            onto: Some(last.base()),
            replaces: None,
            basis: state.basis(),
            layout: state.layout().clone(),
            left: Left::InGit { keep: mosaic.should_be_kept(&changed).then(|| mosaic.text(&changed)) },
        }))
    }
}

/// The shards of `old` and of `new`, as `new` has them.
fn rows(old: &Master, new: &Master) -> Rows {
    let mut rows: Rows = old.shards().into_iter().map(|(prefix, _)| (prefix, None)).collect();
    for (prefix, range) in new.shards() {
        let mut text = Vec::new();
        new.push_canonical_rows(range, &mut text);
        rows.insert(prefix, Some(text));
    }
    rows
}

/// What names the shard of `key`.
fn prefix(key: &str) -> &str {
    let end = key.char_indices().nth(SHARD_DIGITS).map_or(key.len(), |(at, _)| at);
    &key[..end]
}
