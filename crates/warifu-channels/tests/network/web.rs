//! Channels that a web server gives out: the contract, and what a network does to answers.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use warifu_channels::contract::{reading_contract, seen};
use warifu_channels::testing::{MemoryChannel, Publishing as _};
use warifu_channels::{
    Address, AddressError, Channel, ChannelError, Fault, Network, Patience, PublishError, TryingAgain,
    publish_root,
};
use warifu_trust::ChannelPath;
use warifu_trust::testing::{World, now};
use warifu_values::lang::{Lang, Speak as _};

use crate::served::{Manners, NGINX, Served, Trouble, network, patience, settings};

fn channel(served: &Served) -> Box<dyn Channel + Send + Sync> {
    Address::parse(served.url(), &network()).unwrap().channel()
}

/// Two releases, and a blob that is not read in one piece.
fn published() -> (World, MemoryChannel) {
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    world.publish_next(&channel);
    (world, channel)
}

/// How often a server is asked for two releases when nothing goes wrong.
fn questions() -> usize {
    let (world, files) = published();
    let served = Served::start(files, NGINX, |_, _| Trouble::None);
    assert_eq!(seen(channel(&served).as_ref(), &mut world.reader()), Some(2));
    served.asked().len()
}

#[test]
fn any_static_server_gives_out_a_channel() {
    for manners in [
        NGINX,
        Manners { ranges: false, ..NGINX },
        Manners { tags: false, ..NGINX },
        Manners { tags: false, ranges: false, lengths: false },
    ] {
        let served = Served::start(MemoryChannel::default(), manners, |_, _| Trouble::None);
        reading_contract(channel(&served).as_ref(), served.files.as_ref(), &|| {});
    }
}

#[test]
fn nothing_is_listed_and_four_connections_at_most_serve_all() {
    let (world, files) = published();
    let names: Vec<_> = files.files().into_keys().collect();
    let served = Served::start(files, NGINX, |_, _| Trouble::None);
    assert_eq!(seen(channel(&served).as_ref(), &mut world.reader()), Some(2));
    assert!((2..=4).contains(&served.connections()), "{}", served.connections());
    assert!(served.asked().len() > 12, "each of them many times");
    for asked in served.asked() {
        let path = asked.line.strip_prefix("GET /live/").unwrap().strip_suffix(" HTTP/1.1").unwrap();
        let next = ["metadata/2.root.json", "statements/kikin.1.json", "statements/kokuho.1.json"];
        assert!(names.iter().any(|name| name == path) || next.contains(&path), "{path}");
        assert_eq!(asked.header("accept-encoding"), Some("identity"));
    }
}

#[test]
fn what_has_not_changed_is_not_sent_again() {
    let (world, files) = published();
    let served = Served::start(files, NGINX, |_, _| Trouble::None);
    let (channel, mut state) = (channel(&served), world.reader());
    assert_eq!(seen(channel.as_ref(), &mut state), Some(2));
    let before = served.asked().len();
    assert_eq!(seen(channel.as_ref(), &mut state), Some(2));
    let asked = served.asked().split_off(before);
    let timestamp = asked.iter().find(|asked| asked.line.contains("timestamp")).unwrap();
    assert_eq!((timestamp.status, timestamp.sent), (304, 0));
    assert_eq!(timestamp.header("cache-control"), Some("no-cache"));
}

/// Every answer in turn meets the same trouble; nothing is lost and nobody is asked.
fn outlasted(trouble: &Trouble, manners: Manners) {
    for number in 0..questions() {
        let (world, files) = published();
        let plan = {
            let trouble = trouble.clone();
            move |asked, _: &str| if asked == number { trouble.clone() } else { Trouble::None }
        };
        let served = Served::start(files, manners, plan);
        let came = seen(channel(&served).as_ref(), &mut world.reader());
        assert_eq!(came, Some(2), "{trouble:?} at question {number}");
    }
}

#[test]
fn a_cut_in_the_middle_of_any_answer_is_outlasted() {
    outlasted(&Trouble::Cut, NGINX);
    outlasted(&Trouble::Cut, Manners { tags: false, ranges: false, lengths: true });
}

#[test]
fn a_connection_that_ends_before_any_answer_is_outlasted() {
    outlasted(&Trouble::Silent, NGINX);
}

#[test]
fn a_server_that_stops_sending_in_any_answer_is_outlasted() {
    outlasted(&Trouble::Stall, NGINX);
}

#[test]
fn a_server_that_drips_in_any_answer_is_outlasted() {
    outlasted(&Trouble::Drip, NGINX);
}

#[test]
fn a_server_that_is_busy_at_any_question_is_outlasted() {
    outlasted(&Trouble::Busy { retry_after: 0 }, NGINX);
    outlasted(&Trouble::Status(502), NGINX);
}

#[test]
fn every_second_answer_in_trouble_is_outlasted() {
    for trouble in [Trouble::Cut, Trouble::Silent, Trouble::Busy { retry_after: 0 }] {
        let (world, files) = published();
        let plan = move |asked: usize, _: &str| {
            if asked.is_multiple_of(2) { trouble.clone() } else { Trouble::None }
        };
        let served = Served::start(files, NGINX, plan);
        assert_eq!(seen(channel(&served).as_ref(), &mut world.reader()), Some(2));
    }
}

#[test]
fn after_a_cut_only_the_rest_is_asked_for() {
    let large: Vec<u8> = (0..3_000_000_u32).map(|number| number.to_le_bytes()[1]).collect();
    let files = MemoryChannel::default();
    files.put("metadata/1.root.json", large.clone());
    let served = Served::start(files, NGINX, |asked, _| if asked < 3 { Trouble::Cut } else { Trouble::None });
    let read = channel(&served).read(&ChannelPath::root(1), 4_000_000).unwrap().unwrap();
    assert!(read == large);
    let asked = served.asked();
    let sent: Vec<_> = asked.iter().map(|asked| asked.sent).collect();
    assert_eq!(sent, [1_500_000, 750_000, 375_000, 375_000], "halves, and each byte once");
    assert_eq!(asked[3].header("range"), Some("bytes=2625000-"));
}

#[test]
fn a_file_that_changed_between_two_parts_is_read_anew() {
    let files = Arc::new(MemoryChannel::default());
    files.put("metadata/1.root.json", vec![b'a'; 100_000]);
    // The cut is made with the old file in hand; the second question meets the new one.
    let changing = Arc::clone(&files);
    let served = Served::start(files, NGINX, move |asked, _| {
        if asked == 0 {
            return Trouble::Cut;
        }
        changing.put("metadata/1.root.json", vec![b'b'; 90_000]);
        Trouble::None
    });
    let read = channel(&served).read(&ChannelPath::root(1), 100_000).unwrap().unwrap();
    assert_eq!(served.asked()[1].header("range"), Some("bytes=50000-"));
    assert_eq!(read.len(), 90_000);
    assert!(read.iter().all(|&byte| byte == read[0]), "never a mixture");
}

/// A server that cuts every answer but one after so many that nobody would have waited for it; `changes` is
/// done to the file before each answer.
fn given_up(manners: Manners, changes: impl Fn(usize, &MemoryChannel) + Send + Sync + 'static) {
    let files = Arc::new(MemoryChannel::default());
    files.put("metadata/1.root.json", vec![b'a'; 100_000]);
    let changing = Arc::clone(&files);
    let served = Served::start(files, manners, move |asked, _| {
        changes(asked, &changing);
        if asked < 500 { Trouble::Cut } else { Trouble::None }
    });
    // Each pause takes a quarter of a millisecond at least, whatever the machine does: 200 attempts at most.
    let (pause, outlasts) = (Duration::from_micros(500), Duration::from_millis(50));
    let short = Patience { first_pause: pause, longest_pause: pause, outlasts, ..patience() };
    let short = Patience { first_answer: outlasts, ..short };
    let reader = Address::parse(served.url(), &Network::plain(short, now)).unwrap().channel();
    let read = reader.read(&ChannelPath::root(1), 1_000_000).map(|bytes| bytes.map(|bytes| bytes.len()));
    assert!(matches!(read, Err(ChannelError::Remote { fault: Fault::NoAnswer { .. }, .. })), "{read:?}");
}

#[test]
fn bytes_that_are_thrown_away_prolong_nothing() {
    given_up(Manners { tags: false, ..NGINX }, |_, _| {});
}

#[test]
fn bytes_that_were_in_hand_before_prolong_nothing() {
    // Another file each time: half of it, 20 or 60 kB, is all that is ever kept.
    given_up(NGINX, |asked, files| {
        let length = if asked.is_multiple_of(2) { 40_000 } else { 120_000 };
        files.put("metadata/1.root.json", vec![b'b'; length]);
    });
}

#[test]
fn a_server_that_always_brings_more_and_never_all_is_given_up() {
    let files = MemoryChannel::default();
    files.put("metadata/1.root.json", vec![b'a'; 20_000_000]);
    let served = Served::start(files, NGINX, |_, _| Trouble::After(20_000));
    // 1000 answers, and half a millisecond at least between two.
    let (pause, whole) = (Duration::from_millis(1), Duration::from_millis(100));
    let short = Patience { first_pause: pause, longest_pause: pause, whole, ..patience() };
    let reader = Address::parse(served.url(), &Network::plain(short, now)).unwrap().channel();
    let read = reader.read(&ChannelPath::root(1), 30_000_000).map(|bytes| bytes.map(|bytes| bytes.len()));
    assert!(matches!(read, Err(ChannelError::Remote { fault: Fault::Slow, .. })), "{read:?}");
}

#[test]
fn one_answer_that_goes_on_and_on_is_given_up() {
    let files = MemoryChannel::default();
    files.put("metadata/1.root.json", vec![b'a'; 400]);
    // 400 bytes, and five milliseconds at least between two.
    let served = Served::start(files, NGINX, |_, _| Trouble::Drip);
    let whole = Duration::from_millis(100);
    let short = Patience { lowest_bytes_per_second: 1, whole, ..patience() };
    let reader = Address::parse(served.url(), &Network::plain(short, now)).unwrap().channel();
    let read = reader.read(&ChannelPath::root(1), 1000).map(|bytes| bytes.map(|bytes| bytes.len()));
    assert!(matches!(read, Err(ChannelError::Remote { fault: Fault::Slow, .. })), "{read:?}");
}

/// The whole answer to who is cut in the middle, then meets `part`: after how many questions, and where the
/// last one began.
fn after_the_part(part: Trouble) -> (usize, Option<String>) {
    let all: Vec<u8> = (0..100).collect();
    let files = MemoryChannel::default();
    files.put("metadata/1.root.json", all.clone());
    let served = Served::start(files, NGINX, move |asked, _| match asked {
        0 => Trouble::Cut,
        1 => part.clone(),
        _ => Trouble::None,
    });
    assert_eq!(channel(&served).read(&ChannelPath::root(1), 1000).unwrap(), Some(all));
    let asked = served.asked();
    (asked.len(), asked.last().unwrap().header("range").map(str::to_owned))
}

#[test]
fn a_part_is_taken_only_for_the_one_that_was_asked_for() {
    // All of the rest; some of it; another beginning, and other totals, after which nothing in hand counts.
    assert_eq!(after_the_part(Trouble::Part { from: 50, to: 100, total: 100 }).0, 2);
    let some = after_the_part(Trouble::Part { from: 50, to: 80, total: 100 });
    assert_eq!(some, (3, Some("bytes=80-".to_owned())));
    for (from, to, total) in [(0, 100, 100), (60, 100, 100), (50, 90, 90), (50, 100, 200)] {
        assert_eq!(after_the_part(Trouble::Part { from, to, total }), (3, None), "{from}-{to}/{total}");
    }
}

#[test]
fn a_part_that_nobody_asked_for_is_not_the_whole() {
    let files = MemoryChannel::default();
    files.put("metadata/1.root.json", vec![b' '; 100]);
    let served = Served::start(files, NGINX, |_, _| Trouble::Part { from: 0, to: 50, total: 100 });
    let error = channel(&served).read(&ChannelPath::root(1), 1000).unwrap_err();
    assert!(matches!(&error, ChannelError::Remote { fault: Fault::Strange { .. }, .. }), "{error}");
    assert_eq!(served.asked().len(), 1);
}

#[test]
fn what_is_too_long_is_refused_before_it_is_read() {
    let files = MemoryChannel::default();
    files.put("metadata/1.root.json", vec![b' '; 100]);
    let lengths = |length| Served::start(files.clone(), NGINX, move |_, _| Trouble::Claims { length });
    let too_long = |served: &Served| {
        let read = channel(served).read(&ChannelPath::root(1), 1000);
        assert!(matches!(read, Err(ChannelError::TooLong { limit_bytes: 1000, .. })), "{read:?}");
    };
    too_long(&lengths(1001));
    too_long(&lengths(u64::MAX / 2));
    too_long(&Served::start(files.clone(), NGINX, |_, _| Trouble::Endless));
}

#[test]
fn a_server_that_never_gives_it_is_given_up_in_words() {
    let files = MemoryChannel::default();
    files.put("metadata/1.root.json", vec![b' '; 100]);
    let short = Duration::from_secs(1);
    let short = Patience { read: short, outlasts: short, first_answer: short, ..patience() };
    let short = Network::plain(short, now);
    for (trouble, english, japanese) in [
        (Trouble::Cut, "no answer (", "応答がありません"),
        (Trouble::Stall, "no answer (", "応答がありません"),
        (Trouble::Status(500), "the server answers with status 500", "ステータス 500"),
        (Trouble::Busy { retry_after: 100_000 }, "the server answers with status 503", "ステータス 503"),
        (Trouble::Status(403), "access refused (status 403)", "アクセスが拒否されました"),
        (Trouble::Status(418), "the server answers with status 418", "ステータス 418"),
    ] {
        let plan = {
            let trouble = trouble.clone();
            move |_, _: &str| trouble.clone()
        };
        let served = Served::start(files.clone(), NGINX, plan);
        let reader = Address::parse(served.url(), &short).unwrap().channel();
        let error = reader.read(&ChannelPath::root(1), 1000).unwrap_err();
        let start = format!("{}: metadata/1.root.json: {english}", served.url());
        assert!(error.say(Lang::En).starts_with(&start), "{trouble:?}: {error}");
        assert!(error.say(Lang::Ja).contains(japanese), "{}", error.say(Lang::Ja));
    }
}

#[test]
fn where_nobody_listens_it_is_soon_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/live", listener.local_addr().unwrap());
    drop(listener);
    // Sooner than where nothing is heard, and whoever waits sees that it is tried again.
    let short = Patience { refused: Duration::from_millis(100), ..patience() };
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let notes = Arc::clone(&told);
    let tells = move |trying: &TryingAgain<'_>| notes.lock().unwrap().push(trying.say(Lang::Ja));
    let reader = Address::parse(&url, &Network::plain(short, now).telling(tells)).unwrap().channel();
    let began = Instant::now();
    let error = reader.read(&ChannelPath::timestamp(), 10).unwrap_err();
    assert!(began.elapsed() < patience().first_answer / 2, "{:?}", began.elapsed());
    assert!(matches!(error, ChannelError::Remote { fault: Fault::NoAnswer { .. }, .. }), "{error}");
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with(&url) && told[0].contains("待ち受け") && told[0].contains("再試行します"),
        "{told:?}"
    );
}

#[test]
fn nothing_is_published_to_a_web_server() {
    let served = Served::start(MemoryChannel::default(), NGINX, |_, _| Trouble::None);
    let to = Address::parse(served.url(), &network()).unwrap().publish_channel();
    let refused = publish_root(to.as_ref(), &World::new().root).unwrap_err();
    assert!(matches!(refused, PublishError::Unreachable(ChannelError::ReadOnly { .. })), "{refused}");
    assert!(served.asked().is_empty());
}

#[test]
fn credentials_are_sent_and_never_in_the_clear_over_a_network() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    for (text, header) in [("kenta:hush", "Basic a2VudGE6aHVzaA=="), ("bearer hush", "Bearer hush")] {
        let network = settings(&[("WARIFU_CHANNEL_CREDENTIALS", &file("credentials", text))]);
        let served = Served::start(MemoryChannel::default(), NGINX, |_, _| Trouble::Status(401));
        let reader = Address::parse(served.url(), &network).unwrap().channel();
        let error = reader.read(&ChannelPath::timestamp(), 10).unwrap_err();
        assert_eq!(served.asked()[0].header("authorization"), Some(header));
        assert!(!format!("{error} {error:?}").contains("hush"));
        let refused = Address::parse("http://example.org/live", &network).err().unwrap();
        assert!(matches!(refused, AddressError::Unusable { .. }), "{refused}");
    }
}

/// A proxy that tunnels, as proxies do, and counts.
fn proxy() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://kenta:hush@{}", listener.local_addr().unwrap());
    let tunnels = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tunnels);
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, count) = (client.unwrap(), Arc::clone(&count));
            std::thread::spawn(move || {
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") {
                    client.read_exact(&mut byte).unwrap();
                    head.push(byte[0]);
                }
                let head = String::from_utf8(head).unwrap();
                let target = head.strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap();
                assert!(head.contains("Basic a2VudGE6aHVzaA=="), "{head}");
                count.fetch_add(1, Ordering::SeqCst);
                let server = TcpStream::connect(target).unwrap();
                client.write_all(b"HTTP/1.1 200 x\r\n\r\n").unwrap();
                let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut from, &mut to));
                let _ended = std::io::copy(&mut &server, &mut client);
            });
        }
    });
    (url, tunnels)
}

#[test]
fn a_proxy_is_gone_through_but_for_what_is_excepted() {
    let (world, files) = published();
    let served = Served::start(files, NGINX, |_, _| Trouble::None);
    let (url, tunnels) = proxy();
    let through = |variables: &[(&str, &str)]| {
        let reader = Address::parse(served.url(), &settings(variables)).unwrap().channel();
        assert_eq!(seen(reader.as_ref(), &mut world.reader()), Some(2));
        tunnels.load(Ordering::SeqCst)
    };
    let once = through(&[("http_proxy", &url)]);
    assert!(once > 0);
    assert_eq!(through(&[("HTTPS_PROXY", &url)]), once, "which is for https alone");
    assert_eq!(through(&[("http_proxy", &url), ("NO_PROXY", "example.org, 127.0.0.1")]), once);
    assert!(through(&[("WARIFU_CHANNEL_PROXY", &url)]) > once);
    let wrong = Address::parse(served.url(), &settings(&[("http_proxy", "hush://")])).err().unwrap();
    assert!(matches!(wrong, AddressError::Unusable { .. }) && !wrong.to_string().contains("hush"));
}
