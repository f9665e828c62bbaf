//! Why nothing was signed.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::keys::SignerError;
use crate::metadata::ReleaseRef;
use crate::organisation::{Organisation, PerOrganisation};
use crate::publish::clock::WrongClock;
use crate::publish::not_followed::NotFollowed;
use crate::publish::post_review::PostReviewMissing;
use crate::refusal::Refusal;
use crate::tally::Tally;
use crate::time::UnixSeconds;

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignError {
    /// The key is no release signer's of this organisation in the newest root.
    NotASigner {
        /// The key's short id.
        key: String,
        /// The organisation.
        organisation: Organisation,
    },
    /// The root lists the key, and its own organisation revoked it.
    Revoked {
        /// The key's short id.
        key: String,
        /// Whose it is.
        holder: String,
    },
    /// The proposal was made to follow another release than the one published now.
    NotNext {
        /// What is published.
        published: Option<ReleaseRef>,
        /// What the proposal follows.
        previous: Option<ReleaseRef>,
    },
    /// Nothing can follow what lies on the channel.
    NotFollowed(NotFollowed),
    /// The joint post-review of an emergency before it is missing.
    PostReview(PostReviewMissing),
    /// Kokuho has signed already.
    AlreadyApproved,
    /// Kokuho signs only what Kikin's threshold holds for.
    KikinFirst(PerOrganisation<Tally>),
    /// A half in the draft is not of this proposal on this channel.
    OtherContent {
        /// The file.
        file: &'static str,
    },
    /// A half in the draft expires too late or has expired.
    Expiry {
        /// The file.
        file: &'static str,
        /// When it expires.
        expires: UnixSeconds,
    },
    /// The versions of the halves in the draft are not next in line on this channel (any more).
    Overtaken,
    /// A half in the draft is malformed.
    Malformed(Refusal),
    /// The clock and the channel contradict each other.
    Clock(WrongClock),
    /// The signer gave no signature.
    Signer(SignerError),
}

impl From<NotFollowed> for SignError {
    fn from(error: NotFollowed) -> Self {
        SignError::NotFollowed(error)
    }
}

impl From<PostReviewMissing> for SignError {
    fn from(error: PostReviewMissing) -> Self {
        SignError::PostReview(error)
    }
}

impl From<WrongClock> for SignError {
    fn from(error: WrongClock) -> Self {
        SignError::Clock(error)
    }
}

impl From<SignerError> for SignError {
    fn from(error: SignerError) -> Self {
        SignError::Signer(error)
    }
}

impl Speak for SignError {
    fn say(&self, lang: Lang) -> String {
        let number = |release: &Option<ReleaseRef>| {
            release.map_or_else(|| say!(lang, "none", "なし"), |release| release.release.to_string())
        };
        match self {
            SignError::NotASigner { key, organisation } => {
                let name = organisation.say(lang);
                say!(
                    lang,
                    "the key {key} is not a release signer's of {name}; sign with a key that the root lists",
                    "鍵 {key} は{name}の署名者のものではありません。ルートに載っている鍵で署名してください"
                )
            }
            SignError::Revoked { key, holder } => say!(
                lang,
                "the key {key} of {holder} was revoked by its own organisation and signs nothing; another \
                 signer signs, or {holder} with the next key once the root lists that",
                "{holder} の鍵 {key} は自団体により失効済みで、署名できません。ほかの署名者が署名するか、\
                 新しい鍵をルートに載せてから署名してください"
            ),
            SignError::NotNext { published, previous } => {
                let (published, previous) = (number(published), number(previous));
                say!(
                    lang,
                    "the proposal follows release {previous}, but release {published} is published (or has \
                     other content); draft it anew",
                    "草案はリリース {previous} の次として作られていますが、公開中は {published} です（または内容が異なります）。草案を作り直してください"
                )
            }
            SignError::NotFollowed(error) => error.say(lang),
            SignError::PostReview(error) => error.say(lang),
            SignError::AlreadyApproved => say!(
                lang,
                "Kokuho has already signed what Kikin's people signed; another signature of Kikin would \
                 change those bytes: publish it, or draft it anew",
                "国保中央会が署名済みです。支払基金の署名を加えると承認された内容が変わるため、このまま公開するか草案を作り直してください"
            ),
            SignError::KikinFirst(tally) => {
                let Tally { have, need } = tally.kikin;
                say!(
                    lang,
                    "Kikin signs first: {have} of {need} signed so far; wait for Kikin's signatures",
                    "支払基金の署名が先に必要です（{need}名中{have}名が署名済み）。揃うまでお待ちください"
                )
            }
            SignError::OtherContent { file } => say!(
                lang,
                "the draft's {file} is not of this proposal on this channel; the channel \
                 has moved on since, or the file was changed; draft it anew",
                "草案の {file} がこの提案と一致しません。起案後に配信元が更新されたか、ファイルが変更されています。草案を作り直してください"
            ),
            SignError::Expiry { file, expires } => say!(
                lang,
                "the draft's {file} expires at {expires}, which is past or too far ahead; draft it anew and \
                 check the clocks",
                "草案の {file} の期限 {expires} が過去か遠すぎます。時計を確認し、草案を作り直してください",
                expires = expires.said(lang)
            ),
            SignError::Overtaken => say!(
                lang,
                "the draft's halves do not have the channel's next versions: it has moved on since they were \
                 signed; draft and sign it anew",
                "草案の署名の版が配信元の次の版と一致しません。署名後に更新されたため、草案を作り直して署名してください"
            ),
            SignError::Clock(error) => error.say(lang),
            SignError::Malformed(refusal) => refusal.say(lang),
            SignError::Signer(error) => error.say(lang),
        }
    }
}

spoken_error!(
    SignError,
    |error| !matches!(error, SignError::Signer(_) | SignError::Clock(_)),
    |_| None,
    |error| match error {
        SignError::NotFollowed(error) => error.next_step(),
        SignError::PostReview(error) => error.next_step(),
        _ => None,
    }
);
