//! What one organisation says alone: it takes away, is never forgotten, and adds nothing.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "test support; a failure here fails the test"
)]

use warifu_trust::testing::{Shelf, World, drive, head, key, masters, now, propose};
use warifu_trust::*;

/// A shelf with releases 1 and 2, and what a signer has read of it.
fn two_releases(world: &World) -> (Shelf, Tip) {
    let mut shelf = Shelf::default();
    for _ in 0..2 {
        let tip = tip(world, &shelf);
        shelf.write(&world.release(&tip));
    }
    let tip = tip(world, &shelf);
    (shelf, tip)
}

fn tip(world: &World, shelf: &Shelf) -> Tip {
    drive(ReadingTip::begin(&world.reader()), shelf).unwrap()
}

fn open(state: &mut TrustedState, shelf: &Shelf) -> Result<OpenedRelease, OpenError> {
    drive(Opening::begin(state, now()), shelf)
}

/// Puts a statement of `signer` in the place of the organisation's next one.
fn say(world: &World, shelf: &mut Shelf, signer: &SecretKey, says: Says) -> StatementFile {
    let statement = StatementFile::sign(&world.root, signer, says, "誤った点数", now()).unwrap();
    let organisation = statement.made().organisation;
    let place = |number| ChannelPath::statement(organisation, number).to_string();
    let number = (1..).find(|number| !shelf.0.contains_key(&place(*number))).unwrap();
    shelf.0.insert(place(number), statement.bytes().to_vec());
    statement
}

#[test]
fn a_state_with_every_statement_that_there_may_be_is_read_back() {
    let world = World::new();
    let (mut shelf, _) = two_releases(&world);
    // As long as one may be, of line breaks, which take two bytes each in the state.
    let mut lay = |speaker: Speaker, numbers: u64, signer: &SecretKey| {
        for number in 1..=numbers {
            let manifest = warifu_values::digest::Digest::of(format!("{speaker} {number}").as_bytes());
            let release = ReleaseRef { release: 1_000 + number, manifest };
            let said = StatementFile::sign(&world.root, signer, Says::Withdrawn { release }, "詰め物", now());
            let said = said.unwrap().bytes().to_vec();
            let padding = vec![b'\n'; limits::STATEMENT_BYTES as usize - said.len()];
            shelf.0.insert(ChannelPath::statement(speaker, number).to_string(), [said, padding].concat());
        }
    };
    lay(Organisation::Kikin.into(), limits::STATEMENTS, &world.kikin[0]);
    lay(Organisation::Kokuho.into(), limits::STATEMENTS, &world.kokuho[0]);
    let own = world.kikin.iter().chain(&world.kokuho);
    own.for_each(|key| lay(Speaker::Key(key.public().id()), limits::STATEMENTS_OF_KEY, key));
    let mut state = world.reader();
    open(&mut state, &shelf).unwrap();
    let keys = world.kikin.len() + world.kokuho.len();
    let all = 2 * limits::STATEMENTS + keys as u64 * limits::STATEMENTS_OF_KEY;
    assert_eq!(state.statements().made().count() as u64, all);
    let kept = state.to_bytes();
    assert!(kept.len() as u64 > 16 << 20, "{}", kept.len());
    let read = TrustedState::from_bytes(&kept, world.root.bytes(), Policy::default()).unwrap();
    assert_eq!(read.statements().made().count() as u64, all);
}

#[test]
fn either_takes_a_release_away_and_readers_may_only_fall_back() {
    let world = World::new();
    for signer in [&world.kikin[2], &world.kokuho[1]] {
        let (mut shelf, at) = two_releases(&world);
        let (mut state, release) = (world.reader(), at.release().unwrap());
        assert!(open(&mut state, &shelf).unwrap().withdrawn().is_none());
        say(&world, &mut shelf, signer, Says::Withdrawn { release });
        let opened = open(&mut state, &shelf).unwrap();
        let made = opened.withdrawn().unwrap();
        assert_eq!((made.reason.as_str(), made.says.clone()), ("誤った点数", Says::Withdrawn { release }));
        assert_eq!(opened.fallback().unwrap().release, 1);

        // A channel that keeps it back changes nothing for whoever has seen it, after a restart either.
        shelf.0.retain(|path, _| !path.starts_with("statements/"));
        assert!(open(&mut state, &shelf).unwrap().withdrawn().is_some());
        let kept = state.to_bytes();
        let mut state = TrustedState::from_bytes(&kept, world.root.bytes(), Policy::default()).unwrap();
        assert!(open(&mut state, &shelf).unwrap().withdrawn().is_some());
        assert_eq!(state.to_bytes(), kept);
    }
}

#[test]
fn both_may_say_the_same_and_both_are_told() {
    let world = World::new();
    let (mut shelf, at) = two_releases(&world);
    let says = Says::Withdrawn { release: at.release().unwrap() };
    say(&world, &mut shelf, &world.kokuho[0], says.clone());
    assert!(tip(&world, &shelf).statements().said(Organisation::Kikin, &says).is_none());
    say(&world, &mut shelf, &world.kikin[0], says.clone());
    let opened = open(&mut world.reader(), &shelf).unwrap();
    let who: Vec<_> = opened.withdrawals().iter().map(|made| made.organisation).collect();
    assert_eq!(who, Organisation::BOTH);
    assert!(tip(&world, &shelf).statements().said(Organisation::Kikin, &says).is_some());
    // A key that was taken away said it before, and it counts; afterwards it says nothing.
    say(&world, &mut shelf, &world.kikin[0], Says::Revoked { key: world.kikin[2].public().id() });
    let other = Says::Withdrawn { release: opened.fallback().unwrap() };
    say(&world, &mut shelf, &world.kikin[2], other.clone());
    assert!(tip(&world, &shelf).statements().said(Organisation::Kikin, &other).is_none());
}

#[test]
fn the_next_release_falls_back_to_what_was_not_withdrawn() {
    let world = World::new();
    let (mut shelf, at) = two_releases(&world);
    say(&world, &mut shelf, &world.kokuho[0], Says::Withdrawn { release: at.release().unwrap() });
    let at = tip(&world, &shelf);
    assert!(at.withdrawn().is_some());
    shelf.write(&world.release(&at));
    let opened = open(&mut world.reader(), &shelf).unwrap();
    assert!(opened.withdrawn().is_none());
    assert_eq!((opened.release().release, opened.fallback().unwrap().release), (3, 1));

    // When both are withdrawn, there is nothing to fall back to.
    for release in [opened.release(), opened.fallback().unwrap()] {
        say(&world, &mut shelf, &world.kikin[0], Says::Withdrawn { release });
    }
    let opened = open(&mut world.reader(), &shelf).unwrap();
    assert!(opened.withdrawn().is_some() && opened.fallback().is_none());
    shelf.write(&world.release(&tip(&world, &shelf)));
    let opened = open(&mut world.reader(), &shelf).unwrap();
    assert!(opened.withdrawn().is_none() && opened.fallback().is_none());
}

#[test]
fn what_a_revoked_key_signed_is_not_moved_to_and_stays_where_it_runs() {
    let world = World::new();
    let mut shelf = Shelf::default();
    shelf.write(&world.release(&tip(&world, &shelf)));
    let mut running = world.reader();
    open(&mut running, &shelf).unwrap();
    // Kikin needs two of three; the third one did not sign.
    let key = world.kikin[2].public().id();
    say(&world, &mut shelf, &world.kikin[0], Says::Revoked { key });
    assert!(open(&mut world.reader(), &shelf).is_ok());
    let key = world.kikin[1].public().id();
    say(&world, &mut shelf, &world.kikin[0], Says::Revoked { key });
    for state in [&mut world.reader(), &mut running] {
        let refused = open(state, &shelf).unwrap_err();
        assert!(matches!(refused, OpenError::Refused(Refusal::Halves(_))), "{refused}");
    }
    // What runs is intact, and who remembers it can have it signed anew.
    assert!(reopen(&running).is_ok());
    let remembered = drive(ReadingTip::begin(&running), &shelf).unwrap();
    assert!(matches!(remembered.predecessor(), Err(NotFollowed::RenewFirst { .. })));
    assert!(drive(ReadingTip::begin(&world.reader()), &shelf).is_err());
    // What the revoked key says of releases counts for nothing either.
    let release = remembered.release().unwrap();
    let statement =
        StatementFile::sign(&world.root, &world.kikin[1], Says::Withdrawn { release }, "x", now()).unwrap();
    shelf.0.insert(ChannelPath::statement(Organisation::Kikin, 3).to_string(), statement.bytes().to_vec());
    let remembered = drive(ReadingTip::begin(&running), &shelf).unwrap();
    assert_eq!(remembered.statements().made().count(), 3);
    assert!(remembered.withdrawn().is_none());
}

#[test]
fn nobody_speaks_for_another() {
    let world = World::new();
    let sign = |signer: &SecretKey, says: Says, reason: &str| {
        StatementFile::sign(&world.root, signer, says, reason, now()).map(|_| ()).unwrap_err()
    };
    let kokuho = Says::Revoked { key: world.kokuho[0].public().id() };
    let timestamp = Says::Revoked { key: world.timestamp.public().id() };
    assert!(matches!(sign(&world.kikin[0], kokuho.clone(), "x"), StatementError::NotItsKey { .. }));
    assert!(matches!(sign(&world.kikin[0], timestamp, "x"), StatementError::NotItsKey { .. }));
    assert!(matches!(sign(&key(99), kokuho.clone(), "x"), StatementError::NobodysKey { .. }));
    assert!(matches!(sign(&world.timestamp, kokuho.clone(), "x"), StatementError::NobodysKey { .. }));
    for hides in ["", " ", "fine\u{202e}enif"] {
        assert_eq!(sign(&world.kokuho[1], kokuho.clone(), hides), StatementError::Reason);
    }

    // In the other's place, changed in any byte, or no statement at all: it says nothing, and what comes
    // after it is still heard.
    let (shelf, at) = two_releases(&world);
    let release = at.release().unwrap();
    let made = StatementFile::sign(&world.root, &world.kikin[0], Says::Withdrawn { release }, "x", now());
    let bytes = made.unwrap().bytes().to_vec();
    let place = |organisation, number| ChannelPath::statement(organisation, number).to_string();
    let mut elsewhere = shelf.clone();
    elsewhere.0.insert(place(Organisation::Kokuho, 1), bytes.clone());
    assert!(open(&mut world.reader(), &elsewhere).unwrap().withdrawn().is_none());
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let mut shelf = shelf.clone();
        shelf.0.insert(place(Organisation::Kikin, 1), changed.clone());
        let said = open(&mut world.reader(), &shelf).unwrap();
        assert!(said.withdrawn().is_none(), "{at}: {}", String::from_utf8_lossy(&changed));
        shelf.0.insert(place(Organisation::Kikin, 2), vec![b'x'; 20_000]);
        shelf.0.insert(place(Organisation::Kikin, 3), bytes.clone());
        assert!(open(&mut world.reader(), &shelf).unwrap().withdrawn().is_some(), "{at}");
    }
}

/// securesystemslib, untouched, verifies the envelope under the key of the root. Where it is not installed,
/// the test says so and proves nothing; with `WARIFU_TEST_ALL`, which tests/run.sh sets, it fails.
#[test]
fn the_envelope_is_the_one_that_securesystemslib_verifies() {
    use std::io::Write as _;
    const SCRIPT: &str = "\
import json, sys
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey
file = json.load(sys.stdin)
key = SSlibKey(file['id'], 'ed25519', 'ed25519', {'public': file['public']})
envelope = Envelope.from_dict(json.loads(file['statement']))
envelope.verify([key], 1)
print(json.loads(envelope.payload)['subject'][0]['name'])
envelope.payload += b' '
try:
    envelope.verify([key], 1)
except Exception:
    print('refused')
";
    let world = World::new();
    let (_, at) = two_releases(&world);
    let (signer, release) = (&world.kikin[0], at.release().unwrap());
    let made = StatementFile::sign(&world.root, signer, Says::Withdrawn { release }, "x", now()).unwrap();
    let public = signer.public();
    let file = serde_json::json!({
        "id": public.id().to_string(), "public": public.to_string(),
        "statement": String::from_utf8(made.bytes().to_vec()).unwrap(),
    });
    let python = std::env::var("WARIFU_TEST_PYTHON").unwrap_or_else(|_| "python3".into());
    let piped = std::process::Stdio::piped;
    let mut child = std::process::Command::new(python)
        .args(["-c", SCRIPT])
        .stdin(piped())
        .stdout(piped())
        .stderr(piped())
        .spawn()
        .unwrap();
    write!(child.stdin.take().unwrap(), "{file}").unwrap();
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    if errors.contains("ModuleNotFoundError") {
        assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "WARIFU_TEST_ALL leaves nothing out");
        let _ = writeln!(std::io::stderr(), "left out: no securesystemslib");
        return;
    }
    assert_eq!(String::from_utf8_lossy(&output.stdout), "release-2.json\nrefused\n", "{errors}");
}

/// One bad answer makes nobody deaf: what did not verify is asked for again.
#[test]
fn what_was_cut_on_the_way_is_heard_the_next_time() {
    let world = World::new();
    let (mut shelf, at) = two_releases(&world);
    let release = at.release().unwrap();
    say(&world, &mut shelf, &world.kikin[0], Says::Withdrawn { release });
    let place = ChannelPath::statement(Organisation::Kikin, 1).to_string();
    let whole = shelf.0[&place].clone();
    let mut state = world.reader();
    for cut in [0, 1, whole.len() / 2, whole.len() - 1] {
        shelf.0.insert(place.clone(), whole[..cut].to_vec());
        assert!(open(&mut state, &shelf).unwrap().withdrawn().is_none(), "{cut}");
    }
    shelf.0.insert(place, whole);
    assert!(open(&mut state, &shelf).unwrap().withdrawn().is_some());
}

#[test]
fn no_more_are_asked_for_than_there_may_be() {
    let world = World::new();
    let (mut shelf, _) = two_releases(&world);
    for number in 1..=limits::STATEMENTS + 5 {
        shelf.0.insert(ChannelPath::statement(Organisation::Kikin, number).to_string(), b"junk".to_vec());
    }
    let mut asked = 0;
    let mut state = world.reader();
    let mut walk = Opening::begin(&mut state, now());
    let refused = loop {
        asked += u64::from(walk.need().path.as_str().starts_with("statements/kikin."));
        let answer = shelf.answer(walk.need());
        match walk.feed(answer) {
            Ok(Step::Next(next)) => walk = next,
            Ok(Step::Done(_)) => panic!("all of it was looked through"),
            Err(error) => break error,
        }
    };
    // What is no statement is put up with 64 times.
    assert!(matches!(refused, OpenError::Refused(Refusal::Junk { files: 64, .. })), "{refused:?}");
    assert_eq!(asked, 65);
}

#[test]
fn a_revoked_person_signs_nothing_any_more() {
    let world = World::new();
    let (mut shelf, _) = two_releases(&world);
    say(&world, &mut shelf, &world.kikin[0], Says::Revoked { key: world.kikin[2].public().id() });
    let at = tip(&world, &shelf);
    let proposal = world.propose(&at);
    let reviewed = proposal.review(proposal.manifest()).unwrap();
    let sign = |key: &SecretKey| {
        reviewed.sign_as_kikin(&at, &Halves::default(), key, world.now, Validity::default()).map(|_| ())
    };
    assert!(sign(&world.kikin[1]).is_ok());
    assert!(sign(&world.kikin[2]).is_err());
}

/// What a key said before its organisation took it away stands; what it says afterwards does not.
#[test]
fn a_revocation_gives_nothing_back() {
    let world = World::new();
    let (mut shelf, at) = two_releases(&world);
    let release = at.release().unwrap();
    say(&world, &mut shelf, &world.kikin[2], Says::Withdrawn { release });
    say(&world, &mut shelf, &world.kikin[0], Says::Revoked { key: world.kikin[2].public().id() });
    let opened = open(&mut world.reader(), &shelf).unwrap();
    assert!(opened.withdrawn().is_some());
    let back = opened.fallback().unwrap();
    say(&world, &mut shelf, &world.kikin[2], Says::Withdrawn { release: back });
    // Nor does whoever was taken away take others along.
    say(&world, &mut shelf, &world.kikin[2], Says::Revoked { key: world.kikin[0].public().id() });
    assert_eq!(tip(&world, &shelf).statements().revoked().len(), 1);
    assert_eq!(open(&mut world.reader(), &shelf).unwrap().fallback(), Some(back));
}

/// The root changes and who said something leaves: whoever heard it remembers, also who pins the newer root.
#[test]
fn what_was_heard_before_a_rotation_is_remembered_after_it() {
    let world = World::new();
    let (mut shelf, at) = two_releases(&world);
    let release = at.release().unwrap();
    say(&world, &mut shelf, &world.kikin[0], Says::Withdrawn { release });
    let mut state = world.reader();
    open(&mut state, &shelf).unwrap();
    let kikin = [2, 3, 4].map(key);
    let mut draft = World::builder(&kikin, &world.kokuho, &world.timestamp).after(&world.root).unwrap();
    for officer in world.kikin.iter().chain(&world.kokuho) {
        draft.sign(officer, Some(&world.root)).unwrap();
    }
    let second = draft.finish(Some(&world.root)).unwrap();
    shelf.0.insert(ChannelPath::root(2).to_string(), second.bytes().to_vec());
    let _ = open(&mut state, &shelf);
    for pinned in [&world.root, &second] {
        let again = TrustedState::from_bytes(&state.to_bytes(), pinned.bytes(), Policy::default()).unwrap();
        assert!(again.statements().withdrawal(release).is_some());
    }
}

#[test]
fn a_release_of_another_content_is_not_meant() {
    let world = World::new();
    let (mut shelf, at) = two_releases(&world);
    let other = propose(head(2, None), &masters(9));
    let release = ReleaseRef { manifest: other.release().manifest, ..at.release().unwrap() };
    say(&world, &mut shelf, &world.kikin[0], Says::Withdrawn { release });
    assert!(open(&mut world.reader(), &shelf).unwrap().withdrawn().is_none());
}

/// An emergency release, published; and its manifest.
fn publish_emergency(world: &World, shelf: &mut Shelf) -> (ReleaseRef, Manifest) {
    let tip = tip(world, shelf);
    let emergency = Some(Emergency { reason: "薬価の誤り".into() });
    let number = tip.release().unwrap().release + 1;
    let proposal = propose(ReleaseHead { emergency, ..head(number, tip.release()) }, &masters(number));
    let halves = world.sign(&tip, &proposal);
    let publishable = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
    shelf.write(&publishable.seal(&world.timestamp, now(), Validity::default()).unwrap());
    (proposal.release(), proposal.manifest().clone())
}

/// Whatever program asks: the normal release is not begun, signed or published before.
#[test]
fn nothing_normal_is_signed_or_published_while_a_post_review_is_owed_or_not_known() {
    let world = World::new();
    let (mut shelf, _) = two_releases(&world);
    let (release, _) = publish_emergency(&world, &mut shelf);
    let refused = |shelf: &Shelf| {
        let tip = tip(&world, shelf);
        let (next, none, validity) = (world.propose(&tip), Halves::default(), Validity::default());
        let reviewed = next.review(next.manifest()).unwrap();
        let begun = Halves::begin(&next, &tip, now(), validity).unwrap_err();
        let kikin = reviewed.sign_as_kikin(&tip, &none, &world.kikin[0], now(), validity).unwrap_err();
        let kokuho = reviewed.sign_as_kokuho(&tip, &none, &world.kokuho[0], now(), validity).unwrap_err();
        let published = Publishable::check(&next, &none, &tip, now()).unwrap_err();
        assert_eq!([&begun, &begun], [&kikin, &kokuho]);
        assert_eq!(published, NotPublishable::NotThis(begun.clone()));
        begun
    };
    let owed = PostReviewMissing::Owed(vec![Owed { release, by: Organisation::BOTH.to_vec() }]);
    assert_eq!(refused(&shelf), SignError::PostReview(owed));

    // Nobody knows what is owed where the manifest is gone. The release itself may be signed anew.
    let mut without = shelf.clone();
    without.0.retain(|path, _| !path.contains(&release.manifest.to_string()));
    assert_eq!(without.0.len() + 1, shelf.0.len());
    let unread = PostReviewMissing::Unread { release: release.release };
    assert_eq!(refused(&without), SignError::PostReview(unread));
    let again = drive(tip(&world, &shelf).proposing_again().unwrap().unwrap(), &shelf).unwrap();
    world.sign(&tip(&world, &without), &again);

    for signer in [&world.kikin[0], &world.kokuho[0]] {
        say(&world, &mut shelf, signer, Says::Reviewed { release });
    }
    shelf.write(&world.release(&tip(&world, &shelf)));
}

#[test]
fn a_normal_release_waits_for_both_post_reviews_and_an_emergency_names_what_is_owed() {
    let world = World::new();
    let (mut shelf, before) = two_releases(&world);
    let goes = |shelf: &Shelf, is_emergency: bool, named: &[ReleaseRef]| {
        tip(&world, shelf).check_post_reviews(is_emergency, named)
    };
    // What is no emergency asks for nothing, and what was never owed is not named.
    assert_eq!(goes(&Shelf::default(), false, &[]), Ok(()));
    assert_eq!(goes(&shelf, false, &[]), Ok(()));
    assert!(goes(&shelf, true, &[before.release().unwrap()]).is_err());
    let (release, published) = publish_emergency(&world, &mut shelf);

    let owed = |by: &[Organisation]| PostReviewMissing::Owed(vec![Owed { release, by: by.to_vec() }]);
    assert_eq!(goes(&shelf, false, &[]), Err(owed(&Organisation::BOTH)));
    assert_eq!(goes(&shelf, true, &[release]), Ok(()));
    assert_eq!(goes(&shelf, true, &[]), Err(PostReviewMissing::Names { named: vec![], owed: vec![3] }));

    // One organisation's word is its own, whoever of it says it, and however often.
    say(&world, &mut shelf, &world.kikin[0], Says::Reviewed { release });
    say(&world, &mut shelf, &world.kikin[1], Says::Reviewed { release });
    assert_eq!(goes(&shelf, false, &[]), Err(owed(&[Organisation::Kokuho])));
    let other = ReleaseRef { manifest: warifu_values::digest::Digest::of(b"another"), ..release };
    say(&world, &mut shelf, &world.kokuho[0], Says::Reviewed { release: other });
    // A key that its own organisation took away says nothing more.
    let revoked = world.kokuho[1].public().id();
    say(&world, &mut shelf, &world.kokuho[0], Says::Revoked { key: revoked });
    say(&world, &mut shelf, &world.kokuho[1], Says::Reviewed { release });
    assert_eq!(goes(&shelf, false, &[]), Err(owed(&[Organisation::Kokuho])));
    say(&world, &mut shelf, &world.kokuho[0], Says::Reviewed { release });
    assert_eq!(goes(&shelf, false, &[]), Ok(()));
    // A draft that was made before the last statement came still goes.
    assert_eq!(goes(&shelf, true, &[release]), Ok(()));

    // Readers serve what they have, and take nothing back for it.
    let opened = open(&mut world.reader(), &shelf).unwrap();
    assert!(opened.withdrawn().is_none());
    assert_eq!(opened.statements().owed_after(release, &published), []);
}
