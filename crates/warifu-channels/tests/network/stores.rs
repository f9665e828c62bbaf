//! Channels in servers that others wrote: an S3 store (moto) and an OCI registry (Debian's docker-registry).

use std::net::TcpStream;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use warifu_channels::contract::{publishing_contract, reading_contract, seen};
use warifu_channels::testing::{FailingChannel, MemoryChannel, Publishing as _};
use warifu_channels::{
    Address, Channel, ChannelError, Fault, Network, Patience, PublishError, Recording, carry, fetch,
    fetch_fallback, open, publish_root,
};
use warifu_trust::ChannelPath;
use warifu_trust::testing::{World, now};

use crate::served::{gate, settings};
use crate::servers::{Server, python, started};

fn store() -> Option<Server> {
    started("moto", |port| {
        let mut command = python();
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()]);
        command
    })
}

#[test]
fn a_bucket_keeps_what_publishing_channels_keep() {
    let Some(server) = store() else { return };
    let endpoint = format!("http://{}", server.address);
    let network = settings(&[
        ("AWS_ENDPOINT_URL", &endpoint),
        ("AWS_ACCESS_KEY_ID", "kenta"),
        ("AWS_SECRET_ACCESS_KEY", "hush"),
        ("AWS_REGION", "ap-northeast-1"),
    ]);
    made_bucket(&endpoint, "masters");
    let number = AtomicUsize::new(0);
    let address = || {
        let prefix = number.fetch_add(1, Ordering::SeqCst);
        Address::parse(format!("s3://masters/live/{prefix}"), &network).unwrap()
    };
    publishing_contract(&mut || address().publish_channel());

    // What nothing may be done with is told with the bucket's name, without the key's.
    let missing = Address::parse("s3://nobodys-masters/live", &network).unwrap().publish_channel();
    let error = publish_root(missing.as_ref(), &World::new().root).unwrap_err();
    assert!(error.to_string().contains("s3://nobodys-masters/live"), "{error}");
    assert!(!format!("{error:?}").contains("hush"));
}

/// Makes a bucket as an administrator does, by another client than ours.
fn made_bucket(endpoint: &str, name: &str) {
    let (host, mut stream) = (endpoint.strip_prefix("http://").unwrap(), None);
    let began = Instant::now();
    while stream.is_none() && began.elapsed() < Duration::from_secs(10) {
        stream = TcpStream::connect(host).ok();
    }
    let mut stream = stream.unwrap();
    let request = format!(
        "PUT /{name} HTTP/1.1\r\nHost: {host}\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential=a/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    );
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn registry(folder: &std::path::Path) -> Option<Server> {
    started("docker-registry", |port| {
        let config = folder.join("registry.yml");
        let text = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {}}}}}\n\
             http: {{addr: '127.0.0.1:{port}'}}\n",
            folder.join("blobs").display()
        );
        let mut file = std::fs::File::create(&config).unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        let mut command = Command::new("docker-registry");
        command.arg("serve").arg(config);
        command
    })
}

/// Carries what `from` holds to `to`, as `warifu channel copy` does.
fn carried(world: &World, from: &dyn Channel, to: &Address) -> Result<(), PublishError> {
    let recording = Recording::of(from);
    let opened = open(&recording, &mut world.reader(), now()).unwrap();
    fetch(&recording, &opened).unwrap();
    fetch_fallback(&recording, &opened).unwrap();
    carry(&recording.finish().unwrap(), to)
}

#[test]
fn a_registry_shows_what_was_carried_there_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = registry(folder.path()) else { return };
    let address =
        |end: &str| Address::parse(format!("oci+http://{}/{end}", server.address), &settings(&[])).unwrap();
    let (world, behind, to) = (World::new(), MemoryChannel::default(), address("masters/claims:live"));
    let reader = to.channel();
    let empty = reader.read(&ChannelPath::timestamp(), 10);
    assert!(matches!(empty, Ok(None)), "{empty:?}");
    reading_contract(reader.as_ref(), &behind, &|| carried(&world, &behind, &to).unwrap());

    // One tag is one channel.
    assert!(matches!(address("masters/claims:other").channel().read(&ChannelPath::root(1), 9), Ok(None)));
    let refused = publish_root(to.publish_channel().as_ref(), &world.root).unwrap_err();
    assert!(matches!(refused, PublishError::Unreachable(ChannelError::ReadOnly { .. })), "{refused}");
}

/// A registry that is cut off before its n-th request, for every n.
#[test]
fn cut_at_any_step_a_registry_shows_what_it_showed() {
    let folder = tempfile::tempdir().unwrap();
    let Some(server) = registry(folder.path()) else { return };
    let once = Duration::from_millis(1);
    let short = Patience { outlasts: once, first_answer: once, ..Patience::ONCE };
    for cut in 0.. {
        let world = World::new();
        let behind = MemoryChannel::default();
        world.publish_next(&behind);
        let end = format!("masters/cut-{cut}");
        let direct = Address::parse(format!("oci+http://{}/{end}", server.address), &settings(&[])).unwrap();
        carried(&world, &behind, &direct).unwrap();
        world.publish_next(&behind);
        let gate = gate(&server.address, cut);
        let through = format!("oci+http://{gate}/{end}");
        let through = Address::parse(through, &Network::plain(short.clone(), now)).unwrap();
        let outcome = carried(&world, &behind, &through);
        if outcome.is_ok() {
            assert!(cut > 10, "each file is looked for and uploaded, and the tag changed");
            assert_eq!(seen(direct.channel().as_ref(), &mut world.reader()), Some(2));
            return;
        }
        let refused = outcome.unwrap_err();
        let gone = matches!(
            &refused,
            PublishError::Unreachable(ChannelError::Remote { fault: Fault::NoAnswer { .. }, .. })
        );
        assert!(gone, "{refused:?}");
        assert_eq!(seen(direct.channel().as_ref(), &mut world.reader()), Some(1), "before request {cut}");
        carried(&world, &behind, &direct).unwrap();
        assert_eq!(seen(direct.channel().as_ref(), &mut world.reader()), Some(2));
    }
}

#[test]
fn a_folder_that_is_carried_to_shows_the_release_before_until_all_is_there() {
    let world = World::new();
    let behind = MemoryChannel::default();
    let folder = tempfile::tempdir().unwrap();
    let to = Address::folder(&folder.path().join("mirror"));
    reading_contract(to.channel().as_ref(), &behind, &|| carried(&world, &behind, &to).unwrap());
    // What was published to the mirror itself is not overwritten in silence.
    let other = MemoryChannel::default();
    world.publish_next(&FailingChannel::after(&other, usize::MAX));
    other.put("metadata/1.targets.json", b"{}".to_vec());
    let files = other.files().into_iter().filter_map(|(name, bytes)| {
        (name == "metadata/1.targets.json").then(|| (ChannelPath::targets(1), bytes))
    });
    let refused = carry(&files.collect(), &to).unwrap_err();
    assert!(matches!(refused, PublishError::Overtaken { .. }), "{refused}");
}
