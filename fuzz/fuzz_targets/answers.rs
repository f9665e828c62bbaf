//! What a server answers, head and all: lengths, parts, tags, when to ask again, an artifact of a registry.
#![no_main]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use warifu_channels::{Address, ChannelError, Network, Patience};
use warifu_trust::{ChannelPath, UnixSeconds};
use warifu_values::lang::{Lang, Speak};

/// What each connection is answered in turn, and then no more.
static ANSWERS: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

static SERVER: LazyLock<SocketAddr> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let answer = ANSWERS.lock().expect("answers").pop().unwrap_or_default();
            // One question is less than this, and comes in one piece.
            let _asked = stream.read(&mut [0; 4096]);
            let _sent = stream.write_all(&answer);
        }
    });
    address
});

const LIMIT_BYTES: u64 = 1000;

/// Gives up soon, whatever comes.
const IMPATIENT: Patience = Patience {
    connect: Duration::from_secs(1),
    read: Duration::from_secs(1),
    lowest_bytes_per_second: 0,
    first_pause: Duration::from_micros(1),
    longest_pause: Duration::from_micros(2),
    outlasts: Duration::from_millis(2),
    first_answer: Duration::from_millis(2),
    refused: Duration::from_millis(2),
    whole: Duration::from_secs(2),
    look: Duration::from_secs(5),
};

// The first byte says what the rest is: M for the manifest of an artifact; anything else for answers as they
// come, one after the other, an empty line and a full stop between.
fuzz_target!(|bytes: &[u8]| {
    let Some((what, rest)) = bytes.split_first() else { return };
    let head = |status: &str, length: usize| format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n");
    let (answers, address) = match what {
        b'M' => {
            let manifest = [head("200 OK", rest.len()).as_bytes(), rest].concat();
            let blob = [head("200 OK", 2).as_bytes(), b"{}"].concat();
            (vec![manifest, blob], format!("oci+http://{}/masters:latest", *SERVER))
        }
        _ => {
            let text = rest.split(|byte| *byte == 0);
            (text.map(<[u8]>::to_vec).take(4).collect(), format!("http://{}/live", *SERVER))
        }
    };
    *ANSWERS.lock().expect("answers") = answers.into_iter().rev().collect();
    let network = Network::plain(IMPATIENT, || UnixSeconds::new(0));
    let channel = Address::parse(address, &network).expect("an address").channel();
    for path in [ChannelPath::timestamp(), ChannelPath::root(1)] {
        match channel.read(&path, LIMIT_BYTES) {
            Ok(found) => assert!(found.is_none_or(|bytes| bytes.len() as u64 <= LIMIT_BYTES), "a limit"),
            Err(error) => {
                assert!(!error.say(Lang::En).is_empty() && !error.say(Lang::Ja).is_empty());
                let long = matches!(error, ChannelError::TooLong { limit_bytes, .. } if limit_bytes < 1000);
                assert!(!long, "a limit of its own: {error:?}");
            }
        }
    }
});
