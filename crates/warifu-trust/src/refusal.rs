//! Why trust is refused. Nothing here is repaired by trying again.

use warifu_values::digest::Digest;
use warifu_values::lang::{Lang, Speak, too_long};
use warifu_values::say;

use crate::error::spoken_error;
use crate::flaw::Flaw;
use crate::mistaken::InPlaceOfRoot;
use crate::organisation::{Organisation, PerOrganisation};
use crate::tally::Tally;
use crate::time::UnixSeconds;
use crate::unsound::UnsoundRoot;

/// What was offered is not believed, and why. Keep what works and tell people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// A half is missing: not enough of one organisation's people signed.
    Halves(PerOrganisation<Tally>),
    /// The timestamp is not signed by the release manager's key.
    Timestamp,
    /// A file of another kind was given as a root.
    NotARoot(InPlaceOfRoot),
    /// The channel has another root of this version than the one that is trusted: they are no pair.
    OtherRoot {
        /// The version.
        version: u64,
        /// The SHA-256 of the root that is trusted.
        trusted: Digest,
        /// That of the root which the channel has.
        found: Digest,
    },
    /// A root without the signatures that it, or the root before it, demands.
    RootSignatures {
        /// The root's version.
        version: u64,
        /// Of its own officers.
        own: Tally,
        /// Of the previous root's officers.
        previous: Option<Tally>,
    },
    /// A root whose version is not the one that follows.
    RootVersion {
        /// The version that follows.
        expected: u64,
        /// The version found.
        found: u64,
    },
    /// A table of roles that does not give dual control.
    UnsoundRoot(UnsoundRoot),
    /// A file is older than what was accepted before: a rollback or replay.
    Rollback {
        /// The TUF role or "release".
        what: &'static str,
        /// The number accepted before.
        recorded: u64,
        /// The number offered.
        offered: u64,
    },
    /// A release number that was accepted before now stands for other content.
    OtherContent {
        /// The release.
        release: u64,
    },
    /// What is published was signed with keys that were revoked since, and this side does not remember it
    /// from before: who holds those keys can have made it afterwards.
    SignersRevoked {
        /// The release.
        release: u64,
    },
    /// A file holds longer than this node was told to take.
    HoldsTooLong {
        /// The file.
        file: &'static str,
        /// Until when.
        expires: UnixSeconds,
        /// For how many days it may.
        days: u32,
    },
    /// More files in the place of statements than are ever looked through, and no statements.
    Junk {
        /// The first one too many.
        file: String,
        /// How many there may be.
        files: usize,
    },
    /// A file has another length or digest than what was signed for it.
    Mismatch {
        /// The file.
        file: String,
    },
    /// A signed list names a file without its length or SHA-256, so the file could be swapped after approval.
    NoDigest {
        /// The list's file.
        file: String,
    },
    /// Kikin's list hands its say to others, which this format does not have.
    Delegations,
    /// A file does not have the form it must have.
    Malformed {
        /// The file.
        file: String,
        /// What is wrong with it.
        what: Flaw,
    },
    /// More bytes than are ever read of such a file.
    TooLong {
        /// The file.
        file: String,
        /// The limit in bytes.
        limit_bytes: u64,
    },
    /// The TUF core refused; its own words.
    Core {
        /// The file.
        file: String,
        /// The core's reason, in English.
        why: String,
    },
}

/// `Kikin 2 of 2 signed, Kokuho 0 of 1 signed`.
pub(crate) fn say_halves(halves: &PerOrganisation<Tally>, lang: Lang) -> String {
    let side = |organisation: Organisation| {
        let (Tally { have, need }, name) = (*halves.of(organisation), organisation.say(lang));
        say!(lang, "{name} {have} of {need} signed", "{name} {need}名中{have}名")
    };
    let (kikin, kokuho) = (side(Organisation::Kikin), side(Organisation::Kokuho));
    say!(lang, "{kikin}, {kokuho}", "署名: {kikin}、{kokuho}")
}

impl Speak for Refusal {
    fn say(&self, lang: Lang) -> String {
        match self {
            Refusal::Halves(halves) => {
                let halves = say_halves(halves, lang);
                say!(
                    lang,
                    "not a release: {halves}; keep what is running and ask the side that is missing",
                    "リリースとして認められません（{halves}）。現行のまま運用し、不足している側に確認してください"
                )
            }
            Refusal::Timestamp => say!(
                lang,
                "timestamp.json is not signed by the release manager's key; keep what is running and check \
                 the channel's address",
                "timestamp.json がリリース管理者の鍵で署名されていません。現行のまま運用し、配信元を確認してください"
            ),
            Refusal::NotARoot(given) => given.say(lang),
            Refusal::OtherRoot { version, trusted, found } => say!(
                lang,
                "the channel has another root version {version} than the one that is trusted here: the \
                 root (--root) or the channel (--channel) is of another pair; keep what is running, and \
                 compare both digests by voice with an officer\n  \
                 trusted: sha256 {trusted}\n  channel: sha256 {found}",
                "配信元のルート第{version}版が、信頼しているルートと異なります。ルート（--root）か配信元（--channel）のどちらかが\
                 別の組のものです。現行のまま運用し、両方のダイジェストを責任者と口頭で照合してください\
                 \n  信頼中: sha256 {trusted}\n  配信元: sha256 {found}"
            ),
            Refusal::RootSignatures { version, own, previous } => {
                let own = own.say(lang);
                let previous = previous.map_or_else(|| "-".to_owned(), |tally| tally.say(lang));
                say!(
                    lang,
                    "root version {version} is signed by {own} of its officers and {previous} of the \
                     previous root's; do not install it",
                    "ルート第{version}版の署名が不足しています（自版 {own}、前版 {previous}）。導入しないでください"
                )
            }
            Refusal::RootVersion { expected, found } => say!(
                lang,
                "root version {found} was offered where {expected} must follow; check the channel",
                "ルートの版は {expected} が続くはずですが {found} が示されました。配信元を確認してください"
            ),
            Refusal::UnsoundRoot(unsound) => unsound.say(lang),
            Refusal::Rollback { what, recorded, offered } => say!(
                lang,
                "{what} {offered} is older than {recorded}, which was accepted before: a rollback; keep what \
                 is running and check the channel",
                "{what} {offered} は受入済みの {recorded} より古く、巻き戻しの疑いがあります。現行のまま運用し、配信元を確認してください"
            ),
            Refusal::OtherContent { release } => say!(
                lang,
                "release {release} was accepted before with other content; keep what is running and ask both \
                 organisations",
                "リリース {release} は以前と内容が異なります。現行のまま運用し、両団体に確認してください"
            ),
            Refusal::SignersRevoked { release } => say!(
                lang,
                "release {release} was signed with keys that the newest root has revoked, and this side has \
                 no memory of it from before; compare its manifest's digest by voice with people who have, \
                 and name it with --published-was",
                "リリース {release} は最新のルートで失効した鍵で署名されており、失効前の記録が手元にありません。\
                 記録を持つ担当者とマニフェストのダイジェストを口頭で照合し、--published-was で指定してください"
            ),
            Refusal::HoldsTooLong { file, expires, days } => say!(
                lang,
                "{file} holds until {expires}, longer than the {days} days that this node's policy allows",
                "{file} の有効期限 {expires} は、この装置の方針が認める {days} 日を超えています",
                expires = expires.said(lang)
            ),
            Refusal::Junk { file, files } => say!(
                lang,
                "{file}, and more than {files} files like it, are statements of nobody whom the roots known \
                 here list: they are laid there to hold readers up, or of people who left before the root \
                 that is trusted first; keep what is running, take another mirror, or begin with an earlier \
                 root",
                "{file} など {files} 件を超えるファイルが、把握しているどのルートの鍵の声明でもありません。受信側を妨げるために\
                 置かれたか、最初に信頼したルートより前に退任した人の声明です。現行のまま運用し、別のミラーを使うか、\
                 より古いルートから始めてください"
            ),
            Refusal::Mismatch { file } => say!(
                lang,
                "{file} is not what was signed; fetch it again from another place, and report it if it stays",
                "{file} が署名された内容と一致しません。別の配信元から再取得し、続く場合は報告してください"
            ),
            Refusal::NoDigest { file } => say!(
                lang,
                "{file} does not pin length and SHA-256 of what it lists, so content could be swapped after \
                 approval",
                "{file} に長さと SHA-256 の指定がなく、承認後に差し替えられるおそれがあります"
            ),
            Refusal::Delegations => say!(
                lang,
                "targets.json delegates to other keys, which is not allowed here",
                "targets.json が他の鍵に委任しています。この方式では認められません"
            ),
            Refusal::Malformed { file, what } => {
                let what = what.say(lang);
                say!(lang, "{file} is malformed: {what}", "{file} の形式が不正です: {what}")
            }
            Refusal::TooLong { file, limit_bytes } => too_long(lang, file, *limit_bytes),
            Refusal::Core { file, why } => {
                say!(lang, "{file} was refused: {why}", "{file} は検証で拒否されました: {why}")
            }
        }
    }
}

spoken_error!(Refusal, |_| true, |_| None);
