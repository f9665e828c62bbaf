//! One side of a comparison: a file, or a master in the repository by `REV:kind`.

use std::path::Path;

use jiff::civil::Date;
use warifu_masters::change::diff::{Diff, OtherKind, diff};
use warifu_masters::file::{Declared, Reading, read};
use warifu_masters::schema::Schemas;
use warifu_masters::table::{Master, Role};
use warifu_rules::review::{Risk, Scope, review};
use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak as _};

use crate::error::{Exit, Failure};
use crate::files;
use crate::store::{At, OpenError, Store, dated_in};
use crate::windows;

/// A master to compare, and what to call it.
#[derive(Debug)]
pub struct Side {
    /// As it was asked for.
    pub name: String,
    /// The records.
    pub master: Master,
}

/// What sides are read by.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// The schemas.
    pub schemas: &'a Schemas,
    /// Those that files are read by: the same, or of one kind of master alone, where no row tells it.
    pub of_files: &'a Schemas,
    /// The repository, which is looked for upwards.
    pub repo: &'a Path,
}

/// Loads `text`: a file where there is one of that name, else `REV:kind` or `REV:series/kind` in the
/// repository.
///
/// # Errors
/// When there is neither, or when the file has findings that deny.
pub fn load_side(text: &str, by: By<'_>) -> Result<Side, Failure> {
    let name = text.to_owned();
    match named(text, by)? {
        Named::File => Ok(Side { name, master: load_file(text, by.of_files)?.0 }),
        Named::Revision(store, at) => Ok(Side { name, master: store.state(&at)? }),
    }
}

/// Loads both sides of a comparison. Of two revisions only what may differ is loaded: a diff of the two says
/// the same as one of the whole, and takes a tenth of the time.
///
/// # Errors
/// As [`load_side`].
pub fn load_sides(old: &str, new: &str, by: By<'_>) -> Result<(Side, Side), Failure> {
    if let (Named::Revision(store, old_at), Named::Revision(_, new_at)) = (named(old, by)?, named(new, by)?) {
        let pair = store.pair(&old_at, &new_at)?;
        let side = |name: &str, master| Side { name: name.to_owned(), master };
        return Ok((side(old, pair.old), side(new, pair.new)));
    }
    both(|| load_side(old, by), || load_side(new, by))
}

/// Does `old` and `new` at once: the two do not depend on each other, and reading them is most of the work.
fn both<T: Send>(
    old: impl FnOnce() -> Result<T, Failure> + Send,
    new: impl FnOnce() -> Result<T, Failure>,
) -> Result<(T, T), Failure> {
    std::thread::scope(|scope| {
        let old = scope.spawn(old);
        let new = new();
        let old = old.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((old?, new?))
    })
}

/// Where a side comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    /// A file, or a commit.
    pub source: Source,
    /// The file's name without a folder; of a commit the one that came in last.
    pub file: String,
    /// The digest of that file's bytes.
    pub sha256: Digest,
    /// Its day of publication, where the name tells it.
    pub dated: Option<Date>,
}

/// What a side is.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file.
    File {
        /// Full or differential.
        role: Role,
    },
    /// A state of the repository, which is whole whatever came in last.
    Commit {
        /// The commit, in full.
        commit: String,
        /// The series.
        series: String,
    },
}

/// Two sides as people compare them: whole, so that what is risky in the changes can be judged.
#[derive(Debug)]
pub struct States {
    /// The older one.
    pub old: Side,
    /// The newer one.
    pub new: Side,
    /// Whether one of them is a differential: what is missing there was not removed.
    pub parts: bool,
    /// The other masters of the newer one's series, which may name its records. None beside a file.
    pub others: Vec<Master>,
}

impl States {
    /// What changed, and where to look first.
    ///
    /// # Errors
    /// [`OtherKind`] when the sides are not of the same kind.
    pub fn reviewed(&self) -> Result<(Diff<'_>, Vec<Risk>), OtherKind> {
        let diff = diff(&self.old.master, &self.new.master)?;
        let others: Vec<&Master> = self.others.iter().collect();
        let scope = if self.parts { Scope::Parts } else { Scope::States { others: &others } };
        let risks = review(&diff, scope);
        Ok((diff, risks))
    }
}

/// Loads both sides whole, which a review needs and a mere comparison does not.
///
/// # Errors
/// As [`load_side`].
pub fn load_states(old: &str, new: &str, by: By<'_>) -> Result<States, Failure> {
    let load = |text: &str| match named(text, by)? {
        Named::File => {
            let (master, role) = load_file(text, by.of_files)?;
            Ok((Loaded::file(text, master, role), ()))
        }
        Named::Revision(store, at) => Ok((Loaded::state(text, store, at)?, ())),
    };
    Ok(states(|| load(old), || load(new))?.0)
}

/// Loads both sides whole, and where they come from, in the same order.
///
/// # Errors
/// As [`load_side`].
pub fn load_with_origins(old: &str, new: &str, by: By<'_>) -> Result<(States, [Origin; 2]), Failure> {
    let load = |text: &str| match named(text, by)? {
        Named::File => {
            let bytes = files::read(Path::new(text))?;
            let sha256 = Digest::of(&bytes);
            let (master, role) = read_whole(text, bytes, by.of_files)?;
            let file = text.rsplit(['/', '\\']).next().unwrap_or(text).to_owned();
            let origin = Origin { source: Source::File { role }, dated: dated_in(&file), file, sha256 };
            Ok((Loaded::file(text, master, role), origin))
        }
        Named::Revision(store, at) => {
            let record = store.import_record(&at)?;
            let origin = Origin {
                source: Source::Commit { commit: at.commit.clone(), series: at.series.clone() },
                file: record.name,
                sha256: record.sha256,
                dated: Some(record.dated),
            };
            Ok((Loaded::state(text, store, at)?, origin))
        }
    };
    states(|| load(old), || load(new))
}

/// A side that is loaded whole.
struct Loaded {
    side: Side,
    is_part: bool,
    /// Where it stands in a repository, if in any.
    at: Option<(Box<Store>, At)>,
}

impl Loaded {
    fn file(text: &str, master: Master, role: Role) -> Loaded {
        let side = Side { name: text.to_owned(), master };
        Loaded { side, is_part: role == Role::Differential, at: None }
    }

    /// A state is whole, whatever came in last.
    fn state(text: &str, store: Box<Store>, at: At) -> Result<Loaded, Failure> {
        let side = Side { name: text.to_owned(), master: store.state(&at)? };
        Ok(Loaded { side, is_part: false, at: Some((store, at)) })
    }
}

/// Loads both by these, and of the newer one's series the other masters.
fn states<T: Send>(
    old: impl FnOnce() -> Result<(Loaded, T), Failure> + Send,
    new: impl FnOnce() -> Result<(Loaded, T), Failure>,
) -> Result<(States, [T; 2]), Failure> {
    let ((old, with_old), (new, with_new)) = both(old, new)?;
    let mut others = Vec::new();
    if let Some((store, at)) = new.at {
        for other in store.masters(&at.commit)? {
            if other.series == at.series && other.kind != at.kind {
                others.push(store.state(&other)?);
            }
        }
    }
    let parts = old.is_part || new.is_part;
    Ok((States { old: old.side, new: new.side, parts, others }, [with_old, with_new]))
}

enum Named {
    File,
    Revision(Box<Store>, At),
}

fn named(text: &str, by: By<'_>) -> Result<Named, Failure> {
    if Path::new(text).exists() || !text.contains(':') {
        return Ok(Named::File);
    }
    let store = match Store::open(by.repo, by.schemas.clone()) {
        Ok(store) => store,
        Err(error @ (OpenError::NoRepository { .. } | OpenError::NoFolder { .. })) => {
            let cause = Failure::from(error);
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!("{text} is no file, and {cause}"),
                format!("{text} というファイルはありません。{}", cause.say(Lang::Ja)),
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let at = store.at(text)?;
    Ok(Named::Revision(Box::new(store), at))
}

fn load_file(text: &str, schemas: &Schemas) -> Result<(Master, Role), Failure> {
    let path = Path::new(text);
    let reading = match windows::read(schemas, path, &Declared::default()) {
        Some(reading) => reading,
        None => read(schemas, files::read(path)?, &Declared::default()),
    };
    sound(text, reading)
}

fn read_whole(text: &str, bytes: Vec<u8>, schemas: &Schemas) -> Result<(Master, Role), Failure> {
    sound(text, read(schemas, bytes, &Declared::default()))
}

fn sound(text: &str, reading: Reading) -> Result<(Master, Role), Failure> {
    match reading.master {
        Some(master) if !reading.findings.denies() => Ok((master, reading.role.unwrap_or(Role::Full))),
        _ => Err(Failure::refused(
            format!("{text} cannot be read as a master"),
            format!("{text} はマスターとして読み込めません"),
            reading.findings,
        )
        .found_in(text)),
    }
}
