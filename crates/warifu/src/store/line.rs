//! How two commits stand to each other, and what lies between them, as people are told.

use git2::{Oid, Repository};
use warifu_values::text::shown;

use super::error::{CommitTold, Doing, StoreError};

/// How many commits are read of one side at most; of more it is only said that there are that many.
const MOST: usize = 10_000;

/// What is reachable from `tip` and not from `without`, newest first.
pub(super) fn only_in(
    repository: &Repository,
    tip: Oid,
    without: Option<Oid>,
) -> Result<Vec<Oid>, StoreError> {
    let git = || StoreError::git(Doing::WalkHistory);
    let mut walk = repository.revwalk().map_err(git())?;
    walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME).map_err(git())?;
    walk.push(tip).map_err(git())?;
    without.map_or(Ok(()), |oid| walk.hide(oid)).map_err(git())?;
    walk.map(|oid| oid.map_err(git())).collect()
}

/// The commits, as people are told of them.
pub(super) fn told(repository: &Repository, commits: &[Oid]) -> Result<Vec<CommitTold>, StoreError> {
    let one = |oid: &Oid| {
        let commit = repository.find_commit(*oid).map_err(StoreError::git(Doing::ReadCommit))?;
        let title = String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default()).into_owned();
        let author = String::from_utf8_lossy(commit.author().name_bytes()).into_owned();
        let body = String::from_utf8_lossy(commit.body_bytes().unwrap_or_default()).into_owned();
        let (title, title_ja) = (cut(&title), in_japanese(&body).map(cut));
        Ok(CommitTold { commit: oid.to_string(), title, title_ja, author: cut(&author) })
    };
    commits.iter().take(MOST).map(one).collect()
}

/// What the title of a commit that was made here says in Japanese: the first line below it.
fn in_japanese(body: &str) -> Option<&str> {
    const MADE_HERE: [&str; 6] =
        ["取込の取消 ", "マスターをリリース ", "系列 ", ": 全件 ", ": 変更分 ", ": 緊急訂正 "];
    let line = body.lines().next()?;
    MADE_HERE.iter().any(|words| line.contains(words)).then_some(line)
}

/// Whoever sent it wrote it: it makes no line of its own, and not a long one.
fn cut(text: &str) -> String {
    shown(&text.chars().take(100).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_here_is_told_in_japanese_and_what_somebody_wrote_as_it_is() {
        for line in
            ["取込の取消 s_20240902.csv", "r06 医薬品マスター: 緊急訂正 訂正.csv: 追加 4、変更 2、廃止 0"]
        {
            assert_eq!(in_japanese(&format!("{line}\n\nmore")), Some(line));
        }
        assert_eq!(in_japanese("rules/規則.toml\n"), None);
        assert_eq!(in_japanese(""), None);
    }
}
