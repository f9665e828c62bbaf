//! A release that a revocation broke is carried all the same, with the statement: who receives it judges.
#![expect(clippy::unwrap_used, reason = "test support; a failure here fails the test")]

use warifu_channels::testing::{MemoryChannel, Publishing as _};
use warifu_channels::{Address, ReadError, Recording, carry, open, publish_statement, read_to_carry};
use warifu_trust::testing::World;
use warifu_trust::{ChannelPath, OpenError, Organisation, Refusal, Says, StatementFile};

#[test]
fn what_a_revocation_broke_is_carried_with_the_statement_and_nobody_there_takes_it() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    for _ in 0..2 {
        world.publish_next(&channel);
    }
    let mut carrier = world.reader();
    let opened = open(&channel, &mut carrier, world.now).unwrap();
    let revoked = Says::Revoked { key: world.kikin[0].public().id() };
    let said = StatementFile::sign(&world.root, &world.kikin[2], revoked, "stolen", world.now).unwrap();
    publish_statement(&channel, &said, world.now).unwrap();
    assert!(open(&channel, &mut carrier, world.now).is_err());

    // Whether the carrier remembers the release or not.
    for state in [&carrier, &world.reader()] {
        let recording = Recording::of(&channel);
        let carried = read_to_carry(&recording, state, world.now).unwrap().unwrap();
        assert_eq!((carried.release, carried.versions), (opened.release(), opened.versions()));
        let files = recording.finish().unwrap();
        assert!(files.contains_key(&ChannelPath::statement(Organisation::Kikin, 1)));
        for entry in opened.files() {
            assert!(files.contains_key(&ChannelPath::content(entry.sha256, &entry.name)), "{}", entry.name);
        }
        let folder = tempfile::tempdir().unwrap();
        let mirror = Address::folder(&folder.path().join("mirror"));
        carry(&files, &mirror).unwrap();
        let refused = open(mirror.channel().as_ref(), &mut world.reader(), world.now).unwrap_err();
        let halves = |error: &ReadError<OpenError>| {
            matches!(error, ReadError::Verdict(OpenError::Refused(Refusal::Halves(_))))
        };
        assert!(halves(&refused), "{refused}");
    }
}

/// A channel where keys that signed its release were revoked.
fn broken(world: &World) -> MemoryChannel {
    let channel = MemoryChannel::default();
    world.publish_next(&channel);
    revoke_a_signer(world, &channel);
    channel
}

fn revoke_a_signer(world: &World, channel: &MemoryChannel) {
    let revoked = Says::Revoked { key: world.kikin[0].public().id() };
    let said = StatementFile::sign(&world.root, &world.kikin[2], revoked, "stolen", world.now).unwrap();
    publish_statement(channel, &said, world.now).unwrap();
}

#[test]
fn what_is_not_what_was_signed_once_is_not_carried() {
    let world = World::new();
    let channel = broken(&world);
    let carried = |channel: &MemoryChannel| read_to_carry(channel, &world.reader(), world.now);
    assert!(carried(&channel).unwrap().is_some());
    for path in channel.files().into_keys().filter(|path| !path.ends_with("root.json")) {
        let other = channel.clone();
        other.put(&path, b"{}".to_vec());
        assert!(!matches!(carried(&other), Ok(Some(_))), "{path}");
        other.remove(&path);
        assert!(!matches!(carried(&other), Ok(Some(_))), "{path}");
    }
}

#[test]
fn what_would_be_taken_there_is_not_carried_as_broken() {
    let world = World::new();
    let (channel, mut carrier) = (broken(&world), world.reader());
    assert!(open(&channel, &mut carrier, world.now).is_err());
    channel.remove(ChannelPath::statement(Organisation::Kikin, 1).as_str());
    // The carrier heard it; who receives this would not.
    assert!(open(&channel, &mut carrier, world.now).is_err());
    assert_eq!(read_to_carry(&channel, &carrier, world.now).unwrap(), None);
}

#[test]
fn what_is_broken_and_rolled_back_or_expired_is_not_carried() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    let first = channel.files()["metadata/timestamp.json"].clone();
    world.publish_next(&channel);
    let mut carrier = world.reader();
    open(&channel, &mut carrier, world.now).unwrap();
    revoke_a_signer(&world, &channel);
    assert!(read_to_carry(&channel, &carrier, world.now).unwrap().is_some());
    let refusal = |state, now| match read_to_carry(&channel, state, now) {
        Err(ReadError::Verdict(error)) => error,
        other => panic!("{other:?}"),
    };

    let late = refusal(&carrier, world.now.plus_days(600));
    assert!(matches!(late, OpenError::Stale { .. }), "{late}");
    channel.put("metadata/timestamp.json", first);
    let back = refusal(&carrier, world.now);
    assert!(matches!(back, OpenError::Refused(Refusal::Rollback { .. })), "{back}");
}
