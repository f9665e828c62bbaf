//! Patches: what is on hand is not fetched again, what changed comes as a patch, and one that lies, is
//! damaged or missing costs its bytes and nothing else.
#![expect(clippy::unwrap_used, reason = "test support; a failure here fails the test")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use warifu_channels::testing::{MemoryChannel, Publishing as _};
use warifu_channels::{
    Channel, ChannelError, fetch_beside, fetch_fallback, fetch_masters_beside, fetch_new, open, publish,
    read_tip,
};
use warifu_trust::testing::{World, changes, head};
use warifu_trust::{
    ChannelPath, CompressionLevel, MasterContent, NotEqual, OnHand, Proposal, Publishable, SignError,
    TargetName, Tip, Transfer, Validity, VerifiedRelease,
};
use warifu_values::digest::Digest;

/// Two masters of some kilobytes each; `version` changes one row of the drugs.
fn masters(version: u64) -> Vec<MasterContent> {
    let rows = |seed: u64| -> String {
        let row = |at: u64| {
            let number = if at == 700 { seed } else { 0 };
            let digest = warifu_values::digest::Digest::of(&[at, number].map(u64::to_be_bytes).concat());
            format!("{at},{digest}\n")
        };
        (0..1_500).map(row).collect()
    };
    let mut masters = warifu_trust::testing::masters(1);
    for master in &mut masters {
        let seed = if master.kind == "drug" { version } else { 0 };
        master.canonical = format!("code,name\n{}", rows(seed)).into_bytes();
        master.timelines = format!("from,code,name\n{}", rows(seed + 7)).into_bytes();
    }
    masters
}

/// A proposal of `version` on the tip of `channel`, with patches from what is published there.
fn proposed(world: &World, channel: &dyn Channel, version: u64) -> (Tip, Proposal) {
    let tip = read_tip(channel, &world.reader()).unwrap();
    let number = tip.release().map_or(0, |release| release.release) + 1;
    let head = head(number, tip.release());
    let proposal =
        Proposal::new(head.clone(), &masters(version), changes(&head).as_ref(), CompressionLevel::FAST);
    let proposal = match published(channel, &tip) {
        Some(before) => proposal.unwrap().with_patches_from(&before).unwrap(),
        None => proposal.unwrap(),
    };
    (tip, proposal)
}

fn published(channel: &dyn Channel, tip: &Tip) -> Option<VerifiedRelease> {
    warifu_channels::fetch_published(channel, tip).unwrap()
}

fn publish_signed(world: &World, channel: &MemoryChannel, (tip, proposal): &(Tip, Proposal)) {
    let before = published(channel, tip);
    let reviewed = proposal.review_following(proposal.manifest(), before.as_ref()).unwrap();
    let mut halves = warifu_trust::Halves::default();
    let (now, validity) = (world.now, Validity::default());
    for key in &world.kikin[..2] {
        halves = reviewed.sign_as_kikin(tip, &halves, key, now, validity).unwrap().halves;
    }
    let halves = reviewed.sign_as_kokuho(tip, &halves, &world.kokuho[0], now, validity).unwrap().halves;
    let publishable = Publishable::check(proposal, &halves, tip, now).unwrap();
    publish(channel, &publishable, &world.timestamp, now, validity).unwrap();
}

/// Releases 1 and 2 of versions 1 and 2, and what a reader of release 1 has on hand.
fn two_releases() -> (World, MemoryChannel, VerifiedRelease) {
    let (world, channel) = (World::new(), MemoryChannel::default());
    publish_signed(&world, &channel, &proposed(&world, &channel, 1));
    let tip = read_tip(&channel, &world.reader()).unwrap();
    let first = published(&channel, &tip).unwrap();
    publish_signed(&world, &channel, &proposed(&world, &channel, 2));
    (world, channel, first)
}

fn on_hand(release: &VerifiedRelease) -> OnHand {
    release.on_hand()
}

/// The newest release as a reader with `on_hand` gets it, which is the one that a reader with nothing gets.
fn got(world: &World, channel: &dyn Channel, on_hand: OnHand) -> Transfer {
    let opened = open(channel, &mut world.reader(), world.now).unwrap();
    let release = fetch_beside(channel, &opened, on_hand).unwrap();
    let whole = fetch_beside(channel, &opened, OnHand::default()).unwrap();
    assert_eq!(release.manifest(), whole.manifest());
    assert!(release.parts().eq(whole.parts()));
    release.transfer().clone()
}

/// The channel's patches, by path.
fn patches(channel: &MemoryChannel) -> Vec<String> {
    let is_patch = |path: &String| {
        let name = path.strip_prefix("targets/").and_then(|rest| rest.split_once('.'));
        name.is_some_and(|(_, name)| name.parse::<TargetName>().is_ok_and(|name| name.is_patch()))
    };
    channel.files().into_keys().filter(is_patch).collect()
}

#[test]
fn what_is_on_hand_is_not_fetched_and_what_changed_comes_as_patches() {
    let (world, channel, first) = two_releases();
    let (whole, step) = (got(&world, &channel, OnHand::default()), got(&world, &channel, on_hand(&first)));
    assert_eq!((whole.patched, whole.on_hand, whole.whole), (0, 0, 6));
    // The drugs and their timelines by patches; the procedures are there; the list of changes, shorter than a
    // patch could be, and the manifest as it is worth.
    assert_eq!((step.on_hand, step.useless.len()), (2, 0));
    assert_eq!((step.patched, step.whole), (3, 1), "{step:?}");
    assert!(step.bytes * 20 < whole.bytes, "{} of {}", step.bytes, whole.bytes);
    // The second time, only the manifest is looked at.
    let opened = open(&channel, &mut world.reader(), world.now).unwrap();
    let second = fetch_beside(&channel, &opened, on_hand(&first)).unwrap();
    let again = got(&world, &channel, on_hand(&second));
    assert_eq!((again.on_hand, again.whole, again.patched), (5, 1, 0));
}

#[test]
fn what_lies_with_the_reader_stays_there_and_only_what_patches_are_made_of_is_read() {
    let (world, channel, first) = two_releases();
    let opened = open(&channel, &mut world.reader(), world.now).unwrap();
    let whole = fetch_beside(&channel, &opened, OnHand::default()).unwrap();
    let stored: BTreeMap<_, _> =
        first.parts().map(|(part, bytes)| (part.content.sha256, bytes.to_vec())).collect();
    let contents: Vec<_> = first.parts().map(|(part, _)| part.content).collect();
    let read = Arc::new(Mutex::new(Vec::new()));
    let (asked, there) = (Arc::clone(&read), stored.clone());
    let on_hand = OnHand::stored(contents.clone(), move |content| {
        asked.lock().unwrap().push(content.sha256);
        there.get(&content.sha256).cloned()
    });
    let new = fetch_new(&channel, &opened, on_hand).unwrap();
    assert_eq!((new.transfer().on_hand, new.transfer().patched), (2, 2), "{:?}", new.transfer());
    let (manifest, release, parts) = new.into_parts();
    assert_eq!((&manifest, release), (whole.manifest(), whole.release()));
    for ((part, bytes), came) in whole.parts().zip(&parts) {
        match came {
            Some(came) => assert_eq!(came, bytes),
            None => assert_eq!(stored[&part.content.sha256], bytes),
        }
    }
    // The procedures and their timelines were left where they lie.
    assert_eq!(parts.iter().filter(|part| part.is_none()).count(), 2);
    let common = |digest: &Digest| whole.parts().any(|(part, _)| part.content.sha256 == *digest);
    assert!(!read.lock().unwrap().iter().any(common));

    // What is other bytes by now is no base: the whole comes.
    let damaged = OnHand::stored(contents, |_| Some(b"damaged".to_vec()));
    let new = fetch_new(&channel, &opened, damaged).unwrap();
    assert_eq!((new.transfer().patched, new.transfer().on_hand), (0, 2));
}

#[test]
fn whoever_has_the_masters_alone_gets_the_masters_by_patches() {
    let (world, channel, first) = two_releases();
    let masters = OnHand::of(first.masters().map(|master| master.canonical.to_vec()));
    let opened = open(&channel, &mut world.reader(), world.now).unwrap();
    let got = fetch_masters_beside(&channel, &opened, masters).unwrap();
    let Transfer { patched, on_hand, whole, .. } = got.transfer();
    assert_eq!((*patched, *on_hand, *whole), (1, 1, 1), "the drugs, the procedures, the manifest");
}

#[test]
fn another_base_is_no_base_and_the_whole_comes() {
    let (world, channel, first) = two_releases();
    let other = |bytes: &[u8]| [bytes, b"x"].concat();
    let others = OnHand::of(first.parts().map(|(_, bytes)| other(bytes)));
    let whole = got(&world, &channel, OnHand::default());
    assert_eq!(got(&world, &channel, others), whole, "no patch is even asked for");
}

/// A channel that gives out no patch, but this.
struct WithoutPatches<'a>(&'a MemoryChannel, fn(&ChannelPath) -> ChannelError);

impl Channel for WithoutPatches<'_> {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        _: &warifu_channels::Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        match path.is_spare() {
            true => Err(self.1(path)),
            false => self.0.read(path, limit_bytes),
        }
    }
}

#[test]
fn where_patches_are_not_given_out_the_whole_comes() {
    let (world, channel, first) = two_releases();
    let errors: [fn(&ChannelPath) -> ChannelError; 3] = [
        |path| ChannelError::NotRegular { path: path.clone() },
        |path| ChannelError::unreachable(path, "no answer"),
        |path| ChannelError::TooLong { path: path.clone(), limit_bytes: 1 },
    ];
    for error in errors {
        let behind = WithoutPatches(&channel, error);
        let mut state = world.reader();
        let opened = open(&behind, &mut state, world.now).unwrap();
        let fetched = fetch_beside(&behind, &opened, on_hand(&first)).unwrap();
        assert_eq!((fetched.transfer().patched, fetched.transfer().useless.len()), (0, 3));
    }
}

/// What is done to the file at a path.
type Damage<'a> = dyn Fn(&MemoryChannel, &String) + 'a;

/// A release's patches are taken away, cut, exchanged for each other, for other bytes and for a bomb: each
/// time the whole is taken, it is told, and nobody's state notices.
#[test]
fn a_patch_that_is_missing_or_not_what_was_signed_is_told_and_the_whole_is_taken() {
    let (world, channel, first) = two_releases();
    let names = patches(&channel);
    assert_eq!(names.len(), 3);
    let bomb = zstd::encode_all(&vec![0_u8; 64 << 20][..], 3).unwrap();
    let damages: [(&str, &Damage<'_>); 6] = [
        ("missing", &|channel, path| channel.remove(path)),
        ("cut", &|channel, path| {
            let bytes = channel.files()[path].clone();
            channel.put(path, bytes[..bytes.len() / 2].to_vec());
        }),
        ("a bit", &|channel, path| {
            let mut bytes = channel.files()[path].clone();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            channel.put(path, bytes);
        }),
        ("longer", &|channel, path| {
            let bytes = channel.files()[path].clone();
            channel.put(path, [&bytes[..], b"more"].concat());
        }),
        ("a bomb", &|channel, path| channel.put(path, bomb.clone())),
        ("nothing", &|channel, path| channel.put(path, Vec::new())),
    ];
    for (what, damage) in damages {
        for path in &names {
            let channel = channel.clone();
            damage(&channel, path);
            let step = got(&world, &channel, on_hand(&first));
            let useless: Vec<_> = step.useless.iter().map(ToString::to_string).collect();
            assert_eq!(useless, std::slice::from_ref(path), "{what}");
            assert_eq!((step.patched, step.whole), (2, 2), "{what}");
        }
        let all = channel.clone();
        names.iter().for_each(|path| damage(&all, path));
        assert_eq!(got(&world, &all, on_hand(&first)).useless.len(), 3, "{what}");
    }
}

/// Signed, whole, and made so that it gives something else: as two organisations' signers who looked away, or
/// another version of zstd, would let it happen. The digest of what comes out decides.
#[test]
fn a_patch_that_lies_is_signed_by_nobody_who_looks_and_taken_by_no_reader() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    publish_signed(&world, &channel, &proposed(&world, &channel, 1));
    let (tip, honest) = proposed(&world, &channel, 2);
    let (_, other) = proposed(&world, &channel, 3);
    let before = published(&channel, &tip).unwrap();
    let files = |proposal: &Proposal, patches: bool| -> Vec<_> {
        let files = proposal.files().filter(|(name, _)| name.is_patch() == patches);
        files.map(|(name, bytes)| (name, bytes.to_vec())).collect()
    };
    // The patches of another draft under the names of this one's.
    let names = files(&honest, true).into_iter().map(|(name, _)| name);
    let lies = names.zip(files(&other, true).into_iter().map(|(_, bytes)| bytes)).rev();
    let (mut blobs, manifest): (Vec<_>, Vec<_>) =
        files(&honest, false).into_iter().partition(|(name, _)| *name != TargetName::manifest(2));
    blobs.extend(lies);
    let lying = Proposal::from_files(&manifest[0].1, blobs.into_iter().collect()).unwrap();
    let NotEqual { differences } = lying.review_following(lying.manifest(), Some(&before)).unwrap_err();
    assert_eq!(differences.len(), 3);
    assert!(differences.iter().all(|difference| difference.field == "patch"));
    assert!(honest.review(honest.manifest()).is_err(), "who holds no base cannot say what they make");

    // Both organisations' signers collude, or look away: signed all the same, and no reader takes it.
    let halves = signed_unseen(&world, &tip, &lying);
    let publishable = Publishable::check(&lying, &halves, &tip, world.now).unwrap();
    publish(&channel, &publishable, &world.timestamp, world.now, Validity::default()).unwrap();
    let step = got(&world, &channel, on_hand(&before));
    assert_eq!((step.patched, step.useless.len(), step.on_hand), (0, 3, 2));
}

/// Both halves over whatever the proposal lists.
fn signed_unseen(world: &World, tip: &Tip, proposal: &Proposal) -> warifu_trust::Halves {
    let begun = warifu_trust::Halves::begin(proposal, tip, world.now, Validity::default()).unwrap();
    let signed = |file: &[u8]| -> serde_json::Value {
        serde_json::from_slice::<serde_json::Value>(file).unwrap()["signed"].clone()
    };
    let kikin: Vec<_> = world.kikin[..2].iter().collect();
    let targets = warifu_trust::testing::forge(&signed(&begun.targets.unwrap()), &kikin);
    let length = targets.len();
    let sha256 = warifu_values::digest::Digest::of(&targets).to_string();
    let expires = signed(&targets)["expires"].clone();
    let snapshot = serde_json::json!({
        "_type": "snapshot", "spec_version": "1.0.31", "version": 2, "expires": expires,
        "meta": { "targets.json": { "version": 2, "length": length, "hashes": { "sha256": sha256 } } },
    });
    let snapshot = warifu_trust::testing::forge(&snapshot, &[&world.kokuho[0]]);
    warifu_trust::Halves { targets: Some(targets), snapshot: Some(snapshot) }
}

#[test]
fn patches_lead_to_the_newest_release_alone_and_stay_when_it_is_signed_anew() {
    let (world, channel, first) = two_releases();
    let tip = read_tip(&channel, &world.reader()).unwrap();
    let again = warifu_channels::propose_again(&channel, &tip).unwrap().unwrap();
    let halves = world.sign(&tip, &again);
    let publishable = Publishable::check(&again, &halves, &tip, world.now).unwrap();
    publish(&channel, &publishable, &world.timestamp, world.now, Validity::default()).unwrap();
    assert_eq!(got(&world, &channel, on_hand(&first)).patched, 3);

    publish_signed(&world, &channel, &proposed(&world, &channel, 3));
    let opened = open(&channel, &mut world.reader(), world.now).unwrap();
    let listed = opened.files().filter(|entry| entry.name.is_patch()).count();
    assert_eq!(listed, 3, "those to release 3; those to release 2 are gone");
    // Who skipped a release has no base; who falls back gets what was there, whole.
    assert_eq!(got(&world, &channel, on_hand(&first)).patched, 0);
    assert!(fetch_fallback(&channel, &opened).unwrap().is_some());
}

#[test]
fn a_draft_with_more_patches_than_there_may_be_is_none() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    let (_, proposal) = proposed(&world, &channel, 2);
    let manifest = proposal.files().last().unwrap().1.to_vec();
    let mut files: std::collections::BTreeMap<_, _> =
        proposal.files().map(|(name, bytes)| (name, bytes.to_vec())).collect();
    files.remove(&TargetName::manifest(2));
    for number in 0..=warifu_trust::limits::PATCHES {
        files.insert(format!("patch.{number:016x}.{number:016x}.zst").parse().unwrap(), b"x".to_vec());
    }
    assert!(Proposal::from_files(&manifest, files).is_err());
}

#[test]
fn a_signer_refuses_what_another_draft_lists() {
    let (world, channel, _) = two_releases();
    let (tip, proposal) = proposed(&world, &channel, 3);
    let bare = Proposal::new(
        proposal.manifest().head(),
        &masters(3),
        changes(&proposal.manifest().head()).as_ref(),
        CompressionLevel::FAST,
    );
    let bare = bare.unwrap();
    assert_eq!(bare.release(), proposal.release(), "one release, with patches and without");
    let begun = warifu_trust::Halves::begin(&proposal, &tip, world.now, Validity::default()).unwrap();
    assert!(matches!(begun.tally(&bare, &tip), Err(SignError::OtherContent { .. })));
}

/// A reader that remembers the release before asks for a patch to Kikin's half; whatever lies there, it ends
/// with the half that Kokuho sealed.
#[test]
fn the_list_itself_comes_as_a_patch_to_who_remembers_the_one_before() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    publish_signed(&world, &channel, &proposed(&world, &channel, 1));
    let mut remembering = world.reader();
    open(&channel, &mut remembering, world.now).unwrap();
    publish_signed(&world, &channel, &proposed(&world, &channel, 2));
    let step = ChannelPath::targets_step(2, 1).to_string();
    let whole = ChannelPath::targets(2).to_string();
    assert!(channel.files()[&step].len() * 2 < channel.files()[&whole].len());

    let opened = |channel: &MemoryChannel| {
        let mut state = remembering.clone();
        open(channel, &mut state, world.now).map(|opened| (opened.release().release, state.to_bytes()))
    };
    let by_whole = opened(&{
        let without = channel.clone();
        without.remove(&step);
        without
    });
    let by_patch = opened(&{
        let alone = channel.clone();
        alone.remove(&whole);
        alone
    });
    let by_whole = by_whole.unwrap();
    assert_eq!(by_whole.0, 2);
    assert_eq!(by_patch.unwrap(), by_whole, "the same release, and the same memory of it");
    let bytes = channel.files()[&step].clone();
    let bomb = zstd::encode_all(&vec![0_u8; 64 << 20][..], 3).unwrap();
    for other in [Vec::new(), b"x".to_vec(), bytes[..bytes.len() / 2].to_vec(), bomb, vec![0; 1 << 20]] {
        let damaged = channel.clone();
        damaged.put(&step, other);
        assert_eq!(opened(&damaged).unwrap(), by_whole);
    }
}

#[test]
fn a_mirror_has_the_patches_too_and_none_that_is_damaged() {
    let (world, channel, _) = two_releases();
    let opened = open(&channel, &mut world.reader(), world.now).unwrap();
    let carried = warifu_channels::patches(&channel, &opened);
    assert_eq!(carried.len(), 4, "three of content, and the one to the list");
    channel.put(&patches(&channel)[0], b"damaged".to_vec());
    assert_eq!(warifu_channels::patches(&channel, &opened).len(), 3);
}
