//! A release that a revocation broke is carried all the same, with the statement: who receives it judges.

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
        let carried = read_to_carry(&recording, state).unwrap();
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

#[test]
fn what_is_not_what_was_signed_once_is_not_carried() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    for path in channel.files().into_keys().filter(|path| !path.ends_with("root.json")) {
        let other = channel.clone();
        other.put(&path, b"{}".to_vec());
        assert!(read_to_carry(&other, &world.reader()).is_err(), "{path}");
        other.remove(&path);
        assert!(read_to_carry(&other, &world.reader()).is_err(), "{path}");
    }
}
