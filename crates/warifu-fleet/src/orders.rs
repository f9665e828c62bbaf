//! What people say: their word stands beside what members report, by name and with a reason.

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

use crate::desired::{Cause, Desired};
use crate::member::MemberName;
use crate::quarantine::Lift;
use crate::release::Epoch;

/// What a person wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Act {
    /// This epoch may be committed.
    Advance(Epoch),
    /// This epoch may not be committed for now, whatever else says so.
    Hold(Epoch),
    /// What is being prepared under this epoch is given up.
    GiveUp(Epoch),
    /// The area falls back from this epoch.
    FallBack(Epoch),
    /// This release may be proposed again.
    Lift(Digest),
    /// This member will not come along with this epoch, and the area does not wait for it.
    Acknowledge(Epoch, MemberName),
}

/// An act, whose, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What.
    pub act: Act,
    /// A person.
    pub by: String,
    /// In their words.
    pub why: String,
}

/// Every order that was given and not taken back, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Orders(pub Vec<Order>);

impl Orders {
    /// The order to do `act`.
    pub fn find(&self, act: &Act) -> Option<&Order> {
        self.0.iter().find(|order| order.act == *act)
    }

    /// Whether `member` was acknowledged for `epoch`.
    pub fn acknowledged(&self, epoch: Epoch, member: &MemberName) -> bool {
        self.find(&Act::Acknowledge(epoch, member.clone())).is_some()
    }

    /// Whether a hold of `epoch` was the last that was said of it.
    pub fn held(&self, epoch: Epoch) -> bool {
        let of = self
            .0
            .iter()
            .rev()
            .find(|order| matches!(order.act, Act::Hold(e) | Act::Advance(e) if e == epoch));
        of.is_some_and(|order| matches!(order.act, Act::Hold(_)))
    }

    /// The acts that `record` is past: carried out, or about what is over. Nobody decides by them any more.
    pub fn over(&self, record: &Desired) -> impl Iterator<Item = &Act> {
        let stands = record.stands().map(|stands| stands.epoch);
        self.0.iter().map(|order| &order.act).filter(move |act| match act {
            Act::Advance(of) | Act::Hold(of) | Act::GiveUp(of) | Act::Acknowledge(of, _) => {
                *of < record.last()
            }
            Act::FallBack(from) => stands.is_some_and(|stands| *from < stands),
            Act::Lift(digest) => !record.quarantine().has(digest),
        })
    }

    /// The orders to let a release out of quarantine.
    pub fn lifts(&self) -> impl Iterator<Item = Lift> {
        self.0.iter().filter_map(|order| match order.act {
            Act::Lift(digest) => Some(Lift { digest, by: order.by.clone(), why: order.why.clone() }),
            _ => None,
        })
    }
}

impl Order {
    /// As the cause of a record.
    pub fn cause(&self) -> Cause {
        Cause { by: self.by.clone(), why: self.why.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::Members;
    use crate::policy::{Policy, Terms};
    use crate::release::Release;

    #[test]
    fn what_the_record_is_past_is_over() {
        let name = MemberName::new("a").unwrap();
        let members = Members::new([name.clone()].into(), [].into()).unwrap();
        let cause = || Cause { by: "a test".into(), why: "it asks".into() };
        let digest = |number: u8| Digest::of(&[number]);
        let founded = Desired::founded(members, Policy::new(Terms::default()).unwrap(), cause());
        let prepares = |desired: &Desired, number: u8| {
            let release = Release { number: number.into(), digest: digest(number) };
            desired.prepare(desired.quarantine().admit(release).unwrap(), cause()).unwrap()
        };
        let first = prepares(&founded, 1);
        let acts = [
            Act::Advance(Epoch(1)),
            Act::Acknowledge(Epoch(1), name),
            Act::GiveUp(Epoch(2)),
            Act::FallBack(Epoch(1)),
            Act::Lift(digest(1)),
        ];
        let order = |act: Act| Order { act, by: "a test".into(), why: "it asks".into() };
        let orders = Orders(acts.clone().map(order).into());
        let over = |record: &Desired| orders.over(record).cloned().collect::<Vec<_>>();
        assert_eq!(over(&first), acts[4..], "nothing is in quarantine");
        let second = prepares(&first.give_up(cause()).unwrap(), 2);
        assert_eq!(over(&second), [&acts[..2], &acts[4..]].concat(), "nothing stands that is newer");
    }
}
