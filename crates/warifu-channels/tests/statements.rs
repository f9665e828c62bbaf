//! Saying something alone, on a channel: everybody can, whatever whoever stole a key has said before.
#![expect(clippy::unwrap_used, reason = "test support; a failure here fails the test")]

use warifu_channels::testing::{MemoryChannel, Publishing as _};
use warifu_channels::{
    ReadError, Recording, StatementNotPublished, open, publish_root, publish_statement, read_tip,
};
use warifu_trust::testing::{World, key, now};
use warifu_trust::*;

fn says(world: &World, key: &SecretKey, says: Says, reason: &str) -> StatementFile {
    StatementFile::sign(&world.root, key, says, reason, now()).unwrap()
}

/// Two releases, and as many statements of the first key as it can make anybody hear.
fn used_up(world: &World) -> (MemoryChannel, ReleaseRef) {
    let channel = MemoryChannel::default();
    for _ in 0..2 {
        world.publish_next(&channel);
    }
    let release = read_tip(&channel, &world.reader()).unwrap().release().unwrap();
    let other = Says::Withdrawn { release: ReleaseRef { release: 99, ..release } };
    let mut said = 0;
    loop {
        let statement = says(world, &world.kikin[0], other.clone(), &said.to_string());
        match publish_statement(&channel, &statement, now()) {
            Ok(()) => said += 1,
            Err(StatementNotPublished::UsedUp { .. }) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(said, limits::STATEMENTS + limits::STATEMENTS_OF_KEY);
    (channel, release)
}

#[test]
fn a_stolen_key_uses_up_nobody_elses_numbers() {
    let world = World::new();
    let (channel, release) = used_up(&world);
    for key in [&world.kikin[1], &world.kokuho[0]] {
        let mut state = world.reader();
        let withdrawn = says(&world, key, Says::Withdrawn { release }, "wrong");
        publish_statement(&channel, &withdrawn, now()).unwrap();
        let opened = open(&channel, &mut state, now()).unwrap();
        assert_eq!(opened.withdrawn().unwrap().reason, "wrong");
        assert!(state.statements().hold(&withdrawn));

        // It is remembered, and goes along with what is carried.
        let kept = state.to_bytes();
        let again = TrustedState::from_bytes(&kept, world.root.bytes(), Policy::default()).unwrap();
        assert!(again.statements().withdrawal(release).is_some());
        assert_eq!(again.to_bytes(), kept);
        let carried = Recording::of(&channel);
        let _ = open(&carried, &mut world.reader(), now());
        let carried = carried.finish().unwrap();
        assert!(carried.values().any(|bytes| bytes == withdrawn.bytes()));
    }

    // The thief is taken away, by somebody whose organisation had no number left.
    let stolen = world.kikin[0].public().id();
    let revoked = says(&world, &world.kikin[2], Says::Revoked { key: stolen }, "stolen");
    publish_statement(&channel, &revoked, now()).unwrap();
    let mut state = world.reader();
    open(&channel, &mut state, now()).unwrap_err();
    assert_eq!(state.statements().revoked(), [stolen].into());
    // What it said under its own name before counts no more, what the others said there does.
    assert!(state.statements().withdrawal(release).is_some());
    assert!(state.statements().said(Organisation::Kikin, &Says::Withdrawn { release }).is_some());
}

#[test]
fn what_a_key_says_under_its_own_name_is_heard_from_that_key_only() {
    let world = World::new();
    let (channel, release) = used_up(&world);
    let withdrawn = says(&world, &world.kikin[1], Says::Withdrawn { release }, "wrong");
    let of = |key: &SecretKey| Speaker::Key(key.public().id());
    // Under another's name it says nothing, and hides nothing that comes after it.
    channel.put(ChannelPath::statement(of(&world.kikin[2]), 1).as_str(), withdrawn.bytes().to_vec());
    assert!(open(&channel, &mut world.reader(), now()).unwrap().withdrawn().is_none());
    let own = says(&world, &world.kikin[2], Says::Withdrawn { release }, "wrong");
    publish_statement(&channel, &own, now()).unwrap();
    assert!(open(&channel, &mut world.reader(), now()).unwrap().withdrawn().is_some());
}

/// Under their own names nobody is first: of two who take each other away, neither says anything more, and
/// both count for nothing.
#[test]
fn of_two_who_take_each_other_away_neither_is_heard() {
    let world = World::new();
    let (channel, release) = used_up(&world);
    let [one, other] = [1, 2].map(|at: usize| &world.kikin[at]);
    for (by, whom) in [(one, other), (other, one)] {
        for says_so in [Says::Withdrawn { release }, Says::Revoked { key: whom.public().id() }] {
            publish_statement(&channel, &says(&world, by, says_so, "wrong"), now()).unwrap();
        }
    }
    let mut state = world.reader();
    open(&channel, &mut state, now()).unwrap_err();
    assert_eq!(state.statements().revoked(), [one, other].map(|key| key.public().id()).into());
    assert!(state.statements().withdrawal(release).is_none());
    // The other organisation is heard.
    let kokuho = says(&world, &world.kokuho[0], Says::Withdrawn { release }, "wrong");
    publish_statement(&channel, &kokuho, now()).unwrap();
    open(&channel, &mut state, now()).unwrap_err();
    assert!(state.statements().withdrawal(release).is_some());
}

/// As long as there is room under the organisation's name nobody is asked for more than before.
#[test]
fn nobody_is_looked_for_under_a_keys_name_before_that() {
    let world = World::new();
    let channel = MemoryChannel::default();
    world.publish_next(&channel);
    let release = read_tip(&channel, &world.reader()).unwrap().release().unwrap();
    let hidden = says(&world, &world.kikin[1], Says::Withdrawn { release }, "wrong");
    let name = Speaker::Key(world.kikin[1].public().id());
    channel.put(ChannelPath::statement(name, 1).as_str(), hidden.bytes().to_vec());
    assert!(open(&channel, &mut world.reader(), now()).unwrap().withdrawn().is_none());
}

/// A few files that are none hide nothing; a heap of them is refused, for hearing no more would hide what
/// comes after it.
#[test]
fn what_is_no_statement_is_passed_over_but_not_without_end() {
    let world = World::new();
    let (junk, most) = (|number| ChannelPath::statement(Organisation::Kikin, number), 64);
    let channel = MemoryChannel::default();
    world.publish_next(&channel);
    let release = read_tip(&channel, &world.reader()).unwrap().release().unwrap();
    for number in 1..=most {
        channel.put(junk(number).as_str(), vec![b'x'; number as usize * 300]);
    }
    let withdrawn = says(&world, &world.kikin[1], Says::Withdrawn { release }, "wrong");
    publish_statement(&channel, &withdrawn, now()).unwrap();
    assert!(channel.files().contains_key(junk(most + 1).as_str()));
    assert!(open(&channel, &mut world.reader(), now()).unwrap().withdrawn().is_some());

    // One more, of the other organisation.
    channel.put(ChannelPath::statement(Organisation::Kokuho, 1).as_str(), b"x".to_vec());
    let mut state = world.reader();
    let refused = open(&channel, &mut state, now()).unwrap_err();
    let ReadError::Verdict(OpenError::Refused(Refusal::Junk { file, files: 64 })) = &refused else {
        panic!("{refused}")
    };
    assert_eq!(file, "statements/kokuho.1.json");
    // What was heard before it is remembered.
    assert!(state.statements().withdrawal(release).is_some());
    assert!(read_tip(&channel, &world.reader()).is_err());
}

/// What somebody said who left since lies there for good: however much it is, it holds up nobody who begins
/// with the root from before, and hides nothing.
#[test]
fn what_was_said_by_people_who_left_is_no_junk() {
    let world = World::new();
    let channel = MemoryChannel::default();
    world.publish_next(&channel);
    let release = read_tip(&channel, &world.reader()).unwrap().release().unwrap();
    let other = Says::Withdrawn { release: ReleaseRef { release: 99, ..release } };
    for said in 0..65 {
        let statement = says(&world, &world.kikin[0], other.clone(), &said.to_string());
        publish_statement(&channel, &statement, now()).unwrap();
    }
    let stay = [2, 3, 4].map(key);
    let mut draft = World::builder(&stay, &world.kokuho, &world.timestamp).after(&world.root).unwrap();
    for officer in stay.iter().chain(&world.kokuho) {
        draft.sign(officer, Some(&world.root)).unwrap();
    }
    let second = draft.finish(Some(&world.root)).unwrap();
    publish_root(&channel, &second).unwrap();
    let withdrawn =
        StatementFile::sign(&second, &stay[0], Says::Withdrawn { release }, "wrong", now()).unwrap();
    publish_statement(&channel, &withdrawn, now()).unwrap();

    let mut state = world.reader();
    let refused = open(&channel, &mut state, now()).unwrap_err();
    // The release rests on the key that left, and that is all that is wrong.
    assert!(matches!(refused, ReadError::Verdict(OpenError::Refused(Refusal::Halves(_)))), "{refused}");
    assert!(state.statements().withdrawal(release).is_some());
    // Whoever is taken out of all roots is not heard.
    assert_eq!(state.statements().made().count(), 1);
    let tip = read_tip(&channel, &world.reader()).unwrap_err();
    assert!(!tip.to_string().contains("statements of nobody"), "{tip}");
}

#[test]
fn what_is_dated_after_tomorrow_is_not_published_and_yet_heard() {
    let world = World::new();
    let channel = MemoryChannel::default();
    world.publish_next(&channel);
    let release = read_tip(&channel, &world.reader()).unwrap().release().unwrap();
    let dated = |at: UnixSeconds| {
        let says = Says::Withdrawn { release };
        StatementFile::sign(&world.root, &world.kikin[0], says, "wrong", at).unwrap()
    };
    let late = dated(now().plus_days(2));
    let refused = publish_statement(&channel, &late, now()).unwrap_err();
    assert!(matches!(refused, StatementNotPublished::FromTheFuture { .. }), "{refused}");
    publish_statement(&channel, &dated(now().plus_days(1)), now()).unwrap();
    // What somebody put there all the same takes away.
    let channel = MemoryChannel::default();
    world.publish_next(&channel);
    let path = ChannelPath::statement(Organisation::Kikin, 1);
    channel.put(path.as_str(), late.bytes().to_vec());
    assert!(open(&channel, &mut world.reader(), now()).unwrap().withdrawn().is_some());
}
