//! Why a command ends otherwise than it should, and with which exit status.

use std::io;

use crate::cli::client::ClientError;
use crate::said::Said;
use crate::source::SourceError;

/// Why a command ended, with its exit status.
pub(super) struct Failure {
    pub(super) status: u8,
    pub(super) said: Said,
}

impl Failure {
    pub(super) fn could_not(said: Said) -> Self {
        Failure { status: 2, said }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Unavailable(said) => Failure::could_not(said),
            SourceError::Here(amiss) => Failure::could_not(amiss.why),
            SourceError::Stale(said) | SourceError::Refused(said) => Failure { status: 3, said },
        }
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Unreachable(said) => Failure::could_not(said),
            ClientError::Refused(said) => Failure { status: 1, said },
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::could_not(Said::about("could not write", "書き込めません", &error))
    }
}
