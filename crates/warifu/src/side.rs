//! One side of a comparison: a file, or a master in the repository by `REV:kind`.

use std::path::Path;

use warifu_masters::read::{Declared, read};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;

use crate::error::{Exit, Failure};
use crate::files;
use crate::store::{At, Store, StoreError};

/// A master to compare, and what to call it.
#[derive(Debug)]
pub struct Side {
    /// As it was asked for.
    pub name: String,
    /// The records.
    pub master: Master,
}

/// Loads `text`: a file where there is one of that name, else `REV:kind` or `REV:series/kind` in the
/// repository `repo`, which is looked for upwards.
///
/// # Errors
/// When there is neither, or when the file has findings that deny.
pub fn load_side(text: &str, schemas: &Schemas, repo: &Path) -> Result<Side, Failure> {
    let name = text.to_owned();
    match named(text, schemas, repo)? {
        Named::File => Ok(Side { name, master: load_file(text, schemas)? }),
        Named::Revision(store, at) => Ok(Side { name, master: store.state(&at)? }),
    }
}

/// Loads both sides of a comparison. Of two revisions only what may differ is loaded: a diff of the two says
/// the same as one of the whole, and takes a tenth of the time.
///
/// # Errors
/// As [`load_side`].
pub fn load_sides(old: &str, new: &str, schemas: &Schemas, repo: &Path) -> Result<(Side, Side), Failure> {
    if let (Named::Revision(store, old_at), Named::Revision(_, new_at)) =
        (named(old, schemas, repo)?, named(new, schemas, repo)?)
    {
        let pair = store.pair(&old_at, &new_at)?;
        let side = |name: &str, master| Side { name: name.to_owned(), master };
        return Ok((side(old, pair.old), side(new, pair.new)));
    }
    // The two do not depend on each other, and reading them is most of the work.
    std::thread::scope(|scope| {
        let old = scope.spawn(|| load_side(old, schemas, repo));
        let new = load_side(new, schemas, repo);
        let old = old.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        Ok((old?, new?))
    })
}

enum Named {
    File,
    Revision(Box<Store>, At),
}

fn named(text: &str, schemas: &Schemas, repo: &Path) -> Result<Named, Failure> {
    if Path::new(text).exists() || !text.contains(':') {
        return Ok(Named::File);
    }
    let store = match Store::open(repo, schemas.clone()) {
        Ok(store) => store,
        Err(error @ StoreError::NoRepository { .. }) => {
            let cause = Failure::from(error);
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!("{text} is no file, and {cause}"),
                format!("{text} というファイルはなく、リポジトリも見つかりません (--repo)"),
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let at = store.at(text)?;
    Ok(Named::Revision(Box::new(store), at))
}

fn load_file(text: &str, schemas: &Schemas) -> Result<Master, Failure> {
    let reading = read(schemas, files::read(Path::new(text))?, &Declared::default());
    match reading.master {
        Some(master) if !reading.findings.denies() => Ok(master),
        _ => Err(Failure::refused(
            format!("{text} cannot be compared"),
            format!("{text} は比較できません"),
            reading.findings,
        )),
    }
}
