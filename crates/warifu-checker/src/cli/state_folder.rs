//! The state folder of a checker that starts: its own from before, or a new one, and never a channel's.

use std::path::Path;

use crate::cli::failure::Failure;
use crate::log::{Event, Log};
use crate::said::Said;
use crate::state::StateDirectory;

/// The state folder at `path`, held by this process alone. That it is new is told: nothing that ran before is
/// known in it, and who named another folder than yesterday should see that.
pub(super) fn begun_or_gone_on_with(path: &Path, log: Log) -> Result<StateDirectory, Failure> {
    if let Some(why) = of_channel(path) {
        return Err(Failure::could_not(why));
    }
    let is_new = !path.join(RECORD).exists() && !path.join(COPY).exists();
    let directory = StateDirectory::open(path).map_err(|error| Failure::could_not(Said::of(&error)))?;
    if is_new {
        let path = path.display();
        log.event(
            Event::StateBegun,
            &Said::new(
                format!("{path} is a new state folder: no release ran there before"),
                format!("状態フォルダー {path} は新規です（以前の稼働状況はありません）"),
            ),
        );
    }
    Ok(directory)
}

/// The record of a checker, and its copy.
const RECORD: &str = "checker.json";
const COPY: &str = "checker-copy.json";

/// Why `folder` is none to keep a state in, where it is a channel's: what is written there, others would
/// publish.
pub(super) fn of_channel(folder: &Path) -> Option<Said> {
    let is_channel =
        folder.join("metadata/timestamp.json").exists() || folder.join("metadata/1.root.json").exists();
    if !is_channel || folder.join(RECORD).exists() {
        return None;
    }
    let path = folder.display();
    Some(Said::new(
        format!("{path} is the folder of a channel, and none of a checker's own: name another --state"),
        format!(
            "{path} は配信元のフォルダーです。--state にはチェッカー専用の別のフォルダーを指定してください"
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_never_kept_in_a_channel() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        assert_eq!(of_channel(at), None);
        std::fs::create_dir(at.join("metadata")).unwrap();
        std::fs::write(at.join("metadata/timestamp.json"), "{}").unwrap();
        assert!(of_channel(at).unwrap().ja.contains("配信元のフォルダーです"));
        let refused = begun_or_gone_on_with(at, Log::default()).err().unwrap();
        assert_eq!((refused.status, at.join("lock").exists()), (2, false), "nothing was written");
    }
}
