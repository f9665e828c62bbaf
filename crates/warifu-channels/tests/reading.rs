//! What a reader accepts, and everything that it must not.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "test support; a failure here fails the test"
)]

mod verdicts;

use proptest::prelude::*;
use serde_json::{Value, json};
use warifu_channels::testing::{MemoryChannel, Publishing as _, plant, plant_snapshot, signed};
use warifu_channels::{
    Channel, ChannelError, PublishError, ReadError, StateError, StateStore, fetch_fallback,
    find_earlier_release, learn_roots, propose_again, publish, publish_root, read_tip, refresh_timestamp,
    refuse_other_root, state_folder, state_folder_around,
};
use warifu_trust::testing::{World, forge, key, masters, now};
use warifu_trust::*;
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak};

use verdicts::{fetch, open};

/// A world with release 1 published and read.
fn published() -> (World, MemoryChannel, TrustedState) {
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    let mut state = world.reader();
    open(&channel, &mut state, now()).unwrap();
    (world, channel, state)
}

fn refusal(channel: &dyn Channel, state: &TrustedState) -> Refusal {
    let mut attempt = state.clone();
    let refused = match open(channel, &mut attempt, now()) {
        Err(OpenError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    };
    // Whatever is refused, what was recorded stays intact.
    assert_eq!(attempt.release(), state.release());
    if state.release().is_some() {
        reopen(&attempt).unwrap();
    }
    refused
}

#[test]
fn a_release_signed_by_both_is_opened_and_fetched_whole() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    world.publish_next(&channel);
    world.publish_next(&channel);
    let mut state = world.reader();
    let opened = open(&channel, &mut state, now()).unwrap();
    assert_eq!((opened.standing(), opened.release().release), (Standing::Newer, 2));
    assert!(opened.halves().kikin.holds());
    let release = fetch(&channel, &opened).unwrap();
    assert_eq!(release.master("r06", "drug").unwrap(), masters(2)[1].canonical);
    assert_eq!(release.masters().count(), 2);

    let before = fetch_fallback(&channel, &opened).unwrap().unwrap();
    assert_eq!(before.master("r06", "drug").unwrap(), masters(1)[1].canonical);
    assert_eq!(before.master("r06", "procedure"), release.master("r06", "procedure"));

    let again = open(&channel, &mut state, now()).unwrap();
    assert_eq!(again.standing(), Standing::SameAsRecorded);
    assert_eq!(reopen(&state).unwrap().release(), opened.release());
}

#[test]
fn a_file_is_found_in_the_release_by_its_digest() {
    let (_, channel, mut state) = published();
    let release = fetch(&channel, &open(&channel, &mut state, now()).unwrap()).unwrap();
    let drug = &masters(1)[1];
    let found = find_in_release(&release, drug.formats["kokuho"].sha256).unwrap();
    let entry = release.manifest().master("r06", "drug").unwrap();
    let form = Form::Format { name: "kokuho", file_name: "drug_kokuho.csv" };
    assert_eq!((found.release, found.place), (1, Place::Master { entry, form }));
    let place = |bytes| find_in_release(&release, Digest::of(bytes)).unwrap().place;
    assert_eq!(place(&drug.canonical), Place::Master { entry, form: Form::Canonical });
    assert_eq!(place(&drug.timelines), Place::Timelines(entry));
    assert_eq!(find_in_release(&release, Digest::of(b"")), None);
    assert_eq!(find_in_release(&release, Digest::of(b"mailed on a Sunday")), None);
}

#[test]
fn an_empty_channel_has_nothing_published() {
    let world = World::new();
    let error = open(&MemoryChannel::default(), &mut world.reader(), now()).unwrap_err();
    assert!(matches!(error, OpenError::NothingPublished) && error.may_pass_by_itself());
}

#[test]
fn a_one_sided_release_is_refused_and_the_missing_half_is_named() {
    let (world, channel, state) = published();
    let mut targets = signed(&channel, "metadata/1.targets.json");
    targets["version"] = 2.into();
    let (kikin, kokuho) = (&world.kikin, &world.kokuho);
    let cases: [(&[&SecretKey], &[&SecretKey], &str); 6] = [
        (&[&kikin[0], &kikin[1]], &[], "Kikin 2 of 2 signed, Kokuho 0 of 1 signed"),
        (&[], &[&kokuho[0]], "Kikin 0 of 2 signed, Kokuho 1 of 1 signed"),
        (&[&kikin[0]], &[&kokuho[0]], "Kikin 1 of 2 signed, Kokuho 1 of 1 signed"),
        // All of Kikin's people in both roles, and the other way round: a key counts in its own role only.
        (
            &[&kikin[0], &kikin[1]],
            &[&kikin[0], &kikin[1], &kikin[2]],
            "Kikin 2 of 2 signed, Kokuho 0 of 1 signed",
        ),
        (&[&kokuho[0], &kokuho[1]], &[&kokuho[0]], "Kikin 0 of 2 signed, Kokuho 1 of 1 signed"),
        (&[&world.timestamp], &[&world.timestamp], "Kikin 0 of 2 signed, Kokuho 0 of 1 signed"),
    ];
    for (kikin, kokuho, words) in cases {
        plant(&world.timestamp, &channel, 2, &targets, kikin, kokuho);
        for state in [&state, &world.reader()] {
            let refused = refusal(&channel, state);
            assert!(refused.to_string().contains(words), "{refused}");
        }
    }
    plant(&world.timestamp, &channel, 2, &targets, &[&kikin[1], &kikin[2]], &[&kokuho[1]]);
    open(&channel, &mut state.clone(), now()).unwrap();
}

#[test]
fn messages_come_in_japanese_too() {
    let halves = PerOrganisation { kikin: Tally { have: 2, need: 2 }, kokuho: Tally { have: 0, need: 1 } };
    let message = Refusal::Halves(halves).say(Lang::Ja);
    assert!(message.contains("支払基金 2名中2名、国保中央会 1名中0名"), "{message}");
}

#[test]
fn a_targets_file_swapped_after_approval_is_refused() {
    let (world, channel, _) = published();
    let mut targets = signed(&channel, "metadata/1.targets.json");
    targets["expires"] = "2030-01-01T00:00:00Z".into();
    let all: Vec<&SecretKey> = world.kikin.iter().collect();
    channel.put("metadata/1.targets.json", forge(&targets, &all));
    assert!(matches!(refusal(&channel, &world.reader()), Refusal::Mismatch { .. } | Refusal::TooLong { .. }));
}

#[test]
fn a_snapshot_or_timestamp_without_digests_is_refused() {
    for missing in ["hashes", "length"] {
        let (world, channel, state) = published();
        let mut snapshot = signed(&channel, "metadata/1.snapshot.json");
        snapshot["version"] = 2.into();
        snapshot["meta"]["targets.json"].as_object_mut().unwrap().remove(missing);
        plant_snapshot(&world.timestamp, &channel, 2, &snapshot, &[&world.kokuho[0]]);
        assert_eq!(refusal(&channel, &state), Refusal::NoDigest { file: "snapshot.json".into() });

        let mut timestamp = signed(&channel, "metadata/timestamp.json");
        timestamp["version"] = 9.into();
        timestamp["meta"]["snapshot.json"].as_object_mut().unwrap().remove(missing);
        channel.put("metadata/timestamp.json", forge(&timestamp, &[&world.timestamp]));
        assert_eq!(refusal(&channel, &state), Refusal::NoDigest { file: "timestamp.json".into() });
    }
}

#[test]
fn delegations_and_names_that_are_not_flat_are_refused() {
    let (world, channel, state) = published();
    let good = signed(&channel, "metadata/1.targets.json");
    let both: [&SecretKey; 2] = [&world.kikin[0], &world.kikin[1]];
    let mut delegating = good.clone();
    delegating["version"] = 2.into();
    delegating["delegations"] = json!({"keys": {}, "roles": []});
    plant(&world.timestamp, &channel, 2, &delegating, &both, &[&world.kokuho[0]]);
    assert_eq!(refusal(&channel, &state), Refusal::Delegations);

    let mut nested = good;
    nested["version"] = 3.into();
    nested["targets"]["../up"] = nested["targets"]["release-1.json"].clone();
    plant(&world.timestamp, &channel, 3, &nested, &both, &[&world.kokuho[0]]);
    assert!(matches!(refusal(&channel, &state), Refusal::Malformed { .. }));
}

#[test]
fn rollback_and_replay_are_refused() {
    let (world, channel, old) = published();
    let before = channel.clone();
    world.publish_next(&channel);
    let mut state = old.clone();
    open(&channel, &mut state, now()).unwrap();

    // The whole channel as it was: validly signed, not expired, older.
    assert!(matches!(refusal(&before, &state), Refusal::Rollback { what: "timestamp.json", .. }));

    // The release manager's stolen key points back at the old snapshot.
    let mut timestamp = signed(&before, "metadata/timestamp.json");
    timestamp["version"] = 99.into();
    channel.put("metadata/timestamp.json", forge(&timestamp, &[&world.timestamp]));
    assert!(matches!(refusal(&channel, &state), Refusal::Rollback { what: "timestamp.json", .. }));

    // With Kokuho's keys too: a new snapshot that lists the old targets.
    let mut snapshot = signed(&channel, "metadata/1.snapshot.json");
    snapshot["version"] = 7.into();
    plant_snapshot(&world.timestamp, &channel, 7, &snapshot, &[&world.kokuho[0]]);
    assert!(matches!(refusal(&channel, &state), Refusal::Rollback { what: "snapshot.json", .. }));

    // And with everybody's keys: new metadata, old release.
    let mut targets = signed(&channel, "metadata/1.targets.json");
    targets["version"] = 8.into();
    plant(&world.timestamp, &channel, 8, &targets, &[&world.kikin[0], &world.kikin[1]], &[&world.kokuho[0]]);
    let refused = refusal(&channel, &state);
    assert_eq!(refused, Refusal::Rollback { what: "release", recorded: 2, offered: 1 });
}

#[test]
fn a_release_number_never_gets_other_content() {
    let (world, channel, state) = published();
    let mut targets = signed(&channel, "metadata/1.targets.json");
    targets["version"] = 2.into();
    targets["targets"]["release-1.json"]["hashes"]["sha256"] = "0".repeat(64).into();
    plant(&world.timestamp, &channel, 2, &targets, &[&world.kikin[0], &world.kikin[1]], &[&world.kokuho[0]]);
    assert_eq!(refusal(&channel, &state), Refusal::OtherContent { release: 1 });
}

#[test]
fn files_of_different_releases_do_not_mix() {
    let (world, channel, state) = published();
    world.publish_next(&channel);
    let files = channel.files();
    let copy = channel.clone();
    copy.put("metadata/2.targets.json", files["metadata/1.targets.json"].clone());
    // Where the patch to it is there and gives what was sealed, nobody asks for the whole.
    copy.remove("metadata/2.targets.from-1.zst");
    assert!(matches!(refusal(&copy, &state), Refusal::Mismatch { .. }));
    let copy = channel.clone();
    copy.put("metadata/2.snapshot.json", files["metadata/1.snapshot.json"].clone());
    assert!(matches!(refusal(&copy, &state), Refusal::Mismatch { .. }));
    // A file not there yet is a mirror that lags behind, not an attack.
    copy.remove("metadata/2.snapshot.json");
    assert!(matches!(open(&copy, &mut state.clone(), now()), Err(OpenError::Missing { .. })));
}

#[test]
fn expired_metadata_is_stale_and_the_last_state_stays_intact() {
    let (world, channel, mut state) = published();
    let late = now().plus_days(8);
    let recorded = state.release();
    let error = open(&channel, &mut state, late).unwrap_err();
    assert!(matches!(&error, OpenError::Stale { file, .. } if file == "timestamp.json"), "{error:?}");
    assert!(error.is_trust_refusal());
    assert_eq!(state.release(), recorded);
    assert!(fetch(&channel, &reopen(&state).unwrap()).is_ok());
    // A new reader takes nothing either.
    assert!(matches!(open(&channel, &mut world.reader(), late), Err(OpenError::Stale { .. })));

    let tip = read_tip(&channel, &state).unwrap();
    refresh_timestamp(&channel, &tip, &world.timestamp, late, Validity::default()).unwrap();
    let opened = open(&channel, &mut state, late).unwrap();
    assert_eq!(opened.standing(), Standing::SameAsRecorded);
    // Kokuho's half runs out next; then Kikin's; then the root. No timestamp is renewed over what ran out,
    // and one that says to hold for longer keeps none of it alive.
    let long = Validity { timestamp_days: 800, ..Validity::default() };
    let tip = read_tip(&channel, &state).unwrap();
    refresh_timestamp(&channel, &tip, &world.timestamp, late, long).unwrap();
    for (days, file) in [(63, "snapshot.json"), (121, "snapshot.json"), (731, "root.json")] {
        let late = now().plus_days(days);
        let tip = read_tip(&channel, &state).unwrap().with_vouched_clock();
        let refused = refresh_timestamp(&channel, &tip, &world.timestamp, late, Validity::default());
        assert!(matches!(refused, Err(PublishError::Unsealed(SealError::RanOut { .. }))), "{refused:?}");
        let error = open(&channel, &mut state, late).unwrap_err();
        assert!(matches!(&error, OpenError::Stale { file: stale, .. } if stale == file), "{error:?}");
    }
}

#[test]
fn a_clock_turned_back_does_not_revive_what_expired() {
    let (world, channel, mut state) = published();
    let later = now().plus_days(6);
    open(&channel, &mut state, later).unwrap();
    let tip = read_tip(&channel, &state).unwrap().with_vouched_clock();
    let short = Validity { timestamp_days: 1, ..Validity::default() };
    // Renewed on a machine whose clock is wrong: it expired before what this reader knows.
    refresh_timestamp(&channel, &tip, &world.timestamp, now(), short).unwrap();
    assert!(matches!(open(&channel, &mut state, now()), Err(OpenError::Stale { .. })));
}

#[test]
fn endless_data_ends_at_the_limit() {
    struct Endless<'a>(&'a MemoryChannel, &'static str);
    impl Channel for Endless<'_> {
        fn read_in(
            &self,
            path: &ChannelPath,
            limit_bytes: u64,
            _: &warifu_channels::Look,
        ) -> Result<Option<Vec<u8>>, ChannelError> {
            assert!(limit_bytes <= limits::BLOB_BYTES, "{path} asks for {limit_bytes}");
            if path.as_str().contains(self.1) {
                return Err(ChannelError::TooLong { path: path.clone(), limit_bytes });
            }
            self.0.read(path, limit_bytes)
        }
    }
    let (world, channel, _) = published();
    for file in ["2.root", "timestamp", "snapshot", "targets.json"] {
        assert!(
            matches!(refusal(&Endless(&channel, file), &world.reader()), Refusal::TooLong { .. }),
            "{file}"
        );
    }
    let opened = open(&channel, &mut world.reader(), now()).unwrap();
    let refused = fetch(&Endless(&channel, "drug"), &opened);
    assert!(matches!(refused, Err(FetchError::Refused(Refusal::TooLong { .. }))));
}

/// Only what is not there is passed over: what cannot be seen now, or is something else, may be the one.
#[test]
fn an_earlier_release_that_cannot_be_seen_is_not_passed_over() {
    let (world, channel) = (World::new(), MemoryChannel::default());
    let releases = [1, 2, 3].map(|_| {
        world.publish_next(&channel);
        read_tip(&channel, &world.reader()).unwrap().release().unwrap()
    });
    let [first, second, third] = releases;
    let find = |channel: &dyn Channel, number: u64| {
        find_earlier_release(channel, [third, second, first], |manifest| manifest.release == number)
    };
    assert_eq!(find(&channel, 1).unwrap(), Some(first));
    assert_eq!(find(&channel, 4).unwrap(), None);
    let path = ChannelPath::content(second.manifest, &TargetName::manifest(2));
    // Behind the one that is looked for, nothing is in the way.
    assert_eq!(find(&Unseen(&channel, &path), 3).unwrap(), Some(third));
    assert!(matches!(find(&Unseen(&channel, &path), 1), Err(ReadError::Unreachable(_))));
    channel.remove(path.as_str());
    assert_eq!(find(&channel, 1).unwrap(), Some(first));
    channel.put(path.as_str(), b"{}".to_vec());
    assert!(matches!(find(&channel, 1), Err(ReadError::Verdict(FetchError::Refused(_)))));
}

/// Nothing can be said of one file.
struct Unseen<'a>(&'a MemoryChannel, &'a ChannelPath);

impl Channel for Unseen<'_> {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        _: &warifu_channels::Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        match path == self.1 {
            true => Err(ChannelError::unreachable(path, "the line is down")),
            false => self.0.read(path, limit_bytes),
        }
    }
}

#[test]
fn a_blob_that_was_tampered_with_is_refused() {
    let (_, channel, mut state) = published();
    let opened = open(&channel, &mut state, now()).unwrap();
    let drug = channel.files().keys().find(|name| name.contains("drug")).unwrap().clone();
    let good = channel.files()[&drug].clone();
    for change in 0..good.len() {
        let mut bad = good.clone();
        bad[change] ^= 1;
        channel.put(&drug, bad);
        assert!(matches!(fetch(&channel, &opened), Err(FetchError::Refused(Refusal::Mismatch { .. }))));
    }
    channel.put(&drug, good[1..].to_vec());
    assert!(fetch(&channel, &opened).is_err());
    channel.remove(&drug);
    assert!(matches!(fetch(&channel, &opened), Err(FetchError::Missing { .. })));
}

#[test]
fn a_signed_bomb_is_refused_after_what_was_declared() {
    // Both signed it: somebody fed them a blob that unfolds to more than its manifest says.
    let (world, channel, state) = published();
    let mut targets = signed(&channel, "metadata/1.targets.json");
    let bomb = zstd::encode_all(&vec![0u8; 200 << 20][..], 3).unwrap();
    let names = targets["targets"].as_object().unwrap().keys().cloned();
    let drug = names.into_iter().find(|name| name.contains("drug")).unwrap();
    targets["version"] = 2.into();
    targets["targets"][&drug]["length"] = bomb.len().into();
    targets["targets"][&drug]["hashes"]["sha256"] = Digest::of(&bomb).to_string().into();
    channel.put(&format!("targets/{}.{drug}", Digest::of(&bomb)), bomb);
    plant(&world.timestamp, &channel, 2, &targets, &[&world.kikin[0], &world.kikin[1]], &[&world.kokuho[0]]);
    let opened = open(&channel, &mut state.clone(), now()).unwrap();
    assert!(matches!(fetch(&channel, &opened), Err(FetchError::Refused(Refusal::Mismatch { .. }))));
}

#[test]
fn a_root_with_the_same_key_in_both_organisations_is_refused_by_readers_too() {
    let (world, channel, state) = published();
    let mut root: Value = serde_json::from_slice(world.root.bytes()).unwrap();
    let root = &mut root["signed"];
    root["version"] = 2.into();
    // Kikin's person stands in Kokuho's role.
    root["roles"]["snapshot"]["keyids"][0] = world.kikin[0].public().id().to_string().into();
    let everybody: Vec<&SecretKey> = world.kikin.iter().chain(&world.kokuho).collect();
    channel.put("metadata/2.root.json", forge(root, &everybody));
    let Refusal::UnsoundRoot(UnsoundRoot(faults)) = refusal(&channel, &state) else { panic!() };
    assert!(faults.iter().any(|fault| matches!(fault, RootFault::WrongOrganisation { .. })), "{faults:?}");

    // The same raw key once more, under another id.
    let mut root: Value = serde_json::from_slice(world.root.bytes()).unwrap();
    let root = &mut root["signed"];
    root["version"] = 2.into();
    let id = world.kikin[0].public().id().to_string();
    root["keys"]["f".repeat(64)] = root["keys"][&id].clone();
    root["x-warifu-holders"]["f".repeat(64)] = root["x-warifu-holders"][&id].clone();
    root["roles"]["targets"]["keyids"].as_array_mut().unwrap().push("f".repeat(64).into());
    channel.put("metadata/2.root.json", forge(root, &everybody));
    let Refusal::UnsoundRoot(UnsoundRoot(faults)) = refusal(&channel, &state) else { panic!() };
    assert!(faults.iter().any(|fault| matches!(fault, RootFault::SameKey { .. })), "{faults:?}");
}

#[test]
fn a_node_demands_its_own_least_threshold() {
    let world = World::new();
    let least_threshold = PerOrganisation { kikin: 2, kokuho: 2 };
    let policy = Policy { least_threshold, ..Policy::default() };
    assert!(matches!(TrustedState::pin(world.root.bytes(), policy), Err(Refusal::UnsoundRoot(_))));
}

#[test]
fn a_node_takes_nothing_that_holds_longer_than_it_was_told() {
    let (world, channel, _) = published();
    let opened = |longest| {
        let policy = Policy { longest, ..Policy::default() };
        let mut state = TrustedState::pin(world.root.bytes(), policy).unwrap();
        open(&channel, &mut state, now()).map(|_| ())
    };
    let fits = Longest {
        root_days: Some(730),
        targets_days: Some(120),
        snapshot_days: Some(62),
        timestamp_days: Some(7),
    };
    opened(fits).unwrap();
    for (longest, file) in [
        (Longest { root_days: Some(600), ..fits }, "root.json"),
        (Longest { targets_days: Some(100), ..fits }, "targets.json"),
        (Longest { snapshot_days: Some(50), ..fits }, "snapshot.json"),
        (Longest { timestamp_days: Some(3), ..fits }, "timestamp.json"),
    ] {
        let refused = opened(longest).unwrap_err();
        assert!(
            matches!(&refused, OpenError::Refused(Refusal::HoldsTooLong { file: found, .. })
            if *found == file),
            "{refused}"
        );
    }
}

#[test]
fn a_revoked_key_signs_nothing_more_and_its_revocation_sticks() {
    let (world, channel, mut state) = published();
    let stolen = &world.kikin[0];
    // Kikin's first person leaves, a fourth comes; the old officers and the new ones sign.
    let now_kikin = [2, 3, 4].map(key);
    let draft = World::builder(&now_kikin, &world.kokuho, &world.timestamp).after(&world.root);
    let mut draft = draft.unwrap();
    for officer in world.kikin[1..].iter().chain(&world.kokuho) {
        draft.sign(officer, Some(&world.root)).unwrap();
    }
    let second = draft.finish(Some(&world.root)).unwrap();
    publish_root(&channel, &second).unwrap();

    // The published release carries the revoked signature: refused for new moves, still intact as a record.
    let error = open(&channel, &mut state, now()).unwrap_err();
    assert!(matches!(error, OpenError::Refused(Refusal::Halves(_))), "{error:?}");
    assert_eq!(state.root().version(), 2, "learnt although nothing was opened");
    assert_eq!(reopen(&state).unwrap().release().release, 1);

    // Without the new root on the channel, a reader that has seen it is not fooled.
    channel.remove("metadata/2.root.json");
    assert!(matches!(refusal(&channel, &state), Refusal::Halves(_)));
    publish_root(&channel, &second).unwrap();

    // Release 1 again, and then the next one, signed by who may now.
    let tip = read_tip(&channel, &state).unwrap();
    let again = propose_again(&channel, &tip).unwrap().unwrap();
    let reviewed = again.review(again.manifest()).unwrap();
    let refused = reviewed.sign_as_kikin(&tip, &Halves::default(), stolen, now(), Validity::default());
    assert!(matches!(refused, Err(SignError::NotASigner { .. })));
    let next = World {
        kikin: now_kikin.into(),
        kokuho: [11, 12].map(key).into(),
        timestamp: key(21),
        root: second,
        now: now(),
    };
    let halves = next.sign(&tip, &again);
    let publishable = Publishable::check(&again, &halves, &tip, now()).unwrap();
    publish(&channel, &publishable, &world.timestamp, now(), Validity::default()).unwrap();
    assert_eq!(open(&channel, &mut state, now()).unwrap().release().release, 1);
    next.publish_next(&channel);
    assert_eq!(open(&channel, &mut state, now()).unwrap().release().release, 2);
    // A reader with only the first root walks there too.
    assert_eq!(open(&channel, &mut world.reader(), now()).unwrap().versions()[0], 2);
}

#[test]
fn a_root_signed_by_one_side_alone_is_refused() {
    let (world, channel, state) = published();
    let draft = World::builder(&[1, 2, 3].map(key), &[31, 32].map(key), &world.timestamp).after(&world.root);
    let mut draft = draft.unwrap();
    for officer in &world.kikin {
        draft.sign(officer, Some(&world.root)).unwrap();
    }
    assert!(matches!(draft.finish(Some(&world.root)), Err(RootSignError::NotEnough { .. })));
    channel.put("metadata/2.root.json", draft.to_bytes());
    assert!(matches!(refusal(&channel, &state), Refusal::RootSignatures { version: 2, .. }));
}

/// A first root of these people, signed by `officers`.
fn first_root(kikin: &[SecretKey], kokuho: &[SecretKey], officers: &[&SecretKey]) -> SignedRoot {
    let mut draft = World::builder(kikin, kokuho, &key(21)).first().unwrap();
    for officer in officers {
        draft.sign(*officer, None).unwrap();
    }
    draft.finish(None).unwrap()
}

#[test]
fn a_root_of_another_channel_is_named_before_and_after_the_first_release() {
    let (world, published, _) = published();
    let (kikin, kokuho) = ([41, 42, 43].map(key), [51, 52].map(key));
    let other = first_root(&kikin, &kokuho, &kikin.iter().chain(&kokuho).collect::<Vec<_>>());
    let state = TrustedState::pin(other.bytes(), Policy::default()).unwrap();
    let only_root = MemoryChannel::default();
    publish_root(&only_root, &world.root).unwrap();
    let next = MemoryChannel::default();
    publish_root(&next, &world.root).unwrap();
    let mut draft = World::builder(&world.kikin, &world.kokuho, &key(22)).after(&world.root).unwrap();
    for officer in world.kikin.iter().chain(&world.kokuho) {
        draft.sign(officer, Some(&world.root)).unwrap();
    }
    publish_root(&next, &draft.finish(Some(&world.root)).unwrap()).unwrap();
    let (trusted, found) = (Digest::of(other.bytes()), Digest::of(world.root.bytes()));
    let expected = Refusal::OtherRoot { version: 1, trusted, found };
    for channel in [&published, &only_root, &next] {
        assert_eq!(refusal(channel, &state), expected);
        // Who would draft, sign or publish there.
        let Err(ReadError::Verdict(OpenError::Refused(refused))) = read_tip(channel, &state) else {
            panic!()
        };
        assert_eq!(refused, expected);
        for lang in [Lang::En, Lang::Ja] {
            let told = refused.say(lang);
            assert!(told.contains(&trusted.to_string()) && told.contains(&found.to_string()), "{told}");
        }
    }
    assert!(
        matches!(learn_roots(&next, &mut state.clone()), Err(ReadError::Verdict(OpenError::Refused(told)))
        if told == expected)
    );
    // Who would lay a root there, and what follows it: nobody was faster.
    let refused = publish_root(&only_root, &other).unwrap_err();
    assert!(matches!(&refused, PublishError::OtherRoot(refusal) if *refusal == expected), "{refused:?}");
    assert!(refused.is_trust_refusal() && refuse_other_root(&only_root, &other).is_err());
    for channel in [&only_root, &MemoryChannel::default()] {
        refuse_other_root(channel, &world.root).unwrap();
        publish_root(channel, &world.root).unwrap();
    }
}

#[test]
fn the_same_root_with_other_signatures_is_no_other_root() {
    let world = World::new();
    let officers: Vec<_> = world.kikin[1..].iter().chain(&world.kokuho).collect();
    let same = first_root(&world.kikin, &world.kokuho, &officers);
    assert_ne!(same.bytes(), world.root.bytes());
    let channel = MemoryChannel::default();
    publish_root(&channel, &same).unwrap();
    world.publish_next(&channel);
    open(&channel, &mut world.reader(), now()).unwrap();
}

#[test]
fn a_stolen_timestamp_key_is_healed_by_a_new_root() {
    let (world, channel, mut state) = published();
    let mut timestamp = signed(&channel, "metadata/timestamp.json");
    timestamp["version"] = 1_000_000.into();
    channel.put("metadata/timestamp.json", forge(&timestamp, &[&world.timestamp]));
    open(&channel, &mut state, now()).unwrap();

    let fresh = key(22);
    let mut draft = World::builder(&world.kikin, &world.kokuho, &fresh).after(&world.root).unwrap();
    for officer in world.kikin.iter().chain(&world.kokuho) {
        draft.sign(officer, Some(&world.root)).unwrap();
    }
    publish_root(&channel, &draft.finish(Some(&world.root)).unwrap()).unwrap();
    assert_eq!(refusal(&channel, &state), Refusal::Timestamp);
    timestamp["version"] = 2.into();
    channel.put("metadata/timestamp.json", forge(&timestamp, &[&fresh]));
    assert_eq!(open(&channel, &mut state, now()).unwrap().standing(), Standing::SameAsRecorded);
}

#[test]
fn of_two_runs_at_once_the_later_one_takes_nothing_back() {
    let (world, channel, _) = published();
    let directory = tempfile::tempdir().unwrap();
    let store = StateStore::new(directory.path());
    let load = || store.load(world.root.bytes(), Policy::default()).unwrap();
    // Both begin with nothing; one sees release 1, the other 2, and the first ends last.
    let (mut slow, mut fast) = (load(), load());
    open(&channel, &mut slow, now()).unwrap();
    world.publish_next(&channel);
    open(&channel, &mut fast, now()).unwrap();
    store.save(&fast).unwrap();
    store.save(&slow).unwrap();
    assert_eq!(load().release().unwrap().release, 2);
    // The folder is found by its root, and by no other's.
    let states = directory.path().join("states");
    let folder = state_folder(&states, world.root.bytes()).unwrap();
    StateStore::new(&folder).save(&fast).unwrap();
    std::fs::rename(&folder, states.join("moved")).unwrap();
    assert_eq!(state_folder(&states, world.root.bytes()).unwrap(), states.join("moved"));
    // So it is where other things lie beside the state.
    let (around, within) = (directory.path().join("around"), std::path::Path::new("trusted"));
    let own = state_folder_around(&around, within, world.root.bytes()).unwrap();
    StateStore::new(own.join(within)).save(&fast).unwrap();
    std::fs::rename(&own, around.join("moved")).unwrap();
    assert_eq!(state_folder_around(&around, within, world.root.bytes()).unwrap(), around.join("moved"));
    assert_ne!(state_folder(&around, world.root.bytes()).unwrap(), around.join("moved"));
}

#[test]
fn the_state_is_verified_anew_when_it_is_loaded() {
    let (world, channel, state) = published();
    let directory = tempfile::tempdir().unwrap();
    let store = StateStore::new(directory.path().join("deep/er"));
    let load = || store.load(world.root.bytes(), Policy::default());
    assert_eq!(load().unwrap().release(), None, "nothing saved yet");
    store.save(&state).unwrap();
    let loaded = load().unwrap();
    assert_eq!((loaded.release(), loaded.known_time()), (state.release(), now()));
    assert!(fetch(&channel, &reopen(&loaded).unwrap()).is_ok());

    let file = directory.path().join("deep/er/trusted-state.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("release-1.json", "release-9.json")).unwrap();
    assert!(matches!(load(), Err(StateError::NotBelieved { fault: StateFault::Refused(_), .. })));
    std::fs::write(&file, &text[..100]).unwrap();
    assert!(matches!(load(), Err(StateError::NotBelieved { fault: StateFault::Damaged { .. }, .. })));
    // Another root of the same number: somebody exchanged the pin or the state.
    std::fs::write(&file, &text).unwrap();
    let mut other = World::builder(&[41, 42].map(key), &[51, 52].map(key), &key(61)).first().unwrap();
    for seed in [41, 42, 51, 52] {
        other.sign(&key(seed), None).unwrap();
    }
    let other = other.finish(None).unwrap();
    assert!(matches!(
        store.load(other.bytes(), Policy::default()),
        Err(StateError::NotBelieved { fault: StateFault::OtherRoot, .. })
    ));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever one change does to whatever file: it is refused, or the very same release comes out.
    #[test]
    fn one_changed_byte_anywhere_never_yields_another_release(
        file in 0usize..5, place in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<bool>(),
    ) {
        let (world, channel, _) = published();
        let expected = open(&channel, &mut world.reader(), now()).unwrap();
        let names = ["1.root", "1.targets", "1.snapshot", "timestamp", "release-1"];
        let mut files = channel.files().into_iter();
        let (name, mut bytes) = files.find(|(name, _)| name.contains(names[file])).unwrap();
        let place = place.index(bytes.len());
        if cut {
            bytes.truncate(place);
        } else {
            bytes[place] = byte;
        }
        channel.put(&name, bytes.clone());
        if let Ok(opened) = open(&channel, &mut world.reader(), now()) {
            prop_assert_eq!(opened.release(), expected.release());
            if let Ok(release) = fetch(&channel, &opened) {
                prop_assert_eq!(release.manifest().digest().unwrap(), expected.release().manifest);
            }
        }
        if let Ok(state) = TrustedState::pin(&bytes, Policy::default()) {
            prop_assert_eq!(state.root().summary(), world.root.summary());
        }
    }
}
