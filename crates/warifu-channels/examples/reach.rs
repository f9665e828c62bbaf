//! A release on its way to every institution, on a virtual clock: 47 prefectures with two mirrors each, some
//! of them faulty, and 215,060 receivers that read by this crate's own client.
//!
//! ```text
//! reach BEFORE AFTER ROOT INSTANT [name=value ...]
//! ```
//!
//! BEFORE and AFTER are one channel's folder before and after a release was published; INSTANT is when, in
//! seconds since 1970. See `Setting` for the names, and docs/scale.md for what is modelled and what is not.
//!
//! What a client does depends on nothing but what it knows, the hour and what its two mirrors answer: so each
//! such case is run once through [`Mirrors`], and what came of it is used for every receiver that meets the
//! same case. Time and bytes are counted for each receiver on its own.

use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};

use warifu_channels::{Address, Channel, ChannelError, Given, Mirror, Mirrors, Nobody, Patience};
use warifu_trust::{ChannelPath, OnHand, Policy, TrustedState, UnixSeconds, VerifiedRelease};

type Anyhow<T> = Result<T, Box<dyn std::error::Error>>;

/// What a run is of.
#[derive(Debug, Clone)]
struct Setting {
    seed: u64,
    prefectures: usize,
    receivers: usize,
    /// Seconds from one look of a receiver to its next.
    poll: f64,
    /// Seconds from one look of a mirror at the origin to its next.
    sync: f64,
    /// What a mirror sends at most, in bits a second.
    mirror_bits: f64,
    /// What a receiver's line carries at most.
    line_bits: f64,
    /// Seconds from a question to its answer.
    round_trip: f64,
    /// Prefectures of a hundred in which one of the two mirrors is faulty.
    faulty_percent: u64,
    /// Prefectures in which both are.
    both_faulty: usize,
    /// Hours after which it ends.
    hours: f64,
    /// Whether the receivers hold the release before.
    hold_before: bool,
}

impl Setting {
    fn from(arguments: impl Iterator<Item = String>) -> Anyhow<Self> {
        let mut setting = Setting {
            seed: 1,
            prefectures: 47,
            receivers: 215_060,
            poll: 900.0,
            sync: 300.0,
            mirror_bits: 100e6,
            line_bits: 10e6,
            round_trip: 0.03,
            faulty_percent: 50,
            both_faulty: 0,
            hours: 24.0,
            hold_before: true,
        };
        for argument in arguments {
            let (name, value) = argument.split_once('=').ok_or("name=value is wanted")?;
            match name {
                "seed" => setting.seed = value.parse()?,
                "prefectures" => setting.prefectures = value.parse()?,
                "receivers" => setting.receivers = value.parse()?,
                "poll" => setting.poll = value.parse()?,
                "sync" => setting.sync = value.parse()?,
                "mirror-bits" => setting.mirror_bits = value.parse()?,
                "line-bits" => setting.line_bits = value.parse()?,
                "round-trip" => setting.round_trip = value.parse()?,
                "faulty-percent" => setting.faulty_percent = value.parse()?,
                "both-faulty" => setting.both_faulty = value.parse()?,
                "hours" => setting.hours = value.parse()?,
                "hold-before" => setting.hold_before = value.parse()?,
                _ => return Err(format!("there is no setting {name}").into()),
            }
        }
        Ok(setting)
    }
}

/// Chance from a seed: the same run again for the same seed (splitmix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// What a mirror holds and does. Equal ones answer alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Mirroring {
    /// What was there before the release.
    Before,
    /// The release, whole.
    After,
    /// Its metadata without its content, as a copy in the wrong order leaves it.
    Lacking,
    /// Files of more than so many bytes end there, as a full disk leaves them.
    Truncated(u64),
    /// Content with other bytes of the same length.
    OtherContent,
    /// Metadata that says something else than was signed.
    OtherMetadata,
    /// So many bytes a second, and no more.
    Slow(u64),
    /// No answer.
    Dead,
    /// What is asked for goes on and on.
    Endless,
}

/// The files of a channel, read once.
struct Shelf {
    channel: Box<dyn Channel + Send + Sync>,
    read: Mutex<BTreeMap<String, Option<Arc<Vec<u8>>>>>,
}

impl Shelf {
    fn new(folder: &str) -> Self {
        Shelf { channel: Address::folder(Path::new(folder)).channel(), read: Mutex::default() }
    }

    fn file(&self, path: &ChannelPath) -> Option<Arc<Vec<u8>>> {
        let mut read = self.read.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let found = read.entry(path.to_string()).or_insert_with(|| {
            let bytes = self.channel.read(path, u64::from(u32::MAX)).unwrap_or_default();
            bytes.map(Arc::new)
        });
        found.clone()
    }
}

/// What asking one mirror took.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    questions: u64,
    bytes: u64,
    /// Seconds of waiting for nothing.
    waited: f64,
}

/// A mirror as one look of one receiver meets it.
struct Virtual {
    mirroring: Mirroring,
    before: Arc<Shelf>,
    after: Arc<Shelf>,
    cost: Arc<Mutex<Cost>>,
}

impl Virtual {
    fn answer(
        &self,
        path: &ChannelPath,
        limit: u64,
        cost: &mut Cost,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        let patience = Patience::POLLING;
        let silent = |cost: &mut Cost, why: &str| {
            cost.waited += patience.outlasts.as_secs_f64();
            Err(ChannelError::Unreachable { path: path.clone(), source: why.into() })
        };
        let shelf = if self.mirroring == Mirroring::Before { &self.before } else { &self.after };
        let content = path.as_str().starts_with("targets/");
        let file = shelf.file(path);
        let mut bytes = match (self.mirroring, file) {
            (Mirroring::Dead, _) => return silent(cost, "no answer"),
            (_, None) => return Ok(None),
            (Mirroring::Lacking, Some(_)) if content && self.before.file(path).is_none() => return Ok(None),
            (_, Some(bytes)) => bytes.as_ref().clone(),
        };
        let middle = bytes.len() / 2;
        match self.mirroring {
            Mirroring::Truncated(at) => bytes.truncate(at as usize),
            Mirroring::OtherContent if content => bytes[middle] ^= 1,
            Mirroring::OtherMetadata if !content => bytes[middle] ^= 1,
            Mirroring::Slow(rate) => {
                let seconds = bytes.len() as f64 / rate as f64;
                // What the client's own bound on slowness lets pass.
                if seconds > patience.read.as_secs_f64() && rate < patience.lowest_bytes_per_second {
                    cost.bytes += (patience.outlasts.as_secs_f64() * rate as f64) as u64;
                    return silent(cost, "too slow");
                }
                cost.waited += seconds;
            }
            Mirroring::Endless => {
                cost.bytes += limit;
                return Err(ChannelError::TooLong { path: path.clone(), limit_bytes: limit });
            }
            _ => {}
        }
        cost.bytes += bytes.len().min(limit as usize) as u64;
        if bytes.len() as u64 > limit {
            return Err(ChannelError::TooLong { path: path.clone(), limit_bytes: limit });
        }
        Ok(Some(bytes))
    }
}

impl Channel for Virtual {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        _: &warifu_channels::Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        let mut cost = self.cost.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        cost.questions += 1;
        self.answer(path, limit_bytes, &mut cost)
    }
}

/// What a receiver knows; equal numbers know the same.
type Knowledge = u32;

/// Everything that what a look comes to depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Case {
    knows: Knowledge,
    hour: u32,
    mirrors: [Mirroring; 2],
    first: usize,
}

/// What a look came to.
#[derive(Debug, Clone, Copy)]
struct Look {
    knows: Knowledge,
    took: Option<Took>,
    cost: [Cost; 2],
}

/// A release that a receiver took.
#[derive(Debug, Clone, Copy)]
struct Took {
    /// Whether it is, in every byte, what both organisations signed.
    what_was_signed: bool,
    /// The place that its bytes came from.
    from: usize,
}

/// The clients, and every case that was met.
struct Clients {
    before: Arc<Shelf>,
    after: Arc<Shelf>,
    instant: UnixSeconds,
    states: Vec<TrustedState>,
    numbers: HashMap<Vec<u8>, Knowledge>,
    met: HashMap<Case, Look>,
    verdicts: BTreeMap<String, u64>,
    /// What the receivers hold when the release comes.
    held: OnHand,
    /// What everybody must end with.
    wanted: VerifiedRelease,
}

impl Clients {
    fn knowledge(&mut self, state: &TrustedState) -> Knowledge {
        let next = self.states.len() as Knowledge;
        let states = &mut self.states;
        *self.numbers.entry(state.to_bytes()).or_insert_with(|| {
            states.push(state.clone());
            next
        })
    }

    fn look(&mut self, case: Case) -> Look {
        if let Some(look) = self.met.get(&case) {
            return *look;
        }
        let look = self.ask(case);
        self.met.insert(case, look);
        look
    }

    fn ask(&mut self, case: Case) -> Look {
        let costs: [Arc<Mutex<Cost>>; 2] = Default::default();
        let mut mirrors = case.mirrors.iter().zip(&costs).map(|(mirroring, cost)| {
            let (before, after) = (Arc::clone(&self.before), Arc::clone(&self.after));
            let answering = Virtual { mirroring: *mirroring, before, after, cost: Arc::clone(cost) };
            Mirror::new(format!("{mirroring:?}"), Box::new(answering))
        });
        let (Some(one), Some(other)) = (mirrors.next(), mirrors.next()) else { unreachable!("two mirrors") };
        let mirrors = Mirrors::new(one, vec![other]).beginning_at(case.first);
        let mut state = self.states[case.knows as usize].clone();
        let now = UnixSeconds::new(self.instant.seconds() + i64::from(case.hour) * 3600);
        let opened = mirrors.open(&mut state, now);
        let mut took = None;
        match &opened {
            Err(Nobody(asked)) => asked.iter().for_each(|it| self.verdict(&it.error)),
            Ok(Given { value: opened, by, passed_over }) => {
                passed_over.iter().for_each(|it| self.verdict(&it.error));
                if opened.release() == self.wanted.release() {
                    match mirrors.fetch(opened, *by, &self.held) {
                        Ok(Given { value, by, passed_over }) => {
                            passed_over.iter().for_each(|it| self.verdict(&it.error));
                            took = Some(Took { what_was_signed: same(&value, &self.wanted), from: by });
                        }
                        Err(Nobody(asked)) => asked.iter().for_each(|it| self.verdict(&it.error)),
                    }
                }
            }
        }
        let knows = self.knowledge(&state);
        let cost = costs.map(|cost| *cost.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
        Look { knows, took, cost }
    }

    fn verdict(&mut self, error: &impl std::fmt::Display) {
        *self.verdicts.entry(error.to_string().chars().take(110).collect()).or_default() += 1;
    }
}

/// Every byte of every part.
fn same(one: &VerifiedRelease, other: &VerifiedRelease) -> bool {
    one.release() == other.release()
        && one.manifest() == other.manifest()
        && one.parts().map(|(_, bytes)| bytes).eq(other.parts().map(|(_, bytes)| bytes))
}

/// A mirror's sending, one answer after the other.
#[derive(Debug, Clone, Copy, Default)]
struct Sending {
    free_at: f64,
    bytes: u64,
    busiest: f64,
}

impl Sending {
    /// When the last of `bytes` is out that are asked for at `now`.
    fn send(&mut self, now: f64, bytes: u64, bits: f64) -> f64 {
        self.free_at = self.free_at.max(now) + bytes as f64 * 8.0 / bits;
        self.busiest = self.busiest.max(self.free_at - now);
        self.bytes += bytes;
        self.free_at
    }
}

struct Receiver {
    prefecture: usize,
    knows: Knowledge,
    turn: usize,
    took_at: Option<f64>,
}

/// A moment at which something happens, the earliest first.
struct At(f64, usize);

impl PartialEq for At {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for At {}

impl PartialOrd for At {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for At {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.total_cmp(&self.0).then(other.1.cmp(&self.1))
    }
}

/// How a mirror behaves: from when it has the release, and what is wrong with it.
struct Behaviour {
    has_it_at: f64,
    fault: Option<Mirroring>,
}

impl Behaviour {
    fn at(&self, now: f64) -> Mirroring {
        match self.fault {
            // A mirror that never looks at the origin again.
            Some(Mirroring::Before) => Mirroring::Before,
            Some(fault @ (Mirroring::Dead | Mirroring::Endless | Mirroring::OtherMetadata)) => fault,
            _ if now < self.has_it_at => Mirroring::Before,
            Some(fault) => fault,
            None => Mirroring::After,
        }
    }
}

const FAULTS: [Mirroring; 10] = [
    Mirroring::Before,
    Mirroring::Lacking,
    Mirroring::Truncated(300),
    Mirroring::Truncated(3_000),
    Mirroring::Truncated(30_000),
    Mirroring::OtherContent,
    Mirroring::OtherMetadata,
    Mirroring::Slow(1_024),
    Mirroring::Dead,
    Mirroring::Endless,
];

/// How many receivers each prefecture has: the largest has many times what the smallest has, by 1/rank^0.7.
fn spread(receivers: usize, prefectures: usize) -> Vec<usize> {
    let weight = |rank: usize| ((rank + 1) as f64).powf(-0.7);
    let sum: f64 = (0..prefectures).map(weight).sum();
    let mut counts: Vec<_> =
        (0..prefectures).map(|rank| (receivers as f64 * weight(rank) / sum) as usize).collect();
    counts[0] += receivers - counts.iter().sum::<usize>();
    counts
}

fn behaviours(setting: &Setting, chance: &mut Chance) -> Vec<[Behaviour; 2]> {
    let mut faults = 0..;
    let mut fault = || faults.next().map(|at: usize| FAULTS[at % FAULTS.len()]);
    (0..setting.prefectures)
        .map(|prefecture| {
            let both = prefecture < setting.both_faulty;
            let one = both || chance.below(100) < setting.faulty_percent as usize;
            let which = chance.below(2);
            [0, 1].map(|at| Behaviour {
                has_it_at: chance.share() * setting.sync,
                fault: if both || (one && at == which) { fault() } else { None },
            })
        })
        .collect()
}

/// A client's whole way at one honest mirror: what it knows then, what it has, and what that cost.
fn honest(
    shelf: &Arc<Shelf>,
    mut state: TrustedState,
    held: &OnHand,
    now: UnixSeconds,
) -> Anyhow<(TrustedState, VerifiedRelease, Cost)> {
    let cost = Arc::new(Mutex::new(Cost::default()));
    let (before, after) = (Arc::clone(shelf), Arc::clone(shelf));
    let channel = Virtual { mirroring: Mirroring::After, before, after, cost: Arc::clone(&cost) };
    let mirrors = Mirrors::new(Mirror::new("honest", Box::new(channel)), Vec::new());
    let told = |nobody: &dyn std::fmt::Debug| format!("the channel itself does not hold: {nobody:?}");
    let opened = mirrors.open(&mut state, now).map_err(|nobody| told(&nobody))?.value;
    let release = mirrors.fetch(&opened, 0, held).map_err(|nobody| told(&nobody))?.value;
    let cost = *cost.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok((state, release, cost))
}

fn run(setting: &Setting, before: Shelf, after: Shelf, root: &[u8], instant: UnixSeconds) -> Anyhow<()> {
    let (before, after) = (Arc::new(before), Arc::new(after));
    let pinned = TrustedState::pin(root, Policy::default())?;
    let nothing = OnHand::default();
    let (knows, had, _) = honest(&before, pinned.clone(), &nothing, instant)?;
    let held = match setting.hold_before {
        true => had.on_hand(),
        false => OnHand::default(),
    };
    let (_, wanted, full) = honest(&after, knows.clone(), &nothing, instant)?;
    let (_, _, one) = honest(&after, knows.clone(), &held, instant)?;
    let mut clients = Clients {
        before,
        after,
        instant,
        states: Vec::new(),
        numbers: HashMap::new(),
        met: HashMap::new(),
        verdicts: BTreeMap::new(),
        held,
        wanted,
    };
    let begins = clients.knowledge(&knows);

    let mut chance = Chance(setting.seed);
    let behaviours = behaviours(setting, &mut chance);
    let mut sendings = vec![[Sending::default(); 2]; setting.prefectures];
    let mut receivers = Vec::new();
    let mut moments = BinaryHeap::new();
    for (prefecture, count) in spread(setting.receivers, setting.prefectures).into_iter().enumerate() {
        for _ in 0..count {
            moments.push(At(chance.share() * setting.poll, receivers.len()));
            receivers.push(Receiver { prefecture, knows: begins, turn: chance.below(2), took_at: None });
        }
    }
    let (mut looks, mut took_other, mut from_faulty, mut faulty_bytes) = (0_u64, 0_u64, 0_u64, 0_u64);
    while let Some(At(now, at)) = moments.pop() {
        if now > setting.hours * 3600.0 {
            break;
        }
        looks += 1;
        let receiver = &mut receivers[at];
        let mirrors = &behaviours[receiver.prefecture];
        let case = Case {
            knows: receiver.knows,
            hour: (now / 3600.0) as u32,
            mirrors: [mirrors[0].at(now), mirrors[1].at(now)],
            first: receiver.turn % 2,
        };
        let look = clients.look(case);
        receiver.knows = look.knows;
        receiver.turn += 1;
        let mut done = now;
        for (place, cost) in look.cost.iter().enumerate() {
            let sent = sendings[receiver.prefecture][place].send(now, cost.bytes, setting.mirror_bits);
            let carried = cost.bytes as f64 * 8.0 / setting.line_bits;
            done = done.max(sent) + carried + cost.questions as f64 * setting.round_trip + cost.waited;
            if mirrors[place].fault.is_some() {
                faulty_bytes += cost.bytes;
            }
        }
        if let Some(Took { what_was_signed, from }) = look.took {
            receiver.took_at = Some(done);
            took_other += u64::from(!what_was_signed);
            from_faulty += u64::from(mirrors[from].fault.is_some());
        }
        // Who has it is done here: what later looks cost is the same with and without a release.
        if receiver.took_at.is_none() {
            moments.push(At(done.max(now + setting.poll * (0.95 + 0.1 * chance.share())), at));
        }
    }

    let mut times: Vec<_> = receivers.iter().filter_map(|receiver| receiver.took_at).collect();
    times.sort_by(f64::total_cmp);
    let share = |percent: f64| {
        let needed = (receivers.len() as f64 * percent / 100.0).ceil() as usize;
        times
            .get(needed.saturating_sub(1))
            .map_or("never".to_owned(), |time| format!("{:.1} min", time / 60.0))
    };
    let sent: u64 = sendings.iter().flatten().map(|sending| sending.bytes).sum();
    let whole = full.bytes * setting.receivers as u64;
    let busiest = sendings.iter().flatten().map(|sending| sending.busiest).fold(0.0, f64::max);
    let faulty = behaviours.iter().flatten().filter(|mirror| mirror.fault.is_some()).count();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{setting:?}")?;
    writeln!(out, "mirrors: {} of which faulty {faulty}", 2 * setting.prefectures)?;
    writeln!(
        out,
        "one reader at an honest mirror: {} B in {} questions; without the release before {} B in {}",
        one.bytes, one.questions, full.bytes, full.questions
    )?;
    writeln!(
        out,
        "took the release: {} of {} (50 % after {}, 99 % {}, 99.9 % {}, all {})",
        times.len(),
        receivers.len(),
        share(50.0),
        share(99.0),
        share(99.9),
        share(100.0)
    )?;
    writeln!(out, "took something that was not signed: {took_other}")?;
    writeln!(out, "took the signed bytes from a mirror that is faulty in another way: {from_faulty}")?;
    writeln!(
        out,
        "bytes sent: {sent} ({:.0} for each receiver, {:.2} % of full content), {faulty_bytes} by faulty \
         mirrors",
        sent as f64 / setting.receivers as f64,
        100.0 * sent as f64 / whole as f64
    )?;
    writeln!(out, "longest queue at a mirror: {busiest:.1} s; looks: {looks}; cases: {}", clients.met.len())?;
    for (verdict, cases) in &clients.verdicts {
        writeln!(out, "  {cases:4} cases: {verdict}")?;
    }
    if took_other > 0 {
        return Err("a receiver took what nobody signed".into());
    }
    Ok(())
}

fn main() -> Anyhow<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("reach BEFORE AFTER ROOT INSTANT [name=value ...]");
    let (before, after, root, instant) = (next()?, next()?, next()?, next()?.parse()?);
    let setting = Setting::from(arguments)?;
    let root = warifu_files::read(Path::new(&root), 1 << 20)?;
    run(&setting, Shelf::new(&before), Shelf::new(&after), &root, UnixSeconds::new(instant))
}
