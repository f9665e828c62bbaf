//! Many receivers at one web server at once, each with its own connections, state and client: what each
//! waits, and whether any is refused.
//!
//! ```text
//! receivers URL ROOT INSTANT COUNT [HELD]
//! ```
//!
//! All of them open the channel at once and ask on from there; so that they fit into one machine, at most 32
//! of them unpack a release at a time. HELD is a channel's folder before the newest release: what they hold.

use std::io::Write as _;
use std::path::Path;
use std::sync::{Barrier, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use warifu_channels::{Address, Network, Patience, fetch, fetch_beside, open};
use warifu_trust::{OnHand, OpenedRelease, Policy, Transfer, TrustedState, UnixSeconds};

type Anyhow<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Who unpacks at a time.
const AT_ONCE: usize = 32;

/// Lets so many in at a time.
struct Door {
    free: Mutex<usize>,
    changed: Condvar,
}

impl Door {
    fn pass<T>(&self, work: impl FnOnce() -> T) -> T {
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut free =
            self.changed.wait_while(free, |free| *free == 0).unwrap_or_else(PoisonError::into_inner);
        *free -= 1;
        drop(free);
        let done = work();
        *self.free.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.changed.notify_one();
        done
    }
}

/// What one receiver met.
struct Met {
    opened: Duration,
    all: Duration,
    transfer: Transfer,
}

/// The state and what is held after the release before.
fn before(folder: &str, root: &[u8], now: UnixSeconds) -> Anyhow<(TrustedState, OnHand)> {
    let channel = Address::folder(Path::new(folder)).channel();
    let mut state = TrustedState::pin(root, Policy::default())?;
    let opened: OpenedRelease = open(channel.as_ref(), &mut state, now)?;
    let release = fetch(channel.as_ref(), &opened)?;
    Ok((state, release.on_hand()))
}

fn main() -> Anyhow<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, root, instant, count, held @ ..] = arguments.as_slice() else {
        return Err("receivers URL ROOT INSTANT COUNT [HELD]".into());
    };
    let now = UnixSeconds::new(instant.parse()?);
    let count: usize = count.parse()?;
    let root = warifu_files::read(Path::new(root), 1 << 20)?;
    let (state, held) = match held {
        [] => (TrustedState::pin(&root, Policy::default())?, OnHand::default()),
        [folder, ..] => before(folder, &root, now)?,
    };
    let door = Door { free: Mutex::new(AT_ONCE), changed: Condvar::new() };
    let start = Barrier::new(count);
    let receiver = || -> Anyhow<Met> {
        let address = Address::parse(url, &Network::plain(Patience::UNATTENDED, || UnixSeconds::new(0)))?;
        let (channel, mut state) = (address.channel(), state.clone());
        start.wait();
        let began = Instant::now();
        let release = open(channel.as_ref(), &mut state, now)?;
        let opened = began.elapsed();
        let fetched = door.pass(|| fetch_beside(channel.as_ref(), &release, held.clone()))?;
        Ok(Met { opened, all: began.elapsed(), transfer: fetched.transfer().clone() })
    };
    let met: Mutex<Vec<Anyhow<Met>>> = Mutex::default();
    let began = Instant::now();
    std::thread::scope(|scope| -> Anyhow<()> {
        for _ in 0..count {
            let thread = std::thread::Builder::new().stack_size(512 << 10);
            thread.spawn_scoped(scope, || {
                let one = receiver();
                met.lock().unwrap_or_else(PoisonError::into_inner).push(one);
            })?;
        }
        Ok(())
    })?;
    let took = began.elapsed();
    let met = met.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (done, failed): (Vec<_>, Vec<_>) = met.into_iter().partition(Result::is_ok);
    let done: Vec<Met> = done.into_iter().flatten().collect();
    let spread = |of: fn(&Met) -> Duration| {
        let mut times: Vec<_> = done.iter().map(of).collect();
        times.sort();
        let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len().saturating_sub(1)));
        let [half, most, all] = [50, 99, 100].map(|percent| at(percent).copied().unwrap_or_default());
        format!("median {half:.2?}, 99 % {most:.2?}, the last {all:.2?}")
    };
    let content: u64 = done.iter().map(|it| it.transfer.bytes).sum();
    let patched: usize = done.iter().map(|it| it.transfer.patched).sum();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{count} receivers at once: {} have the release, {} failed, after {took:.2?}",
        done.len(),
        failed.len()
    )?;
    writeln!(out, "  told what is newest: {}", spread(|it| it.opened))?;
    writeln!(out, "  verified, every byte: {}", spread(|it| it.all))?;
    writeln!(out, "  content: {content} B, {patched} files by patch")?;
    for error in failed.iter().filter_map(|one| one.as_ref().err()).take(3) {
        writeln!(out, "  failed: {error}")?;
    }
    if failed.is_empty() { Ok(()) } else { Err("some have no release".into()) }
}
