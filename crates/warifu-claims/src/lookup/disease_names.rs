//! Which diseases have a name: for those that a claim names by no code.

use super::disease::Disease;
use super::shelves::Shelves;
use crate::item_code::ItemCode;
use crate::name_digest::NameDigest;

/// Each name of a disease that was in use on some day, by half its digest, with the code.
#[derive(Debug, Default)]
pub(super) struct DiseaseNames(Box<[(u32, u32)]>);

impl DiseaseNames {
    /// Those of `diseases`.
    pub(super) fn of(diseases: &Shelves<Disease>) -> DiseaseNames {
        // What is named by no code is listed under a name, too.
        let uncoded = ItemCode::UNCODED_DISEASE.number();
        let named = diseases.in_force_named().filter(|(code, _)| *code != uncoded);
        let mut all: Vec<_> = named.map(|(code, name)| (NameDigest::of(name).half(), code)).collect();
        all.sort_unstable();
        all.dedup();
        DiseaseNames(all.into())
    }

    /// The codes that may have that name: half a digest tells no more.
    pub(super) fn candidates(&self, name: NameDigest) -> impl Iterator<Item = u32> {
        let from = self.0.partition_point(|(half, _)| *half < name.half());
        self.0[from..].iter().take_while(move |(half, _)| *half == name.half()).map(|(_, code)| *code)
    }

    /// Where it lies, and how many bytes of memory it takes.
    pub(super) fn bytes(&self) -> (*const (), usize) {
        (self.0.as_ptr().cast(), size_of_val(&*self.0))
    }
}
