//! A draft on disk: the proposal and its halves, carried from person to person as a directory.
//!
//! `release.json` is the manifest, `blobs/` the blobs by target name, `targets.json` Kikin's half as it is to
//! be signed, and `signatures/` has one small file for each signature. Nothing in it is trusted; reading
//! checks all of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use warifu_files::{ReadError, Whole};
use warifu_trust::{
    Halves, Manifest, Proposal, ProposalError, Refusal, SignatureFile, TargetName, Tip, limits,
};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::whole::{Overwrite, folder_beside, sweep, sync_folder, write_whole};

/// The folder of signatures in a draft.
const SIGNATURES: &str = "signatures";

/// The manifest in a draft.
const MANIFEST: &str = "release.json";

/// The halves in a draft.
const TARGETS: &str = "targets.json";
const SNAPSHOT: &str = "snapshot.json";

/// The folder of what the manifest lists.
const BLOBS: &str = "blobs";

/// How many signatures of one key are read from there under other names than [`SignatureFile::file_name`].
const MOST_COPIES: usize = 16;

/// What becomes of a draft that lies where another one is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// It stays, and the other one is not made.
    Stays,
    /// It is replaced, where nobody has signed it and nothing else lies in its directory.
    Replaced,
}

/// A directory that holds one draft.
#[derive(Debug, Clone)]
pub struct DraftDirectory {
    directory: PathBuf,
}

impl DraftDirectory {
    /// The draft in `directory`.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        DraftDirectory { directory: directory.into() }
    }

    /// The directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Refuses a directory that is neither new nor empty, nor a draft that is to be replaced, before anything
    /// is done for a draft in it.
    ///
    /// # Errors
    ///
    /// [`DraftError::Occupied`]; [`DraftError::NotEmpty`]; [`DraftError::Io`].
    pub fn refuse_occupied(&self, earlier: Earlier) -> Result<(), DraftError> {
        self.place(earlier).map(|_| ())
    }

    /// Where a new draft goes: what a link leads to, where that is a directory; and whether one lies there
    /// that it replaces.
    fn place(&self, earlier: Earlier) -> Result<(PathBuf, bool), DraftError> {
        let directory = &self.directory;
        match fs::symlink_metadata(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((directory.clone(), false)),
            Err(source) => return Err(io(directory, source)),
            Ok(_) => {}
        }
        let not_empty = || DraftError::NotEmpty { directory: directory.clone() };
        // A link that leads nowhere is something that is there.
        let place = fs::canonicalize(directory).map_err(|_| not_empty())?;
        if !place.is_dir() {
            return Err(not_empty());
        }
        let manifest = place.join(MANIFEST);
        if fs::exists(&manifest).map_err(|source| io(&manifest, source))? {
            let beside = beside_a_draft(&place)?;
            if beside.is_none() && earlier == Earlier::Replaced {
                return Ok((place, true));
            }
            return Err(DraftError::Occupied { directory: directory.clone(), beside });
        }
        match fs::read_dir(&place).map_err(|source| io(&place, source))?.next() {
            None => Ok((place, false)),
            Some(_) => Err(not_empty()),
        }
    }

    /// Makes a new draft with the halves that it begins with: beside its place first, under another name, and
    /// renamed as a whole, so that it is there whole or not at all, and of two at once one is refused. Where
    /// an earlier one is replaced, the two change places in one step.
    ///
    /// # Errors
    ///
    /// As [`DraftDirectory::refuse_occupied`].
    pub fn make(&self, proposal: &Proposal, halves: &Halves, earlier: Earlier) -> Result<(), DraftError> {
        let (place, replaces) = self.place(earlier)?;
        let _whole = Whole::begin();
        let around = match place.parent() {
            Some(around) if around != Path::new("") => around,
            _ => Path::new("."),
        };
        fs::create_dir_all(around).map_err(|source| io(around, source))?;
        let beside = folder_beside(around).map_err(|source| io(&self.directory, source))?;
        DraftDirectory::new(beside.path()).fill(proposal, halves)?;
        if replaces {
            self.exchange(beside.path(), &place)?;
            return sync_folder(around).map_err(|source| io(around, source));
        }
        #[cfg(not(unix))]
        let _ = fs::remove_dir(&place);
        match fs::rename(beside.path(), &place) {
            Ok(()) => drop(beside.keep()),
            Err(error) if is_taken(&error) => {
                return Err(self
                    .refuse_occupied(Earlier::Stays)
                    .err()
                    .unwrap_or_else(|| DraftError::NotEmpty { directory: self.directory.clone() }));
            }
            Err(source) => return Err(io(&self.directory, source)),
        }
        sync_folder(around).map_err(|source| io(around, source))
    }

    /// Puts the draft `new` in the place of the one at `place`, which lies under the name of `new` then: to
    /// be taken away by whoever made that. What came into the old one meanwhile, a signature, brings it back.
    fn exchange(&self, new: &Path, place: &Path) -> Result<(), DraftError> {
        let cannot = |source| io(&self.directory, source);
        exchanged(new, place).map_err(cannot)?;
        match beside_a_draft(new)? {
            None => Ok(()),
            beside => {
                exchanged(new, place).map_err(cannot)?;
                Err(DraftError::Occupied { directory: self.directory.clone(), beside })
            }
        }
    }

    /// Writes all of a draft into this directory, which is of nobody else.
    fn fill(&self, proposal: &Proposal, halves: &Halves) -> Result<(), DraftError> {
        let last = TargetName::manifest(proposal.manifest().release);
        let blobs = self.directory.join(BLOBS);
        for (name, bytes) in proposal.files() {
            let file = if name == last { self.directory.join(MANIFEST) } else { blobs.join(name.as_str()) };
            write_whole(&file, bytes, Overwrite::Never).map_err(|source| io(&file, source))?;
        }
        for (name, bytes) in [(TARGETS, &halves.targets), (SNAPSHOT, &halves.snapshot)] {
            let file = self.directory.join(name);
            if let Some(bytes) = bytes {
                write_whole(&file, bytes, Overwrite::Never).map_err(|source| io(&file, source))?;
            }
        }
        Ok(())
    }

    /// Reads the proposal; every blob is unfolded and compared with the manifest.
    ///
    /// # Errors
    ///
    /// [`DraftError::Missing`], [`DraftError::Read`], [`DraftError::Io`], [`DraftError::Proposal`].
    pub fn read(&self) -> Result<Proposal, DraftError> {
        let manifest = self.directory.join(MANIFEST);
        let bytes = read_file(&manifest, limits::MANIFEST_BYTES)?
            .ok_or_else(|| DraftError::Missing { directory: self.directory.clone() })?;
        let blobs_directory = self.directory.join(BLOBS);
        let mut blobs = BTreeMap::new();
        let entries = fs::read_dir(&blobs_directory).map_err(|source| io(&blobs_directory, source))?;
        for entry in entries {
            let entry = entry.map_err(|source| io(&blobs_directory, source))?;
            // What a file manager or an interrupted write leaves (.DS_Store, .writing-x) is no target name,
            // and does not count.
            let Some(name) = entry.file_name().to_str().and_then(|name| name.parse::<TargetName>().ok())
            else {
                continue;
            };
            // One more than there may be is enough to be refused.
            if blobs.len() > limits::BLOBS + limits::PATCHES {
                break;
            }
            if let Some(blob) = read_file(&entry.path(), limits::BLOB_BYTES)? {
                blobs.insert(name, blob);
            }
        }
        Proposal::from_files(&bytes, blobs).map_err(DraftError::Proposal)
    }

    /// Reads the signatures that lie in the draft and may count on `tip`, those under the names that they are
    /// written under first; the names of the files there that are none are told too. So nobody keeps one out
    /// by laying others beside it.
    ///
    /// # Errors
    ///
    /// [`DraftError::Io`] when the folder cannot be listed.
    pub fn read_signatures(&self, tip: &Tip) -> Result<(Vec<SignatureFile>, Vec<String>), DraftError> {
        let folder = self.directory.join(SIGNATURES);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Default::default()),
            Err(source) => return Err(io(&folder, source)),
        };
        let (mut of_keys, mut none) = (BTreeMap::<String, Vec<SignatureFile>>::new(), Vec::new());
        for entry in entries {
            let path = entry.map_err(|source| io(&folder, source))?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(signature) = self.read_signature(&path).ok().filter(|one| one.may_count(tip)) else {
                none.push(file);
                continue;
            };
            let name = signature.file_name();
            let is_its_place = file == name;
            let alike = of_keys.entry(name).or_default();
            if is_its_place {
                alike.insert(0, signature);
            } else if alike.len() < MOST_COPIES {
                alike.push(signature);
            } else {
                none.push(file);
            }
        }
        none.sort();
        Ok((of_keys.into_values().flatten().collect(), none))
    }

    /// Reads one signature, which may lie anywhere.
    ///
    /// # Errors
    ///
    /// [`DraftError::Read`]; [`DraftError::NoSignature`] when it is none.
    pub fn read_signature(&self, file: &Path) -> Result<SignatureFile, DraftError> {
        let bytes = warifu_files::read(file, limits::KEY_FILE_BYTES).map_err(DraftError::Read)?;
        SignatureFile::from_bytes(&bytes)
            .map_err(|refusal| DraftError::NoSignature { file: file.to_owned(), refusal })
    }

    /// Puts a signature into the draft, as a file of its own.
    ///
    /// # Errors
    ///
    /// [`DraftError::Io`].
    pub fn write_signature(&self, signature: &SignatureFile) -> Result<PathBuf, DraftError> {
        let file = self.directory.join(SIGNATURES).join(signature.file_name());
        write_whole(&file, &signature.to_bytes(), Overwrite::Yes).map_err(|source| io(&file, source))?;
        // What a command that was killed left.
        sweep(&self.directory.join(SIGNATURES));
        Ok(file)
    }

    /// Reads the halves as far as they are there.
    ///
    /// # Errors
    ///
    /// [`DraftError::Read`].
    pub fn read_halves(&self) -> Result<Halves, DraftError> {
        Ok(Halves {
            targets: read_file(&self.directory.join(TARGETS), limits::TARGETS_BYTES)?,
            snapshot: read_file(&self.directory.join(SNAPSHOT), limits::SNAPSHOT_BYTES)?,
        })
    }
}

/// What lies in the directory of a draft that `make` did not write: a signature, or anything else. Of one
/// that is no draft, its manifest.
fn beside_a_draft(directory: &Path) -> Result<Option<PathBuf>, DraftError> {
    let manifest = read_file(&directory.join(MANIFEST), limits::MANIFEST_BYTES)?;
    if manifest.is_none_or(|bytes| Manifest::from_bytes(&bytes).is_err()) {
        return Ok(Some(MANIFEST.into()));
    }
    let list = |folder: &Path| -> Result<Vec<fs::DirEntry>, DraftError> {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<_>>);
        entries.map_err(|source| io(folder, source))
    };
    let is_dir = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let is_file = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_file());
    for entry in list(directory)? {
        let name = entry.file_name();
        let within = match name.to_str() {
            Some(MANIFEST | TARGETS | SNAPSHOT) if is_file(&entry) => continue,
            Some(BLOBS | SIGNATURES) if is_dir(&entry) => list(&entry.path())?,
            _ => return Ok(Some(name.into())),
        };
        let is_blob = |one: &fs::DirEntry| {
            let file = one.file_name();
            name == BLOBS && is_file(one) && file.to_str().is_some_and(|it| it.parse::<TargetName>().is_ok())
        };
        if let Some(other) = within.iter().find(|one| !is_blob(one)) {
            return Ok(Some(Path::new(&name).join(other.file_name())));
        }
    }
    Ok(None)
}

/// Has the folders change places, in one step where the system can.
fn exchanged(one: &Path, other: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    let around = one.parent().unwrap_or(Path::new("."));
    let aside = folder_beside(around)?;
    let aside = aside.path().join("aside");
    fs::rename(other, &aside)?;
    if let Err(error) = fs::rename(one, other) {
        fs::rename(&aside, other)?;
        return Err(error);
    }
    fs::rename(&aside, one)
}

/// Whether the place to be renamed to was taken meanwhile.
fn is_taken(error: &io::Error) -> bool {
    let kinds =
        [io::ErrorKind::DirectoryNotEmpty, io::ErrorKind::AlreadyExists, io::ErrorKind::NotADirectory];
    kinds.contains(&error.kind())
}

/// The file, when it is there.
fn read_file(file: &Path, limit_bytes: u64) -> Result<Option<Vec<u8>>, DraftError> {
    match warifu_files::read(file, limit_bytes) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(ReadError::Missing { .. }) => Ok(None),
        Err(error) => Err(DraftError::Read(error)),
    }
}

fn io(file: &Path, source: io::Error) -> DraftError {
    DraftError::Io { file: file.to_owned(), source }
}

/// Why a draft was not read or written.
#[derive(Debug)]
pub enum DraftError {
    /// There is a draft already.
    Occupied {
        /// The directory.
        directory: PathBuf,
        /// What lies in it that nobody may replace; none in a draft that nobody has signed.
        beside: Option<PathBuf>,
    },
    /// There is something else.
    NotEmpty {
        /// The directory.
        directory: PathBuf,
    },
    /// There is no draft.
    Missing {
        /// The directory.
        directory: PathBuf,
    },
    /// A file cannot be read.
    Read(ReadError),
    /// A file or folder cannot be written or listed.
    Io {
        /// Which.
        file: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The files are no proposal.
    Proposal(ProposalError),
    /// A file is no signature.
    NoSignature {
        /// Which.
        file: PathBuf,
        /// Why.
        refusal: Refusal,
    },
}

impl Speak for DraftError {
    fn say(&self, lang: Lang) -> String {
        match self {
            DraftError::Occupied { directory, beside: None } => {
                let directory = directory.display();
                say!(
                    lang,
                    "{directory} holds a draft already, which nobody has signed; choose another folder, or \
                     say --force to replace it",
                    "{directory} には既に草案（未署名）があります。別のフォルダーを指定するか、--force で置き換えてください"
                )
            }
            DraftError::Occupied { directory, beside: Some(beside) } => {
                let (directory, beside) = (directory.display(), beside.display());
                say!(
                    lang,
                    "{directory} holds a draft already, and {beside}, which is not replaced, --force or not; \
                     choose another folder",
                    "{directory} には既に草案と {beside} があるため、--force でも置き換えません。別のフォルダーを\
                     指定してください"
                )
            }
            DraftError::NotEmpty { directory } => {
                let directory = directory.display();
                say!(
                    lang,
                    "{directory} is neither new nor an empty folder, and nothing was written into it, \
                     --force or not; choose another folder for the draft",
                    "{directory} は新しいフォルダーでも空のフォルダーでもないため、--force でも書き込みません。草案には\
                     別のフォルダーを指定してください"
                )
            }
            DraftError::Missing { directory } => {
                let directory = directory.display();
                say!(
                    lang,
                    "{directory} holds no draft; name the folder that `release draft -o` made",
                    "{directory} に草案がありません。起案の際に -o で指定したフォルダーを指定してください"
                )
            }
            DraftError::Read(error) => error.say(lang),
            DraftError::Io { file, .. } => {
                let file = file.display();
                say!(
                    lang,
                    "{file} could not be written or listed",
                    "{file} を書き込めないか一覧できませんでした"
                )
            }
            DraftError::Proposal(error) => error.say(lang),
            DraftError::NoSignature { file, refusal } => {
                let (file, refusal) = (file.display(), refusal.say(lang));
                say!(lang, "{file} is no signature: {refusal}", "{file} は署名ではありません: {refusal}")
            }
        }
    }
}

warifu_trust::spoken_error!(
    DraftError,
    |error| match error {
        DraftError::Proposal(error) => error.is_trust_refusal(),
        DraftError::NoSignature { .. } => true,
        _ => false,
    },
    |error| match error {
        DraftError::Read(error) => std::error::Error::source(error),
        DraftError::Io { source, .. } => Some(source),
        DraftError::Proposal(error) => std::error::Error::source(error),
        _ => None,
    }
);
