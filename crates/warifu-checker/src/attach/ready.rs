//! Whether a configuration can be used on this machine as it is: what it names is there, or can be made.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::attach::config::{Config, Place};
use crate::attach::given::Placed;
use crate::channels_here::troubles_here;
use crate::config_file::Fault;
use crate::said::Said;

/// What is in the way, for who asks before a start.
pub fn not_ready(config: &Config) -> Vec<Fault> {
    let Place { folder, link, .. } = &config.place;
    let programs = config.commands().into_iter().filter_map(no_program);
    let faults = no_channel(&config.from.channel).into_iter().chain(programs);
    faults.chain(not_made(folder)).chain(no_link(link)).collect()
}

fn no_channel(channels: &Placed<Vec<String>>) -> Vec<Fault> {
    let troubles = troubles_here(channels.value.iter().map(OsStr::new));
    troubles.into_iter().map(|why| Fault::at(&channels.place, why)).collect()
}

fn no_program(command: &Placed<Vec<String>>) -> Option<Fault> {
    let program = command.value.first()?;
    let is_there = |path: PathBuf| {
        fs::metadata(path).is_ok_and(|there| there.is_file() && there.permissions().mode() & 0o111 != 0)
    };
    let is_found = match program.contains('/') {
        true => is_there(PathBuf::from(program)),
        false => {
            let paths = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&paths).any(|folder| is_there(folder.join(program)))
        }
    };
    (!is_found).then(|| {
        let why = Said::new(
            format!("there is no program {program} that can be run"),
            format!("{program} という実行可能なプログラムがありません"),
        );
        Fault::at(&command.place, why)
    })
}

/// A folder that is not there is made with the first release.
fn not_made(folder: &Placed<PathBuf>) -> Option<Fault> {
    let there = folder.value.ancestors().find(|it| fs::symlink_metadata(it).is_ok())?;
    let error = match there.is_dir() {
        true => tempfile::tempfile_in(there).err()?,
        false => std::io::ErrorKind::NotADirectory.into(),
    };
    let there = there.display();
    let why = Said::about(
        &format!("[place] folder: nothing can be written to {there}"),
        &format!("[place] folder: {there} に書き込めません"),
        &error,
    );
    Some(Fault::at(&folder.place, why))
}

fn no_link(link: &Placed<PathBuf>) -> Option<Fault> {
    let there = fs::symlink_metadata(&link.value).ok().filter(|there| !there.is_symlink())?;
    let (path, is_folder) = (link.value.display(), there.is_dir());
    let (en, ja) = if is_folder { ("a folder", "フォルダー") } else { ("a file", "ファイル") };
    let why = Said::new(
        format!("[place] link: {path} is {en} and no link: move it away, and the link is made by itself"),
        format!(
            "[place] link: {path} はリンクではなく{ja}です。別の場所へ移してください（リンクは自動で作成します）"
        ),
    );
    Some(Fault::at(&link.place, why))
}
