//! What was tried when git or the system failed: named in both languages, with what to do about it.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// What git was asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// Compute the name of an object.
    HashObject,
    /// Open what objects lie in.
    OpenObjects,
    /// Read the object of that name.
    ReadObject(String),
    /// Read a commit's name, as something wrote it down.
    ReadName,
    /// Read a commit.
    ReadCommit,
    /// Read which commit is the newest.
    ReadHead,
    /// Read what lies in the work tree.
    ReadStatus,
    /// Walk from commit to commit.
    WalkHistory,
    /// Compare two commits.
    Compare,
    /// Compare the two that are named.
    CompareNamed(String, String),
    /// Open the repository.
    Open,
    /// Write a folder.
    WriteTree,
    /// Write a commit.
    WriteCommit,
    /// Write the index of the work tree.
    WriteIndex,
    /// Let the branch stand at another commit.
    MoveBranch,
    /// Give the branch its name.
    NameBranch,
    /// Put commits aside, under a name.
    PutAside,
    /// Make a repository.
    Make,
    /// Make a shared copy.
    MakeShared,
    /// Read where the shared copy lies.
    FindShared,
    /// Write down where the shared copy lies.
    RememberShared,
    /// Write down what the shared copy has.
    NoteShared,
    /// Receive from the shared copy.
    Receive,
    /// Read what was received.
    ReadReceived,
    /// Take away what was received.
    ForgetReceived,
    /// Send to the shared copy.
    Send,
}

/// What there is to be done about it.
enum Way {
    /// What the repository holds cannot be read.
    Reading,
    /// Nothing can be written to it.
    Writing,
    /// It is about another copy.
    Exchanging,
}

impl Doing {
    fn way(&self) -> Way {
        match self {
            Doing::HashObject
            | Doing::OpenObjects
            | Doing::ReadObject(_)
            | Doing::ReadName
            | Doing::ReadCommit
            | Doing::ReadHead
            | Doing::ReadStatus
            | Doing::WalkHistory
            | Doing::Compare
            | Doing::CompareNamed(..)
            | Doing::Open => Way::Reading,
            Doing::WriteTree
            | Doing::WriteCommit
            | Doing::WriteIndex
            | Doing::MoveBranch
            | Doing::NameBranch
            | Doing::PutAside
            | Doing::Make
            | Doing::MakeShared
            | Doing::RememberShared
            | Doing::NoteShared
            | Doing::ForgetReceived => Way::Writing,
            Doing::FindShared | Doing::Receive | Doing::ReadReceived | Doing::Send => Way::Exchanging,
        }
    }

    /// What to do next.
    pub(super) fn next_step(&self, lang: Lang) -> String {
        match self.way() {
            Way::Reading => say!(
                lang,
                "`check` says whether the repository is damaged; `repo clone` of another copy brings back \
                 what is lost",
                "リポジトリの破損の有無は check で確認できます。失われた内容は、別の複製から repo clone で取り戻してください"
            ),
            Way::Writing => say!(
                lang,
                "see that the disk has room, that its files are yours and that no other command works on \
                 it, and try again",
                "ディスクの空き、ファイルの所有者、他のコマンドが実行中でないことを確認し、再実行してください"
            ),
            Way::Exchanging => say!(
                lang,
                "see that the shared copy is there and may be read and written, and try again",
                "共有の複製の場所と読み書きの権限を確認し、再実行してください"
            ),
        }
    }
}

impl Speak for Doing {
    fn say(&self, lang: Lang) -> String {
        match self {
            Doing::HashObject => {
                say!(lang, "the name of an object cannot be computed", "オブジェクトの名前を計算できません")
            }
            Doing::OpenObjects => say!(
                lang,
                "the objects of the repository cannot be opened",
                "リポジトリのオブジェクトを開けません"
            ),
            Doing::ReadObject(name) => {
                say!(lang, "object {name} cannot be read", "オブジェクト {name} を読み取れません")
            }
            Doing::ReadName => {
                say!(lang, "what is written as a commit is none", "コミットの名前を読み取れません")
            }
            Doing::ReadCommit => say!(lang, "a commit cannot be read", "コミットを読み取れません"),
            Doing::ReadHead => {
                say!(lang, "the newest commit cannot be found", "最新のコミットを特定できません")
            }
            Doing::ReadStatus => {
                say!(lang, "the work tree cannot be looked through", "作業ツリーの状態を確認できません")
            }
            Doing::WalkHistory => {
                say!(lang, "the history cannot be read to its end", "履歴を最後まで読み取れません")
            }
            Doing::Compare => say!(lang, "two commits cannot be compared", "2 つのコミットを比較できません"),
            Doing::CompareNamed(from, of) => {
                say!(lang, "{from} and {of} cannot be compared", "{from} と {of} を比較できません")
            }
            Doing::Open => say!(lang, "the repository cannot be opened", "リポジトリを開けません"),
            Doing::WriteTree => say!(lang, "a folder cannot be recorded", "フォルダーを記録できません"),
            Doing::WriteCommit => say!(lang, "a commit cannot be written", "コミットを作成できません"),
            Doing::WriteIndex => {
                say!(
                    lang,
                    "the index of the work tree cannot be written",
                    "作業ツリーのインデックスを更新できません"
                )
            }
            Doing::MoveBranch => say!(lang, "the branch cannot be moved on", "ブランチを進められません"),
            Doing::NameBranch => {
                say!(lang, "the branch cannot be given its name", "ブランチの名前を設定できません")
            }
            Doing::PutAside => say!(lang, "commits cannot be put aside", "コミットを退避できません"),
            Doing::Make => say!(lang, "the repository cannot be made", "リポジトリを作成できません"),
            Doing::MakeShared => say!(lang, "a shared copy cannot be made", "共有の複製を作成できません"),
            Doing::FindShared => {
                say!(lang, "where the shared copy lies cannot be read", "共有の複製の場所を読み取れません")
            }
            Doing::RememberShared => say!(
                lang,
                "where the shared copy lies cannot be remembered",
                "共有の複製の場所を記録できません"
            ),
            Doing::NoteShared => {
                say!(lang, "what the shared copy has cannot be noted", "共有の複製の内容を記録できません")
            }
            Doing::Receive => {
                say!(lang, "nothing can be received from the shared copy", "共有の複製から受信できません")
            }
            Doing::ReadReceived => {
                say!(lang, "what was received cannot be read", "受信した内容を読み取れません")
            }
            Doing::ForgetReceived => {
                say!(lang, "what was received cannot be taken away", "受信した内容を片付けられません")
            }
            Doing::Send => {
                say!(lang, "nothing can be sent to the shared copy", "共有の複製へ送信できません")
            }
        }
    }
}

/// What the system was asked to do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithFile {
    /// Make a folder.
    Make,
    /// Open it.
    Open,
    /// Keep others from it.
    Lock,
    /// Read it.
    Read,
    /// Write it.
    Write,
    /// Move it.
    Move,
    /// Take it away.
    Remove,
}

impl WithFile {
    /// That it cannot be done to `path`.
    pub(super) fn say(self, path: &str, lang: Lang) -> String {
        match self {
            WithFile::Make => say!(lang, "cannot make {path}", "{path} を新たに作れません"),
            WithFile::Open => say!(lang, "cannot open {path}", "{path} を開けません"),
            WithFile::Lock => say!(lang, "cannot lock {path}", "{path} をロックできません"),
            WithFile::Read => say!(lang, "cannot read {path}", "{path} を読み取れません"),
            WithFile::Write => say!(lang, "cannot write {path}", "{path} を更新できません"),
            WithFile::Move => say!(lang, "cannot move {path}", "{path} を移動できません"),
            WithFile::Remove => say!(lang, "cannot remove {path}", "{path} を削除できません"),
        }
    }
}
