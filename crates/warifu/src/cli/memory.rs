//! Where this side remembers what it trusts of a channel: a folder for each line of roots.

use std::ffi::OsString;
use std::path::PathBuf;

use warifu::error::{Exit, Failure};
use warifu_channels::state_folder;

/// The folder of the state that belongs to the root with the bytes `pinned`: `chosen`, or else one below
/// `$XDG_STATE_HOME/warifu`, which without that variable is `~/.local/state/warifu`.
pub(crate) fn folder(chosen: Option<&PathBuf>, pinned: &[u8]) -> Result<PathBuf, Failure> {
    if let Some(folder) = chosen {
        return Ok(folder.clone());
    }
    let states = all().ok_or_else(|| {
        Failure::new(
            Exit::CouldNotRun,
            "there is no home folder to remember in what was accepted; name a folder with --state",
            "受け入れた内容を記録するホームフォルダーがありません。--state でフォルダーを指定してください",
        )
    })?;
    state_folder(&states, pinned).map_err(|error| {
        let folder = states.display();
        Failure::system(
            format_args!("cannot look through {folder}, where what was accepted is remembered"),
            format_args!("受け入れた内容の記録 {folder} を調べられません"),
            &error,
        )
    })
}

/// The folder of everything that this side remembers; none without a home.
pub(crate) fn all() -> Option<PathBuf> {
    states(std::env::var_os("XDG_STATE_HOME"), std::env::var_os("HOME"))
}

/// The folder of all states. A relative path in either variable is passed over, as the XDG base directory
/// specification says (0.8, section 3).
fn states(state_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let whole = |path: Option<OsString>| path.map(PathBuf::from).filter(|path| path.is_absolute());
    let state_home = whole(state_home).or_else(|| Some(whole(home)?.join(".local/state")));
    Some(state_home?.join("warifu"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_lie_where_the_operating_system_keeps_states() {
        let at = |state_home: &str, home: &str| states(Some(state_home.into()), Some(home.into()));
        assert_eq!(at("/var/s", "/home/a").unwrap(), PathBuf::from("/var/s/warifu"));
        assert_eq!(at("s", "/home/a").unwrap(), PathBuf::from("/home/a/.local/state/warifu"));
        assert_eq!(at("", "home"), None);
    }
}
