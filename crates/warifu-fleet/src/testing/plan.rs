//! What happens to an area in one run, and which rule is broken on purpose.

use warifu_values::digest::Digest;

use super::dice::Dice;
use crate::release::Release;

/// Something that goes wrong; members and coordinators by number, modulo how many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// A member loses its memory at once, and keeps its disk.
    Crash(u8),
    /// A member does not reach the store.
    CutFromStore(u8),
    /// Two members do not reach each other.
    CutPair(u8, u8),
    /// A member reaches nobody, and nobody reaches it.
    CutOff(u8),
    /// The area falls into two parts, by the bits of a number; members of the first reach the store.
    Split(u8),
    /// The store answers nobody.
    StoreDead,
    /// A coordinator dies.
    CoordinatorDead(u8),
    /// Every second message takes up to three seconds.
    Slow,
    /// Of a member's messages one in five comes through, up to a second and a half late.
    Weak(u8),
    /// What coordinators write takes 300 ms and three times so many, so that instants are near or past when
    /// members see them.
    LateWrites(u8),
}

/// A trouble, from when and for how long, in milliseconds of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub trouble: Trouble,
    /// From then.
    pub at: u64,
    /// So long.
    pub lasts: u64,
}

/// A rule that is left out, to see that the simulation finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// Members arm however near the instant is.
    ArmingMargin,
    /// A permission begins when the answer comes.
    PermissionFromAnswer,
    /// A permission lasts a second longer.
    LongPermission,
    /// One key is taken for a majority.
    OneIsAMajority,
    /// One member's word is taken for that of a majority.
    OneVouches,
    /// A member goes by its own wall clock.
    OwnClock,
    /// A commit is taken back without looking at the keys again.
    BlindVoid,
    /// A crash takes the disk, too.
    LostDisk,
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Of latencies, losses and clocks.
    pub seed: u64,
    /// From 1.
    pub voters: u8,
    /// Beside them.
    pub followers: u8,
    /// How far apart wall clocks are, to either side, in milliseconds.
    pub clocks_apart: u64,
    /// Of a thousand messages so many are lost.
    pub lost_per_mille: u64,
    /// No message takes longer, in milliseconds, but in [`Trouble::Slow`].
    pub latency: u64,
    /// When a newer release is published.
    pub published: Vec<u64>,
    /// When a fault of the master that judges is found.
    pub found_wrong: Vec<u64>,
    /// When a vote is given to a follower or taken from a voter.
    pub rolls: Vec<u64>,
    /// What goes wrong.
    pub faults: Vec<Fault>,
    /// So long it goes wrong; then all is mended.
    pub until: u64,
    /// The rule that is left out.
    pub broken: Option<Broken>,
}

impl Plan {
    /// Nothing goes wrong, and two releases are published.
    pub fn quiet(seed: u64, voters: u8) -> Self {
        Plan {
            seed,
            voters,
            followers: 0,
            clocks_apart: 2_000,
            lost_per_mille: 0,
            latency: 5,
            published: vec![500, 5_000],
            found_wrong: Vec::new(),
            rolls: Vec::new(),
            faults: Vec::new(),
            until: 10_000,
            broken: None,
        }
    }

    /// Anything goes wrong: of two seeds the one has troubles anywhere, the other has them where epochs
    /// change.
    pub fn any(seed: u64) -> Self {
        let mut dice = Dice(seed ^ 0x5eed);
        let aimed = seed % 2 == 1;
        let until = 12_000;
        let times = |dice: &mut Dice, least: i64, most: i64| -> Vec<u64> {
            let count = dice.between(least, most);
            (0..count).map(|_| dice.below(until)).collect()
        };
        let mut published = times(&mut dice, 1, 3);
        published.push(300);
        let found_wrong = times(&mut dice, 0, 2);
        let moves: Vec<u64> = published.iter().chain(&found_wrong).copied().collect();
        let count = dice.between(0, if aimed { 12 } else { 8 });
        let faults = (0..count).map(|_| {
            let mut fault = Fault::any(dice.roll(), until);
            if aimed {
                // Preparing takes up to 600 ms, a commit has an instant a second ahead.
                fault.at = moves[dice.below(moves.len() as u64) as usize] + dice.below(2_000);
                fault.lasts = 50 + dice.below(1_500);
            }
            fault
        });
        let faults = faults.collect();
        let rolls = match seed % 8 {
            1 | 2 | 4 => times(&mut Dice(!seed), 1, 6),
            _ => Vec::new(),
        };
        Plan {
            seed,
            voters: if aimed { 2 + dice.below(4) as u8 } else { 1 + dice.below(7) as u8 },
            followers: dice.below(3) as u8,
            clocks_apart: dice.below(2_001),
            lost_per_mille: [0, 0, 20, 200][dice.below(4) as usize],
            latency: [2, 10, 40, 120][dice.below(4) as usize],
            published,
            found_wrong,
            rolls,
            faults,
            until,
            broken: None,
        }
    }

    /// The same with a rule left out.
    #[must_use]
    pub fn without(self, broken: Broken) -> Self {
        Plan { broken: Some(broken), ..self }
    }
}

impl Fault {
    /// One that follows from a number, within `until` milliseconds.
    pub fn any(number: u64, until: u64) -> Self {
        let mut dice = Dice(number);
        let (one, other) = (dice.roll() as u8, dice.roll() as u8);
        let trouble = match dice.below(13) {
            0 | 1 => Trouble::Crash(one),
            2 => Trouble::CutFromStore(one),
            3 => Trouble::CutPair(one, other),
            4 => Trouble::CutOff(one),
            5 => Trouble::Split(one),
            6 => Trouble::StoreDead,
            7 => Trouble::CoordinatorDead(one),
            8 | 9 => Trouble::Weak(one),
            10 | 11 => Trouble::LateWrites(one),
            _ => Trouble::Slow,
        };
        Fault { trouble, at: dice.below(until), lasts: 50 + dice.below(4_000) }
    }
}

/// The release of that number, wherever one is spoken of.
pub(super) fn release(number: u64) -> Release {
    Release { number, digest: Digest::of(&number.to_le_bytes()) }
}
