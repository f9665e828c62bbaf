//! Publishing: where a channel stands, what a signer reviewed and signed, and the files that make it visible.

mod clock;
mod collect;
mod not_followed;
mod post_review;
mod proposing_again;
mod publication;
mod publishable;
mod reading_tip;
mod review;
mod sign;
mod sign_error;
mod signature_file;
mod tip;
mod validity;

pub use clock::WrongClock;
pub use collect::{Collected, LeftOut, Signers, Terms, WhyLeftOut};
pub use not_followed::NotFollowed;
pub use post_review::PostReviewMissing;
pub use proposing_again::ProposingAgain;
pub use publication::{Exchange, Publication, Published, SealError};
pub use publishable::{NotPublishable, Publishable};
pub use reading_tip::ReadingTip;
pub use review::{Difference, NotEqual, Reviewed};
pub use sign::{Halves, Signed};
pub use sign_error::SignError;
pub use signature_file::SignatureFile;
pub use tip::{Expiries, Tip};
pub use validity::Validity;
