//! What runs, as a restart finds it: a release that proved itself, or one on probation and the one before it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::state::installed::{Id, Installed};

/// How far a running release has proven itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Every file is judged by the previous release too.
    Probation,
    /// It is what others are compared with and fallen back to.
    Confirmed,
}

/// What runs. On disk these are three fields.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub enum Running {
    /// No release does.
    #[default]
    Nothing,
    /// A release that others are compared with and fallen back to.
    Confirmed {
        /// Which one.
        release: Installed,
        /// The confirmed release before it, which can be fallen back to.
        previous: Option<Installed>,
    },
    /// A release that has not proven itself.
    OnProbation {
        /// Which one.
        release: Installed,
        /// The confirmed release that it is watched against.
        previous: Installed,
    },
}

impl Running {
    /// `release` from its activation on: on probation, unless there is nothing to watch it against.
    pub fn activated(release: Installed, watched_against: Option<Installed>) -> Running {
        match watched_against {
            Some(previous) => Running::OnProbation { release, previous },
            None => Running::Confirmed { release, previous: None },
        }
    }

    /// The same release after it proved itself.
    #[must_use]
    pub fn confirmed(self) -> Running {
        match self {
            Running::OnProbation { release, previous } => {
                Running::Confirmed { release, previous: Some(previous) }
            }
            other => other,
        }
    }

    /// The release that judges claims.
    pub fn release(&self) -> Option<&Installed> {
        match self {
            Running::Nothing => None,
            Running::Confirmed { release, .. } | Running::OnProbation { release, .. } => Some(release),
        }
    }

    /// The confirmed release before it.
    pub fn previous(&self) -> Option<&Installed> {
        match self {
            Running::Nothing => None,
            Running::Confirmed { previous, .. } => previous.as_ref(),
            Running::OnProbation { previous, .. } => Some(previous),
        }
    }

    /// What of it was confirmed.
    pub(super) fn into_confirmed(self) -> impl Iterator<Item = Installed> {
        let (release, previous) = match self {
            Running::Nothing => (None, None),
            Running::Confirmed { release, previous } => (Some(release), previous),
            Running::OnProbation { previous, .. } => (None, Some(previous)),
        };
        release.into_iter().chain(previous)
    }

    /// Both, as far as they are there: whose content is kept.
    pub fn kept(&self) -> impl Iterator<Item = Id> {
        self.release().into_iter().chain(self.previous()).map(|installed| installed.id)
    }
}

/// What runs, as it is written.
#[derive(Serialize, Deserialize)]
struct Fields {
    running: Option<Installed>,
    phase: Option<Phase>,
    previous: Option<Installed>,
}

impl From<Running> for Fields {
    fn from(running: Running) -> Fields {
        match running {
            Running::Nothing => Fields { running: None, phase: None, previous: None },
            Running::Confirmed { release, previous } => {
                Fields { running: Some(release), phase: Some(Phase::Confirmed), previous }
            }
            Running::OnProbation { release, previous } => {
                Fields { running: Some(release), phase: Some(Phase::Probation), previous: Some(previous) }
            }
        }
    }
}

/// The three fields do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("running, phase and previous do not belong together")]
struct NotOneAnother;

impl TryFrom<Fields> for Running {
    type Error = NotOneAnother;

    fn try_from(fields: Fields) -> Result<Running, NotOneAnother> {
        match fields {
            Fields { running: None, phase: None, previous: None } => Ok(Running::Nothing),
            Fields { running: Some(release), phase: Some(Phase::Confirmed), previous } => {
                Ok(Running::Confirmed { release, previous })
            }
            Fields { running: Some(release), phase: Some(Phase::Probation), previous: Some(previous) } => {
                Ok(Running::OnProbation { release, previous })
            }
            _ => Err(NotOneAnother),
        }
    }
}
