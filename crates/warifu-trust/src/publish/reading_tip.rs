//! Reading where a channel stands, from what a state trusts.

use warifu_values::digest::Digest;

use crate::limits;
use crate::metadata::ReleaseRef;
use crate::metadata::{ChannelPath, Envelope, Head, Listing, Use};
use crate::organisation::Organisation;
use crate::publish::tip::{Orphan, Rests, Tip};
use crate::read::FetchingManifest;
use crate::read::{
    Answer, LookedBack, LookingBack, Need, NextRoot, NextStatement, OpenError, Step, Suspecting,
    TrustedState, VerifiedChain, Walk, other_root,
};
use crate::refusal::Refusal;
use crate::root::{Policy, SignedRoot};
use crate::time::UnixSeconds;

/// The walk that ends with a [`Tip`].
#[must_use = "nothing is known before the walk is at its end"]
pub struct ReadingTip(Suspecting<Reading>);

/// What is seen, and what is asked next.
struct Reading {
    seen: Seen,
    stage: Stage,
}

/// What is known so far.
struct Seen {
    policy: Policy,
    state: TrustedState,
    /// The roots known beforehand, which the channel may lack.
    known: usize,
    roots: Vec<SignedRoot>,
    tip: Tip,
    /// `timestamp.json` is lost or damaged, and not looked at.
    rebuilding: bool,
}

enum Stage {
    Roots(NextRoot),
    Statements(NextStatement),
    Timestamp(Need),
    Chain(Box<LookingBack>),
    /// Whether the channel has the known root of this place in the list.
    HasRoot(usize, Need),
    Leftover(FirstFree),
    /// The manifest of what is published: what it asks for is asked before the next release.
    Manifest(FetchingManifest),
}

#[derive(Clone, Copy)]
enum Half {
    Targets,
    Snapshot,
}

/// The search for the first version for which the channel has no file. A file above the published version is
/// what an interrupted publication left; it can be finished with the same bytes but never overwritten.
struct FirstFree {
    half: Half,
    version: u64,
    left: u64,
    need: Need,
}

impl FirstFree {
    fn begin(half: Half, published: Option<&VerifiedChain>) -> Self {
        let last = published.map_or(0, |published| match half {
            Half::Targets => published.listing.version,
            Half::Snapshot => published.snapshot_version,
        });
        FirstFree::at(half, last.saturating_add(1), limits::LEFTOVERS)
    }

    fn at(half: Half, version: u64, left: u64) -> Self {
        let need = match half {
            Half::Targets => Need::new(ChannelPath::targets(version), limits::TARGETS_BYTES),
            Half::Snapshot => Need::new(ChannelPath::snapshot(version), limits::SNAPSHOT_BYTES),
        };
        FirstFree { half, version, left, need }
    }
}

impl ReadingTip {
    /// From what `state` trusts.
    pub fn begin(state: &TrustedState) -> Self {
        ReadingTip::through(state, false)
    }

    fn through(state: &TrustedState, rebuilding: bool) -> Self {
        let seen = Seen {
            policy: state.policy,
            state: state.clone(),
            known: state.roots.len(),
            roots: state.roots.clone(),
            tip: Tip::of(state.root().clone()),
            rebuilding,
        };
        let stage = Stage::Roots(NextRoot::after(state.root()));
        ReadingTip(Suspecting::of(state.pinned().clone(), Reading { seen, stage }))
    }

    /// The same where `timestamp.json` is lost or damaged: what lies there is not looked at, and the newest
    /// release whose halves lie on the channel is found by them, for [`Tip::rebuild_timestamp`].
    pub fn rebuilding(state: &TrustedState) -> Self {
        ReadingTip::through(state, true)
    }
}

impl Walk for ReadingTip {
    type Done = Tip;
    type Error = OpenError;

    fn need(&self) -> &Need {
        self.0.need()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        Ok(self.0.feed(answer)?.map(ReadingTip))
    }
}

impl Seen {
    fn next(self, stage: Stage) -> Step<Reading> {
        Step::Next(Reading { seen: self, stage })
    }

    fn roots_walked(mut self) -> Step<Reading> {
        if let Some(newest) = self.roots.last() {
            self.tip.root = newest.clone();
        }
        let next = NextStatement::after(&self.state.statements, &self.tip.root);
        self.heard(next)
    }

    fn heard(mut self, next: Option<NextStatement>) -> Step<Reading> {
        match next {
            Some(next) => self.next(Stage::Statements(next)),
            None => {
                self.tip.statements.clone_from(&self.state.statements);
                self.next(Stage::Timestamp(Need::new(ChannelPath::timestamp(), limits::TIMESTAMP_BYTES)))
            }
        }
    }

    fn statement(mut self, next: NextStatement, answer: Answer) -> Result<Step<Reading>, OpenError> {
        let next = next.take(answer, &mut self.state.statements, &self.roots)?;
        Ok(self.heard(next))
    }

    fn timestamp(mut self, file: Option<Vec<u8>>) -> Result<Step<Reading>, OpenError> {
        self.tip.timestamp_file.clone_from(&file);
        if self.rebuilding {
            return Ok(self.has_root(0));
        }
        match file {
            None => self.published(None),
            Some(file) => {
                let floor = self.state.recorded.as_ref().map(|recorded| &recorded.files);
                let chain = LookingBack::begin(&self.roots, self.state.statements.revoked(), floor)?;
                self.chain(chain, Answer::File(file))
            }
        }
    }

    fn chain(self, chain: LookingBack, answer: Answer) -> Result<Step<Reading>, OpenError> {
        match chain.feed(answer)? {
            Step::Next(chain) => Ok(self.next(Stage::Chain(Box::new(chain)))),
            Step::Done(looked) => self.looked_back(looked),
        }
    }

    /// Under an older root, people who were revoked since can have made anything. Only what this side
    /// remembers from before, or was told by voice, is taken for what was published.
    fn looked_back(mut self, looked: LookedBack) -> Result<Step<Reading>, OpenError> {
        let LookedBack { mut chain, under_newest } = looked;
        if !under_newest {
            let current = chain.listing.current;
            let remembered = self.state.recorded.as_ref().is_some_and(|recorded| {
                recorded.current == current && recorded.files.targets == chain.files.targets
            });
            if !remembered {
                if self.state.vouched != Some(current.manifest) {
                    return Err(Refusal::SignersRevoked { release: current.release }.into());
                }
                // What was told is the release itself; nobody vouched for what it falls back to.
                chain.listing.entries.retain(|_, entry| entry.used_for == Use::Current);
                chain.listing.fallback = None;
            }
            self.tip.rests = Rests::OnMemory;
        }
        self.published(Some(chain))
    }

    /// What is published must not lie behind what was accepted before.
    fn published(mut self, published: Option<VerifiedChain>) -> Result<Step<Reading>, OpenError> {
        let offered = published.as_ref().map(|published| published.listing.current);
        if let Some(ReleaseRef { release: recorded, manifest }) = self.state.release() {
            match offered {
                // A channel that lost all that was published is told as one that went back to before release
                // 1.
                None => return Err(Refusal::Rollback { what: "release", recorded, offered: 0 }.into()),
                Some(ReleaseRef { release: offered, .. }) if offered < recorded => {
                    return Err(Refusal::Rollback { what: "release", recorded, offered }.into());
                }
                Some(offered) if offered.release == recorded && offered.manifest != manifest => {
                    return Err(Refusal::OtherContent { release: recorded }.into());
                }
                Some(_) => {}
            }
        }
        self.tip.published = published;
        Ok(self.has_root(0))
    }

    /// A root that the channel lacks, as the first one does at first, is published along with the next
    /// release.
    fn has_root(self, place: usize) -> Step<Reading> {
        match self.roots[..self.known].get(place) {
            Some(root) => {
                let need = Need::new(ChannelPath::root(root.version()), limits::ROOT_BYTES);
                self.next(Stage::HasRoot(place, need))
            }
            None => {
                let free = self.first_free(Half::Targets);
                self.next(Stage::Leftover(free))
            }
        }
    }

    /// Where the search for what lies above the published version begins. Without a timestamp it begins at
    /// what is remembered, and goes as far as a channel of many years does.
    fn first_free(&self, half: Half) -> FirstFree {
        if !self.rebuilding {
            return FirstFree::begin(half, self.tip.published.as_ref());
        }
        let known = self.state.recorded.as_ref().map_or([1, 1, 0], |recorded| recorded.versions);
        let version = match half {
            Half::Targets => known[0],
            Half::Snapshot => known[1],
        };
        FirstFree::at(half, version, limits::REBUILDING)
    }

    fn free(mut self, half: Half, version: u64) -> Result<Step<Reading>, OpenError> {
        Ok(match half {
            Half::Targets => {
                self.tip.next_targets = version;
                let free = self.first_free(Half::Snapshot);
                self.next(Stage::Leftover(free))
            }
            Half::Snapshot => {
                self.tip.next_snapshot = version;
                if self.tip.published.is_none() {
                    self.tip.orphan = orphan(&self.tip);
                }
                if let Some(recorded) = &self.state.recorded {
                    self.tip.known_timestamp = recorded.versions[2];
                    self.tip.known_expires = timestamp_expires(&recorded.files.timestamp);
                    let (orphan, known) = (self.tip.orphan.as_ref(), recorded.current);
                    if let Some(orphan) = orphan.filter(|_| self.rebuilding)
                        && orphan.release != known
                        && orphan.release.release <= known.release
                    {
                        let (recorded, offered) = (known.release, orphan.release.release);
                        return Err(Refusal::Rollback { what: "release", recorded, offered }.into());
                    }
                }
                self.manifest()
            }
        })
    }

    fn manifest(self) -> Step<Reading> {
        match self.tip.fetching_manifest() {
            Ok(Some(fetching)) => self.next(Stage::Manifest(fetching)),
            _ => Step::Done(self.tip),
        }
    }
}

/// When the timestamp runs out that was verified before.
fn timestamp_expires(bytes: &[u8]) -> Option<UnixSeconds> {
    let envelope = Envelope::parse(bytes).ok()?;
    Some(Head::read("timestamp.json", "timestamp", &envelope.signed).ok()?.expires)
}

/// The newest release whose two halves lie above what is published, signed by both under the newest root.
fn orphan(tip: &Tip) -> Option<Orphan> {
    let release = &tip.table().release;
    let mut newest: Option<Orphan> = None;
    for bytes in tip.leftovers.values() {
        let Ok(snapshot) = Envelope::parse(bytes) else { continue };
        let Ok(head) = Head::read("snapshot.json", "snapshot", &snapshot.signed) else { continue };
        let Ok(pin) = head.only_pin("snapshot.json", "targets.json") else { continue };
        let targets = tip.leftovers.get(&ChannelPath::targets(pin.version));
        let Some(targets) = targets.filter(|bytes| Digest::of(bytes) == pin.sha256) else { continue };
        let Ok(targets) = Envelope::parse(targets) else { continue };
        let both = snapshot.tally(release.of(Organisation::Kokuho)).holds()
            && targets.tally(release.of(Organisation::Kikin)).holds();
        let Some(listing) = Listing::read(&targets.signed).ok().filter(|_| both) else { continue };
        if newest.as_ref().is_none_or(|newest| newest.snapshot_version < head.version) {
            newest = Some(Orphan {
                release: listing.current,
                snapshot_version: head.version,
                snapshot: bytes.clone(),
                snapshot_expires: head.expires,
                expires: head.expires.min(listing.expires),
            });
        }
    }
    newest
}

impl Walk for Reading {
    type Done = Tip;
    type Error = OpenError;

    fn need(&self) -> &Need {
        match &self.stage {
            Stage::Roots(next) => &next.need,
            Stage::Statements(next) => &next.need,
            Stage::Timestamp(need) | Stage::HasRoot(_, need) => need,
            Stage::Chain(chain) => chain.need(),
            Stage::Leftover(free) => &free.need,
            Stage::Manifest(fetching) => fetching.need(),
        }
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        let Reading { mut seen, stage } = self;
        match stage {
            Stage::Roots(next) => match next.take(answer, &mut seen.roots, &seen.policy)? {
                Some(next) => Ok(seen.next(Stage::Roots(next))),
                None => Ok(seen.roots_walked()),
            },
            Stage::Statements(next) => seen.statement(next, answer),
            Stage::Timestamp(need) => seen.timestamp(need.taken(answer)?),
            Stage::Chain(chain) => seen.chain(*chain, answer),
            Stage::HasRoot(place, need) => {
                match (need.taken(answer)?, seen.roots.get(place)) {
                    (None, known) => seen.tip.new_roots.extend(known.cloned()),
                    (Some(found), Some(known)) => {
                        other_root(known, &found).map_or(Ok(()), Err)?;
                    }
                    (Some(_), None) => {}
                }
                Ok(seen.has_root(place + 1))
            }
            Stage::Leftover(FirstFree { half, version, left, need }) => match need.taken(answer)? {
                Some(bytes) if left > 0 => {
                    seen.tip.leftovers.insert(need.path, bytes);
                    let next = FirstFree::at(half, version.saturating_add(1), left - 1);
                    Ok(seen.next(Stage::Leftover(next)))
                }
                _ => seen.free(half, version),
            },
            // A timestamp is renewed and a withdrawal said although the content is lost; nothing follows it.
            Stage::Manifest(fetching) => Ok(match fetching.feed(answer) {
                Ok(Step::Next(fetching)) => seen.next(Stage::Manifest(fetching)),
                Ok(Step::Done(manifest)) => {
                    seen.tip.manifest = Some(manifest);
                    Step::Done(seen.tip)
                }
                Err(_) => Step::Done(seen.tip),
            }),
        }
    }
}
