//! Who an operator is, as the log of acts names it: an account of this machine, or a certificate.

use tokio::net::UnixStream;
#[cfg(feature = "https")]
use warifu_values::digest::Digest;

use crate::operator_name::of_account;

/// An operator, by a name that a log can hold. One that is not known has none.
#[derive(Debug, Clone, Default)]
pub(super) struct Operator(Option<String>);

impl Operator {
    /// Whose process is at the other end of `stream`, as the system says.
    pub(super) fn at(stream: &UnixStream) -> Operator {
        let peer = stream.peer_cred().ok();
        Operator(peer.map(|peer| of_account(peer.uid(), peer.pid())))
    }

    /// Who has shown this certificate, which one of the authorities signed.
    #[cfg(feature = "https")]
    pub(super) fn with(certificate: Option<Digest>, subject: Option<String>) -> Operator {
        let subject = subject.map(|subject| format!("{subject}, ")).unwrap_or_default();
        Operator(certificate.map(|digest| format!("{subject}certificate sha256 {digest}")))
    }

    /// Its name.
    pub(super) fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }
}
