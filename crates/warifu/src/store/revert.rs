//! Revert: every master becomes again what an older commit holds, by a commit of its own on top.
//!
//! As with an [undo](super::undo), masters and what is recorded of them come back byte for byte, so the
//! history stays and tells by content alone which imports stand again. What people wrote (`warifu.toml`,
//! `rules/`) stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use git2::Oid;
use jiff::Timestamp;

use super::author::{Author, signature};
use super::error::{CommitError, RevertError, StoreError};
use super::objects::Objects;
use super::record::ImportRecord;
use super::repository::Store;
use super::standing::standing;
use super::transaction::{Message, Pending};
use super::undo::differences;

/// What is to be brought back.
#[derive(Debug, Clone)]
pub struct RevertRequest<'a> {
    /// The release that was made of it, for the commit's message.
    pub release: u64,
    /// The commit whose masters are brought back, in full.
    pub commit: &'a str,
    /// Who does it; otherwise git's configuration names somebody.
    pub author: Option<&'a Author>,
    /// When.
    pub now: Timestamp,
}

/// Masters that were brought back.
#[derive(Debug)]
pub struct Reverted {
    /// The commit that holds them: a new one, or HEAD where that held them already.
    pub commit: String,
    /// Whether it is a new one.
    pub is_new: bool,
    /// Imports that stand no more, `series/kind file`, oldest first of each master.
    pub taken_back: Vec<String>,
    /// Imports that stand again.
    pub brought_back: Vec<String>,
}

/// The names of the imports that stand of each master, oldest first, by the blob of their `import.toml`.
type Standing = BTreeMap<(String, String), Vec<(Oid, String)>>;

impl Store {
    /// Brings the masters of an older commit back. `look` sees what it would be before the branch has it:
    /// when it refuses, nothing was changed.
    ///
    /// # Errors
    /// [`RevertError`], or what `look` says.
    pub fn revert<T, E: From<RevertError>>(
        &self,
        request: &RevertRequest<'_>,
        look: impl FnOnce(&Reverted) -> Result<T, E>,
    ) -> Result<(Reverted, T), E> {
        let lock = self.lock().map_err(RevertError::from)?;
        self.refuse_unclean().map_err(RevertError::from)?;
        let transaction = self.transaction(&lock);
        let (reverted, pending) = self.brought_back(request, &transaction)?;
        let seen = look(&reverted)?;
        if let Some(pending) = pending {
            transaction.finish(pending).map_err(RevertError::from)?;
        }
        Ok((reverted, seen))
    }

    /// The commit that brings the masters back; no branch names it yet.
    fn brought_back(
        &self,
        request: &RevertRequest<'_>,
        transaction: &super::transaction::Transaction<'_>,
    ) -> Result<(Reverted, Option<Pending>), RevertError> {
        let head = self.head()?.ok_or(CommitError::Detached)?;
        let objects = self.objects()?;
        let places = objects.places(head)?;
        let to = Oid::from_str(request.commit).ok().filter(|to| places.contains_key(to));
        let to = to.ok_or_else(|| RevertError::NotBeneath {
            release: request.release,
            commit: request.commit.to_owned(),
        })?;
        let ((tree, _), (to_tree, _)) = (objects.commit(head)?, objects.commit(to)?);
        let (stands, stood) = (self.standing_at(&objects, head)?, self.standing_at(&objects, to)?);
        let mut changes = Vec::new();
        let (mut taken_back, mut brought_back) = (Vec::new(), Vec::new());
        let masters: BTreeSet<&(String, String)> = stands.keys().chain(stood.keys()).collect();
        for master in masters {
            let (series, kind) = master;
            for top in ["masters", "sources"] {
                let path = [top, series.as_str(), kind.as_str()];
                changes.extend(differences(&objects, tree, Some(to_tree), &path)?);
            }
            let of = |standing: &Standing| standing.get(master).cloned().unwrap_or_default();
            let (now, then) = (of(&stands), of(&stood));
            let named = |import: &&(Oid, String)| format!("{series}/{kind} {}", import.1);
            taken_back.extend(now.iter().filter(|import| !then.contains(import)).map(|one| named(&one)));
            brought_back.extend(then.iter().filter(|import| !now.contains(import)).map(|one| named(&one)));
        }
        if changes.is_empty() {
            let commit = head.to_string();
            return Ok((Reverted { commit, is_new: false, taken_back, brought_back }, None));
        }
        let author = signature(&self.repository, request.author, request.now)?;
        let text = message(request, &taken_back, &brought_back);
        let mut pending = transaction.begin(Some(head))?;
        let commit = transaction.commit(&mut pending, changes, &Message { author: &author, text: &text })?;
        let commit = commit.to_string();
        Ok((Reverted { commit, is_new: true, taken_back, brought_back }, Some(pending)))
    }

    fn standing_at(&self, objects: &Objects<'_>, commit: Oid) -> Result<Standing, StoreError> {
        let (tree, _) = objects.commit(commit)?;
        let mut all = Standing::new();
        for (series, kind) in self.held(tree)? {
            let changes = objects.changes_at(commit, &["sources", &series, &kind, "import.toml"])?;
            let mut imports = Vec::new();
            for (_, blob) in standing(&changes).into_iter().rev() {
                imports.push((blob, ImportRecord::parse(&objects.blob(blob)?, "import.toml")?.name));
            }
            all.insert((series, kind), imports);
        }
        Ok(all)
    }
}

fn message(request: &RevertRequest<'_>, taken_back: &[String], brought_back: &[String]) -> String {
    let RevertRequest { release, commit, .. } = request;
    let mut text = format!(
        "Revert the masters to release {release}\n\nマスターをリリース {release} の内容に戻す\n\nfrom   {commit}\n"
    );
    let mut list = |title: &str, imports: &[String]| {
        if !imports.is_empty() {
            text.push_str(&format!("\n{title}\n"));
            imports.iter().for_each(|import| text.push_str(&format!("  {import}\n")));
        }
    };
    list("Taken back 取消", taken_back);
    list("Brought back 復帰", brought_back);
    text
}
