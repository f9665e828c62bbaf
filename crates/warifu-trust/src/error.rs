//! What all errors here have in common.

use warifu_values::lang::Speak;

/// An error of this crate: told in both languages, and either a refusal of trust or something else.
pub trait TrustError: std::error::Error + Speak {
    /// Whether trust was refused (exit status 3), as opposed to work that could not be done (exit status 2).
    fn is_trust_refusal(&self) -> bool;

    /// What can be done about it next, where that is one thing; programs know the command for it.
    fn next_step(&self) -> Option<NextStep> {
        None
    }
}

/// What whoever meets an error can do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    /// Sign the published release anew, as it is.
    Renew,
    /// Make the timestamp of the newest release that both signed again.
    RebuildTimestamp,
    /// Say, for one's organisation, what was found of an emergency release afterwards.
    PostReview {
        /// The release's number.
        release: u64,
    },
}

/// `Display` in English from [`Speak`], and `Error` with the source that `$source` names; for the crates that
/// carry this one's verdicts to people.
#[doc(hidden)]
#[macro_export]
macro_rules! spoken_error {
    ($type:ty, $refusal:expr, $source:expr) => {
        $crate::spoken_error!($type, $refusal, $source, |_| None);
    };
    ($type:ty, $refusal:expr, $source:expr, $next:expr) => {
        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&::warifu_values::lang::Speak::say(self, ::warifu_values::lang::Lang::En))
            }
        }

        impl ::std::error::Error for $type {
            fn source(&self) -> Option<&(dyn ::std::error::Error + 'static)> {
                let source: fn(&$type) -> Option<&(dyn ::std::error::Error + 'static)> = $source;
                source(self)
            }
        }

        impl $type {
            /// Whether trust was refused: exit status 3.
            pub fn is_trust_refusal(&self) -> bool {
                let refusal: fn(&$type) -> bool = $refusal;
                refusal(self)
            }
        }

        impl $crate::TrustError for $type {
            fn is_trust_refusal(&self) -> bool {
                <$type>::is_trust_refusal(self)
            }

            fn next_step(&self) -> Option<$crate::NextStep> {
                let next: fn(&$type) -> Option<$crate::NextStep> = $next;
                next(self)
            }
        }
    };
}
pub(crate) use spoken_error;
