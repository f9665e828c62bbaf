//! What `serve` stands on, read and checked before anything is started or changed: all that is wrong is told
//! at once.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use warifu_channels::{Floor, Mirrors, Patience};
use warifu_judging::SiteSchemas;
use warifu_masters::schema::Schemas;
use warifu_trust::TrustedState;
use warifu_values::digest::Digest;

use crate::calendar::Calendar;
use crate::cause::Amiss;
use crate::channels_here::troubles_here;
use crate::cli::arguments::Serve;
use crate::cli::failure::Failure;
use crate::cli::inputs::{calendar_of, files_of_network, floor, mirrors_with, read_file};
use crate::cli::settings::Settings;
use crate::cli::watchdog::Watchdog;
use crate::cli::watched::Watched;
#[cfg(feature = "https")]
use crate::log::now;
use crate::only_root::only_root_reads;
use crate::said::Said;
#[cfg(feature = "https")]
use crate::service::ReadTls;

/// Everything that can be read without a checker.
pub(super) struct Prepared {
    pub(super) schemas: Schemas,
    pub(super) mirrors: Mirrors,
    pub(super) floor: Floor,
    pub(super) calendar: Calendar,
    /// What of it a checker goes by until its end.
    pub(super) fixed: Fixed,
    /// TLS before the claims.
    #[cfg(feature = "https")]
    pub(super) tls: Option<ReadTls>,
    /// And before operators who are elsewhere.
    #[cfg(feature = "https")]
    pub(super) operators: Option<ReadTls>,
}

/// What named files said at the start that a checker goes by until its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fixed {
    floor: Floor,
    schema_files: Digest,
}

impl Fixed {
    /// The options whose files say something else in `other`.
    pub(super) fn differ(&self, other: &Fixed) -> Vec<&'static str> {
        let policy = (self.floor != other.floor).then_some(POLICY);
        policy.into_iter().chain((self.schema_files != other.schema_files).then_some(SCHEMAS)).collect()
    }
}

/// The option that names the policy.
pub(super) const POLICY: &str = "policy";
/// The option that names the folder of schemas.
pub(super) const SCHEMAS: &str = "schemas";

/// What was found: each part, or why not.
#[derive(Default)]
pub(super) struct Found(Vec<Said>);

impl Found {
    pub(super) fn take<T>(&mut self, of: Result<T, Failure>) -> Option<T> {
        of.map_err(|failure| self.0.push(failure.said)).ok()
    }

    pub(super) fn tell(&mut self, troubles: impl IntoIterator<Item = Said>) {
        self.0.extend(troubles);
    }

    /// All that is wrong, where anything is.
    pub(super) fn nothing_wrong(&mut self) -> Result<(), Failure> {
        if self.0.is_empty() { Ok(()) } else { Err(all_of(std::mem::take(&mut self.0))) }
    }
}

/// All that is wrong, a line each.
pub(super) fn all_of(troubles: Vec<Said>) -> Failure {
    let lines = |of: fn(&Said) -> &str| troubles.iter().map(of).collect::<Vec<_>>().join("\n");
    Failure::could_not(Said::new(lines(|said| &said.en), lines(|said| &said.ja)))
}

impl Prepared {
    /// All that `serve` names, but the root, which may be damaged while a release runs.
    pub(super) fn of(serve: &Serve, watchdog: &Arc<Watchdog>) -> Result<Prepared, Vec<Said>> {
        let mut found = Found(Vec::new());
        let schemas =
            found.take(SiteSchemas::read(serve.site.schemas.as_deref()).map_err(Failure::could_not));
        let watched = |channel| Box::new(Watched { channel, watchdog: Arc::clone(watchdog) }) as _;
        let mirrors = found.take(mirrors_with(&serve.from.channel, Patience::POLLING, watched));
        let floor = found.take(floor(serve.from.policy.as_deref()));
        let calendar = found.take(calendar_of(&serve.windows));
        #[cfg(feature = "https")]
        let [tls, operators] = [serve.tls.files(), serve.operators.over_tcp().map(|(_, files)| files)]
            .map(|files| found.take(files.map(ReadTls::read).transpose().map_err(Failure::could_not)));
        match (schemas, mirrors, floor, calendar) {
            (Some(schemas), Some(mirrors), Some(floor), Some(calendar)) if found.0.is_empty() => {
                Ok(Prepared {
                    fixed: Fixed { floor: floor.clone(), schema_files: schemas.files },
                    schemas: schemas.known,
                    mirrors,
                    floor,
                    calendar,
                    #[cfg(feature = "https")]
                    tls: tls.flatten(),
                    #[cfg(feature = "https")]
                    operators: operators.flatten(),
                })
            }
            _ => Err(found.0),
        }
    }
}

/// All that is wrong with what `serve` names, for who asks before a start: also the root, and the folders.
pub(super) fn troubles(serve: &Serve, settings: &Settings) -> Vec<Said> {
    let watchdog = Arc::new(Watchdog::from(Instant::now()));
    let mut found = Found(Prepared::of(serve, &watchdog).err().unwrap_or_default());
    found.tell(troubles_here(serve.from.channel.iter().map(OsString::as_os_str)));
    found.tell(only_root_reads(files_of(serve, settings).iter().map(PathBuf::as_path)));
    let floor = floor(serve.from.policy.as_deref()).ok();
    let root = check_root(&serve.from.root, floor.as_ref());
    found.take(root.map_err(|failure| settings.at("root", failure)));
    found.0.extend(of_state(&serve.state));
    let socket = serve.operators.socket.as_deref().and_then(Path::parent);
    found.tell(socket.filter(|it| !it.as_os_str().is_empty()).and_then(not_to_be_written));
    found.0
}

/// Every file that is named.
fn files_of(serve: &Serve, settings: &Settings) -> Vec<PathBuf> {
    let named = [settings.file.as_ref(), Some(&serve.from.root), serve.from.policy.as_ref()];
    let mut files: Vec<PathBuf> = named.into_iter().flatten().cloned().collect();
    files.extend(serve.windows.calendar.clone());
    files.extend(files_of_network());
    #[cfg(feature = "https")]
    for tls in [serve.tls.files(), serve.operators.over_tcp().map(|(_, files)| files)].iter().flatten() {
        files.extend(tls.paths().map(Path::to_owned));
    }
    files
}

/// What is amiss with the certificates of the doors, as far as they can be read.
#[cfg(feature = "https")]
pub(super) fn certificates_amiss(serve: &Serve) -> Vec<Amiss> {
    let files = [serve.tls.files(), serve.operators.over_tcp().map(|(_, files)| files)];
    let read = files.into_iter().flatten().filter_map(|files| ReadTls::read(files).ok());
    read.flat_map(|tls| tls.amiss(now())).collect()
}

/// There are none.
#[cfg(not(feature = "https"))]
pub(super) fn certificates_amiss(_: &Serve) -> Vec<Amiss> {
    Vec::new()
}

/// Whether the root at `path` can be read, and pinned by what this side demands, where that is known.
pub(super) fn check_root(path: &Path, floor: Option<&Floor>) -> Result<(), Failure> {
    let root = read_file(path)?;
    let Some(floor) = floor else { return Ok(()) };
    let pinned = TrustedState::pin(&root, floor.policy());
    let name = path.display();
    pinned.map(drop).map_err(|error| {
        let Said { en, ja } = Said::of(&error);
        Failure::could_not(Said::new(format!("{name}: {en}"), format!("{name}: {ja}")))
    })
}

/// What is wrong with the state folder. One that is not there is made at the start.
pub(super) fn of_state(state: &Path) -> Option<Said> {
    let path = state.display();
    match fs::metadata(state) {
        Err(_) => {
            let parent = state.parent().filter(|parent| !parent.as_os_str().is_empty());
            not_to_be_written(parent.unwrap_or(Path::new(".")))
        }
        Ok(there) if !there.is_dir() => no_folder(state),
        Ok(there) if there.permissions().mode() & 0o022 != 0 => Some(Said::new(
            format!("others may write to {path}: chmod go-w {path}"),
            format!("{path} に他のユーザーが書き込めます。chmod go-w {path} を実行してください"),
        )),
        Ok(_) => not_to_be_written(state),
    }
}

/// Why nothing can be made in `folder`.
fn not_to_be_written(folder: &Path) -> Option<Said> {
    no_folder(folder).or_else(|| {
        let path = folder.display();
        tempfile::tempfile_in(folder).err().map(|error| {
            Said::about(
                &format!("nothing can be written to {path}"),
                &format!("{path} は書き込みできないフォルダーです"),
                &error,
            )
        })
    })
}

fn no_folder(folder: &Path) -> Option<Said> {
    let path = folder.display();
    let missing = || {
        Said::new(
            format!("{path} is no folder: make it first"),
            format!("{path} はフォルダーではありません。先に作成してください"),
        )
    };
    (!folder.is_dir()).then(missing)
}
