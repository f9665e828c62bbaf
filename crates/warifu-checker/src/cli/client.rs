//! The client of a running checker: what `status`, `swap` and what operators decide ask.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::json;

use crate::said::Said;
use crate::service::{FellBack, ServiceError, Status};
use crate::state::{Decision, Forgotten, Reason};
use crate::swap::Outcome;
use crate::trial::Replayed;

/// Asks a checker at an address.
#[derive(Debug, Clone)]
pub struct Client {
    url: String,
    agent: ureq::Agent,
}

/// The checker did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientError {
    /// It does not answer, or not as a checker does: exit status 2.
    Unreachable(Said),
    /// It says no: exit status 1.
    Refused(Said),
}

impl Client {
    /// Of the checker at `url` (`http://127.0.0.1:8642`).
    pub fn new(url: &str) -> Self {
        // Taking a release includes the replay of large claim files.
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(300)))
            .build();
        Client { url: url.trim_end_matches('/').to_owned(), agent: config.into() }
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`].
    pub fn status(&self) -> Result<Status, ClientError> {
        self.read(self.agent.get(format!("{}/status", self.url)).call())
    }

    /// Lets it look at the channel now; it takes `release` or nothing, when one is named.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn swap(&self, release: Option<u64>) -> Result<Outcome, ClientError> {
        let query = release.map(|release| format!("?release={release}")).unwrap_or_default();
        self.read(self.agent.post(format!("{}/swap{query}", self.url)).send_empty())
    }

    /// Lets it fall back.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn fall_back(&self) -> Result<FellBack, ClientError> {
        self.read(self.agent.post(format!("{}/fall-back", self.url)).send_empty())
    }

    /// Lets it confirm `release`, which is on probation.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn confirm(&self, release: u64, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("confirm", Some(release), reason)
    }

    /// Lets it give up `release`, which is lost.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn give_up(&self, release: u64, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("give-up", Some(release), reason)
    }

    /// Lets it take the held `release` again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn unhold(&self, release: u64, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("unhold", Some(release), reason)
    }

    /// Lets it activate nothing.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn freeze(&self, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("freeze", None, reason)
    }

    /// Lets it activate releases again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn thaw(&self, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("thaw", None, reason)
    }

    /// Lets it mend what is damaged.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn repair(&self, reason: &Reason) -> Result<Decision, ClientError> {
        self.decide("repair", None, reason)
    }

    /// Lets it judge the kept claim files again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn replay(&self) -> Result<Replayed, ClientError> {
        self.read(self.agent.post(format!("{}/replay", self.url)).send_empty())
    }

    /// Lets it delete the kept claim files.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn forget_claims(&self) -> Result<Forgotten, ClientError> {
        self.read(self.agent.post(format!("{}/forget-claims", self.url)).send_empty())
    }

    fn decide(&self, what: &str, release: Option<u64>, reason: &Reason) -> Result<Decision, ClientError> {
        let decide = json!({ "release": release, "reason": reason });
        self.read(self.agent.post(format!("{}/{what}", self.url)).send(decide.to_string()))
    }

    fn read<T: DeserializeOwned>(
        &self,
        response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<T, ClientError> {
        let unreachable = |error: &dyn std::error::Error| {
            let url = &self.url;
            ClientError::Unreachable(Said::about(
                &format!("no checker answers at {url}"),
                &format!("{url} のチェッカーから応答がありません"),
                error,
            ))
        };
        let mut response = response.map_err(|error| unreachable(&error))?;
        let text = response.body_mut().read_to_string().map_err(|error| unreachable(&error))?;
        match serde_json::from_str(&text) {
            Ok(value) => Ok(value),
            Err(error) => match serde_json::from_str::<ServiceError>(&text) {
                Ok(ServiceError { error }) => Err(ClientError::Refused(error)),
                Err(_) => Err(unreachable(&error)),
            },
        }
    }
}
