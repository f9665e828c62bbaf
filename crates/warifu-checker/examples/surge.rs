//! Everybody comes again at once after an outage of hours: 215,060 senders and twelve checkers behind a
//! balancer that counts what is in flight, on a virtual clock. Who is let in, who is the next, who is told so
//! at once and when to come again is decided by the checker's own code; senders, the balancer and the time
//! that a file takes are modelled, with what is assumed in the constants below. Equal seeds, equal figures.
//!
//! ```sh
//! cargo run -p warifu-checker --example surge -- [senders=215060] [seconds=900] [seed=1] [svg=FILE]
//! ```
#![expect(clippy::unwrap_used, reason = "a simulation that cannot go on has nothing to go on with")]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fmt::Write as _;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use warifu_checker::service::{
    Again, Came, FairQueue, Full, Limits, Permit, Refusals, Sender, TurnedAway, Whose,
};

const CHECKERS: usize = 12;

/// Of each checker, on as many processors.
const JUDGES: usize = 2;
const QUEUE: usize = 256;

/// What a file takes of a judge: 43 ms for a mebibyte (docs/performance.md), and something for each.
const FILE_SECONDS: f64 = 0.001;
const BYTES_A_SECOND: f64 = 24e6;

/// What turning somebody away takes of the same processors, TLS and all: assumed.
const REFUSAL_SECONDS: f64 = 0.0005;

/// Sizes of files: half are below the first, and of each sigma above it one is so many times larger.
const MEDIAN_BYTES: f64 = 200e3;
const SIGMA: f64 = 1.2;

/// All come within so many seconds.
const COME_WITHIN: f64 = 10.0;

/// How often a balancer sends a file to another checker.
const ELSEWHERE: u32 = 3;

/// One of so many senders waits a second, whatever it is told.
const IMPOLITE: u32 = 20;

/// A file below this is small.
const SMALL_BYTES: usize = 500_000;

/// What of the checker is tried.
#[derive(Clone, Copy)]
struct Variant {
    name: &'static str,
    /// Who is turned away is told different times; else 5 seconds.
    spreads: bool,
    /// Who came first goes first, also when it was turned away, and small before large; else everybody is
    /// new.
    by_wait: bool,
    colour: &'static str,
}

const VARIANTS: [Variant; 3] = [
    Variant {
        name: "as it was: 5 s for all, all are new",
        spreads: false,
        by_wait: false,
        colour: "#c0392b",
    },
    Variant { name: "spread", spreads: true, by_wait: false, colour: "#b58900" },
    Variant { name: "spread, by time waited, small first", spreads: true, by_wait: true, colour: "#1f6feb" },
];

/// Microseconds since the checkers are there again.
type Micros = u64;

fn micros(seconds: f64) -> Micros {
    (seconds * 1e6) as Micros
}

/// Numbers that look random: xorshift.
struct Dice(u64);

impl Dice {
    /// From 0 to below 1.
    fn part(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn size(&mut self) -> usize {
        let (one, other) = (self.part().max(1e-12), self.part());
        let normal = (-2.0 * one.ln()).sqrt() * (std::f64::consts::TAU * other).cos();
        ((MEDIAN_BYTES * (SIGMA * normal).exp()) as usize).clamp(2_000, 64 << 20)
    }
}

/// An institution with a file.
struct Institution {
    bytes: usize,
    came: Micros,
    answered: Option<Micros>,
    /// How often it sent the file.
    sent: u32,
    /// Checkers that the balancer asked this time.
    asked: u16,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Sends,
    /// This checker's refusal is there.
    TurnedAway(usize),
    /// This checker's judge has done it.
    Judged(usize),
}

/// Notes that somebody in line was called.
struct Called {
    who: u32,
    called: Arc<Mutex<Vec<u32>>>,
}

impl Wake for Called {
    fn wake(self: Arc<Self>) {
        self.called.lock().unwrap().push(self.who);
    }
}

type Entering = Pin<Box<dyn Future<Output = Result<Permit, Full>>>>;

struct Checker {
    queue: Arc<FairQueue>,
    again: Again,
    refusals: Refusals,
    turned_away: TurnedAway,
    in_flight: usize,
    /// What refusals took of the processors and no judge has lost yet.
    lost: f64,
    judged: u64,
    called: Arc<Mutex<Vec<u32>>>,
}

struct Surge {
    variant: Variant,
    start: Instant,
    now: Micros,
    dice: Dice,
    all: Vec<Institution>,
    checkers: Vec<Checker>,
    in_line: HashMap<u32, (usize, Entering)>,
    permits: HashMap<u32, Permit>,
    agenda: BinaryHeap<Reverse<(Micros, u64, u32, Event)>>,
    noted: u64,
    first_asked: usize,
    left: usize,
    refusals: u64,
    judged_in: Vec<u32>,
    refused_in: Vec<u32>,
}

impl Surge {
    fn new(variant: Variant, senders: u32, seed: u64) -> Surge {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let all: Vec<_> = (0..senders)
            .map(|_| {
                let (bytes, came) = (dice.size(), micros(dice.part() * COME_WITHIN));
                Institution { bytes, came, answered: None, sent: 0, asked: 0 }
            })
            .collect();
        let checker = || Checker {
            queue: FairQueue::new(JUDGES, QUEUE),
            again: Again::default(),
            refusals: Refusals::by(&Limits::default()),
            turned_away: TurnedAway::default(),
            in_flight: 0,
            lost: 0.0,
            judged: 0,
            called: Arc::default(),
        };
        let mut surge = Surge {
            variant,
            start: Instant::now() + Duration::from_secs(3600),
            now: 0,
            dice,
            left: all.len(),
            all,
            checkers: (0..CHECKERS).map(|_| checker()).collect(),
            in_line: HashMap::new(),
            permits: HashMap::new(),
            agenda: BinaryHeap::new(),
            noted: 0,
            first_asked: 0,
            refusals: 0,
            judged_in: Vec::new(),
            refused_in: Vec::new(),
        };
        for who in 0..senders {
            surge.at(surge.all[who as usize].came, who, Event::Sends);
        }
        surge
    }

    fn at(&mut self, at: Micros, who: u32, event: Event) {
        self.noted += 1;
        self.agenda.push(Reverse((at, self.noted, who, event)));
    }

    fn instant(&self) -> Instant {
        self.start + Duration::from_micros(self.now)
    }

    fn whose(&self, who: u32) -> Whose {
        // Behind a balancer all are one sender.
        Whose { sender: Sender::at([192, 0, 2, 10].into()), institution: who.to_be_bytes().into() }
    }

    /// Goes on until all are answered, or it is too late.
    fn run(&mut self, until: Micros) {
        while self.left > 0
            && let Some(Reverse((at, _, who, event))) = self.agenda.pop()
            && at <= until
        {
            self.now = at;
            match event {
                Event::Sends => {
                    self.all[who as usize].sent += 1;
                    self.all[who as usize].asked = 0;
                    self.choose(who);
                }
                Event::TurnedAway(checker) => self.was_turned_away(who, checker),
                Event::Judged(checker) => self.was_judged(who, checker),
            }
        }
    }

    /// To the checker with least in flight that was not asked yet; of several to the next in turn.
    fn choose(&mut self, who: u32) {
        let asked = self.all[who as usize].asked;
        self.first_asked += 1;
        let in_turn = (0..CHECKERS).map(|at| (at + self.first_asked) % CHECKERS);
        let chosen =
            in_turn.filter(|at| asked & (1 << at) == 0).min_by_key(|at| self.checkers[*at].in_flight);
        let chosen = chosen.unwrap();
        self.all[who as usize].asked |= 1 << chosen;
        self.enter(who, chosen);
    }

    fn enter(&mut self, who: u32, at: usize) {
        let (whose, now) = (self.whose(who), self.instant());
        let checker = &mut self.checkers[at];
        checker.in_flight += 1;
        let came = if self.variant.by_wait {
            Came { since: checker.turned_away.since(&whose, now), bytes: self.all[who as usize].bytes }
        } else {
            Came { since: now, bytes: 0 }
        };
        let queue = Arc::clone(&checker.queue);
        let entering: Entering = Box::pin(async move { queue.enter(whose, came).await });
        self.ask(who, at, entering);
        self.call(at);
    }

    /// Asks whether its turn has come.
    fn ask(&mut self, who: u32, at: usize, mut entering: Entering) {
        let called = Called { who, called: Arc::clone(&self.checkers[at].called) };
        let waker = Waker::from(Arc::new(called));
        match entering.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => _ = self.in_line.insert(who, (at, entering)),
            Poll::Ready(Ok(permit)) => self.begin(who, at, permit),
            Poll::Ready(Err(Full)) => self.turn_away(who, at),
        }
    }

    /// Asks all who were called, or whose place was taken.
    fn call(&mut self, at: usize) {
        loop {
            let called = std::mem::take(&mut *self.checkers[at].called.lock().unwrap());
            if called.is_empty() {
                return;
            }
            for who in called {
                if let Some((at, entering)) = self.in_line.remove(&who) {
                    self.ask(who, at, entering);
                }
            }
        }
    }

    fn begin(&mut self, who: u32, at: usize, permit: Permit) {
        self.permits.insert(who, permit);
        let whose = self.whose(who);
        let checker = &mut self.checkers[at];
        checker.turned_away.forget(&whose);
        let own = FILE_SECONDS + self.all[who as usize].bytes as f64 / BYTES_A_SECOND;
        let takes = own + std::mem::take(&mut checker.lost);
        self.at(self.now + micros(takes), who, Event::Judged(at));
    }

    fn turn_away(&mut self, who: u32, at: usize) {
        let (whose, now) = (self.whose(who), self.instant());
        count(&mut self.refused_in, self.now);
        self.refusals += 1;
        let checker = &mut self.checkers[at];
        checker.lost += REFUSAL_SECONDS;
        if self.variant.by_wait {
            checker.turned_away.note(&whose, checker.turned_away.since(&whose, now), now);
        }
        let wait = u64::try_from(checker.refusals.wait(now).as_micros()).unwrap();
        self.at(self.now + wait, who, Event::TurnedAway(at));
    }

    fn was_turned_away(&mut self, who: u32, at: usize) {
        let now = self.instant();
        let checker = &mut self.checkers[at];
        checker.in_flight -= 1;
        let told = checker.again.seconds(now, checker.judged);
        if self.all[who as usize].asked.count_ones() <= ELSEWHERE {
            self.choose(who);
            return;
        }
        let told = if self.variant.spreads { told } else { 5 };
        let waits = if who.is_multiple_of(IMPOLITE) { 1 } else { told };
        // No two clocks are set alike.
        let again = self.now + micros(waits as f64 + self.dice.part());
        self.at(again, who, Event::Sends);
    }

    fn was_judged(&mut self, who: u32, at: usize) {
        let checker = &mut self.checkers[at];
        checker.in_flight -= 1;
        checker.judged += 1;
        self.all[who as usize].answered = Some(self.now);
        self.left -= 1;
        count(&mut self.judged_in, self.now);
        self.permits.remove(&who);
        self.call(at);
    }

    /// How many files in a second all judges can do that do nothing else.
    fn capacity(&self) -> f64 {
        let bytes: f64 = self.all.iter().map(|one| one.bytes as f64).sum();
        let one = FILE_SECONDS + bytes / self.all.len() as f64 / BYTES_A_SECOND;
        (CHECKERS * JUDGES) as f64 / one
    }

    /// By when this part was answered, in seconds.
    fn answered(&self, part: f64) -> Option<f64> {
        let mut at: Vec<Micros> = self.all.iter().filter_map(|one| one.answered).collect();
        at.sort_unstable();
        let needed = (self.all.len() as f64 * part).ceil() as usize;
        at.get(needed.checked_sub(1)?).map(|at| *at as f64 / 1e6)
    }

    /// How long institutions waited whose files are so large, in seconds: of those who were answered.
    fn waited(&self, is_meant: impl Fn(usize) -> bool, part: f64) -> f64 {
        let meant = self.all.iter().filter(|one| is_meant(one.bytes));
        let mut waited: Vec<Micros> = meant.filter_map(|one| Some(one.answered? - one.came)).collect();
        waited.sort_unstable();
        let at = (waited.len().saturating_sub(1) as f64 * part) as usize;
        waited.get(at).map_or(f64::NAN, |micros| *micros as f64 / 1e6)
    }
}

fn count(in_seconds: &mut Vec<u32>, now: Micros) {
    let second = (now / 1_000_000) as usize;
    in_seconds.resize(in_seconds.len().max(second + 1), 0);
    in_seconds[second] += 1;
}

/// One plot: a line for each variant, from 0 to `most` on the left.
fn plot(svg: &mut String, top: f64, title: &str, most: f64, seconds: f64, lines: &[(&str, Vec<f64>)]) {
    let (left, width, height) = (60.0, 620.0, 160.0);
    let _ = writeln!(svg, r#"<text x="{left}" y="{}" font-weight="bold">{title}</text>"#, top - 10.0);
    for quarter in 0..=4 {
        let y = top + height * f64::from(quarter) / 4.0;
        let value = most * (1.0 - f64::from(quarter) / 4.0);
        let (x, below) = (left - 6.0, y + 4.0);
        let _ = writeln!(svg, r##"<path d="M{left} {y}h{width}" stroke="#ddd"/>"##);
        let _ = writeln!(svg, r#"<text x="{x}" y="{below}" text-anchor="end">{value:.0}</text>"#);
    }
    for minute in (0..=(seconds / 60.0) as usize).step_by(((seconds / 60.0 / 8.0).ceil() as usize).max(1)) {
        let x = left + width * minute as f64 * 60.0 / seconds;
        let y = top + height + 16.0;
        let _ = writeln!(svg, r#"<text x="{x:.1}" y="{y}" text-anchor="middle">{minute} min</text>"#);
    }
    for (colour, values) in lines {
        let points: Vec<String> = values
            .iter()
            .enumerate()
            .map(|(second, value)| {
                let x = left + width * second as f64 / seconds;
                let y = top + height * (1.0 - (value / most).min(1.0));
                format!("{x:.1},{y:.1}")
            })
            .collect();
        let points = points.join(" ");
        let _ = writeln!(
            svg,
            r#"<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>"#
        );
    }
}

/// Means over five seconds.
fn smooth(of: &[u32], factor: f64) -> Vec<f64> {
    let mean = |at: usize| {
        let part = &of[at.saturating_sub(2)..(at + 3).min(of.len())];
        part.iter().map(|one| f64::from(*one)).sum::<f64>() / part.len() as f64 * factor
    };
    (0..of.len()).map(mean).collect()
}

fn draw(surges: &[Surge], seconds: f64) -> String {
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 740\" font-family=\"sans-serif\" \
         font-size=\"12\"><rect width=\"720\" height=\"740\" fill=\"white\"/>\n",
    );
    for (at, surge) in surges.iter().enumerate() {
        let (y, Variant { name, colour, .. }) = (20 + 18 * at, surge.variant);
        let _ = writeln!(svg, r#"<path d="M60 {}h24" stroke="{colour}" stroke-width="3"/>"#, y - 4);
        let _ = writeln!(svg, r#"<text x="92" y="{y}">{name}</text>"#);
    }
    let lines = |of: &dyn Fn(&Surge) -> Vec<f64>| -> Vec<(&str, Vec<f64>)> {
        surges.iter().map(|surge| (surge.variant.colour, of(surge))).collect()
    };
    let judged = lines(&|surge| smooth(&surge.judged_in, 100.0 / surge.capacity()));
    plot(&mut svg, 110.0, "judged, percent of what the judges can do", 100.0, seconds, &judged);
    let answered = lines(&|surge| {
        let mut sum = 0.0;
        let of = surge.judged_in.iter();
        of.map(|one| {
            sum += f64::from(*one) * 100.0 / surge.all.len() as f64;
            sum
        })
        .collect()
    });
    plot(&mut svg, 330.0, "institutions answered, percent", 100.0, seconds, &answered);
    let refused = lines(&|surge| smooth(&surge.refused_in, 1.0));
    let most = refused.iter().flat_map(|(_, values)| values).copied().fold(1.0, f64::max);
    plot(&mut svg, 550.0, "refusals a second, of all checkers", most, seconds, &refused);
    svg + "</svg>\n"
}

fn main() {
    let given: HashMap<String, String> = std::env::args()
        .skip(1)
        .filter_map(|given| given.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect();
    let number = |name: &str, default: u64| given.get(name).map_or(default, |value| value.parse().unwrap());
    let (senders, seconds) = (number("senders", 215_060), number("seconds", 900));
    let mut out = std::io::stdout().lock();
    let mut surges = Vec::new();
    for variant in VARIANTS {
        let mut surge = Surge::new(variant, u32::try_from(senders).unwrap(), number("seed", 1));
        surge.run(seconds * 1_000_000);
        let when = |part| surge.answered(part).map_or("never".to_owned(), |at| format!("{at:.0} s"));
        let capacity = surge.capacity();
        let by = surge.answered(0.9).unwrap_or(seconds as f64);
        let judged =
            surge.all.iter().filter(|one| one.answered.is_some_and(|at| at as f64 <= by * 1e6)).count();
        let sent: u64 = surge.all.iter().map(|one| u64::from(one.sent)).sum();
        writeln!(
            out,
            "{}: {:.0} files a second are possible ({:.0} s for all); answered: half {}, 90 % {}, \
             99 % {}, all {}; {:.2} of what is possible until 90 %; {:.1} refusals for each answer, \
             each file sent {:.1} times, the most {}; waited: small {:.0} s median, {:.0} s 99 %, {:.0} s \
             most; large {:.0}, {:.0}, {:.0} s",
            variant.name,
            capacity,
            senders as f64 / capacity,
            when(0.5),
            when(0.9),
            when(0.99),
            when(1.0),
            judged as f64 / by / capacity,
            surge.refusals as f64 / (senders as usize - surge.left) as f64,
            sent as f64 / senders as f64,
            surge.all.iter().map(|one| one.sent).max().unwrap(),
            surge.waited(|bytes| bytes < SMALL_BYTES, 0.5),
            surge.waited(|bytes| bytes < SMALL_BYTES, 0.99),
            surge.waited(|bytes| bytes < SMALL_BYTES, 1.0),
            surge.waited(|bytes| bytes >= SMALL_BYTES, 0.5),
            surge.waited(|bytes| bytes >= SMALL_BYTES, 0.99),
            surge.waited(|bytes| bytes >= SMALL_BYTES, 1.0),
        )
        .unwrap();
        surges.push(surge);
    }
    if let Some(path) = given.get("svg") {
        std::fs::write(path, draw(&surges, seconds as f64)).unwrap();
    }
}
