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
    let directory = StateDirectory::open(path).map_err(|error| Failure::could_not(Said::of(&error)))?;
    news(path, &directory).iter().for_each(|(event, said)| log.event(*event, said));
    Ok(directory)
}

/// What is to be told of a folder in which no checker ever was.
fn news(path: &Path, directory: &StateDirectory) -> Vec<(Event, Said)> {
    // Where only its record is gone, that is told as damage.
    if path.join(RECORD).exists() || path.join(COPY).exists() || !directory.is_untouched() {
        return Vec::new();
    }
    let strangers = directory.strangers();
    let path = path.display();
    let mut news = vec![(
        Event::StateBegun,
        Said::new(
            format!("{path} is a new state folder: no release ran there before"),
            format!("状態フォルダー {path} は新規です（以前の稼働状況はありません）"),
        ),
    )];
    if let Some(first) = strangers.first() {
        let others = strangers.len();
        news.push((
            Event::StateShared,
            Said::new(
                format!(
                    "{path} holds {others} files or folders that are none of a checker's ({first}); they are \
                     left alone. Where another folder was meant, end this, take away what it made here, and \
                     name that one with --state"
                ),
                format!(
                    "{path} にはチェッカーのものでないファイルやフォルダーが {others} 件あります（{first}）。\
                     それらには手を付けません。別のフォルダーのつもりだった場合は、終了して作成されたものを取り除き、\
                     --state で指定し直してください"
                ),
            ),
        ));
    }
    news
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

    #[test]
    fn a_folder_of_others_is_told_as_one_and_one_whose_record_is_gone_not_as_new() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let told = || {
            let directory = StateDirectory::open(at).unwrap();
            news(at, &directory)
        };
        let events = |told: &[(Event, Said)]| told.iter().map(|(event, _)| *event).collect::<Vec<_>>();
        assert_eq!(events(&told()), [Event::StateBegun], "a second start before anything ran too");
        std::fs::create_dir(at.join("lost+found")).unwrap();
        std::fs::write(at.join("operator.sock"), "").unwrap();
        assert_eq!(events(&told()), [Event::StateBegun]);
        std::fs::write(at.join("diary.txt"), "today").unwrap();
        std::fs::create_dir(at.join("photos")).unwrap();
        let shared = told();
        assert_eq!(events(&shared), [Event::StateBegun, Event::StateShared]);
        assert!(shared[1].1.en.contains("holds 2 files or folders"), "{}", shared[1].1.en);
        std::fs::write(at.join("audit.jsonl"), "").unwrap();
        assert_eq!(events(&told()), [], "a log without its record outlived one");
    }
}
