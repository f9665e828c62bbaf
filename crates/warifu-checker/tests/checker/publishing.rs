//! A channel in a folder, and releases that are published there.

use std::path::Path;

use warifu_channels::{Address, PublishChannel, publish, publish_root, read_tip};
use warifu_checker::log::now;
use warifu_trust::testing::World;
use warifu_trust::{Publishable, Validity};

use crate::line::{Line, Unsigned};
use crate::masters::{good, procedures};

/// Publishes the next release of `line`, signed by both.
pub(crate) fn publish_release(world: &World, channel: &dyn PublishChannel, line: &Line) {
    publish_unsigned(world, channel, line, line.unsigned("2024-05-31", vec![procedures(&good())]));
}

pub(crate) fn publish_unsigned(world: &World, channel: &dyn PublishChannel, line: &Line, unsigned: Unsigned) {
    let tip = read_tip(channel, &world.reader()).unwrap();
    let proposal = unsigned.propose();
    let halves = world.sign(&tip, &proposal);
    let publishable = Publishable::check(&proposal, &halves, &tip, world.now).unwrap();
    publish(channel, &publishable, &world.timestamp, world.now, Validity::default()).unwrap();
    line.sign(unsigned);
}

/// A channel below `at` with release 1, and its root beside it.
pub(crate) fn published(at: &Path) -> (World, Box<dyn PublishChannel + Send + Sync>, Line) {
    let world = World::at(now());
    let channel = Address::folder(&at.join("channel")).publish_channel();
    publish_root(channel.as_ref(), &world.root).unwrap();
    std::fs::write(at.join("root.json"), world.root.bytes()).unwrap();
    let line = Line::default();
    publish_release(&world, channel.as_ref(), &line);
    (world, channel, line)
}
