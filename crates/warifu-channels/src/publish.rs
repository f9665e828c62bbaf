//! Publishing: the files of a publication, written in its order.

use warifu_trust::{
    ChannelPath, Exchange, Publication, Publishable, Published, Refusal, SealError, SignedRoot, Signer, Tip,
    UnixSeconds, Validity, limits, other_root,
};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::channel::{Channel, Created, PublishChannel, Replaced};
use crate::channel_error::ChannelError;

/// Publishes what both organisations signed. `signer` is the release manager's automation key, which can
/// publish and never approve; it is asked first, so that a wrong one leaves no files behind.
///
/// # Errors
///
/// [`PublishError`]; in every case readers see a whole release, the one before unless told otherwise.
pub fn publish(
    channel: &dyn PublishChannel,
    publishable: &Publishable,
    signer: &dyn Signer,
    now: UnixSeconds,
    validity: Validity,
) -> Result<Published, PublishError> {
    write(channel, &publishable.seal(signer, now, validity)?)
}

/// Renews `timestamp.json` alone: the same release, fresh for another while.
///
/// # Errors
///
/// As [`publish`].
pub fn refresh_timestamp(
    channel: &dyn PublishChannel,
    tip: &Tip,
    signer: &dyn Signer,
    now: UnixSeconds,
    validity: Validity,
) -> Result<Published, PublishError> {
    write(channel, &tip.renew_timestamp(signer, now, validity)?)
}

/// Makes a lost or damaged `timestamp.json` again; `tip` is of
/// [`read_tip_rebuilding`](crate::read_tip_rebuilding).
///
/// # Errors
///
/// As [`publish`].
pub fn rebuild_timestamp(
    channel: &dyn PublishChannel,
    tip: &Tip,
    signer: &dyn Signer,
    now: UnixSeconds,
    validity: Validity,
    above: u64,
) -> Result<Published, PublishError> {
    write(channel, &tip.rebuild_timestamp(signer, now, validity, above)?)
}

/// Puts a root on the channel: the first one, or one that follows. Readers find it by its number.
///
/// # Errors
///
/// [`PublishError::Unreachable`]; [`PublishError::OtherRoot`] when another root of this version is there;
/// [`PublishError::Overtaken`] when something else is.
pub fn publish_root(channel: &dyn PublishChannel, root: &SignedRoot) -> Result<(), PublishError> {
    let laid = create(channel, &ChannelPath::root(root.version()), root.bytes());
    if let Err(PublishError::Overtaken { .. }) = laid {
        refuse_other_root(channel, root)?;
    }
    laid
}

/// Refuses a channel that has another root of this version than `trusted`: what follows one does not go
/// beside the other.
///
/// # Errors
///
/// [`PublishError::OtherRoot`]; [`PublishError::Unreachable`].
pub fn refuse_other_root(channel: &dyn Channel, trusted: &SignedRoot) -> Result<(), PublishError> {
    let path = ChannelPath::root(trusted.version());
    let found = match channel.read(&path, limits::ROOT_BYTES) {
        Err(ChannelError::NoFolder { .. } | ChannelError::TooLong { .. }) => None,
        found => found?,
    };
    match found.and_then(|found| other_root(trusted, &found)) {
        Some(refusal) => Err(PublishError::OtherRoot(refusal)),
        None => Ok(()),
    }
}

/// Lays one file there before the step that readers see: a patch that is there may have been made by another
/// zstd; anything else has the same bytes.
pub(crate) fn lay(
    channel: &dyn PublishChannel,
    path: &ChannelPath,
    bytes: &[u8],
) -> Result<(), PublishError> {
    match path.is_targets_step() {
        true => Ok(channel.create(path, bytes).map(|_| ())?),
        false => create(channel, path, bytes),
    }
}

/// Writes `publication`: everything first, and then the one step that readers see.
fn write(channel: &dyn PublishChannel, publication: &Publication) -> Result<Published, PublishError> {
    for (path, bytes) in publication.files() {
        lay(channel, path, bytes)?;
    }
    let Exchange { path, expected, new } = publication.exchange();
    // A network that breaks here leaves open whether the step was taken.
    match channel.replace(path, expected.as_deref(), new).map_err(PublishError::Unsure)? {
        Replaced::Done => Ok(publication.published().clone()),
        Replaced::Changed => Err(PublishError::Overtaken { path: path.clone() }),
    }
}

/// Writes a file that never changes; when it is there, it must be these very bytes.
pub(crate) fn create(
    channel: &dyn PublishChannel,
    path: &ChannelPath,
    bytes: &[u8],
) -> Result<(), PublishError> {
    match channel.create(path, bytes)? {
        Created::New => Ok(()),
        Created::Existed => match channel.read(path, bytes.len() as u64) {
            Ok(Some(found)) if found == bytes => Ok(()),
            Ok(_) | Err(ChannelError::TooLong { .. }) => Err(PublishError::Overtaken { path: path.clone() }),
            Err(error) => Err(error.into()),
        },
    }
}

/// Why nothing was published.
#[derive(Debug)]
pub enum PublishError {
    /// The channel failed; what was written is harmless. Start again from a new [`Tip`] with the same draft.
    Unreachable(ChannelError),
    /// The channel failed in the last step: readers see this release or the one before.
    Unsure(ChannelError),
    /// Somebody else published meanwhile: another file is already where this one would go.
    Overtaken {
        /// The file.
        path: ChannelPath,
    },
    /// The channel has another root.
    OtherRoot(Refusal),
    /// There is no timestamp to publish with.
    Unsealed(SealError),
}

impl From<ChannelError> for PublishError {
    fn from(error: ChannelError) -> Self {
        PublishError::Unreachable(error)
    }
}

impl From<SealError> for PublishError {
    fn from(error: SealError) -> Self {
        PublishError::Unsealed(error)
    }
}

impl Speak for PublishError {
    fn say(&self, lang: Lang) -> String {
        match self {
            PublishError::Unreachable(error) => {
                let error = error.say(lang);
                say!(
                    lang,
                    "{error}; readers still see the release before, publish again",
                    "{error}。利用側には前のリリースが見えています。公開をやり直してください"
                )
            }
            PublishError::Unsure(error) => {
                let error = error.say(lang);
                say!(
                    lang,
                    "{error}; readers may see this release or the one before: publish the same draft again, \
                     which does no harm when it is published",
                    "{error}。利用側に見えているのが今回か前のリリースかは不明です。同じ草案の公開をやり直してください\
                     （公開済みでも害はありません）"
                )
            }
            PublishError::Overtaken { path } => say!(
                lang,
                "somebody else published first ({path}); look at what is there, then draft anew if needed",
                "他の公開が先に行われました（{path}）。現状を確認し、必要なら草案を作り直してください"
            ),
            PublishError::OtherRoot(refusal) => refusal.say(lang),
            PublishError::Unsealed(error) => error.say(lang),
        }
    }
}

warifu_trust::spoken_error!(
    PublishError,
    |error| match error {
        PublishError::OtherRoot(_) => true,
        PublishError::Unsealed(error) => error.is_trust_refusal(),
        _ => false,
    },
    |error| match error {
        PublishError::Unreachable(error) | PublishError::Unsure(error) => std::error::Error::source(error),
        _ => None,
    }
);
