//! The acts that are written down.

use serde::{Deserialize, Serialize};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// Files were taken into the repository.
    Import,
    /// Imports were taken back.
    Undo,
    /// The repository was checked.
    Check,
    /// What others committed was taken over from a shared copy of the repository.
    Fetch,
    /// Commits were sent to a shared copy of the repository.
    Push,
    /// A release was drafted.
    Draft,
    /// A draft was reviewed.
    Review,
    /// A draft was signed.
    Sign,
    /// A release was published.
    Publish,
    /// A release was taken away.
    Withdraw,
    /// A key was made, changed or revoked.
    Key,
    /// The table of who may sign was drafted, signed or finished.
    Root,
    /// A checker started.
    Start,
    /// A checker took another release.
    Swap,
    /// A checker did not take a release.
    Hold,
    /// A checker went back to the release before.
    FallBack,
    /// A release on probation was confirmed, by what was seen or by an operator.
    Confirm,
    /// An operator gave up a release that was lost.
    GiveUp,
    /// A release that was lost was fetched again.
    Regain,
    /// A checker ended as it should.
    Stop,
    /// An operator lifted the hold of a release.
    Unhold,
    /// An operator let nothing be activated.
    Freeze,
    /// An operator let releases be activated again.
    Thaw,
    /// An operator had what was damaged mended.
    Repair,
    /// Claim files that were kept were deleted.
    ForgetClaims,
    /// A program that a checker gives releases to did not work with the one that it should use.
    OutOfStep,
    /// A checker that ended took back a release that such a program was given only just now.
    TakeBack,
}

impl Speak for Act {
    fn say(&self, lang: Lang) -> String {
        match self {
            Act::Import => say!(lang, "import", "取込"),
            Act::Undo => say!(lang, "undo", "取込の取消"),
            Act::Check => say!(lang, "check", "検査"),
            Act::Fetch => say!(lang, "fetch", "共有リポジトリからの取得"),
            Act::Push => say!(lang, "push", "共有リポジトリへの送信"),
            Act::Draft => say!(lang, "draft", "リリース案の作成"),
            Act::Review => say!(lang, "review", "レビュー"),
            Act::Sign => say!(lang, "sign", "署名"),
            Act::Publish => say!(lang, "publish", "公開"),
            Act::Withdraw => say!(lang, "withdraw", "取下げ"),
            Act::Key => say!(lang, "key", "鍵"),
            Act::Root => say!(lang, "root", "ルート"),
            Act::Start => say!(lang, "start", "起動"),
            Act::Swap => say!(lang, "swap", "切替"),
            Act::Hold => say!(lang, "hold", "保留"),
            Act::FallBack => say!(lang, "fall back", "切戻し"),
            Act::Confirm => say!(lang, "confirm", "確定"),
            Act::GiveUp => say!(lang, "give up", "復旧の断念"),
            Act::Regain => say!(lang, "regain", "再取得"),
            Act::Stop => say!(lang, "stop", "終了"),
            Act::Unhold => say!(lang, "unhold", "保留の解除"),
            Act::Freeze => say!(lang, "freeze", "凍結"),
            Act::Thaw => say!(lang, "thaw", "凍結の解除"),
            Act::Repair => say!(lang, "repair", "修復"),
            Act::ForgetClaims => say!(lang, "forget claims", "請求ファイルの削除"),
            Act::OutOfStep => say!(lang, "out of step", "接続先の動作異常"),
            Act::TakeBack => say!(lang, "take back", "適用の取消"),
        }
    }
}
