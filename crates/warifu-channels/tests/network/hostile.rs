//! Servers that hold readers up: what one look costs at most, and what is heard all the same.

use std::time::Duration;

use warifu_channels::testing::{MemoryChannel, Publishing as _};
use warifu_channels::{
    Address, Channel, ChannelError, Fault, Mirror, Mirrors, Network, NoAnswer, Patience, ReadError,
    WaitedFor, open, publish_statement, read_tip,
};
use warifu_trust::testing::{World, now};
use warifu_trust::{ChannelPath, Organisation, Says, StatementFile};
use warifu_values::lang::{Lang, Speak as _};

use crate::served::{NGINX, Served, Trouble, patience};

fn reader(served: &Served, patience: &Patience) -> Box<dyn Channel + Send + Sync> {
    Address::parse(served.url(), &Network::plain(patience.clone(), now)).unwrap().channel()
}

fn is_slow<E>(error: &ReadError<E>) -> bool {
    matches!(error, ReadError::Unreachable(ChannelError::Remote { fault: Fault::Slow, .. }))
}

/// Statements that are none, each as slowly as one answer may come: one look hears few of them, and the next
/// mirror is heard.
#[test]
fn a_mirror_that_drips_junk_holds_a_look_up_for_as_long_as_a_look_may_take() {
    let (world, good) = (World::new(), MemoryChannel::default());
    world.publish_next(&good);
    let dripping = good.clone();
    let junk = |number| ChannelPath::statement(Organisation::Kikin, number);
    for number in 1..=60 {
        dripping.put(junk(number).as_str(), vec![b'x'; 20]);
    }
    let release = read_tip(&good, &world.reader()).unwrap().release().unwrap();
    let says = Says::Withdrawn { release };
    let withdrawn = StatementFile::sign(&world.root, &world.kikin[0], says, "wrong", now()).unwrap();
    publish_statement(&good, &withdrawn, now()).unwrap();

    // Each of them takes 95 milliseconds at least, of which its bytes are worth two.
    let served = Served::start(dripping, NGINX, |_, path| match path.starts_with("statements/kikin") {
        true => Trouble::Drip,
        false => Trouble::None,
    });
    let look = Duration::from_millis(600);
    let patience =
        Patience { lowest_bytes_per_second: 10_000, read: Duration::from_secs(60), look, ..patience() };
    let refused = open(reader(&served, &patience).as_ref(), &mut world.reader(), now()).unwrap_err();
    assert!(is_slow(&refused), "{refused}");
    let asked =
        |served: &Served| served.asked().iter().filter(|it| it.line.contains("/statements/kikin.")).count();
    assert!(asked(&served) <= 8, "{} of 60", asked(&served));

    let mirrors = Mirrors::new(
        Mirror::new("dripping", reader(&served, &patience)),
        vec![Mirror::new("good", Box::new(good))],
    );
    let given = mirrors.beginning_at(0).open(&mut world.reader(), now()).unwrap();
    assert_eq!((given.by, given.value.withdrawn().unwrap().reason.as_str()), (1, "wrong"));
    assert!(is_slow(&given.passed_over[0].error));
    assert!(asked(&served) <= 16);
}

/// Many bytes give a look more time: a slow line is no attack.
#[test]
fn what_brings_bytes_may_take_its_time() {
    let (world, files) = (World::new(), MemoryChannel::default());
    world.publish_next(&files);
    let served = Served::start(files, NGINX, |_, _| Trouble::None);
    let look = Duration::ZERO;
    let patience = Patience { lowest_bytes_per_second: 1, look, ..patience() };
    // Its first answer has not come when it begins, so the look is given up before any.
    assert!(open(reader(&served, &patience).as_ref(), &mut world.reader(), now()).is_err());
    let look = Duration::from_secs(60);
    let patience = Patience { look, ..patience };
    assert!(open(reader(&served, &patience).as_ref(), &mut world.reader(), now()).is_ok());
}

/// What is fetched ahead is fetched for somebody: when there is a verdict, nobody waits for a pause of ten
/// minutes to end.
#[test]
fn nobody_fetches_on_for_a_look_that_is_over() {
    let (world, files) = (World::new(), MemoryChannel::default());
    world.publish_next(&files);
    files.put(ChannelPath::root(2).as_str(), b"no root".to_vec());
    let served = Served::start(files, NGINX, |_, path| match path {
        "metadata/2.root.json" => Trouble::None,
        _ => Trouble::Busy { retry_after: 50 },
    });
    let hours = Duration::from_secs(36_000);
    let pause = Duration::from_secs(600);
    let patience = Patience { first_pause: pause, longest_pause: pause, outlasts: hours, ..patience() };
    let patience = Patience { first_answer: hours, whole: hours, look: hours, ..patience };
    let refused = open(reader(&served, &patience).as_ref(), &mut world.reader(), now()).unwrap_err();
    assert!(matches!(refused, ReadError::Verdict(_)), "{refused}");
    assert!(served.asked().len() <= 4, "{:?}", served.asked());
}

/// What can be done without is not asked for again where a server fails, and a busy one is not fed with the
/// whole: it is given the pause it asks for, unless that is longer than a patch is waited for.
#[test]
fn a_patch_is_asked_for_again_of_a_busy_server_only() {
    let files = MemoryChannel::default();
    let (patch, whole) = (ChannelPath::targets_step(2, 1), ChannelPath::targets(2));
    for path in [&patch, &whole] {
        files.put(path.as_str(), vec![b'x'; 100]);
    }
    let given = |path: &ChannelPath, trouble: Trouble| {
        let served = Served::start(files.clone(), NGINX, move |asked, _| match asked < 3 {
            true => trouble.clone(),
            false => Trouble::None,
        });
        let file = reader(&served, &patience()).read(path, 1000).ok().flatten();
        (file.map(|file| file.len()), served.asked().len())
    };
    assert_eq!(given(&whole, Trouble::Status(500)), (Some(100), 4));
    for status in [500, 502, 504] {
        assert_eq!(given(&patch, Trouble::Status(status)), (None, 1), "{status}");
    }
    assert_eq!(given(&patch, Trouble::Busy { retry_after: 0 }), (Some(100), 4));
    for status in [408, 425, 429, 503] {
        assert_eq!(given(&patch, Trouble::Status(status)), (Some(100), 4), "{status}");
    }
    assert_eq!(given(&patch, Trouble::Busy { retry_after: 50 }), (None, 1));
}

/// The words of a refusal, or those beside a redirect, hold no reader up: what was decided stands in
/// the head.
#[test]
fn words_that_never_end_are_not_read_to_their_end() {
    let (world, good) = (World::new(), MemoryChannel::default());
    world.publish_next(&good);
    let dripping = |status, to, at: &'static str| {
        Served::start(good.clone(), NGINX, move |_, path| match path.contains(at) {
            true => Trouble::Words { status, to },
            false => Trouble::None,
        })
    };
    let look = Duration::from_secs(1);
    let patience = Patience { look, ..patience() };
    for at in ["2.root.json", "statements/"] {
        let given = open(reader(&dripping(404, "", at), &patience).as_ref(), &mut world.reader(), now());
        // Not there is not there; what is late for all of it is slow.
        assert!(given.as_ref().err().is_none_or(is_slow), "{at}");
    }
    let read = |served: &Served| reader(served, &patience).read(&ChannelPath::root(2), 1000);
    assert!(matches!(read(&dripping(404, "", "2.root.json")), Ok(None)));
    assert!(read(&dripping(403, "", "2.root.json")).is_err());
    // It leads to itself, for ever.
    let served = dripping(302, "/live/metadata/2.root.json", "2.root.json");
    assert!(read(&served).is_err());
    assert!(served.asked().len() <= 6, "{}", served.asked().len());
}

/// Who waits is told what for, in both languages, and nothing of the library's.
#[test]
fn a_place_that_keeps_silent_is_told_by_what_was_waited_for() {
    let files = MemoryChannel::default();
    files.put(ChannelPath::root(2).as_str(), vec![b'x'; 100]);
    let stalls = Served::start(files, NGINX, |_, _| Trouble::Stall);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/live", silent.local_addr().unwrap());
    let patience = Patience { outlasts: Duration::ZERO, first_answer: Duration::ZERO, ..patience() };
    let network = Network::plain(patience, now);
    let places = [
        (url, WaitedFor::Answer, "応答が始まりません"),
        (stalls.url(), WaitedFor::Rest, "応答が途中で止まります"),
    ];
    for (url, waited_for, japanese) in places {
        let reader = Address::parse(url.clone(), &network).unwrap().channel();
        let error = reader.read(&ChannelPath::root(2), 1000).unwrap_err();
        let is_told = matches!(
            &error,
            ChannelError::Remote { fault: Fault::NoAnswer { why: NoAnswer::Silent(what) }, .. }
                if *what == waited_for
        );
        assert!(is_told, "{error:?}");
        let said = error.say(Lang::Ja);
        assert!(said.contains(japanese) && said.contains(&url) && !said.contains("timeout"), "{said}");
    }
}

/// What lies elsewhere is read there: by a whole address, from the root of the same server, or beside.
#[test]
fn a_redirect_is_followed_and_takes_no_credentials_along() {
    let files = MemoryChannel::default();
    files.put("metadata/there.json", b"here".to_vec());
    let other = Served::start(files.clone(), NGINX, |_, _| Trouble::None);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("credentials");
    std::fs::write(&file, "bearer secret").unwrap();
    let whole = format!("{}/metadata/there.json", other.url());
    for to in [whole, "/live/metadata/there.json".to_owned(), "there.json#part".to_owned()] {
        let elsewhere = to.clone();
        let served = Served::start(files.clone(), NGINX, move |_, path| match path.ends_with("root.json") {
            true => Trouble::Elsewhere(elsewhere.clone()),
            false => Trouble::None,
        });
        let network = crate::served::settings(&[("WARIFU_CHANNEL_CREDENTIALS", file.to_str().unwrap())]);
        let channel = Address::parse(served.url(), &network).unwrap().channel();
        assert_eq!(channel.read(&ChannelPath::root(2), 1000).unwrap().unwrap(), b"here", "{to}");
        assert_eq!(served.asked()[0].header("authorization"), Some("Bearer secret"));
        let last = if to.starts_with("http") { other.asked() } else { served.asked() };
        assert_eq!(last.last().unwrap().header("authorization"), None, "{to}");
    }
}
