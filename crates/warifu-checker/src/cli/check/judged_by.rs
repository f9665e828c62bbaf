//! By which release a check judges: that of a checker's state directory, or one that is kept for checks and
//! kept up to date.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use warifu_channels::{Patience, state_folder_around};
use warifu_masters::schema::Schemas;
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Speak as _, counted};

use crate::candidate::Candidate;
use crate::cli::arguments::By;
use crate::cli::failure::Failure;
use crate::cli::inputs::{floor, mirrors, read_file};
use crate::cli::waiting::Waiting;
use crate::kept_release::{KeptRelease, NotReady, Ready};
use crate::kept_source::ROOT_COPY;
use crate::log::{Log, now};
use crate::said::Said;
use crate::state::StateDirectory;

/// The release that is judged by, ready. What is not as new as it might be is told on stderr.
pub(super) fn candidate(by: &By, schemas: &Schemas, waiting: Waiting) -> Result<Candidate, Failure> {
    let lang = waiting.lang;
    if let Some(state) = &by.state {
        return of_state(state, schemas);
    }
    if by.channel.is_empty() && !by.offline {
        return Err(Failure::could_not(by_nothing()));
    }
    let floor = floor(by.policy.as_deref())?;
    let place = Place::of(by)?;
    let log = Log::new(lang);
    let now = now();
    let kept = KeptRelease { folder: &place.folder, root: &place.root, floor, schemas, log, now };
    let mirrors = match by.channel.is_empty() {
        true => None,
        false => Some(mirrors(&by.channel, Patience::ONCE)?),
    };
    let what = Said::new("reading the release", "リリースを読み込んでいます");
    let ready = waiting.on(&what, || match mirrors {
        None => kept.offline(),
        Some(mirrors) => kept.from_channel(mirrors),
    });
    let ready = ready.map_err(|not_ready| match not_ready {
        NotReady::Trust(said) => Failure { status: 3, said },
        NotReady::CouldNot(said) => Failure::could_not(said),
    })?;
    for said in ready.news.iter().chain(&age(&ready, now)) {
        // Nobody listens: the findings are told all the same.
        let _ = writeln!(io::stderr(), "warifu-checker: {}", said.say(lang));
    }
    Ok(ready.candidate)
}

/// That no release was named, and how one is.
fn by_nothing() -> Said {
    Said::new(
        "say by which release: --channel CHANNEL --root root.json the first time (then --channel CHANNEL), \
         --offline by the one that is kept since, or --state DIR by that of a checker on this machine",
        "点検に使うリリースを指定してください。初回は --channel 配信元 --root root.json（次からは --channel 配信元）、\
         保存済みのものを使うなら --offline、この機械のチェッカーと同じものを使うなら --state フォルダー です",
    )
}

fn of_state(state: &Path, schemas: &Schemas) -> Result<Candidate, Failure> {
    let directory = StateDirectory::look_at(state);
    let could_not = |error| Failure::could_not(Said::of(&error));
    let record = directory.record().map_err(could_not)?;
    let running = record.running().release().ok_or_else(|| {
        Failure::could_not(Said::new("this state folder records no release", "リリースの記録がありません"))
    })?;
    let content = directory.releases().load(running.id.into()).map_err(could_not)?;
    Candidate::build(schemas, content).map_err(Failure::could_not)
}

/// Where the release of one line of roots is kept, and the root file that it is pinned to.
struct Place {
    folder: PathBuf,
    root: PathBuf,
}

impl Place {
    fn of(by: &By) -> Result<Place, Failure> {
        let all = match &by.keep {
            Some(keep) => keep.clone(),
            None => in_home(std::env::var_os("XDG_DATA_HOME"), std::env::var_os("HOME"))
                .ok_or_else(|| Failure::could_not(no_home()))?,
        };
        let cannot_list = |error: io::Error| {
            let all = all.display().to_string();
            Failure::could_not(Said::about(&all, &all, &error))
        };
        match &by.root {
            Some(root) => {
                let pinned = read_file(root)?;
                let folder = state_folder_around(&all, Path::new("trusted"), &pinned).map_err(cannot_list)?;
                Ok(Place { folder, root: root.clone() })
            }
            None => Place::known(&all, &roots_kept(&all).map_err(cannot_list)?),
        }
    }

    /// The only one below `all`: with several, nobody knows which is meant.
    fn known(all: &Path, folders: &[PathBuf]) -> Result<Place, Failure> {
        let all = all.display();
        match folders {
            [folder] => Ok(Place { folder: folder.clone(), root: folder.join(ROOT_COPY) }),
            [] => Err(Failure::could_not(Said::new(
                format!("nothing is kept in {all} yet: name the root file once with --root, and --channel"),
                format!(
                    "{all} にはまだ何も保存されていません。--root でルートファイルを、--channel で配信元を一度\
                     指定してください"
                ),
            ))),
            several => Err(Failure::could_not(Said::new(
                format!("{} roots are known in {all}: say by --root which is meant", several.len()),
                format!(
                    "{all} には {} 個のルートがあります。--root でどれを使うか指定してください",
                    several.len()
                ),
            ))),
        }
    }
}

/// The folders below `all` that were pinned to a root.
fn roots_kept(all: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(all) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let folders = entries.flatten().map(|entry| entry.path());
    Ok(folders.filter(|folder| folder.join(ROOT_COPY).is_file()).collect())
}

/// Where data of this user lie. A relative path in either variable is passed over, as the XDG base directory
/// specification says (0.8, section 3).
fn in_home(data_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let whole = |path: Option<OsString>| path.map(PathBuf::from).filter(|path| path.is_absolute());
    let data_home = whole(data_home).or_else(|| Some(whole(home)?.join(".local/share")));
    Some(data_home?.join("warifu-checker"))
}

fn no_home() -> Said {
    Said::new(
        "there is no home folder to keep the release in; name a folder with --keep",
        "リリースを保存するホームフォルダーがありません。--keep でフォルダーを指定してください",
    )
}

/// How old what judges is, where the channel did not say just now that it is the newest.
fn age(ready: &Ready, now: UnixSeconds) -> Option<Said> {
    if ready.is_current {
        return None;
    }
    let (release, title) = (ready.candidate.id.release, &ready.candidate.title);
    let (heard, long) = (ready.heard, ago(now.seconds() - ready.heard.seconds()));
    let said = Said::new(
        format!("judged by release {release} ({title}); the channel was last read {}, {heard}", long.en),
        format!(
            "リリース {release}（{title}）で点検します。配信元を最後に確認したのは {}（{heard}）です",
            long.ja
        ),
    );
    let Some(expired) = ready.expires.filter(|expires| *expires <= now) else { return Some(said) };
    Some(said.then(&Said::new(
        format!("what it said then held until {expired}: there may be a newer release"),
        format!("その内容の有効期限は {expired} でした。新しいリリースが出ている可能性があります"),
    )))
}

/// So many seconds ago, in the unit that says enough.
fn ago(seconds: i64) -> Said {
    let seconds = u64::try_from(seconds).unwrap_or(0);
    let (number, noun, unit) = match seconds {
        0..7_200 => (seconds / 60, "minute", "分"),
        7_200..172_800 => (seconds / 3_600, "hour", "時間"),
        _ => (seconds / 86_400, "day", "日"),
    };
    Said::new(format!("{} ago", counted(number, noun)), format!("{number} {unit}前"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_lie_where_the_operating_system_keeps_data() {
        let at = |data_home: &str, home: &str| in_home(Some(data_home.into()), Some(home.into()));
        assert_eq!(at("/var/d", "/home/a").unwrap(), PathBuf::from("/var/d/warifu-checker"));
        assert_eq!(at("d", "/home/a").unwrap(), PathBuf::from("/home/a/.local/share/warifu-checker"));
        assert_eq!(at("", "home"), None);
    }

    #[test]
    fn an_age_is_told_in_the_unit_that_says_enough() {
        let told = [(-5, "0 分前"), (119, "1 分前"), (7_200, "2 時間前"), (172_800, "2 日前")];
        told.into_iter().for_each(|(seconds, ja)| assert_eq!(ago(seconds).ja, ja));
        assert_eq!(ago(60).en, "1 minute ago");
    }
}
