//! A look at a channel, and a disk, that do not answer: whoever asks, judges or goes back meanwhile does not
//! wait for them.

use std::net::SocketAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use warifu_channels::{Address, Channel, ChannelError, Floor, Look, Mirror, Mirrors};
use warifu_checker::cli::{Client, ClientError};
use warifu_checker::log::now;
use warifu_checker::source::TrustSource;
use warifu_checker::swap::{Outcome, Wanted};
use warifu_trust::ChannelPath;

use crate::killed::{publish_release, published};
use crate::line::release;
use crate::masters::good;
use crate::world::{Checker, Shut, check, claim_file, until};

/// Who looks tells that he does, and waits until nobody holds the other end any more.
type Hangs = (Sender<()>, Receiver<()>);

/// A channel that answers, unless it is told to hang.
struct Hanging {
    inner: Box<dyn Channel + Send + Sync>,
    hangs: Arc<Mutex<Option<Hangs>>>,
}

impl Channel for Hanging {
    fn read_in(&self, path: &ChannelPath, most: u64, look: &Look) -> Result<Option<Vec<u8>>, ChannelError> {
        let hangs = self.hangs.lock().unwrap().take();
        if let Some((began, until)) = hangs {
            began.send(()).unwrap();
            let _ = until.recv();
        }
        self.inner.read_in(path, most, look)
    }
}

/// It takes the connection, and that is all: whoever looks is told soon, and what to do.
#[test]
fn a_checker_that_hangs_is_told_as_one() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("operator.sock");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let client = Client::at(&socket).looking_within(Duration::from_millis(300));
    // Who commands has more patience, and none with one that says nothing to anybody.
    for told in [client.status().unwrap_err(), client.fall_back().unwrap_err()] {
        let ClientError::Unreachable(said) = told else { panic!("{told:?}") };
        assert!(said.en.contains("is there and does not answer: it hangs"), "{}", said.en);
        assert!(said.ja.contains("systemctl restart warifu-checker"), "{}", said.ja);
    }
}

/// Everybody who looks at a checker, and who sends to it.
struct Looks {
    client: Client,
    claims: SocketAddr,
    watched: SocketAddr,
}

impl Looks {
    fn at(checker: &Checker) -> Looks {
        Looks { client: checker.client.clone(), claims: checker.address, watched: checker.watched() }
    }

    /// That `release` judges, and whatever else is to be seen.
    fn all_see(&self, release: u64) {
        let Looks { client, claims, watched } = self;
        assert_eq!(client.status().unwrap().running.unwrap().id.release, release);
        for path in ["metrics", "readyz", "status", "history.json", "page.json"] {
            let answer = ureq::get(format!("http://{watched}/{path}")).call().unwrap();
            assert_eq!(answer.status().as_u16(), 200, "{path}");
        }
        assert_eq!(check(*claims, &claim_file(1, 1)).release, Some(release));
    }
}

#[test]
fn nobody_waits_for_a_look_that_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let (world, publishing, line) = published(folder.path());
    let hangs: Arc<Mutex<Option<Hangs>>> = Arc::default();
    let inner = Address::folder(&folder.path().join("channel")).channel();
    let hanging = Box::new(Hanging { inner, hangs: Arc::clone(&hangs) });
    let mirrors = Mirrors::new(Mirror::new("it", hanging), Vec::new());
    let trusted = folder.path().join("trusted");
    let source = TrustSource::new(mirrors, world.root.bytes(), Floor::default(), &trusted).unwrap();
    let checker = Checker::reading(source);
    let polled = checker.swapper.poll(now(), Wanted::Newest);
    assert!(matches!(polled, Outcome::Activated { release: 1, .. }), "{polled:?}");
    publish_release(&world, publishing.as_ref(), &line);
    let polled = checker.swapper.poll(now(), Wanted::Newest);
    assert!(matches!(polled, Outcome::Activated { release: 2, .. }), "{polled:?}");

    let (began, begun) = channel();
    let (go_on, until) = channel::<()>();
    *hangs.lock().unwrap() = Some((began, until));
    let swapper = Arc::clone(&checker.swapper);
    let looking = std::thread::spawn(move || swapper.poll(now(), Wanted::ByItself));
    begun.recv().unwrap();

    let (client, address, looks) = (checker.client.clone(), checker.address, Looks::at(&checker));
    let (answered, answers) = channel();
    std::thread::spawn(move || {
        assert_eq!(check(address, &claim_file(1, 1)).release, Some(2));
        assert_eq!(client.fall_back().unwrap().release, 1);
        looks.all_see(1);
        answered.send(()).unwrap();
    });
    let all = answers.recv_timeout(Duration::from_secs(60));
    assert!(!looking.is_finished(), "it hangs until it is told");
    drop(go_on);
    assert_eq!(all, Ok(()), "somebody waited for the look");
    assert!(matches!(looking.join().unwrap(), Outcome::Held { release: 2, .. }));
}

/// The disk stands still while what an operator goes back to is written: that release judges, and whoever
/// looks sees it.
#[test]
fn nobody_who_looks_or_judges_waits_for_a_disk_that_hangs() {
    let shut = Arc::new(Shut::default());
    let checker = Checker::on(shut.disk());
    for number in [1, 2] {
        let mut rows = good();
        rows.push((190_000_010 + number, "5.00"));
        checker.shelf.offer(release(number.into(), &rows));
        let polled = checker.swapper.poll(now(), Wanted::Newest);
        assert!(matches!(polled, Outcome::Activated { .. }), "{polled:?}");
    }
    let (client, looks) = (checker.client.clone(), Looks::at(&checker));
    shut.set(true);
    let falling = std::thread::spawn(move || client.fall_back().unwrap().release);
    until("written", || shut.is_waited_for());
    let (answered, answers) = channel();
    std::thread::spawn(move || {
        looks.all_see(1);
        answered.send(()).unwrap();
    });
    let all = answers.recv_timeout(Duration::from_secs(60));
    let has_hung = !falling.is_finished();
    shut.set(false);
    assert_eq!(all, Ok(()), "somebody waited for the disk");
    assert!(has_hung, "it was not in the way");
    assert_eq!(falling.join().unwrap(), 1);
}
