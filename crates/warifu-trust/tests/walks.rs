//! The conversation itself: what a walk asks for, and what it makes of the answers.
#![expect(clippy::unwrap_used, reason = "test support; a failure here fails the test")]

use warifu_trust::testing::{Shelf, World, drive, key, now};
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
            "metadata/timestamp.json",
            "metadata/1.snapshot.json",
            "metadata/1.targets.json"
        ]
    );
    for need in &needs[2..] {
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
    assert_eq!(names(&needs), ["metadata/2.root.json", "metadata/timestamp.json"]);
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

    // Looking back asks for no file twice, although it goes under two roots.
    let (needs, tip) = asked(ReadingTip::begin(&kept), &shelf);
    assert_eq!(tip.unwrap().release().unwrap().release, 1);
    let mut once = names(&needs);
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), needs.len(), "{needs:?}");
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
