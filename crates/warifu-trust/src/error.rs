//! What all errors here have in common.

use warifu_values::lang::Speak;

/// An error of this crate: told in both languages, and either a refusal of trust or something else.
pub trait TrustError: std::error::Error + Speak {
    /// Whether trust was refused (exit status 3), as opposed to work that could not be done (exit status 2).
    fn is_trust_refusal(&self) -> bool;
}

/// `Display` in English from [`Speak`], and `Error` with the source that `$source` names; for the crates that
/// carry this one's verdicts to people.
#[doc(hidden)]
#[macro_export]
macro_rules! spoken_error {
    ($type:ty, $refusal:expr, $source:expr) => {
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
        }
    };
}
pub(crate) use spoken_error;
