//! For tests only: what every transport keeps, asked of each in the same words. Not part of the API.

use warifu_trust::testing::{World, head, masters, now, propose};
use warifu_trust::{ChannelPath, OpenError, Publishable, Standing, TrustedState, Validity};

use crate::testing::{FailingChannel, Publishing as _, channel_contract};
use crate::{
    Channel, ChannelError, PublishChannel, PublishError, ReadError, fetch, fetch_fallback, open, publish,
    read_tip,
};

/// The release that `state` is brought to by `channel`, whole, with what it falls back to; `None` when
/// nothing is published.
///
/// # Panics
///
/// When what is there is not whole.
pub fn seen(channel: &dyn Channel, state: &mut TrustedState) -> Option<u64> {
    match open(channel, state, now()) {
        Ok(opened) => {
            fetch(channel, &opened).expect("whole content");
            let fallback = fetch_fallback(channel, &opened).expect("a whole release to fall back to");
            assert_eq!(fallback.is_some(), opened.release().release > 1);
            Some(opened.release().release)
        }
        Err(ReadError::Verdict(OpenError::NothingPublished)) => None,
        Err(error) => panic!("{error}"),
    }
}

/// What every [`Channel`] keeps that shows what is published to `behind`, which is empty; `carry` brings over
/// what a transport does not show by itself.
///
/// # Panics
///
/// When it does not.
pub fn reading_contract(channel: &dyn Channel, behind: &dyn PublishChannel, carry: &dyn Fn()) {
    let world = World::new();
    let mut state = world.reader();
    world.publish_next(behind);
    carry();
    assert_eq!(seen(channel, &mut state), Some(1));
    assert!(matches!(channel.read(&ChannelPath::root(9), 1), Ok(None)), "absence is no error");
    let timestamp = channel.read(&ChannelPath::timestamp(), 16_384).expect("readable").expect("published");
    let length = timestamp.len() as u64;
    assert_eq!(channel.read(&ChannelPath::timestamp(), length).expect("fits").as_ref(), Some(&timestamp));
    let too_long = channel.read(&ChannelPath::timestamp(), length - 1);
    assert!(matches!(too_long, Err(ChannelError::TooLong { .. })), "{too_long:?}");

    // Asked again, the same is no news; and what is new is seen by who asked before.
    let again = open(channel, &mut state, now()).expect("as before");
    assert_eq!(again.standing(), Standing::SameAsRecorded);
    world.publish_next(behind);
    carry();
    assert_eq!(seen(channel, &mut state), Some(2));
    assert_eq!(seen(channel, &mut world.reader()), Some(2));
}

/// What every [`PublishChannel`] keeps; `fresh` makes an empty one.
///
/// # Panics
///
/// When it does not.
pub fn publishing_contract(fresh: &mut dyn FnMut() -> Box<dyn PublishChannel + Send + Sync>) {
    channel_contract(fresh().as_ref());
    let channel = fresh();
    reading_contract(channel.as_ref(), channel.as_ref(), &|| {});
    cut_at_every_step(fresh);
    two_at_once(fresh);
}

/// Cut before step n, for every n: readers see the release before, whole, and publishing again works.
fn cut_at_every_step(fresh: &mut dyn FnMut() -> Box<dyn PublishChannel + Send + Sync>) {
    let world = World::new();
    for writes in 0.. {
        let channel = fresh();
        let channel = channel.as_ref();
        world.publish_next(channel);
        let (tip, proposal) = world.propose_for(channel);
        let halves = world.sign(&tip, &proposal);
        let publishable = Publishable::check(&proposal, &halves, &tip, now()).expect("both halves");
        let failing = FailingChannel::after(channel, writes);
        match publish(&failing, &publishable, &world.timestamp, now(), Validity::default()) {
            Ok(_) => {
                assert!(writes > 5, "blobs, manifest, targets, snapshot, timestamp");
                assert_eq!(seen(channel, &mut world.reader()), Some(2));
                return;
            }
            Err(PublishError::Unreachable(_) | PublishError::Unsure(_)) => {}
            Err(error) => panic!("{error}"),
        }
        assert_eq!(seen(channel, &mut world.reader()), Some(1), "after {writes} writes");
        let tip = read_tip(channel, &world.reader()).expect("a readable channel");
        let again = Publishable::check(&proposal, &halves, &tip, now()).expect("both halves");
        publish(channel, &again, &world.timestamp, now(), Validity::default()).expect("published");
        assert_eq!(seen(channel, &mut world.reader()), Some(2));
    }
}

/// Two publishers with two drafts: one wins, the other is told, and what is there is the winner's, whole.
fn two_at_once(fresh: &mut dyn FnMut() -> Box<dyn PublishChannel + Send + Sync>) {
    for _ in 0..2 {
        let (world, channel) = (World::new(), fresh());
        let channel = channel.as_ref();
        world.publish_next(channel);
        let drafts = [5, 6].map(|version| {
            let tip = read_tip(channel, &world.reader()).expect("a readable channel");
            let proposal = propose(head(2, tip.release()), &masters(version));
            let halves = world.sign(&tip, &proposal);
            Publishable::check(&proposal, &halves, &tip, now()).expect("both halves")
        });
        let outcomes = std::thread::scope(|scope| {
            let key = &world.timestamp;
            let running = drafts
                .each_ref()
                .map(|draft| scope.spawn(move || publish(channel, draft, key, now(), Validity::default())));
            running.map(|thread| thread.join().expect("no panic"))
        });
        let won: Vec<_> = outcomes.iter().flatten().collect();
        assert_eq!(won.len(), 1, "{outcomes:?}");
        let told = outcomes.iter().any(|outcome| matches!(outcome, Err(PublishError::Overtaken { .. })));
        assert!(told, "{outcomes:?}");
        let opened = open(channel, &mut world.reader(), now()).expect("a release");
        assert_eq!(opened.release(), won[0].release);
        fetch(channel, &opened).expect("whole content");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Address;
    use crate::testing::MemoryChannel;

    #[test]
    fn memory_keeps_what_publishing_channels_keep() {
        publishing_contract(&mut || Box::new(MemoryChannel::default()));
    }

    #[test]
    fn a_folder_keeps_what_publishing_channels_keep() {
        let folder = tempfile::tempdir().unwrap();
        let mut number = 0;
        publishing_contract(&mut || {
            number += 1;
            let place = folder.path().join(number.to_string());
            std::fs::create_dir(&place).unwrap();
            Address::folder(&place).publish_channel()
        });
    }
}
