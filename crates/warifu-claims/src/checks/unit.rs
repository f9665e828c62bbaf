//! A unit (点数・回数算定単位): a run of records of which the last one carries the points, and what they come to.

use super::drug_points::DrugSum;
use super::material_points::MaterialSum;
use super::points::ProcedureSum;
use super::quantity::quantity;
use crate::file::{Item, Quantity};
use crate::lookup::{Drug, Material, Procedure};

/// What the records of a unit come to so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Worth {
    /// There is none yet.
    #[default]
    Nothing,
    /// All are procedures.
    Procedures(ProcedureSum),
    /// All are drugs.
    Drugs(DrugSum),
    /// All are materials.
    Materials(MaterialSum),
    /// They are of several kinds, or no record of a master was in force for one of them.
    Unknown,
}

impl Worth {
    /// With one more procedure, and its record where one was in force.
    #[inline]
    pub(super) fn with_procedure(self, item: &Item, facts: Option<&Procedure>) -> Worth {
        let Some(facts) = facts else { return Worth::Unknown };
        let quantity = quantity(facts, item.quantity);
        match self {
            Worth::Nothing => Worth::Procedures(ProcedureSum::of(facts, quantity)),
            Worth::Procedures(sum) => Worth::Procedures(sum.and(facts, quantity)),
            Worth::Drugs(_) | Worth::Materials(_) | Worth::Unknown => Worth::Unknown,
        }
    }

    /// With one more drug.
    #[inline]
    pub(super) fn with_drug(self, item: &Item, facts: Option<&Drug>) -> Worth {
        match (self, facts) {
            (Worth::Nothing, Some(facts)) => Worth::Drugs(DrugSum::of(facts, item.quantity)),
            (Worth::Drugs(sum), Some(facts)) => Worth::Drugs(sum.and(facts, item.quantity)),
            _ => Worth::Unknown,
        }
    }

    /// With one more material, of which the claim records that unit price.
    #[inline]
    pub(super) fn with_material(self, item: &Item, own: Quantity, facts: Option<&Material>) -> Worth {
        match (self, facts) {
            (Worth::Nothing, Some(facts)) => Worth::Materials(MaterialSum::of(facts, item.quantity, own)),
            (Worth::Materials(sum), Some(facts)) => Worth::Materials(sum.and(facts, item.quantity, own)),
            _ => Worth::Unknown,
        }
    }
}
