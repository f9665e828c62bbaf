//! The conversation itself: what a walk asks for, and what it makes of the answers.
#![expect(clippy::unwrap_used, reason = "test support; a failure here fails the test")]

use warifu_trust::testing::{Shelf, World, drive, head, key, masters, now, propose};
use warifu_trust::*;

/// Drives a walk and writes down what it asked for.
fn asked<W: Walk>(walk: W, shelf: &Shelf) -> (Vec<Need>, Result<W::Done, W::Error>) {
    let (mut walk, mut needs) = (walk, Vec::new());
    loop {
        let need = walk.need().clone();
        let answer = shelf.answer(&need);
        needs.push(need);
        match walk.feed(answer) {
            Ok(Step::Next(next)) => walk = next,
            Ok(Step::Done(done)) => return (needs, Ok(done)),
            Err(error) => return (needs, Err(error)),
        }
    }
}

fn names(needs: &[Need]) -> Vec<&str> {
    needs.iter().map(|need| need.path.as_str()).collect()
}

/// A shelf with release 1.
fn published(world: &World) -> Shelf {
    let mut shelf = Shelf::default();
    let tip = drive(ReadingTip::begin(&world.reader()), &shelf).unwrap();
    shelf.write(&world.release(&tip));
    shelf
}

#[test]
fn files_are_asked_for_in_order_each_with_the_length_that_was_signed_for_it() {
    let world = World::new();
    let shelf = published(&world);
    let mut state = world.reader();
    let (needs, opened) = asked(Opening::begin(&mut state, now()), &shelf);
    assert_eq!(
        names(&needs),
        [
            "metadata/2.root.json",
            "statements/kikin.1.json",
            "statements/kokuho.1.json",
            "metadata/timestamp.json",
            "metadata/1.snapshot.json",
            "metadata/1.targets.json"
        ]
    );
    for need in &needs[4..] {
        assert_eq!(need.limit_bytes, shelf.0[need.path.as_str()].len() as u64, "{}", need.path);
    }
    let opened = opened.unwrap();
    let (needs, release) = asked(opened.fetching().unwrap(), &shelf);
    let release = release.unwrap();
    assert!(needs.iter().all(|need| need.limit_bytes == shelf.0[need.path.as_str()].len() as u64));
    assert_eq!(needs.len(), 1 + release.manifest().parts().count());

    // Who only wants the masters asks for nothing else.
    let (needs, masters) = asked(opened.fetching_masters().unwrap(), &shelf);
    assert_eq!(needs.len(), 1 + masters.unwrap().masters().count());
    let listed = |need: &Need| need.path.as_str().ends_with(".csv.zst");
    assert!(needs[1..].iter().all(listed), "{needs:?}");

    // What was accepted is not asked for again.
    let (needs, opened) = asked(Opening::begin(&mut state, now()), &shelf);
    assert_eq!(
        names(&needs),
        [
            "metadata/2.root.json",
            "statements/kikin.1.json",
            "statements/kokuho.1.json",
            "metadata/timestamp.json"
        ]
    );
    assert_eq!(opened.unwrap().standing(), Standing::SameAsRecorded);
}

#[test]
fn a_file_longer_than_asked_for_is_refused_whatever_the_transport_says() {
    let world = World::new();
    let mut state = world.reader();
    for answer in [Answer::TooLong, Answer::File(vec![b' '; limits::ROOT_BYTES as usize + 1])] {
        let refused = Opening::begin(&mut state, now()).feed(answer).map(|_| ()).unwrap_err();
        assert!(matches!(refused, OpenError::Refused(Refusal::TooLong { .. })), "{refused}");
    }
}

#[test]
fn what_was_learnt_before_a_refusal_is_kept_and_comes_back_from_its_bytes() {
    let world = World::new();
    let mut shelf = published(&world);
    let kikin = [2, 3, 4].map(key);
    let mut draft = World::builder(&kikin, &world.kokuho, &world.timestamp).after(&world.root).unwrap();
    for officer in world.kikin.iter().chain(&world.kokuho) {
        draft.sign(officer, Some(&world.root)).unwrap();
    }
    let second = draft.finish(Some(&world.root)).unwrap();
    shelf.0.insert(ChannelPath::root(2).to_string(), second.bytes().to_vec());

    let mut state = world.reader();
    let refused = drive(Opening::begin(&mut state, now()), &shelf).unwrap_err();
    assert!(matches!(refused, OpenError::Refused(Refusal::Halves(_))), "{refused}");
    let kept = TrustedState::from_bytes(&state.to_bytes(), world.root.bytes(), Policy::default()).unwrap();
    assert_eq!(kept.root().version(), 2);

    // Who has no memory of release 1 from before cannot tell it from one that the revoked key made since.
    // Looking back asks for no file twice, although it goes under two roots.
    let (needs, tip) = asked(ReadingTip::begin(&kept), &shelf);
    let refused = tip.unwrap_err();
    assert!(matches!(refused, OpenError::Refused(Refusal::SignersRevoked { release: 1 })), "{refused}");
    let mut once = names(&needs);
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), needs.len(), "{needs:?}");
}

/// Kikin's first two people, who signed release 1, are revoked by root 2; before them came another table.
fn revoked() -> (World, Shelf, World, TrustedState) {
    let world = World::new();
    let mut shelf = published(&world);
    // A signer who looked at the channel before the rotation.
    let mut remembering = world.reader();
    let tip = drive(ReadingTip::begin(&remembering), &shelf).unwrap();
    tip.remember(&mut remembering);
    let kikin = [3, 4, 5].map(key);
    let mut draft = World::builder(&kikin, &world.kokuho, &world.timestamp).after(&world.root).unwrap();
    for officer in world.kikin.iter().chain(&world.kokuho).chain(&kikin) {
        draft.sign(officer, Some(&world.root)).unwrap();
    }
    let root = draft.finish(Some(&world.root)).unwrap();
    shelf.0.insert(ChannelPath::root(2).to_string(), root.bytes().to_vec());
    let after = World { kikin: kikin.into(), root, ..World::new() };
    (world, shelf, after, remembering)
}

#[test]
fn what_revoked_keys_make_is_no_predecessor_and_never_a_fallback() {
    let (world, shelf, after, remembering) = revoked();
    // The holders of the revoked keys make release 2 under the old root, and point the channel to it.
    let mut forged = shelf.clone();
    forged.0.remove(ChannelPath::root(2).as_str());
    let tip = drive(ReadingTip::begin(&world.reader()), &forged).unwrap();
    forged.write(&world.release(&tip));
    forged.0.insert(ChannelPath::root(2).to_string(), after.root.bytes().to_vec());
    for state in [remembering.clone(), world.reader(), after.reader()] {
        let refused = drive(ReadingTip::begin(&state), &forged).map(|_| ()).unwrap_err();
        assert!(refused.is_trust_refusal(), "{refused}");
    }
    // Neither does the right release 1 pass for who does not remember it, nor is it followed by who does.
    let refused = drive(ReadingTip::begin(&world.reader()), &shelf).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::Refused(Refusal::SignersRevoked { release: 1 })), "{refused}");
    let tip = drive(ReadingTip::begin(&remembering), &shelf).unwrap();
    assert_eq!(tip.predecessor(), Err(NotFollowed::RenewFirst { release: 1 }));
    let next = after.propose(&tip);
    let reviewed = next.review(next.manifest()).unwrap();
    let none = Halves::default();
    let refused = reviewed.sign_as_kikin(&tip, &none, &after.kikin[0], now(), Validity::default());
    assert!(matches!(refused, Err(SignError::NotFollowed(NotFollowed::RenewFirst { release: 1 }))));

    // It is signed anew, and everybody goes on from there.
    let mut healed = shelf.clone();
    let again = drive(tip.proposing_again().unwrap().unwrap(), &shelf).unwrap();
    let halves = after.sign(&tip, &again);
    let publishable = Publishable::check(&again, &halves, &tip, now()).unwrap();
    healed.write(&publishable.seal(&after.timestamp, now(), Validity::default()).unwrap());
    let tip = drive(ReadingTip::begin(&world.reader()), &healed).unwrap();
    assert_eq!(tip.predecessor().unwrap().unwrap().release, 1);
    healed.write(&after.release(&tip));
    let opened = drive(Opening::begin(&mut world.reader(), now()), &healed).unwrap();
    assert_eq!((opened.release().release, opened.fallback().unwrap().release), (2, 1));
}

#[test]
fn a_new_signer_takes_what_was_told_by_voice_and_nothing_else() {
    let (world, shelf, _, remembering) = revoked();
    let known = remembering.release().unwrap();
    let told = |manifest| drive(ReadingTip::begin(&world.reader().vouching(manifest)), &shelf);
    let tip = told(known.manifest).unwrap();
    assert_eq!((tip.release(), tip.predecessor().is_err()), (Some(known), true));
    let refused = told(warifu_values::digest::Digest::of(b"another")).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::Refused(Refusal::SignersRevoked { .. })), "{refused}");
}

#[test]
fn an_older_copy_and_a_lost_timestamp_are_no_new_beginning() {
    let world = World::new();
    let mut shelf = published(&world);
    let older = shelf.clone();
    let tip = drive(ReadingTip::begin(&world.reader()), &shelf).unwrap();
    shelf.write(&world.release(&tip));
    let mut state = world.reader();
    drive(ReadingTip::begin(&state), &shelf).unwrap().remember(&mut state);
    assert_eq!(state.release().unwrap().release, 2);
    let refused = drive(ReadingTip::begin(&state), &older).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::Refused(Refusal::Rollback { .. })), "{refused}");

    // Without timestamp.json: refused by who remembers, and for who does not, the halves speak.
    let mut lost = shelf.clone();
    lost.0.remove(ChannelPath::timestamp().as_str());
    let refused = drive(ReadingTip::begin(&state), &lost).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::Refused(Refusal::Rollback { offered: 0, .. })), "{refused}");
    let tip = drive(ReadingTip::begin(&world.reader()), &lost).unwrap();
    assert_eq!(tip.predecessor(), Err(NotFollowed::TimestampLost { release: 2 }));
    let proposal = world.propose(&tip);
    let reviewed = proposal.review(proposal.manifest()).unwrap();
    let none = Halves::default();
    let refused = reviewed.sign_as_kikin(&tip, &none, &world.kikin[0], now(), Validity::default());
    assert!(matches!(refused, Err(SignError::NotFollowed(_))), "{refused:?}");
}

#[test]
fn of_two_runs_at_once_the_state_that_knows_more_is_kept() {
    let world = World::new();
    let mut shelf = published(&world);
    let remembered = |shelf: &Shelf| {
        let mut state = world.reader();
        drive(ReadingTip::begin(&state), shelf).unwrap().remember(&mut state);
        state
    };
    let first = remembered(&shelf);
    let tip = drive(ReadingTip::begin(&world.reader()), &shelf).unwrap();
    let other = shelf.clone();
    shelf.write(&world.release(&tip));
    let second = remembered(&shelf);
    for (mut into, from) in [(first.clone(), second.clone()), (second.clone(), first.clone())] {
        into.absorb(from).unwrap();
        assert_eq!(into.release(), second.release());
    }
    // A second, other release 2: whoever comes later hears of it.
    let mut other = other;
    let mut forked = head(2, tip.release());
    forked.title = "another".into();
    let proposal = propose(forked, &masters(7));
    let publishable = Publishable::check(&proposal, &world.sign(&tip, &proposal), &tip, now()).unwrap();
    other.write(&publishable.seal(&world.timestamp, now(), Validity::default()).unwrap());
    let mut forked = remembered(&other);
    assert_eq!(forked.absorb(second.clone()), Err(Refusal::OtherContent { release: 2 }));
    assert_eq!(forked.release(), second.release());
    // Of the same versions as its own, it stays with what it knows.
    let tip = drive(ReadingTip::begin(&second), &other).unwrap();
    assert_eq!(tip.release(), second.release());
}

#[test]
fn a_state_is_found_by_every_root_of_its_line() {
    let (world, _, after, remembering) = revoked();
    let mut state = remembering;
    assert!(TrustedState::is_of(&state.to_bytes(), world.root.bytes()));
    assert!(TrustedState::is_of(&state.to_bytes(), after.root.bytes()), "root 2 follows root 1");
    let signed = ReleaseRef { release: 3, manifest: warifu_values::digest::Digest::of(b"3") };
    state.remember_signed(signed);
    let loaded = TrustedState::from_bytes(&state.to_bytes(), world.root.bytes(), Policy::default()).unwrap();
    assert_eq!(loaded.signed(), Some(signed));
    let mut other = World::builder(&[41, 42].map(key), &[51, 52].map(key), &key(61)).first().unwrap();
    for seed in [41, 42, 51, 52] {
        other.sign(&key(seed), None).unwrap();
    }
    assert!(!TrustedState::is_of(&state.to_bytes(), other.finish(None).unwrap().bytes()));
}

/// A token that is not there, and one that signs something else.
enum Token {
    Absent(PublicKey),
    Broken(SecretKey),
}

impl Signer for Token {
    fn public(&self) -> PublicKey {
        match self {
            Token::Absent(key) => *key,
            Token::Broken(key) => key.public(),
        }
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], SignerError> {
        match self {
            Token::Absent(_) => Err(SignerError::failed(&KeyError::WrongPassphrase)),
            Token::Broken(key) => Signer::sign(key, b"something else"),
        }
    }
}

#[test]
fn a_token_that_does_not_sign_leaves_nothing_behind() {
    let world = World::new();
    let tip = drive(ReadingTip::begin(&world.reader()), &Shelf::default()).unwrap();
    let proposal = world.propose(&tip);
    let reviewed = proposal.review(proposal.manifest()).unwrap();
    let absent = Token::Absent(world.kikin[0].public());
    let broken = Token::Broken(key(1));
    for (token, told) in [(&absent, "the passphrase does not open"), (&broken, "is not its signature")] {
        let refused = reviewed.sign_as_kikin(&tip, &Halves::default(), token, now(), Validity::default());
        let refused = refused.unwrap_err();
        assert!(refused.to_string().contains(told), "{refused}");
        assert!(!refused.is_trust_refusal(), "it could not be done");
        let mut draft =
            World::builder(&world.kikin, &world.kokuho, &world.timestamp).after(&world.root).unwrap();
        let before = draft.to_bytes();
        assert!(matches!(draft.sign(token, Some(&world.root)), Err(RootSignError::Signer(_))));
        assert_eq!(draft.to_bytes(), before);
    }
    let halves = world.sign(&tip, &proposal);
    let publishable = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
    let token = Token::Absent(world.timestamp.public());
    let refused = publishable.seal(&token, now(), Validity::default()).unwrap_err();
    assert!(matches!(refused, SealError::Signer(_)), "{refused}");
}
