//! What stops an exchange with another copy of the repository.

use std::path::PathBuf;

use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use super::asking::StoreError;
use super::committing::CommitError;
use crate::advice::{Advised, Blank};
use crate::error::{Exit, Failure};

/// A commit, as people are told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitTold {
    /// Its name, in full.
    pub commit: String,
    /// The first line of its message, fit for a terminal.
    pub title: String,
    /// The same in Japanese, where the message has it.
    pub title_ja: Option<String>,
    /// By whom, fit for a terminal.
    pub author: String,
}

impl CommitTold {
    /// What it did, as far as its message says it in that language.
    pub fn said(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.title,
            Lang::Ja => self.title_ja.as_ref().unwrap_or(&self.title),
        }
    }
}

/// Why what lies in another copy is not taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsound {
    /// A name that is not safe as a file's on every system, or that git reads itself.
    Name,
    /// Something else than a file or a folder: a link, another repository.
    Mode,
    /// A file larger than any of a repository of masters.
    Large,
    /// An object that the copy did not send, or not of the kind that it should be.
    Missing,
    /// More folders within folders than anybody has.
    Deep,
}

/// An exchange that was not done; but for [`CommitError::Unfinished`], the branch is where it was.
#[derive(Debug)]
pub enum ExchangeError {
    /// Nobody said where the other copy is: name it.
    NoPlace,
    /// This build of libgit2 does not carry it: reach it in another way.
    NotBuiltIn {
        /// `ssh`, `https`.
        scheme: String,
    },
    /// Anybody on the way could change what is carried.
    Unprotected {
        /// `http`, `git`.
        scheme: String,
    },
    /// There is no repository there: name another place.
    Nothing {
        /// As it was given.
        place: String,
    },
    /// The other copy does not have the branch.
    NoBranch {
        /// The branch.
        branch: String,
        /// Some that it has.
        there: Vec<String>,
    },
    /// What is there is no repository of masters.
    NoMasters {
        /// As it was given.
        place: String,
    },
    /// It sent more than any repository of masters holds: look at what lies there.
    TooMuch {
        /// How many bytes are taken at most.
        most_bytes: u64,
        /// How many objects are.
        most_objects: usize,
    },
    /// It holds what is never written to disk.
    Unsound {
        /// The commit.
        commit: String,
        /// Where in it.
        path: String,
        /// What.
        what: Unsound,
    },
    /// The folder for the new copy holds something.
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// Both sides have commits that the other has not.
    Apart {
        /// Those that only this copy has, newest first.
        ours: Vec<CommitTold>,
        /// Those that only the other one has, newest first.
        theirs: Vec<CommitTold>,
    },
    /// The other copy has commits that this one has not: catch up first.
    Stale {
        /// These, newest first.
        theirs: Vec<CommitTold>,
    },
    /// Something in the other copy is neither a file nor a folder: look at it.
    NoEnd {
        /// What.
        path: PathBuf,
    },
    /// Somebody works in the other copy: it has files of its own, which would not follow.
    WorkedIn {
        /// The copy.
        folder: PathBuf,
    },
    /// A branch is held, for longer than another program needs to move it.
    Locked {
        /// The file by which it is held.
        lock: PathBuf,
    },
    /// The other copy did not take it.
    Refused {
        /// What it says.
        why: String,
    },
    /// The branch could not be moved, or the work tree not follow.
    Commit(CommitError),
}

/// How many commits a message names.
const NAMED: usize = 5;

/// Each a line, the newest first; how many more there are.
fn lines(commits: &[CommitTold], lang: Lang) -> String {
    let line = |one: &CommitTold| {
        let CommitTold { commit, author, .. } = one;
        format!("\n    {} {} ({author})", commit.get(..12).unwrap_or(commit), one.said(lang))
    };
    let mut text: String = commits.iter().take(NAMED).map(line).collect();
    if let Some(more) = commits.len().checked_sub(NAMED).filter(|more| *more > 0) {
        text.push_str(&say!(lang, "\n    and {more} more", "\n    ほか {more} 件"));
    }
    text
}

impl Speak for Unsound {
    fn say(&self, lang: Lang) -> String {
        match self {
            Unsound::Name => say!(lang, "a name that no file may have here", "使用できないファイル名"),
            Unsound::Mode => say!(
                lang,
                "a link or another repository, where only files and folders may be",
                "リンクまたは別のリポジトリ（ファイルとフォルダー以外は使用不可）"
            ),
            Unsound::Large => {
                say!(lang, "a file larger than any of masters", "マスターとしては大きすぎるファイル")
            }
            Unsound::Missing => say!(lang, "an object that was not sent", "送られていないオブジェクト"),
            Unsound::Deep => say!(lang, "folders nested too deep", "深すぎるフォルダー"),
        }
    }
}

impl Speak for ExchangeError {
    fn say(&self, lang: Lang) -> String {
        match self {
            ExchangeError::NoPlace => say!(
                lang,
                "nobody said yet where the shared copy of this repository is: name it once (a folder, or a \
                 file:// address), and it is remembered",
                "共有リポジトリの場所がまだ設定されていません。一度指定すると記憶します（フォルダーまたは file:// の住所）"
            ),
            ExchangeError::NotBuiltIn { scheme } => say!(
                lang,
                "{scheme} is not built into this program (it has no C cryptography): name a folder, such as \
                 a mounted share, or file://; what only {scheme} reaches, git brings into such a folder",
                "このプログラムには {scheme} が組み込まれていません（C の暗号ライブラリを使わないため）。共有フォルダーなどの\
                 パスか file:// を指定してください。{scheme} でしか届かない場合は git でフォルダーに複製してください"
            ),
            ExchangeError::Unprotected { scheme } => say!(
                lang,
                "{scheme}:// is not used: anybody on the way could change what is carried; name a folder or \
                 file://",
                "{scheme}:// は途中で内容を改変されうるため使いません。フォルダーか file:// を指定してください"
            ),
            ExchangeError::Nothing { place } => say!(
                lang,
                "{place}: there is no repository that can be read; is it mistyped, or the share not mounted? \
                 Where it moved, name the new place: `repo fetch PLACE`, `repo push PLACE`",
                "{place} に読み取れるリポジトリがありません。入力と共有フォルダーの接続を確認してください。共有リポジトリが\
                 移動した場合は、新しい場所を指定します（repo fetch 場所、repo push 場所）"
            ),
            ExchangeError::NoBranch { branch, there } => {
                let none = say!(lang, "no branch at all", "ブランチなし");
                let there = if there.is_empty() { none } else { there.join(", ") };
                say!(
                    lang,
                    "the shared copy has no branch {branch} ({there})",
                    "共有リポジトリにブランチ {branch} がありません（あるもの: {there}）"
                )
            }
            ExchangeError::NoMasters { place } => say!(
                lang,
                "{place} is no repository of masters: its newest commit has no warifu.toml",
                "{place} はマスターのリポジトリではありません（最新のコミットに warifu.toml がありません）"
            ),
            ExchangeError::TooMuch { most_bytes, most_objects } => {
                let gib = most_bytes >> 30;
                say!(
                    lang,
                    "the shared copy sent more than {gib} GiB or {most_objects} objects, more than a \
                     repository of masters holds; nothing of it is used",
                    "共有リポジトリから {gib} GiB または {most_objects} 個を超えるデータが送られました。マスターの\
                     リポジトリとして異常な量のため、使用しません"
                )
            }
            ExchangeError::Unsound { commit, path, what } => {
                let (commit, what) = (commit.get(..12).unwrap_or(commit), what.say(lang));
                say!(
                    lang,
                    "commit {commit} of the shared copy is not taken over: {path} is {what}; ask whoever \
                     made it",
                    "共有リポジトリのコミット {commit} は取り込めません: {path} は{what}です。作成者に確認してください"
                )
            }
            ExchangeError::NotEmpty { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} holds something already; name a folder that is new or empty",
                    "{path} には既にファイルがあります。新しいフォルダーか空のフォルダーを指定してください"
                )
            }
            ExchangeError::Apart { ours, theirs } => {
                let (here, there) = (lines(ours, lang), lines(theirs, lang));
                let (n, m) = (ours.len(), theirs.len());
                let (n_en, m_en) = (counted(n as u64, "commit"), counted(m as u64, "commit"));
                say!(
                    lang,
                    "two people worked at once, and masters are never merged as text; nothing was changed.\n\
                     \x20 only here, {n_en}:{here}\n  only in the shared copy, {m_en}:{there}\n  Take over \
                     the shared copy and put your own commits aside (kept, by name); you are told \
                     how to bring your files in again on top:",
                    "双方で別々に作業が行われています。マスターを文字列として混ぜ合わせることはしません。何も変更していません。\n  \
                     この複製だけにあるもの {n} 件:{here}\n  共有リポジトリだけにあるもの {m} 件:{there}\n  共有リポジトリの\
                     内容に合わせ、自分のコミットを別名で残すには次を実行してください。ファイルを取り込み直す方法も表示します:"
                )
            }
            ExchangeError::Stale { theirs } => {
                let there = lines(theirs, lang);
                let (m, m_en) = (theirs.len(), counted(theirs.len() as u64, "commit"));
                say!(
                    lang,
                    "the shared copy has more, {m_en}; nothing was sent:{there}\n  Catch up first:",
                    "共有リポジトリに、こちらにないコミットが {m} 件あるため送信しませんでした:{there}\n  \
                     先に次を実行してください:"
                )
            }
            ExchangeError::NoEnd { path } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} in the shared copy is neither a file nor a folder (a pipe, a device); nothing \
                     was read: see who put it there, and delete it",
                    "共有リポジトリの {path} はファイルでもフォルダーでもありません（パイプやデバイス）。読み取っていません。\
                     誰が置いたかを確認し、削除してください"
                )
            }
            ExchangeError::WorkedIn { folder } => {
                let folder = folder.display();
                say!(
                    lang,
                    "{folder} is a copy that somebody works in: its files would not follow what is sent; \
                     name a folder that is new or empty, which becomes a shared copy, and let that copy \
                     fetch from it",
                    "{folder} は作業用の複製です。送信しても、そこのファイルは更新されません。新しいフォルダーか空のフォルダーを指定して\
                     共有リポジトリとし、その複製からは fetch で取得してください"
                )
            }
            ExchangeError::Locked { lock } => {
                let lock = lock.display();
                say!(
                    lang,
                    "the branch is held by another program, or was by one that was killed: run this again; \
                     where none is at work any more, delete {lock}",
                    "ブランチが別のプログラム（または強制終了されたプログラム）により確保されています。もう一度実行してください。\
                     実行中のものがなければ {lock} を削除してください"
                )
            }
            ExchangeError::Refused { why } => say!(
                lang,
                "the shared copy did not take it: {why}",
                "共有リポジトリに受け付けられませんでした: {why}"
            ),
            ExchangeError::Commit(error) => error.say(lang),
        }
    }
}

impl std::fmt::Display for ExchangeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for ExchangeError {}

impl From<CommitError> for ExchangeError {
    fn from(error: CommitError) -> Self {
        ExchangeError::Commit(error)
    }
}

impl From<StoreError> for ExchangeError {
    fn from(error: StoreError) -> Self {
        ExchangeError::Commit(error.into())
    }
}

impl From<ExchangeError> for Failure {
    fn from(error: ExchangeError) -> Self {
        error.with(None)
    }
}

impl ExchangeError {
    /// The failure of an exchange with `place`, where one was named: what is advised names it again.
    pub fn with(self, place: Option<&str>) -> Failure {
        let fetch = Advised::command(&["repo", "fetch"]);
        let fetch = place.iter().fold(fetch, Advised::word);
        let error = self;
        let exit = match &error {
            ExchangeError::Commit(error) => error.exit(),
            ExchangeError::TooMuch { .. } | ExchangeError::Unsound { .. } => Exit::Trust,
            ExchangeError::Apart { .. } | ExchangeError::Stale { .. } => Exit::Data,
            _ => Exit::CouldNotRun,
        };
        let failure = Failure::because(exit, &error);
        match error {
            ExchangeError::NoPlace => {
                failure.advising(Advised::command(&["repo", "push"]).blank(Blank::Folder))
            }
            ExchangeError::Apart { .. } => failure.advising(fetch.word("--set-aside")),
            ExchangeError::Stale { .. } => failure.advising(fetch),
            _ => failure,
        }
    }
}
