//! The files of a release for a program: in a folder of its own, whole before it has its name, and the one
//! link that says which folder is to be used.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use serde::Serialize;
use warifu_masters::file::{read_canonical, write::write};
use warifu_masters::schema::Schemas;
use warifu_trust::{MasterEntry, ReleaseRef};
use warifu_values::digest::Digest;

use crate::attach::owner::Owner;
use crate::release::ReleaseContent;
use crate::said::Said;

/// Its name in a release's folder: what lies there.
const LIST: &str = "release.json";

/// A list is some hundred bytes for each file.
const LIST_BYTES: u64 = 1 << 20;

/// What a folder that is being filled is called at first.
const UNFINISHED: &str = ".new-";

/// A file of a release in a format.
pub(super) struct Made {
    format: String,
    name: String,
    bytes: Vec<u8>,
}

/// The list beside the files, for whoever reads them by a program.
#[derive(Serialize)]
struct List {
    release: u64,
    manifest: Digest,
    title: String,
    files: Vec<Listed>,
}

#[derive(Serialize)]
struct Listed {
    path: String,
    series: String,
    kind: String,
    format: String,
    rows: u64,
    bytes: u64,
    sha256: Digest,
}

/// Every file of `content` in `formats`, each proven to be the one that both organisations signed, and the
/// list of them.
pub(super) fn made(
    schemas: &Schemas,
    content: ReleaseContent,
    formats: &[String],
) -> Result<Vec<Made>, Said> {
    let (id, title) = (content.id(), content.manifest().title.clone());
    let mut list = List { release: id.release, manifest: id.manifest, title, files: Vec::new() };
    let mut files = Vec::new();
    for (entry, canonical, _) in content.into_masters() {
        let canonical = canonical.into_bytes().map_err(|error| Said::both(&error))?;
        let MasterEntry { series, kind, rows, formats: signed, .. } = &entry;
        let name = format!("{series}/{kind}");
        let master = read_canonical(schemas, kind, canonical).map_err(|_| {
            Said::new(
                format!("{name}: no layout that is known here fits the signed records"),
                format!("{name}: 署名されたレコードに合うレイアウトがありません"),
            )
        })?;
        for format in formats {
            let known = schemas.format(format).zip(signed.get(format)).ok_or_else(|| {
                Said::new(
                    format!("{name} was not signed in format {format}"),
                    format!("{name} は形式 {format} では署名されていません"),
                )
            })?;
            let (as_format, signed) = known;
            let bytes = write(&master, &as_format.rendering(master.layout().header.is_some()));
            let bytes = bytes.ok().filter(|bytes| Digest::of(bytes) == signed.sha256).ok_or_else(|| {
                Said::new(
                    format!("{name}: what this program writes as {format} is not what was signed"),
                    format!("{name}: 形式 {format} の出力が署名済みのダイジェストと一致しません"),
                )
            })?;
            list.files.push(Listed {
                path: format!("{format}/{}", signed.file_name),
                series: series.clone(),
                kind: kind.clone(),
                format: format.clone(),
                rows: *rows,
                bytes: signed.bytes,
                sha256: signed.sha256,
            });
            files.push(Made { format: format.clone(), name: signed.file_name.clone(), bytes });
        }
    }
    let list = serde_json::to_vec_pretty(&list)
        .map_err(|error| Said::about("the list of files", "ファイル一覧", &error))?;
    files.push(Made { format: String::new(), name: LIST.into(), bytes: list });
    Ok(files)
}

/// Where a program finds releases.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    pub(super) folder: PathBuf,
    pub(super) link: PathBuf,
    pub(super) mode: u32,
    pub(super) owner: Option<Owner>,
}

impl Shelf {
    /// The folder of `id`: its number and the beginning of its digest.
    pub(super) fn folder_of(&self, id: ReleaseRef) -> PathBuf {
        self.folder.join(format!("{:06}-{}", id.release, id.manifest.short()))
    }

    /// Places `files` in the folder of `id`, where they do not lie there already, byte for byte.
    pub(super) fn place(&self, id: ReleaseRef, files: &[Made]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let folder = self.folder_of(id);
        let is_there = |file: &Made| {
            let there =
                warifu_files::read(&folder.join(&file.format).join(&file.name), file.bytes.len() as u64);
            there.is_ok_and(|there| there == file.bytes)
        };
        if files.iter().all(is_there) {
            // Who may read them may be configured otherwise since.
            return self.give_all(&folder, files);
        }
        for left in self.unfinished()? {
            // What a kill left.
            fs::remove_dir_all(left)?;
        }
        let new = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&self.folder)?;
        for file in files {
            let into = new.path().join(&file.format);
            if !into.exists() {
                fs::create_dir(&into)?;
            }
            let path = into.join(&file.name);
            let mut written = File::create_new(&path)?;
            written.write_all(&file.bytes)?;
            self.give(&path, self.mode)?;
            written.sync_all()?;
        }
        for path in self.folders_of(new.path(), files) {
            self.give(&path, self.folder_mode())?;
            File::open(path)?.sync_all()?;
        }
        let is_there = fs::symlink_metadata(&folder).is_ok();
        // Somebody changed what lay there: it is no release any more. But the link may name it, so that the
        // two change places at once, where the file system can do that.
        if is_there && renameat_with(CWD, new.path(), CWD, &folder, RenameFlags::EXCHANGE).is_ok() {
            File::open(&self.folder)?.sync_all()?;
            return new.close();
        }
        if is_there {
            fs::remove_dir_all(&folder)?;
        }
        fs::rename(new.keep(), &folder)?;
        File::open(&self.folder)?.sync_all()
    }

    /// Folders can be entered by whoever reads the files, and emptied by their owner.
    fn folder_mode(&self) -> u32 {
        0o700 | self.mode | (self.mode & 0o444) >> 2
    }

    /// The folders in which `files` lie below `folder`, and that.
    fn folders_of(&self, folder: &Path, files: &[Made]) -> BTreeSet<PathBuf> {
        let within = files.iter().map(|file| folder.join(&file.format));
        within.chain([folder.to_owned()]).collect()
    }

    /// Lets `files` in `folder`, and the folders in which they lie, be whose they are to be.
    fn give_all(&self, folder: &Path, files: &[Made]) -> io::Result<()> {
        let paths = files.iter().map(|file| (folder.join(&file.format).join(&file.name), self.mode));
        let folders = self.folders_of(folder, files).into_iter().map(|path| (path, self.folder_mode()));
        let mut is_changed = false;
        for (path, mode) in paths.chain(folders) {
            if !self.is_given(&path, mode)? {
                self.give(&path, mode)?;
                File::open(&path)?.sync_all()?;
                is_changed = true;
            }
        }
        if is_changed { File::open(&self.folder)?.sync_all() } else { Ok(()) }
    }

    fn is_given(&self, path: &Path, mode: u32) -> io::Result<bool> {
        let there = fs::symlink_metadata(path)?;
        let Owner { user, group } = self.owner.unwrap_or(Owner { user: None, group: None });
        let is_of = user.is_none_or(|it| it == there.uid()) && group.is_none_or(|it| it == there.gid());
        Ok(is_of && there.permissions().mode() & 0o7777 == mode)
    }

    fn give(&self, path: &Path, mode: u32) -> io::Result<()> {
        if let Some(Owner { user, group }) = self.owner {
            chown(path, user, group)?;
        }
        fs::set_permissions(path, Permissions::from_mode(mode))
    }

    fn unfinished(&self) -> io::Result<Vec<PathBuf>> {
        self.entries(|name| name.starts_with(UNFINISHED))
    }

    fn entries(&self, takes: impl Fn(&str) -> bool) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() && entry.file_name().to_str().is_some_and(&takes) {
                found.push(entry.path());
            }
        }
        Ok(found)
    }

    /// Which folder the link names; none when there is no link.
    pub(super) fn named(&self) -> io::Result<Option<PathBuf>> {
        match fs::read_link(&self.link) {
            Ok(folder) => Ok(Some(folder)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Lets the link name `folder`, in one step; no link any more where there was none.
    pub(super) fn name(&self, folder: Option<&Path>) -> io::Result<()> {
        let beside = self.link.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match folder {
            None => match fs::remove_file(&self.link) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
            Some(folder) => {
                fs::create_dir_all(beside)?;
                // Always so called: what a kill left is in the way of the next one, and goes.
                let mut name = OsString::from(".");
                name.push(self.link.file_name().unwrap_or_default());
                name.push(".new");
                let new = beside.join(name);
                match fs::remove_file(&new) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => symlink(std::path::absolute(folder)?, &new)?,
                }
                fs::rename(new, &self.link)?;
            }
        }
        File::open(beside)?.sync_all()
    }

    /// Removes the folders of releases that are none of `kept`, nor named by the link.
    pub(super) fn keep_only(&self, kept: &[ReleaseRef]) -> io::Result<()> {
        let mut stay: Vec<PathBuf> = kept.iter().map(|id| self.folder_of(*id)).collect();
        stay.extend(self.named()?);
        let stays = |folder: &Path| stay.iter().any(|it| it.file_name() == folder.file_name());
        // Nothing else that somebody put there, whatever it is called.
        let is_ours = |folder: &Path| {
            listed(folder).is_some_and(|id| self.folder_of(id).file_name() == folder.file_name())
        };
        let gone = self.entries(|_| true)?.into_iter().filter(|it| is_ours(it) && !stays(it));
        gone.into_iter().try_for_each(fs::remove_dir_all)
    }
}

/// The release that the list in `folder` names.
pub(super) fn listed(folder: &Path) -> Option<ReleaseRef> {
    let list = warifu_files::read(&folder.join(LIST), LIST_BYTES).ok()?;
    let list: serde_json::Value = serde_json::from_slice(&list).ok()?;
    let manifest = list.get("manifest")?.as_str()?.parse().ok()?;
    Some(ReleaseRef { release: list.get("release")?.as_u64()?, manifest })
}

#[cfg(test)]
mod tests {
    use std::mem::MaybeUninit;

    use rustix::fs::inotify;
    use rustix::io::Errno;

    use super::*;

    fn shelf(at: &Path) -> Shelf {
        Shelf { folder: at.join("releases"), link: at.join("current"), mode: 0o644, owner: None }
    }

    #[test]
    fn only_folders_that_say_of_which_release_they_are_go() {
        let at = tempfile::tempdir().unwrap();
        let shelf = shelf(at.path());
        let old = shelf.folder_of(id());
        for name in ["20260601-0930", "123456-cafe", "somebody"] {
            fs::create_dir_all(shelf.folder.join(name)).unwrap();
        }
        let list = format!(r#"{{"release":7,"manifest":"{}"}}"#, id().manifest);
        for folder in [&old, &shelf.folder.join("000008-cafe")] {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join(LIST), &list).unwrap();
        }
        shelf.keep_only(&[]).unwrap();
        let left = |name: &str| shelf.folder.join(name).is_dir();
        assert!(!old.exists(), "it says that it is release 7, and is called so");
        assert!(["20260601-0930", "123456-cafe", "somebody", "000008-cafe"].into_iter().all(left));
    }

    fn id() -> ReleaseRef {
        ReleaseRef { release: 7, manifest: Digest::of(b"7") }
    }

    fn files() -> Vec<Made> {
        vec![Made { format: "kikin".into(), name: "a.csv".into(), bytes: b"a".to_vec() }]
    }

    /// The link may name it: whoever reads there finds one or the other.
    #[test]
    fn what_somebody_changed_is_never_away_while_it_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = shelf(folder.path());
        shelf.place(id(), &files()).unwrap();
        let file = shelf.folder_of(id()).join("kikin/a.csv");
        fs::write(&file, "changed").unwrap();
        let watch = inotify::init(inotify::CreateFlags::NONBLOCK).unwrap();
        inotify::add_watch(&watch, &shelf.folder, inotify::WatchFlags::DELETE).unwrap();
        shelf.place(id(), &files()).unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"a");
        assert_eq!(fs::read_dir(&shelf.folder).unwrap().count(), 1, "what was changed is gone");
        let mut space = [MaybeUninit::uninit(); 4096];
        let mut events = inotify::Reader::new(&watch, &mut space);
        let mut deleted = Vec::new();
        loop {
            match events.next() {
                Ok(event) => deleted.extend(event.file_name().map(ToOwned::to_owned)),
                Err(error) => break assert_eq!(error, Errno::AGAIN),
            }
        }
        let own = shelf.folder_of(id());
        let own = own.file_name().and_then(|name| name.to_str()).unwrap();
        assert!(deleted.iter().all(|name| name.to_str() != Ok(own)), "{deleted:?}");
        assert_eq!(deleted.len(), 1, "{deleted:?}");
    }

    /// What lies there already too, each file and folder, and the bytes stay.
    #[test]
    fn a_changed_mode_or_owner_holds_for_what_lies_there() {
        let folder = tempfile::tempdir().unwrap();
        let mut shelf = shelf(folder.path());
        shelf.place(id(), &files()).unwrap();
        let file = shelf.folder_of(id()).join("kikin/a.csv");
        let before = fs::metadata(&file).unwrap();
        shelf.mode = 0o640;
        // Only root may give files away.
        shelf.owner = (before.uid() == 0).then_some(Owner { user: Some(1234), group: Some(5678) });
        shelf.place(id(), &files()).unwrap();
        let after = fs::metadata(&file).unwrap();
        assert_eq!((after.mode() & 0o7777, after.ino()), (0o640, before.ino()));
        for path in [shelf.folder_of(id()), shelf.folder_of(id()).join("kikin")] {
            let there = fs::metadata(path).unwrap();
            assert_eq!(there.mode() & 0o7777, 0o750);
            assert!(before.uid() != 0 || (there.uid(), there.gid()) == (1234, 5678));
        }
        assert!(before.uid() != 0 || (after.uid(), after.gid()) == (1234, 5678));
    }

    #[test]
    fn what_a_kill_left_beside_the_link_goes_with_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = shelf(folder.path());
        shelf.place(id(), &files()).unwrap();
        // As a kill between the two steps leaves it.
        symlink("nowhere", folder.path().join(".current.new")).unwrap();
        shelf.name(Some(&shelf.folder_of(id()))).unwrap();
        assert_eq!(shelf.named().unwrap(), Some(shelf.folder_of(id())));
        let beside = fs::read_dir(folder.path()).unwrap();
        let mut beside: Vec<_> = beside.map(|entry| entry.unwrap().file_name()).collect();
        beside.sort();
        assert_eq!(beside, ["current", "releases"]);
    }
}
