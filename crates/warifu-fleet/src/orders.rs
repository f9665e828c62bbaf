//! What people say: their word stands beside what members report, by name and with a reason.

use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

use crate::desired::Cause;
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
