//! What an attempt to take a release came to, for people, programs and exit statuses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::UnixSeconds;
use warifu_values::lang::Lang;

use crate::cause::{Amiss, Cause};
use crate::log::Event;
use crate::said::Said;
use crate::state::{Held, HeldFor, Phase, Refused, RefusedFor};

/// What an attempt to take a release came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Outcome {
    /// It judges claims now.
    Activated {
        /// Which one.
        release: u64,
        /// On probation, or confirmed because there was nothing to compare with.
        phase: Phase,
    },
    /// It is cleared and waits for the instant it names.
    Waiting {
        /// Which one.
        release: u64,
        /// The instant.
        until: UnixSeconds,
    },
    /// It is cleared, and at its instant the calendar lets nothing be activated: it waits until it does.
    Postponed {
        /// Which one.
        release: u64,
        /// Until when.
        until: UnixSeconds,
        /// What is going on until then.
        why: Said,
    },
    /// The channel offers what runs.
    Unchanged {
        /// Which one.
        release: u64,
    },
    /// It fell back before, or was refused for its data, and a newer one is waited for; or nothing is
    /// activated here for now.
    Held {
        /// Which one.
        release: u64,
        /// Of which kind that is.
        #[serde(default = "held")]
        cause: Cause,
        /// Why.
        why: Said,
    },
    /// Another release was asked for than the channel offers.
    NotOffered {
        /// What it offers.
        offered: u64,
    },
    /// It was refused now.
    Refused(Refused),
    /// The channel's metadata has expired; what runs goes on.
    Stale {
        /// What expired.
        why: Said,
    },
    /// It could not be looked at, or this machine keeps it from being taken: it is tried again.
    Unavailable {
        /// Of which kind that is.
        #[serde(default)]
        cause: Cause,
        /// Why.
        why: Said,
    },
}

/// What a hold was before it had a cause.
fn held() -> Cause {
    Cause::Held
}

/// When the channel was looked at, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LastPoll {
    /// When.
    pub at: UnixSeconds,
    /// What came of it.
    pub result: Outcome,
    /// What is amiss with each place that was asked, though another one gave what was wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub troubles: Vec<Said>,
}

/// What of a look at the channel was not so at the look before.
pub(super) struct News {
    /// Whether what came of it is.
    pub(super) outcome: bool,
    /// What is amiss since.
    pub(super) troubles: Vec<Said>,
}

/// Whether two looks at the channel say the same, so that a log has one line for it. An activation is always
/// news: what was activated before was left meanwhile.
pub(super) fn same_news(one: &Outcome, other: &Outcome) -> bool {
    match (one, other) {
        (Outcome::Refused(one), Outcome::Refused(other)) => one.id == other.id && one.why == other.why,
        (Outcome::Activated { .. }, _) => false,
        (one, other) => one == other,
    }
}

impl Outcome {
    /// Of a release that is held here, and for whose word.
    pub(super) fn held(held: &Held) -> Outcome {
        let (release, cause) = (held.id.release, held.held_for.cause());
        let why = match held.held_for {
            HeldFor::Here => held.why.then(&held.next_step()),
            // What to do is said with the cause.
            HeldFor::Withdrawn => held.why.clone(),
        };
        Outcome::Held { release, cause, why }
    }

    /// For people; nothing when nothing happened.
    pub fn said(&self) -> Option<Said> {
        Some(match self {
            Outcome::Unchanged { .. } => return None,
            Outcome::Activated { release, phase: Phase::Probation } => Said::new(
                format!(
                    "release {release} is active, on probation: it is confirmed when enough was seen and \
                     nothing speaks against it"
                ),
                format!(
                    "リリース {release} に切り替えました（観察期間中。十分に確認して問題がなければ確定します）"
                ),
            ),
            Outcome::Activated { release, phase: Phase::Confirmed } => Said::new(
                format!("release {release} is active; nothing ran before, so there is no probation"),
                format!("リリース {release} を稼働しました（比較対象がないため観察期間なし）"),
            ),
            Outcome::Waiting { release, until } => waits(*release, *until),
            Outcome::Postponed { release, until, why } => waits(*release, *until).then(why),
            Outcome::Held { release, cause: Cause::Held, why } => Said::new(
                format!("release {release} is held: {}", why.en),
                format!("リリース {release} は保留中です: {}", why.ja),
            ),
            Outcome::Held { release, cause: Cause::Frozen, why } => Said::new(
                format!("release {release} is cleared and not activated: {}", why.en),
                format!("リリース {release} は検査済みですが、切り替えません: {}", why.ja),
            ),
            Outcome::Held { release, cause: cause @ Cause::Withdrawn, why } => {
                let why = why.then(&cause.next_step(Some(*release)));
                Said::new(
                    format!("release {release} is not taken, for it was withdrawn: {}", why.en),
                    format!("リリース {release} は取り下げられたため、受け入れません: {}", why.ja),
                )
            }
            Outcome::Held { release, cause, why } => {
                let word = cause.word();
                Said::new(
                    format!("release {release} is not taken ({}): {}", word.en.to_lowercase(), why.en),
                    format!("リリース {release} は受け入れません（{}）: {}", word.ja, why.ja),
                )
            }
            Outcome::NotOffered { offered } => Said::new(
                format!("the channel offers release {offered}, not the one asked for"),
                format!("配信元にあるのはリリース {offered} で、指定のものではありません"),
            ),
            Outcome::Refused(refused) => {
                let why = refused.why.then(&refused.next_step());
                let (word, named) = (refused.cause().word(), refused.named());
                Said::new(
                    format!("{}: {}{}", word.en.to_uppercase(), named.en, why.en),
                    format!("{}: {}{}", word.ja, named.ja, why.ja),
                )
            }
            Outcome::Stale { why } | Outcome::Unavailable { why, .. } => why.clone(),
        })
    }

    /// As what it is told; nothing when nothing happened.
    pub(super) fn event(&self) -> Option<Event> {
        Some(match self {
            Outcome::Unchanged { .. } => return None,
            Outcome::Activated { .. } => Event::ReleaseActivated,
            Outcome::Waiting { .. } => Event::ReleaseWaiting,
            Outcome::Postponed { .. } => Event::ReleasePostponed,
            Outcome::Held { cause, .. } | Outcome::Unavailable { cause, .. } => return cause.event(),
            Outcome::NotOffered { .. } => Event::ReleaseNotOffered,
            Outcome::Refused(_) => Event::ReleaseRefused,
            Outcome::Stale { .. } => Event::ChannelStale,
        })
    }

    /// What is amiss by it, if anything is.
    pub fn amiss(&self) -> Option<Amiss> {
        match self {
            Outcome::Held { cause, why, .. } | Outcome::Unavailable { cause, why } => {
                Some(Amiss::new(*cause, why.clone()))
            }
            Outcome::Refused(refused) => Some(Amiss::new(refused.cause(), refused.why.clone())),
            Outcome::Stale { why } => Some(Amiss::new(Cause::Expired, why.clone())),
            Outcome::Activated { .. }
            | Outcome::Waiting { .. }
            | Outcome::Postponed { .. }
            | Outcome::Unchanged { .. }
            | Outcome::NotOffered { .. } => None,
        }
    }

    /// The release that the channel offered, as far as that is known.
    pub fn release(&self) -> Option<u64> {
        match self {
            Outcome::Activated { release, .. }
            | Outcome::Waiting { release, .. }
            | Outcome::Postponed { release, .. }
            | Outcome::Unchanged { release }
            | Outcome::Held { release, .. } => Some(*release),
            Outcome::NotOffered { offered } => Some(*offered),
            Outcome::Refused(refused) => refused.id.map(|id| id.release),
            Outcome::Stale { .. } | Outcome::Unavailable { .. } => None,
        }
    }

    /// The exit status of a command that asked for it.
    pub fn exit_status(&self) -> u8 {
        match self {
            Outcome::Activated { .. }
            | Outcome::Waiting { .. }
            | Outcome::Postponed { .. }
            | Outcome::Unchanged { .. } => 0,
            Outcome::Held { .. } => 1,
            Outcome::Refused(refused) if refused.refused_for == RefusedFor::Data => 1,
            Outcome::Refused(_) | Outcome::Stale { .. } => 3,
            Outcome::NotOffered { .. } | Outcome::Unavailable { .. } => 2,
        }
    }
}

fn waits(release: u64, until: UnixSeconds) -> Said {
    Said::new(
        format!("release {release} is cleared and waits until {until}"),
        format!("リリース {release} は検査済みで、{} まで待機します", until.said(Lang::Ja)),
    )
}
