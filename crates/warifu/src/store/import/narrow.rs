//! A differential on the shards that it can change: nothing else of the state is taken apart.
//!
//! A differential changes the records that it names and those that the one before marked, whatever it says of
//! them. The shards of these, and those of the records that are asked about, make a part to which it is
//! applied, and which is judged as the whole would be; the others only go into the digests. Where that cannot
//! be, the whole is read.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use git2::Oid;
use jiff::civil::Date;
use warifu_masters::change::diff::diff;
use warifu_masters::change::plausibility::asked_for;
use warifu_masters::change::reissue::reissue;
use warifu_masters::file::{Heads, edition, read_canonical};
use warifu_masters::schema::Layout;
use warifu_masters::table::{Master, SHARD_DIGITS, State};
use warifu_rules::consistency::Shown;

use super::super::error::StoreError;
use super::super::judged::Judged;
use super::super::kept::{Kept, KeptFile};
use super::super::mosaic::{Rows, Shard, Since};
use super::super::proof::prove;
use super::super::repository::Store;
use super::super::shards::{self, Shards};
use super::before::Last;
use super::made::{Left, Made};
use super::next::take_differential;
use super::sound::Sound;

/// A part is worth the trouble when it is at most one shard in so many.
const PART: usize = 3;

impl Store {
    /// What the file makes of the state that `last` left and `tree` holds, part of which was `kept`. None
    /// where the whole is needed, or what was kept is not to be believed; nothing was found then.
    pub(super) fn take_narrowly(
        &self,
        sound: &Sound,
        last: &Last,
        kept: &Kept,
        dated: Date,
        tree: Oid,
        judged: &mut Judged<'_>,
    ) -> Result<Option<Made>, StoreError> {
        let Some(place) = self.place(sound, last, kept, tree, judged)? else { return Ok(None) };
        let Place { file, layout, heads, since, old } = place;
        let (series, schemas) = (judged.request.series, self.schemas());
        let previous = self.taken_in(last, series, &sound.kind)?;
        if previous.as_ref().is_some_and(|previous| reissue(previous, &sound.file).is_some()) {
            return Ok(None);
        }
        // What the one before named is mostly what moves now; the proof says whether that is all.
        let mut prefixes: BTreeSet<String> = since.moving().map(str::to_owned).collect();
        let named = previous.iter().flat_map(|previous| (0..previous.rows()).map(|row| previous.key(row)));
        prefixes.extend(named.chain(asked_for(&sound.file)).map(|key| prefix(&key).to_owned()));
        if prefixes.len() * PART > old.len() {
            return Ok(None);
        }
        let objects = self.objects()?;
        let (mut part, mut text) = (Rows::new(), layout.canonical_header().into_bytes());
        text.push(b'\n');
        for prefix in prefixes {
            let rows = match (since.shard(&prefix), old.get(&shards::file_name(&prefix))) {
                (Some(shard), _) => shard.map(|shard| shard.rows.clone()),
                (None, Some(oid)) => match Shard::read(&objects, schemas, &layout, *oid, &prefix) {
                    Some(shard) => Some(shard.rows),
                    None => return Ok(None),
                },
                (None, None) => None,
            };
            text.extend_from_slice(rows.as_deref().unwrap_or_default());
            part.insert(prefix, rows);
        }
        let Ok(before) = read_canonical(schemas, &sound.kind, text) else { return Ok(None) };
        let before = State::new(before, last.basis);

        let mut found = judged.anew();
        let Ok(state) = take_differential(sound, (&before, last.record.records), dated, &mut found) else {
            return Ok(None);
        };
        let Ok(diff) = diff(&before, &state) else { return Ok(None) };
        let Some(compared) =
            self.ask_rules(sound, (Some(&diff), Shown::Part), &state, dated, tree, &mut found)?
        else {
            return Ok(None);
        };
        let changed = rows(&state);
        let Some(proof) = prove(file, heads, &since, &part, &changed) else { return Ok(None) };
        if (proof.before, proof.records) != (last.record.state, last.record.records) {
            return Ok(None);
        }
        let mut old = old;
        old.retain(|name, _| part.keys().any(|prefix| shards::file_name(prefix) == *name));
        let folder = format!("masters/{series}/{}", sound.kind);
        let shards = shards::changes(&folder, &old, Some(&before), &state)?;
        let keep = since.should_be_kept(&part).then(|| {
            let kept = kept.text()?.outlined(schemas, &sound.kind)?;
            let gone = part.into_keys().map(|prefix| (prefix, None));
            Some(since.text(&kept, &gone.chain(changed).collect()))
        });
        judged.findings = found.findings;
        Ok(Some(Made {
            compared,
            shards,
            state: proof.after,
            records: proof.records + state.rows() - before.rows(),
            onto: Some(last.base()),
            replaces: None,
            ended: Vec::new(),
            basis: state.basis(),
            layout: Arc::clone(state.layout()),
            left: Left::InGit { keep: keep.flatten() },
        }))
    }

    /// Where the file goes; none where the whole is needed to tell.
    fn place(
        &self,
        sound: &Sound,
        last: &Last,
        kept: &Kept,
        tree: Oid,
        judged: &Judged<'_>,
    ) -> Result<Option<Place>, StoreError> {
        let (series, kind) = (judged.request.series, sound.kind.as_str());
        let objects = self.objects()?;
        let Some(held) = objects.at(tree, &["masters", series, kind])? else { return Ok(None) };
        let place = || {
            let file = kept.open()?;
            let layout = edition(self.schemas(), kind, &file.header)?;
            let heads = Heads::of(&layout)?;
            // The state before would be another one.
            if sound.file.layout().width() > layout.width() || last.record.records == 0 {
                return None;
            }
            let since = Since::of(&objects, self.schemas(), &layout, file.tree, held)?;
            Some((file, layout, heads, since))
        };
        let Some((file, layout, heads, since)) = place() else { return Ok(None) };
        let old = self.shards_at(&objects, tree, series, kind)?;
        Ok(Some(Place { file, layout, heads, since, old }))
    }
}

/// Where a differential goes: the state before as it was kept, what differs since, and its shards now.
struct Place {
    file: KeptFile,
    layout: Arc<Layout>,
    heads: Heads,
    since: Since,
    old: Shards,
}

/// The shards of `state`.
fn rows(state: &Master) -> Rows {
    let text = |range: Range<usize>| {
        let mut text = Vec::new();
        state.push_canonical_rows(range, &mut text);
        Some(text)
    };
    state.shards().into_iter().map(|(prefix, range)| (prefix, text(range))).collect()
}

/// What names the shard of `key`.
fn prefix(key: &str) -> &str {
    let end = key.char_indices().nth(SHARD_DIGITS).map_or(key.len(), |(at, _)| at);
    &key[..end]
}
