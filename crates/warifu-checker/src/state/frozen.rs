//! That no release is activated, because operators say so: who, since when and why.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::UnixSeconds;
use warifu_values::lang::Lang;

use crate::cause::Cause;
use crate::operator_name::{is_same, shown};
use crate::said::Said;
use crate::state::reason::Reason;

/// So many operators are kept who froze what was frozen.
const MOST_ALSO: usize = 16;

/// No release is activated, because an operator says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Frozen {
    /// Why, in the operator's words.
    pub reason: Reason,
    /// Since when.
    pub at: UnixSeconds,
    /// Who, as far as that is known: an account of this machine, or a certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Who froze it too while it was frozen, and why, the newest last: thawing ends all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Frozen>,
}

impl Frozen {
    /// From now on, by one operator.
    pub fn new(reason: Reason, by: Option<String>, at: UnixSeconds) -> Frozen {
        Frozen { reason, at, by, also: Vec::new() }
    }

    /// `own` beside what was frozen `before`: the first stays, with its reason and its instant. Who says the
    /// same once more adds nothing.
    #[must_use]
    pub fn beside(own: &Frozen, before: Option<&Frozen>) -> Frozen {
        let Some(before) = before else { return own.clone() };
        let mut all = before.clone();
        if !before.says(&own.reason, own.by.as_deref()) {
            all.also.push(own.clone());
            let too_many = all.also.len().saturating_sub(MOST_ALSO);
            all.also.drain(..too_many);
        }
        all
    }

    /// Whether it is said here already that `by` froze it for this reason.
    fn says(&self, reason: &Reason, by: Option<&str>) -> bool {
        let is_it = |one: &Frozen| one.reason == *reason && is_same(one.by.as_deref(), by);
        is_it(self) || self.also.iter().any(is_it)
    }

    /// Whether it is frozen for this reason already, whoever said so.
    pub fn is_for(&self, reason: &Reason) -> bool {
        self.reason == *reason || self.also.iter().any(|one| one.reason == *reason)
    }

    /// Since when, by whom and why, for people.
    pub fn why(&self) -> Said {
        let Frozen { reason, at, by, also } = self;
        let reason = reason.as_str();
        let by_en = by.as_ref().map(|by| format!(" ({})", shown(by, Lang::En))).unwrap_or_default();
        let by_ja = by.as_ref().map(|by| format!("（{}）", shown(by, Lang::Ja))).unwrap_or_default();
        let at_ja = at.said(Lang::Ja);
        let first =
            Said::new(format!("since {at}{by_en}: {reason}"), format!("{at_ja} から{by_ja}: {reason}"));
        also.iter().map(Frozen::why).fold(first, |all, one| {
            all.then(&Said::new(format!("also {}", one.en), format!("ほかに {}", one.ja)))
        })
    }

    /// For people: that and what to do.
    pub fn said(&self) -> Said {
        let Said { en, ja } = self.why();
        let frozen = Said::new(format!("activation is frozen {en}"), format!("切替を凍結しています: {ja}"));
        frozen.then(&Cause::Frozen.next_step(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frozen(reason: &str, at: i64) -> Frozen {
        Frozen::new(reason.parse().unwrap(), Some("uid 7".to_owned()), UnixSeconds::new(at))
    }

    #[test]
    fn who_freezes_what_is_frozen_adds_a_reason_and_takes_none_away() {
        let (first, second) = (frozen("disk", 0), frozen("audit", 60));
        let both = Frozen::beside(&second, Some(&first));
        assert_eq!((&both.reason, both.at, &both.also), (&first.reason, first.at, &vec![second.clone()]));
        assert_eq!(Frozen::beside(&second, Some(&both)), both, "once");
        // Another process of the same person, a minute later.
        let again =
            Frozen::new("audit".parse().unwrap(), Some("uid 7, process 2".into()), UnixSeconds::new(99));
        assert_eq!(Frozen::beside(&again, Some(&both)), both);
        assert!(both.is_for(&again.reason) && !first.is_for(&again.reason));
        let other = Frozen::new("audit".parse().unwrap(), Some("uid 8".into()), UnixSeconds::new(99));
        assert_eq!(Frozen::beside(&other, Some(&both)).also.len(), 2, "another person is another word");
        let said = both.said();
        assert!(said.en.contains("(uid 7): disk; also since "), "{}", said.en);
        assert!(
            said.ja.contains("昭和45年1月1日 9時00分 から（uid 7）: disk。ほかに ")
                && said.ja.contains(": audit。"),
            "{}",
            said.ja
        );
        let more = |at| frozen(&format!("more {at}"), at);
        let many = (1..=40).fold(first.clone(), |all, at| Frozen::beside(&more(at), Some(&all)));
        assert_eq!((many.at, many.also.len(), many.also[15].at.seconds()), (first.at, MOST_ALSO, 40));
    }

    #[test]
    fn what_an_older_program_wrote_is_read() {
        let read: Frozen = serde_json::from_str(r#"{"reason":"disk","at":"2026-04-01T00:00:00Z"}"#).unwrap();
        assert_eq!((read.by, read.also), (None, Vec::new()));
    }
}
