//! Channels that lie on this machine, looked at before a start: whether they are there, can be read, and hold
//! a release. What lies elsewhere is not asked.

use std::ffi::OsStr;
use std::path::PathBuf;

use warifu_channels::{Address, Network, Patience};
use warifu_trust::{ChannelPath, limits};

use crate::log::now;
use crate::said::Said;

/// What is wrong with those of `channels` that lie here. One of several may be away.
pub(crate) fn troubles_here<'a>(channels: impl IntoIterator<Item = &'a OsStr>) -> Vec<Said> {
    let channels: Vec<(&OsStr, Option<PathBuf>)> =
        channels.into_iter().map(|named| (named, Address::on_this_machine(named))).collect();
    let all_are_here = channels.iter().all(|(_, path)| path.is_some());
    let here: Vec<(&OsStr, PathBuf)> =
        channels.into_iter().filter_map(|(named, path)| Some((named, path?))).collect();
    let named = |here: &[(&OsStr, PathBuf)]| {
        here.iter().map(|(_, path)| path.display().to_string()).collect::<Vec<_>>().join(", ")
    };
    let there: Vec<(&OsStr, PathBuf)> = here.iter().filter(|(_, path)| path.exists()).cloned().collect();
    if all_are_here && there.is_empty() {
        let named = named(&here);
        return vec![Said::new(
            format!("[channel]: nothing is at {named}"),
            format!("[channel]: {named} に配信元がありません"),
        )];
    }
    let (mut troubles, mut has_release) = (Vec::new(), false);
    for (of, path) in &there {
        match holds_release(of) {
            Ok(holds) => has_release |= holds,
            Err(Said { en, ja }) => {
                let path = path.display();
                troubles
                    .push(Said::new(format!("[channel]: {path}: {en}"), format!("[channel]: {path}: {ja}")));
            }
        }
    }
    if all_are_here && troubles.is_empty() && !has_release {
        let named = named(&there);
        troubles.push(Said::new(
            format!(
                "[channel]: no release lies at {named}: name the channel's own folder, or publish one first"
            ),
            format!(
                "[channel]: {named} にリリースがありません。配信元のフォルダーそのものを指定しているか確認するか、\
                 先にリリースを公開してください"
            ),
        ));
    }
    troubles
}

/// Whether a release was published at the channel `named`, which lies here.
fn holds_release(named: &OsStr) -> Result<bool, Said> {
    // An address of no channel is told by whoever opens it.
    let Ok(address) = Address::parse(named, &Network::plain(Patience::ONCE, now)) else { return Ok(true) };
    let newest = address.channel().read(&ChannelPath::timestamp(), limits::TIMESTAMP_BYTES);
    newest.map(|newest| newest.is_some()).map_err(|error| Said::of(&error))
}
