//! Reading where a channel stands, from what a state trusts.

use crate::limits;
use crate::metadata::ChannelPath;
use crate::publish::tip::Tip;
use crate::read::{Answer, LookingBack, Need, NextRoot, OpenError, Step, TrustedState, VerifiedChain, Walk};
use crate::refusal::Refusal;
use crate::root::{Policy, SignedRoot};

/// The walk that ends with a [`Tip`].
#[must_use = "nothing is known before the walk is at its end"]
pub struct ReadingTip {
    seen: Seen,
    stage: Stage,
}

/// What is known so far.
struct Seen {
    policy: Policy,
    /// The release accepted last.
    recorded: Option<u64>,
    /// The roots known beforehand, which the channel may lack.
    known: usize,
    roots: Vec<SignedRoot>,
    tip: Tip,
}

enum Stage {
    Roots(NextRoot),
    Timestamp(Need),
    Chain(Box<LookingBack>),
    /// Whether the channel has the known root of this place in the list.
    HasRoot(usize, Need),
    Leftover(FirstFree),
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
        let seen = Seen {
            policy: state.policy,
            recorded: state.release().map(|recorded| recorded.release),
            known: state.roots.len(),
            roots: state.roots.clone(),
            tip: Tip::of(state.root().clone()),
        };
        ReadingTip { seen, stage: Stage::Roots(NextRoot::after(state.root())) }
    }
}

impl Seen {
    fn next(self, stage: Stage) -> Step<ReadingTip> {
        Step::Next(ReadingTip { seen: self, stage })
    }

    fn roots_walked(mut self) -> Step<ReadingTip> {
        if let Some(newest) = self.roots.last() {
            self.tip.root = newest.clone();
        }
        let need = Need::new(ChannelPath::timestamp(), limits::TIMESTAMP_BYTES);
        self.next(Stage::Timestamp(need))
    }

    fn timestamp(mut self, file: Option<Vec<u8>>) -> Result<Step<ReadingTip>, OpenError> {
        self.tip.timestamp_file.clone_from(&file);
        match file {
            None => self.published(None),
            Some(file) => {
                let chain = LookingBack::begin(&self.roots)?;
                self.chain(chain, Answer::File(file))
            }
        }
    }

    fn chain(self, chain: LookingBack, answer: Answer) -> Result<Step<ReadingTip>, OpenError> {
        match chain.feed(answer)? {
            Step::Next(chain) => Ok(self.next(Stage::Chain(Box::new(chain)))),
            Step::Done(published) => self.published(Some(published)),
        }
    }

    /// What is published must not lie behind what was accepted before.
    fn published(mut self, published: Option<VerifiedChain>) -> Result<Step<ReadingTip>, OpenError> {
        let offered = published.as_ref().map(|published| published.listing.current.release);
        if let Some(recorded) = self.recorded
            && offered.is_none_or(|offered| offered < recorded)
        {
            // A channel that lost all that was published is told as one that went back to before release 1.
            let offered = offered.unwrap_or(0);
            return Err(Refusal::Rollback { what: "release", recorded, offered }.into());
        }
        self.tip.published = published;
        Ok(self.has_root(0))
    }

    /// A root that the channel lacks, as the first one does at first, is published along with the next
    /// release.
    fn has_root(self, place: usize) -> Step<ReadingTip> {
        match self.roots[..self.known].get(place) {
            Some(root) => {
                let need = Need::new(ChannelPath::root(root.version()), limits::ROOT_BYTES);
                self.next(Stage::HasRoot(place, need))
            }
            None => {
                let free = FirstFree::begin(Half::Targets, self.tip.published.as_ref());
                self.next(Stage::Leftover(free))
            }
        }
    }

    fn free(mut self, half: Half, version: u64) -> Step<ReadingTip> {
        match half {
            Half::Targets => {
                self.tip.next_targets = version;
                let free = FirstFree::begin(Half::Snapshot, self.tip.published.as_ref());
                self.next(Stage::Leftover(free))
            }
            Half::Snapshot => Step::Done(Tip { next_snapshot: version, ..self.tip }),
        }
    }
}

impl Walk for ReadingTip {
    type Done = Tip;
    type Error = OpenError;

    fn need(&self) -> &Need {
        match &self.stage {
            Stage::Roots(next) => &next.need,
            Stage::Timestamp(need) | Stage::HasRoot(_, need) => need,
            Stage::Chain(chain) => chain.need(),
            Stage::Leftover(free) => &free.need,
        }
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, OpenError> {
        let ReadingTip { mut seen, stage } = self;
        match stage {
            Stage::Roots(next) => match next.take(answer, &mut seen.roots, &seen.policy)? {
                Some(next) => Ok(seen.next(Stage::Roots(next))),
                None => Ok(seen.roots_walked()),
            },
            Stage::Timestamp(need) => seen.timestamp(need.taken(answer)?),
            Stage::Chain(chain) => seen.chain(*chain, answer),
            Stage::HasRoot(place, need) => {
                if need.taken(answer)?.is_none() {
                    seen.tip.new_roots.extend(seen.roots.get(place).cloned());
                }
                Ok(seen.has_root(place + 1))
            }
            Stage::Leftover(FirstFree { half, version, left, need }) => match need.taken(answer)? {
                Some(bytes) if left > 0 => {
                    seen.tip.leftovers.insert(need.path, bytes);
                    let next = FirstFree::at(half, version.saturating_add(1), left - 1);
                    Ok(seen.next(Stage::Leftover(next)))
                }
                _ => Ok(seen.free(half, version)),
            },
        }
    }
}
