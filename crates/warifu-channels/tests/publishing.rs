//! From a proposal to a published release: who may do what, in which order, and what an interruption leaves.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "test support; a failure here fails the test"
)]

mod verdicts;

use warifu_channels::testing::{FailingChannel, MemoryChannel, Publishing as _};
use warifu_channels::{
    Address, Channel, DraftDirectory, DraftError, Earlier, PublishError, fetch_fallback, fetch_masters,
    propose_again, publish, read_tip, read_tip_rebuilding, rebuild_timestamp, refresh_timestamp,
};
use warifu_trust::testing::{World, cards, forge, head, key, masters, now, propose};
use warifu_trust::*;

use verdicts::{fetch, open};

fn validity() -> Validity {
    Validity::default()
}

/// What a new reader sees: the release, or nothing. Whatever it sees must be whole.
fn seen(world: &World, channel: &dyn Channel) -> Option<u64> {
    match open(channel, &mut world.reader(), now()) {
        Ok(opened) => {
            fetch(channel, &opened).unwrap();
            fetch_fallback(channel, &opened).unwrap();
            Some(opened.release().release)
        }
        Err(OpenError::NothingPublished) => None,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn kikin_signs_first_and_not_after_kokuho() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let (tip, proposal) = world.propose_for(&channel);
    let reviewed = proposal.review(proposal.manifest()).unwrap();
    let kikin = |halves: &Halves, person: usize| {
        reviewed.sign_as_kikin(&tip, halves, &world.kikin[person], now(), validity())
    };
    let kokuho = |halves: &Halves| reviewed.sign_as_kokuho(&tip, halves, &world.kokuho[0], now(), validity());
    let refused = kokuho(&Halves::default()).unwrap_err();
    assert!(refused.to_string().starts_with("Kikin signs first: 0 of 2 signed so far"), "{refused}");
    let first = kikin(&Halves::default(), 2).unwrap();
    assert_eq!((first.tally.kikin.have, first.tally.kikin.need), (1, 2));
    assert!(matches!(kokuho(&first.halves), Err(SignError::KikinFirst(_))));
    let error = Publishable::check(&proposal, &first.halves, &tip, now()).unwrap_err();
    assert!(error.to_string().contains("Kikin 1 of 2 signed, Kokuho 0 of 1 signed"), "{error}");

    let second = kikin(&first.halves, 0).unwrap();
    // The order of signing does not show in the bytes, and signing twice changes nothing.
    let other_way = kikin(&kikin(&Halves::default(), 0).unwrap().halves, 2).unwrap();
    assert_eq!(second.halves, other_way.halves);
    assert_eq!(kikin(&second.halves, 0).unwrap(), second);
    assert!(matches!(
        Publishable::check(&proposal, &second.halves, &tip, now()),
        Err(NotPublishable::Halves(_))
    ));

    let both = kokuho(&second.halves).unwrap();
    assert!(matches!(kikin(&both.halves, 1), Err(SignError::AlreadyApproved)));
    Publishable::check(&proposal, &both.halves, &tip, now()).unwrap();

    // Kikin's file exchanged in the draft after Kokuho signed it.
    let third = kikin(&second.halves, 1).unwrap();
    let swapped = Halves { targets: third.halves.targets, snapshot: both.halves.snapshot };
    assert!(matches!(
        Publishable::check(&proposal, &swapped, &tip, now()),
        Err(NotPublishable::NotThis(SignError::OtherContent { file: "snapshot.json" }))
    ));
}

/// A draft in a folder of its own, as one person has it.
fn copy_of(proposal: &Proposal, begun: &Halves) -> (tempfile::TempDir, DraftDirectory) {
    let folder = tempfile::tempdir().unwrap();
    let draft = DraftDirectory::new(folder.path().join("draft"));
    draft.make(proposal, begun, Earlier::Stays).unwrap();
    (folder, draft)
}

/// The halves of a draft with every signature that lies in it.
fn collected(draft: &DraftDirectory, proposal: &Proposal, tip: &Tip) -> Collected {
    let (signatures, none) = draft.read_signatures(tip).unwrap();
    assert!(none.is_empty(), "{none:?}");
    draft.read_halves().unwrap().collect(&signatures, proposal, tip).unwrap()
}

/// The same beside files that are no signatures of anybody who may sign.
fn collected_beside(draft: &DraftDirectory, proposal: &Proposal, tip: &Tip) -> Collected {
    let (signatures, _) = draft.read_signatures(tip).unwrap();
    draft.read_halves().unwrap().collect(&signatures, proposal, tip).unwrap()
}

/// The signature in the file, in hexadecimal digits.
fn made_hex(file: &str) -> &str {
    file.split_once("\"sig\": \"").unwrap().1.split_once('"').unwrap().0
}

#[test]
fn signatures_made_apart_are_collected_in_any_order_and_none_is_lost() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let (tip, proposal) = world.propose_for(&channel);
    let reviewed = proposal.review(proposal.manifest()).unwrap();
    let begun = Halves::begin(&proposal, &tip, now(), validity()).unwrap();
    // Three of Kikin sign at once, each in a copy of the draft, hours apart on their clocks.
    let hours = |hours: i64| UnixSeconds::new(now().seconds() + hours * 3600);
    let mut made = Vec::new();
    for (person, at) in [(0, hours(0)), (1, hours(-2)), (2, hours(30))] {
        let (_folder, draft) = copy_of(&proposal, &begun);
        let halves = collected(&draft, &proposal, &tip).halves;
        let signed = reviewed.sign_as_kikin(&tip, &halves, &world.kikin[person], at, validity());
        let file = draft.write_signature(&signed.unwrap().signature).unwrap();
        made.push(draft.read_signature(&file).unwrap());
    }
    let (_folder, first) = copy_of(&proposal, &begun);
    let (_folder, second) = copy_of(&proposal, &begun);
    made.iter().for_each(|one| drop(first.write_signature(one).unwrap()));
    made.iter().rev().for_each(|one| drop(second.write_signature(one).unwrap()));
    let both = [&first, &second].map(|draft| collected(draft, &proposal, &tip));
    assert_eq!(both[0], both[1]);
    let signers = both[0].halves.signers(&proposal, &tip).unwrap();
    assert_eq!((signers.kikin.have.len(), signers.kikin.have_not.len()), (3, 0));
    assert_eq!((signers.kokuho.have.len(), signers.kokuho.have_not.len()), (0, 2));

    // Whoever lays a thousand other files there keeps none of them out.
    let signatures = first.directory().join("signatures");
    let junk = |at: usize| signatures.join(format!("0-{at}.json"));
    (0..1000).for_each(|at| std::fs::write(junk(at), b"{}").unwrap());
    let (found, none) = first.read_signatures(&tip).unwrap();
    assert_eq!((found.len(), none.len()), (3, 1000));
    assert_eq!(none[0], "0-0.json");
    // Nor whoever lays many there that look like signatures, of strangers or of a signer.
    let like = String::from_utf8(made[0].to_bytes()).unwrap();
    let of_key = like.split_once("\"keyid\": \"").unwrap().1[..64].to_owned();
    let alike = |at: usize| match at % 2 {
        0 => like.replace(&of_key, &format!("{at:064x}")),
        _ => like.replacen("\"sig\": \"", &format!("\"sig\": \"{at:08x}"), 1).replacen(
            &made_hex(&like)[120..],
            "",
            1,
        ),
    };
    (0..3000).for_each(|at| std::fs::write(junk(at), alike(at)).unwrap());
    let Collected { halves, .. } = collected_beside(&first, &proposal, &tip);
    assert_eq!(halves, both[0].halves);
    let (found, _) = first.read_signatures(&tip).unwrap();
    assert!(found.len() < 3 + 17, "{}", found.len());
    (0..3000).for_each(|at| std::fs::remove_file(junk(at)).unwrap());

    // Two of Kokuho seal apart, hours apart: the same bytes, both are counted.
    let mut sealed = Vec::new();
    for (person, at) in [(0, hours(31)), (1, hours(40))] {
        let signed = reviewed.sign_as_kokuho(&tip, &both[0].halves, &world.kokuho[person], at, validity());
        sealed.push(signed.unwrap().signature);
    }
    sealed.iter().for_each(|one| drop(first.write_signature(one).unwrap()));
    let Collected { halves, left_out } = collected(&first, &proposal, &tip);
    assert_eq!(left_out, []);
    assert_eq!(halves.tally(&proposal, &tip).unwrap().kokuho.have, 2);
    Publishable::check(&proposal, &halves, &tip, now()).unwrap();

    // Kokuho sealed two of them, the third comes later; and what is of another draft or nobody's.
    let (_folder, third) = copy_of(&proposal, &begun);
    made[..2].iter().for_each(|one| drop(third.write_signature(one).unwrap()));
    let two = collected(&third, &proposal, &tip).halves;
    let seal = reviewed.sign_as_kokuho(&tip, &two, &world.kokuho[0], hours(1), validity()).unwrap();
    third.write_signature(&seal.signature).unwrap();
    third.write_signature(&made[2]).unwrap();
    let mut other = made[0].clone();
    other.release.release += 1;
    third.write_signature(&other).unwrap();
    let Collected { halves, left_out } = collected(&third, &proposal, &tip);
    let why: Vec<_> = left_out.iter().map(|left| left.why).collect();
    assert_eq!(why, [WhyLeftOut::OtherDraft, WhyLeftOut::SealsOther], "the first person's was replaced");
    assert!(halves.snapshot.is_none());
    third.write_signature(&made[0]).unwrap();
    let Collected { halves, left_out } = collected(&third, &proposal, &tip);
    let why: Vec<_> = left_out.iter().map(|left| left.why).collect();
    assert_eq!(why, [WhyLeftOut::AfterTheSeal]);
    Publishable::check(&proposal, &halves, &tip, now()).unwrap();
    let stranger = reviewed.sign_as_kikin(&tip, &begun, &key(99), now(), validity());
    assert!(matches!(stranger, Err(SignError::NotASigner { .. })));
}

#[test]
fn a_damaged_timestamp_is_made_again_and_number_and_history_stay() {
    for damage in [None, Some(&b"{"[..]), Some(b"")] {
        let (world, channel) = (World::new(), MemoryChannel::default());
        let mut reader = world.reader();
        for _ in 0..3 {
            world.publish_next(&channel);
        }
        open(&channel, &mut reader, now()).unwrap();
        match damage {
            Some(bytes) => channel.put("metadata/timestamp.json", bytes.to_vec()),
            None => channel.remove("metadata/timestamp.json"),
        }
        // With what is remembered and without; both find release 3, with release 2 to fall back to.
        for state in [reader.clone(), world.reader()] {
            let channel = channel.clone();
            let tip = read_tip_rebuilding(&channel, &state).unwrap();
            let wrong = rebuild_timestamp(&channel, &tip, &world.kikin[0], now(), validity(), 0);
            assert!(matches!(wrong, Err(PublishError::Unsealed(SealError::NotTheTimestampKey { .. }))));
            rebuild_timestamp(&channel, &tip, &world.timestamp, now(), validity(), 0).unwrap();
            let opened = open(&channel, &mut reader.clone(), now()).unwrap();
            assert_eq!((opened.release().release, opened.fallback().unwrap().release), (3, 2));
            world.publish_next(&channel);
            assert_eq!(open(&channel, &mut reader.clone(), now()).unwrap().release().release, 4);
        }
    }
    // On a channel that is older than what is remembered there is nothing to make it of.
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    let older = channel.clone();
    world.publish_next(&channel);
    let mut reader = world.reader();
    open(&channel, &mut reader, now()).unwrap();
    older.remove("metadata/timestamp.json");
    let tip = read_tip_rebuilding(&older, &reader).unwrap();
    let refused = rebuild_timestamp(&older, &tip, &world.timestamp, now(), validity(), 0);
    assert!(matches!(refused, Err(PublishError::Unsealed(SealError::NothingPublished))), "{refused:?}");
}

#[test]
fn what_is_published_already_is_told_so() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let (tip, proposal) = world.propose_for(&channel);
    let halves = world.sign(&tip, &proposal);
    let publishable = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
    publish(&channel, &publishable, &world.timestamp, now(), validity()).unwrap();
    // The network broke in the last step, and nobody knows whether it was taken: publish again.
    let tip = read_tip(&channel, &world.reader()).unwrap();
    let again = Publishable::check(&proposal, &halves, &tip, now());
    assert!(matches!(again, Err(NotPublishable::Already { release: 1, .. })), "{again:?}");
    // Readers see one or the other then, and no message says which.
    let (tip, proposal) = world.propose_for(&channel);
    let halves = world.sign(&tip, &proposal);
    let publishable = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
    let steps = publishable.seal(&world.timestamp, now(), validity()).unwrap().files().count();
    let failing = FailingChannel::after(&channel, steps);
    let error = publish(&failing, &publishable, &world.timestamp, now(), validity()).unwrap_err();
    assert!(matches!(error, PublishError::Unsure(_)));
    assert!(!error.to_string().contains("still see the release before"), "{error}");
}

#[test]
fn kokuho_does_not_seal_what_holds_longer_than_the_policy() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let (tip, proposal) = world.propose_for(&channel);
    let reviewed = proposal.review(proposal.manifest()).unwrap();
    // Kikin's people have a program that lets a half hold for ten years.
    let long = Validity { targets_days: 3650, ..validity() };
    let mut halves = Halves::default();
    for person in &world.kikin[..2] {
        halves = reviewed.sign_as_kikin(&tip, &halves, person, now(), long).unwrap().halves;
    }
    let refused = reviewed.sign_as_kokuho(&tip, &halves, &world.kokuho[0], now(), validity()).unwrap_err();
    assert!(matches!(refused, SignError::Expiry { file: "targets.json", .. }), "{refused}");
}

#[test]
fn what_is_published_is_proposed_again_from_the_channel_alone() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let (tip, _) = world.propose_for(&channel);
    assert!(propose_again(&channel, &tip).unwrap().is_none(), "nothing is published");
    world.publish_next(&channel);
    let published = world.publish_next(&channel);

    // Long after every signature expired.
    let late = World { now: now().plus_days(365), ..World::new() };
    let mut reader = world.reader();
    assert!(matches!(open(&channel, &mut reader, late.now), Err(OpenError::Stale { .. })));
    let tip = read_tip(&channel, &world.reader()).unwrap().with_vouched_clock();
    let again = propose_again(&channel, &tip).unwrap().unwrap();
    assert_eq!(again.release(), published.release);
    let halves = late.sign(&tip, &again);
    let publishable = Publishable::check(&again, &halves, &tip, late.now).unwrap();
    publish(&channel, &publishable, &world.timestamp, late.now, validity()).unwrap();
    let opened = open(&channel, &mut reader, late.now).unwrap();
    assert_eq!(opened.release(), published.release);
    fetch(&channel, &opened).unwrap();
    fetch_fallback(&channel, &opened).unwrap().unwrap();
}

/// Publishes a release that carries the lists of those before it, as they lie on the channel.
fn publish_carrying(world: &World, channel: &MemoryChannel, list: &[u8]) -> VerifiedRelease {
    let tip = read_tip(channel, &world.reader()).unwrap();
    let head = head(tip.release().map_or(1, |release| release.release + 1), tip.release());
    let before = tip.release().map(|_| {
        let opened = open(channel, &mut world.reader(), now()).unwrap();
        fetch(channel, &opened).unwrap()
    });
    let changes = before.map(|before| {
        let earlier = before.lists_to_carry(list.len() as u64);
        ChangesContent { list: list.to_vec(), earlier, ..ChangesContent::default() }
    });
    let proposal = Proposal::new(head, &masters(1), changes.as_ref(), CompressionLevel::FAST).unwrap();
    let halves = world.sign(&tip, &proposal);
    let publishable = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
    publish(channel, &publishable, &world.timestamp, now(), validity()).unwrap();
    let opened = open(channel, &mut world.reader(), now()).unwrap();
    fetch(channel, &opened).unwrap()
}

#[test]
fn a_release_carries_the_lists_of_those_before_it_and_no_blob_is_written_twice() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let first = publish_carrying(&world, &channel, b"");
    assert!(first.changes().is_none() && first.lists_to_carry(0).is_empty());
    let list = |release: u64| format!("what release {release} changed").into_bytes();
    let last = 2 + limits::EARLIER as u64 + 2;
    for number in 2..=last {
        let release = publish_carrying(&world, &channel, &list(number));
        let changes = release.changes().unwrap();
        assert_eq!(changes.list, list(number));
        let earlier: Vec<_> = changes.earlier().collect();
        assert_eq!(earlier.len(), (number as usize - 2).min(limits::EARLIER), "{number}");
        for ((told, bytes), before) in earlier.into_iter().zip((2..number).rev()) {
            assert_eq!((told.release.release, told.follows.release), (before, before - 1));
            assert_eq!(bytes, list(before));
        }
        for master in release.masters() {
            assert_eq!(Content::of(master.timelines), master.entry.timelines);
            assert_eq!(Content::of(master.canonical), master.entry.canonical);
        }
    }
    // A manifest for each release, two masters and their timelines once, and each list once.
    let content = channel.files().into_keys().filter(|path| path.starts_with("targets/"));
    assert_eq!(content.count() as u64, last + 4 + (last - 1));
    assert_eq!(seen(&world, &channel), Some(last));

    // Signed anew, it carries all of them still.
    let tip = read_tip(&channel, &world.reader()).unwrap();
    let again = propose_again(&channel, &tip).unwrap().unwrap();
    assert_eq!(Some(again.release()), tip.release());
    assert_eq!(again.files().count(), 1 + again.manifest().parts().count());
}

#[test]
fn the_oldest_lists_are_left_behind_where_there_is_no_room() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    publish_carrying(&world, &channel, b"");
    publish_carrying(&world, &channel, b"12");
    publish_carrying(&world, &channel, b"123");
    let release = publish_carrying(&world, &channel, b"1234");
    let carried = |own| {
        let lists = release.lists_to_carry(own);
        lists.into_iter().map(|list| list.release.release).collect::<Vec<_>>()
    };
    let all = limits::CHANGES_BYTES;
    assert_eq!(carried(all - 9), [4, 3, 2]);
    assert_eq!(carried(all - 8), [4, 3]);
    // None is left out between: the short one of release 2 does not come without that of release 3.
    assert_eq!(carried(all - 6), [4]);
    assert_eq!(carried(all), [0; 0]);
    assert_eq!(carried(u64::MAX), [0; 0]);
}

#[test]
fn every_part_is_held_to_what_was_signed() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    publish_carrying(&world, &channel, b"");
    publish_carrying(&world, &channel, b"two");
    let release = publish_carrying(&world, &channel, b"three");
    let opened = open(&channel, &mut world.reader(), now()).unwrap();
    assert_eq!(release.manifest().parts().count(), 2 * 2 + 2);
    for part in release.manifest().parts() {
        let entry = opened.files().find(|file| file.name == *part.blob).unwrap();
        let path = ChannelPath::content(entry.sha256, &entry.name);
        let whole = channel.files()[path.as_str()].clone();
        let mut changed = whole.clone();
        changed[0] ^= 1;
        let is_of_master = matches!(part.holds, Holds::Master(_));
        for lies in [Some(changed), None] {
            match lies {
                Some(bytes) => channel.put(path.as_str(), bytes),
                None => channel.remove(path.as_str()),
            }
            assert!(fetch(&channel, &opened).is_err(), "{:?}", part.holds);
            // Who wants the masters alone does not read the others.
            assert_eq!(fetch_masters(&channel, &opened).is_err(), is_of_master, "{:?}", part.holds);
            let tip = read_tip(&channel, &world.reader()).unwrap();
            assert!(propose_again(&channel, &tip).is_err(), "{:?}", part.holds);
        }
        channel.put(path.as_str(), whole);
    }
    let masters = fetch_masters(&channel, &opened).unwrap();
    let bytes: Vec<&[u8]> = masters.masters().map(|(_, bytes)| bytes).collect();
    assert_eq!(bytes, release.masters().map(|master| master.canonical).collect::<Vec<_>>());
    assert_eq!((masters.release(), masters.manifest()), (release.release(), release.manifest()));
    fetch(&channel, &opened).unwrap();
}

#[test]
fn a_draft_on_disk_carries_every_part() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    publish_carrying(&world, &channel, b"");
    publish_carrying(&world, &channel, b"two");
    publish_carrying(&world, &channel, b"three");
    let tip = read_tip(&channel, &world.reader()).unwrap();
    let proposal = propose_again(&channel, &tip).unwrap().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let draft = DraftDirectory::new(directory.path());
    draft.make(&proposal, &Halves::default(), Earlier::Stays).unwrap();
    assert_eq!(draft.read().unwrap(), proposal);
    for part in proposal.manifest().parts() {
        let file = directory.path().join("blobs").join(part.blob.as_str());
        let whole = std::fs::read(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(
            matches!(draft.read(), Err(DraftError::Proposal(ProposalError::Blob(_)))),
            "{:?}",
            part.holds
        );
        std::fs::write(&file, whole).unwrap();
    }
}

#[test]
fn each_key_signs_only_its_own_half() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let (tip, proposal) = world.propose_for(&channel);
    let reviewed = proposal.review(proposal.manifest()).unwrap();
    for key in world.kokuho.iter().chain([&world.timestamp, &key(99)]) {
        let refused = reviewed.sign_as_kikin(&tip, &Halves::default(), key, now(), validity());
        assert!(matches!(refused, Err(SignError::NotASigner { organisation: Organisation::Kikin, .. })));
    }
    let halves = world.sign(&tip, &proposal);
    let refused = reviewed.sign_as_kokuho(&tip, &halves, &world.kikin[0], now(), validity());
    assert!(matches!(refused, Err(SignError::NotASigner { organisation: Organisation::Kokuho, .. })));
    let publishable = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
    let refused = publish(&channel, &publishable, &world.kikin[0], now(), validity());
    assert!(matches!(refused, Err(PublishError::Unsealed(SealError::NotTheTimestampKey { .. }))));
    assert!(channel.files().is_empty(), "a wrong key leaves nothing behind");
}

#[test]
fn a_half_of_another_proposal_is_refused() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let (tip, proposal) = world.propose_for(&channel);
    let halves = world.sign(&tip, &proposal);
    let other = propose(head(1, None), &masters(7));
    let reviewed = other.review(other.manifest()).unwrap();
    let only_targets = Halves { snapshot: None, ..halves.clone() };
    let refused = reviewed.sign_as_kikin(&tip, &only_targets, &world.kikin[2], now(), validity());
    assert!(matches!(refused, Err(SignError::OtherContent { file: "targets.json" })));
    let refused = reviewed.sign_as_kokuho(&tip, &halves, &world.kokuho[0], now(), validity());
    assert!(matches!(refused, Err(SignError::OtherContent { .. })));
    // Signed long ago, published now.
    let late = now().plus_days(63);
    let refused = Publishable::check(&proposal, &halves, &tip, late);
    assert!(matches!(refused, Err(NotPublishable::NotThis(SignError::Expiry { file: "snapshot.json", .. }))));
}

#[test]
fn kokuho_does_not_seal_a_version_far_ahead() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let (tip, proposal) = world.propose_for(&channel);
    let halves = world.sign(&tip, &proposal);
    let file: serde_json::Value = serde_json::from_slice(halves.targets.as_ref().unwrap()).unwrap();
    let mut ahead = file["signed"].clone();
    ahead["version"] = (u64::MAX - 1).into();
    let targets = Some(forge(&ahead, &[&world.kikin[0], &world.kikin[1]]));
    let reviewed = proposal.review(proposal.manifest()).unwrap();
    let halves = Halves { targets, snapshot: None };
    let refused = reviewed.sign_as_kokuho(&tip, &halves, &world.kokuho[0], now(), validity());
    assert!(matches!(refused, Err(SignError::Overtaken)), "{refused:?}");
}

#[test]
fn a_proposal_must_follow_what_is_published() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    let tip = read_tip(&channel, &world.reader()).unwrap();
    let orphan = propose(head(2, None), &masters(2));
    let reviewed = orphan.review(orphan.manifest()).unwrap();
    let refused = reviewed.sign_as_kikin(&tip, &Halves::default(), &world.kikin[0], now(), validity());
    assert!(matches!(refused, Err(SignError::NotNext { .. })));
}

#[test]
fn the_same_release_can_be_signed_anew_before_it_expires() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    world.publish_next(&channel);
    let mut state = world.reader();
    open(&channel, &mut state, now()).unwrap();
    let tip = read_tip(&channel, &state).unwrap();
    let first = read_tip(&MemoryChannel::default(), &world.reader()).unwrap();
    assert_eq!(first.release(), None);
    let opened = open(&channel, &mut world.reader(), now()).unwrap();
    let before = fetch_fallback(&channel, &opened).unwrap().unwrap();
    let same = propose(head(2, Some(before.release())), &masters(2));
    let halves = world.sign(&tip, &same);
    let publishable = Publishable::check(&same, &halves, &tip, now()).unwrap();
    publish(&channel, &publishable, &world.timestamp, now(), validity()).unwrap();
    let opened = open(&channel, &mut state, now()).unwrap();
    assert_eq!(opened.standing(), Standing::SameAsRecorded);
    assert_eq!(opened.fallback(), Some(before.release()), "the place to fall back to stays");
    assert_eq!(opened.versions(), [1, 3, 3, 3]);
}

#[test]
fn whatever_step_fails_readers_see_a_whole_release_and_publishing_again_works() {
    let world = World::new();
    let start = MemoryChannel::default();
    world.publish_next(&start);
    for writes in 0.. {
        let channel = start.clone();
        let (tip, proposal) = world.propose_for(&channel);
        let halves = world.sign(&tip, &proposal);
        let publishable = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
        let failing = FailingChannel::after(&channel, writes);
        let outcome = publish(&failing, &publishable, &world.timestamp, now(), validity());
        if outcome.is_ok() {
            assert_eq!(seen(&world, &channel), Some(2));
            assert!(writes > 5, "blobs, manifest, targets, snapshot, timestamp");
            return;
        }
        let told = matches!(outcome, Err(PublishError::Unreachable(_) | PublishError::Unsure(_)));
        assert!(told, "{outcome:?}");
        assert_eq!(seen(&world, &channel), Some(1), "after {writes} writes");

        // The same draft again, from a new look at the channel.
        let tip = read_tip(&channel, &world.reader()).unwrap();
        let again = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
        publish(&channel, &again, &world.timestamp, now(), validity()).unwrap();
        assert_eq!(seen(&world, &channel), Some(2));

        // Or another draft instead: what was left behind does not block it.
        let channel = start.clone();
        let failing = FailingChannel::after(&channel, writes);
        assert!(publish(&failing, &publishable, &world.timestamp, now(), validity()).is_err());
        let tip = read_tip(&channel, &world.reader()).unwrap();
        let other = propose(head(2, tip.release()), &masters(5));
        let halves = world.sign(&tip, &other);
        let instead = Publishable::check(&other, &halves, &tip, now()).unwrap();
        publish(&channel, &instead, &world.timestamp, now(), validity()).unwrap();
        assert_eq!(seen(&world, &channel), Some(2));
    }
}

#[test]
fn of_two_publishers_at_once_exactly_one_wins() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..8 {
        let folder = directory.path().join(round.to_string());
        let (world, channel) = (World::new(), Address::folder(&folder).publish_channel());
        let channel = channel.as_ref();
        std::fs::create_dir(&folder).unwrap();
        world.publish_next(channel);
        let drafts: Vec<_> = [5, 6]
            .map(|version| {
                let tip = read_tip(channel, &world.reader()).unwrap();
                let proposal = propose(head(2, tip.release()), &masters(version));
                let halves = world.sign(&tip, &proposal);
                Publishable::check(&proposal, &halves, &tip, now()).unwrap()
            })
            .into();
        let outcomes: Vec<_> = std::thread::scope(|scope| {
            let publish = |draft| {
                let key = &world.timestamp;
                scope.spawn(move || publish(channel, draft, key, now(), validity()))
            };
            let running: Vec<_> = drafts.iter().map(publish).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let won: Vec<_> = outcomes.iter().flatten().collect();
        assert_eq!(won.len(), 1, "{outcomes:?}");
        assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(PublishError::Overtaken { .. }))));
        let opened = open(channel, &mut world.reader(), now()).unwrap();
        assert_eq!(opened.release(), won[0].release);
        fetch(channel, &opened).unwrap();
    }
}

#[test]
fn a_timestamp_renewed_meanwhile_stops_a_publication() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    let (tip, proposal) = world.propose_for(&channel);
    let halves = world.sign(&tip, &proposal);
    let publishable = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
    refresh_timestamp(&channel, &tip, &world.timestamp, now(), validity()).unwrap();
    let outcome = publish(&channel, &publishable, &world.timestamp, now(), validity());
    assert!(matches!(outcome, Err(PublishError::Overtaken { .. })));
    let tip = read_tip(&channel, &world.reader()).unwrap();
    let again = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
    publish(&channel, &again, &world.timestamp, now(), validity()).unwrap();
    assert_eq!(seen(&world, &channel), Some(2));
}

#[test]
fn a_rotation_comes_along_with_the_release_that_its_signers_signed() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    let new_kikin = [2, 3, 4].map(key);
    let mut draft = World::builder(&new_kikin, &world.kokuho, &world.timestamp).after(&world.root).unwrap();
    for officer in world.kikin[1..].iter().chain(&world.kokuho) {
        // Another machine each time: read the file, sign, write the file.
        draft = RootDraft::read(&draft.to_bytes()).unwrap();
        draft.sign(officer, Some(&world.root)).unwrap();
    }
    let second = draft.finish(Some(&world.root)).unwrap();
    let (tip, proposal) = world.propose_for(&channel);
    let tip = tip.with_new_root(second.clone()).unwrap();
    let next = World {
        kikin: new_kikin.into(),
        kokuho: [11, 12].map(key).into(),
        timestamp: key(21),
        root: second,
        now: now(),
    };
    let halves = next.sign(&tip, &proposal);
    let publishable = Publishable::check(&proposal, &halves, &tip, now()).unwrap();
    publish(&channel, &publishable, &next.timestamp, now(), validity()).unwrap();
    assert_eq!(seen(&world, &channel), Some(2));
}

#[test]
fn a_draft_goes_through_a_directory_unchanged_and_is_checked() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let directory = tempfile::tempdir().unwrap();
    let draft = DraftDirectory::new(directory.path().join("draft"));
    assert!(matches!(draft.read(), Err(DraftError::Missing { .. })));
    let (tip, proposal) = world.propose_for(&channel);
    let halves = world.sign(&tip, &proposal);
    draft.make(&proposal, &halves, Earlier::Stays).unwrap();
    let again = draft.make(&proposal, &Halves::default(), Earlier::Stays);
    assert!(matches!(again, Err(DraftError::Occupied { .. })));
    assert_eq!(draft.read().unwrap(), proposal);
    assert_eq!(draft.read_halves().unwrap(), halves);

    let blobs = directory.path().join("draft/blobs");
    std::fs::write(blobs.join("extra.csv.zst"), b"x").unwrap();
    assert!(matches!(draft.read(), Err(DraftError::Proposal(ProposalError::Extra(_)))));
    std::fs::remove_file(blobs.join("extra.csv.zst")).unwrap();
    let blob = std::fs::read_dir(&blobs).unwrap().next().unwrap().unwrap().path();
    std::fs::write(blob, zstd::encode_all(&b"other content"[..], 3).unwrap()).unwrap();
    assert!(matches!(draft.read(), Err(DraftError::Proposal(ProposalError::Blob(_)))));
}

#[test]
fn a_draft_that_nobody_signed_is_replaced_whole_where_that_is_asked_for_and_nothing_else_is() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let directory = tempfile::tempdir().unwrap();
    let draft = DraftDirectory::new(directory.path().join("draft"));
    let (_, proposal) = world.propose_for(&channel);
    let make = |earlier| draft.make(&proposal, &Halves::default(), earlier);
    make(Earlier::Replaced).unwrap();
    assert!(matches!(make(Earlier::Stays), Err(DraftError::Occupied { beside: None, .. })));
    let blobs = directory.path().join("draft/blobs");
    let blob = std::fs::read_dir(&blobs).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&blob, b"spoilt").unwrap();
    assert!(draft.read().is_err());
    make(Earlier::Replaced).unwrap();
    assert_eq!(draft.read().unwrap(), proposal);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "nothing is left beside it");
    for (other, is_folder) in
        [("signatures/x.json", false), ("notes.txt", false), ("blobs/.git", false), ("blobs/within", true)]
    {
        let path = directory.path().join("draft").join(other);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        if is_folder { std::fs::create_dir(&path) } else { std::fs::write(&path, "my only copy") }.unwrap();
        match make(Earlier::Replaced) {
            Err(DraftError::Occupied { beside: Some(beside), .. }) => {
                assert_eq!(beside, std::path::Path::new(other));
            }
            otherwise => panic!("{other}: {otherwise:?}"),
        }
        if is_folder { std::fs::remove_dir(&path) } else { std::fs::remove_file(&path) }.unwrap();
    }
    // What only is called so is no draft.
    std::fs::write(directory.path().join("draft/release.json"), "{}").unwrap();
    assert!(matches!(make(Earlier::Replaced), Err(DraftError::Occupied { beside: Some(_), .. })));
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 1, "nothing is left beside it");
}

/// What is somebody else's is not touched, be it by the name of a part of a draft; no link is followed.
#[test]
fn a_draft_is_made_in_a_new_or_empty_folder_alone() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let (_, proposal) = World::new().propose_for(&MemoryChannel::default());
    let make = |name: &str| DraftDirectory::new(at(name)).make(&proposal, &Halves::default(), Earlier::Stays);
    for file in ["theirs/targets.json", "other/signatures/x.json", "hidden/.git/HEAD", "file"] {
        std::fs::create_dir_all(at(file).parent().unwrap()).unwrap();
        std::fs::write(at(file), "my only copy").unwrap();
        let top = file.split('/').next().unwrap();
        assert!(matches!(make(top), Err(DraftError::NotEmpty { .. })), "{file}");
        assert_eq!(std::fs::read_to_string(at(file)).unwrap(), "my only copy");
    }
    #[cfg(unix)]
    {
        let link = |to: &str, name: &str| std::os::unix::fs::symlink(at(to), at(name)).unwrap();
        link("nowhere", "dangling");
        link("theirs", "led");
        for name in ["dangling", "led"] {
            assert!(matches!(make(name), Err(DraftError::NotEmpty { .. })), "{name}");
        }
        assert!(!at("nowhere").exists());
    }
    std::fs::create_dir(at("empty")).unwrap();
    for name in ["empty", "new", "deep/within"] {
        make(name).unwrap();
        assert_eq!(DraftDirectory::new(at(name)).read().unwrap(), proposal);
    }
    let left = std::fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with('.')));
}

#[test]
fn of_many_drafts_into_one_folder_at_once_one_is_made_and_the_others_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let place = directory.path().join("draft");
    let world = World::new();
    let (_, proposal) = world.propose_for(&MemoryChannel::default());
    let all = std::sync::Barrier::new(8);
    let made = std::thread::scope(|scope| {
        let one = || {
            all.wait();
            DraftDirectory::new(&place).make(&proposal, &Halves::default(), Earlier::Stays)
        };
        let all: Vec<_> = (0..8).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(made.iter().filter(|one| one.is_ok()).count(), 1, "{made:?}");
    let refused = made.iter().filter_map(|one| one.as_ref().err());
    assert!(refused.into_iter().all(|error| matches!(error, DraftError::Occupied { .. })), "{made:?}");
    assert_eq!(DraftDirectory::new(&place).read().unwrap(), proposal);
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[test]
fn what_is_no_blob_does_not_count_among_a_drafts_blobs() {
    let directory = tempfile::tempdir().unwrap();
    let draft = DraftDirectory::new(directory.path());
    let (_, proposal) = World::new().propose_for(&MemoryChannel::default());
    draft.make(&proposal, &Halves::default(), Earlier::Stays).unwrap();
    // More than there may be masters, whatever the order in which the folder lists them.
    for number in 0..limits::MASTERS * 8 {
        std::fs::write(directory.path().join(format!("blobs/.writing-{number}")), b"").unwrap();
    }
    assert_eq!(draft.read().unwrap(), proposal);
}

/// A writer that was killed leaves a file beside the place; the next one takes it away.
#[test]
fn what_a_killed_writer_left_in_a_draft_or_channel_goes_with_the_next_write() {
    let directory = tempfile::tempdir().unwrap();
    let at = |path: &str| directory.path().join(path);
    let (world, draft) = (World::new(), DraftDirectory::new(at("draft")));
    let (tip, proposal) = world.propose_for(&MemoryChannel::default());
    draft
        .make(&proposal, &Halves::begin(&proposal, &tip, now(), validity()).unwrap(), Earlier::Stays)
        .unwrap();
    let folders = ["draft/signatures"];
    let published = ["channel/metadata", "channel/targets", "channel/statements"];
    let left = folders.iter().chain(&published).map(|folder| at(folder).join(".writing-left"));
    let left: Vec<_> = left.collect();
    for file in &left {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, b"x").unwrap();
    }
    let reviewed = proposal.review(proposal.manifest()).unwrap();
    let begun = draft.read_halves().unwrap();
    let signed = reviewed.sign_as_kikin(&tip, &begun, &world.kikin[0], now(), validity()).unwrap();
    draft.write_signature(&signed.signature).unwrap();
    world.publish_next(Address::folder(&at("channel")).publish_channel().as_ref());
    for file in left {
        assert!(!file.exists(), "{}", file.display());
    }
}

#[test]
fn unsound_tables_are_refused_with_every_reason() {
    let (one, two) = (Organisation::Kikin, Organisation::Kokuho);
    let build = |kikin: &[SecretKey], kokuho: &[SecretKey], change: fn(RootBuilder) -> RootBuilder| {
        let builder = RootBuilder::new(now())
            .release_signers(one, 1, cards(Some(one), kikin))
            .release_signers(two, 1, cards(Some(two), kokuho))
            .timestamp(cards(None, &[key(21)]));
        change(builder).first().map(|draft| draft.summary())
    };
    let faults = |result: Result<RootSummary, UnsoundRoot>| result.unwrap_err().0;
    let (kikin, kokuho) = ([1, 2].map(key), [11, 12].map(key));
    let same = |builder| builder;
    assert_eq!(build(&kikin, &kokuho, same).unwrap().root_threshold, 3);

    let found = faults(build(&kikin, &[1, 12].map(key), same));
    assert!(found.iter().any(|fault| matches!(fault, RootFault::SameKey { .. })), "{found:?}");
    let found = faults(build(&[1, 1].map(key), &kokuho, same));
    assert!(found.contains(&RootFault::KeyList { role: "targets" }), "{found:?}");
    let found = faults(build(&kikin, &kokuho, |builder| builder.root_threshold(2)));
    assert_eq!(found, [RootFault::RootThreshold { threshold: 2, least: 3 }]);
    let found = faults(build(&kikin, &kokuho, |builder| builder.root_threshold(5)));
    assert_eq!(found, [RootFault::Threshold { role: "root", threshold: 5, keys: 4 }]);
    let found = faults(build(&kikin, &kokuho, |builder| {
        builder.timestamp(cards(Some(Organisation::Kikin), &[key(1)]))
    }));
    assert!(matches!(found[..], [RootFault::TimestampIsPerson { .. }]), "{found:?}");
    let found = faults(build(&kikin, &kokuho, |builder| {
        builder.release_signers(Organisation::Kikin, 0, cards(Some(Organisation::Kokuho), &[key(1)]))
    }));
    assert!(found.iter().any(|fault| matches!(fault, RootFault::WrongOrganisation { .. })), "{found:?}");
    assert!(found.contains(&RootFault::Threshold { role: "targets", threshold: 0, keys: 1 }), "{found:?}");
    let found = faults(build(&[], &kokuho, same));
    assert!(found.contains(&RootFault::NoKeys { role: "targets" }), "{found:?}");
    let found = faults(build(&kikin, &kokuho, |builder| builder.timestamp(Vec::new())));
    assert!(found.contains(&RootFault::NoKeys { role: "timestamp" }), "{found:?}");
}
