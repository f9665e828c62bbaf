//! One side of a comparison: a file, or a master in the repository by `REV:kind`.

use std::path::Path;

use jiff::civil::Date;
use warifu_masters::file::{Declared, Reading, read};
use warifu_masters::schema::Schemas;
use warifu_masters::table::{Master, Role};
use warifu_rules::review::Scope;
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

/// Two sides as people compare them: whole, so that what is risky in the changes can be judged.
#[derive(Debug)]
pub struct Compared {
    /// The older one.
    pub old: Side,
    /// The newer one.
    pub new: Side,
    /// Whether one of them is a differential: what is missing there was not removed.
    pub parts: bool,
    /// The other masters of the newer one's series, which may name its records. None beside a file.
    pub others: Vec<Master>,
}

impl Compared {
    /// What the sides are to a review.
    pub fn scope(&self) -> Scope<'_> {
        if self.parts { Scope::Parts } else { Scope::States { others: &self.others } }
    }
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

/// Loads both sides of a comparison whole.
///
/// # Errors
/// As [`load_side`].
pub fn load_compared(old: &str, new: &str, by: By<'_>) -> Result<Compared, Failure> {
    if let (Named::File, Named::File) = (named(old, by)?, named(new, by)?) {
        let read = |text: &str| load_file(text, by.of_files);
        let (old_read, new_read) = both(|| read(old), || read(new))?;
        let parts = [&old_read, &new_read].iter().any(|(_, role)| *role == Role::Differential);
        let side = |name: &str, master| Side { name: name.to_owned(), master };
        let (old, new) = (side(old, old_read.0), side(new, new_read.0));
        return Ok(Compared { old, new, parts, others: Vec::new() });
    }
    let States { old, new, origins, others } = load_states(old, new, by)?;
    let parts = origins.iter().any(Origin::is_part);
    Ok(Compared { old, new, parts, others })
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

/// Where one side of a review comes from.
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

impl Origin {
    /// Whether it is a differential: a part of a master.
    pub fn is_part(&self) -> bool {
        matches!(self.source, Source::File { role: Role::Differential })
    }
}

/// What one side of a review is.
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

/// Two whole states to review, and where they come from.
#[derive(Debug)]
pub struct States {
    /// The older one.
    pub old: Side,
    /// The newer one.
    pub new: Side,
    /// Where they come from, in the same order.
    pub origins: [Origin; 2],
    /// The other masters of the newer one's series, which may name its records. None beside a file.
    pub others: Vec<Master>,
}

/// Loads both sides whole, which a review needs and a mere comparison does not.
///
/// # Errors
/// As [`load_side`].
pub fn load_states(old: &str, new: &str, by: By<'_>) -> Result<States, Failure> {
    let (old_side, old_origin, _) = load_state(old, by)?;
    let (new_side, new_origin, at) = load_state(new, by)?;
    let mut others = Vec::new();
    if let Some((store, at)) = at {
        for other in store.masters(&at.commit)? {
            if other.series == at.series && other.kind != at.kind {
                others.push(store.state(&other)?);
            }
        }
    }
    Ok(States { old: old_side, new: new_side, origins: [old_origin, new_origin], others })
}

type Found = Option<(Box<Store>, At)>;

fn load_state(text: &str, by: By<'_>) -> Result<(Side, Origin, Found), Failure> {
    let name = text.to_owned();
    match named(text, by)? {
        Named::File => {
            let bytes = files::read(Path::new(text))?;
            let sha256 = Digest::of(&bytes);
            let (master, role) = read_whole(text, bytes, by.of_files)?;
            let file = name.rsplit(['/', '\\']).next().unwrap_or(text).to_owned();
            let origin = Origin { source: Source::File { role }, dated: dated_in(&file), file, sha256 };
            Ok((Side { name, master }, origin, None))
        }
        Named::Revision(store, at) => {
            let record = store.import_record(&at)?;
            let origin = Origin {
                source: Source::Commit { commit: at.commit.clone(), series: at.series.clone() },
                file: record.name,
                sha256: record.sha256,
                dated: Some(record.dated),
            };
            Ok((Side { name, master: store.state(&at)? }, origin, Some((store, at))))
        }
    }
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
