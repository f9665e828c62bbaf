//! Which procedures take an addition for some ages (年齢加算, procedure columns 100 to 111).

use super::procedure::Procedure;
use super::shelves::Shelves;

/// Each such addition with what takes it on some day.
#[derive(Debug, Default)]
pub(super) struct AgeAdditions(Box<[(u32, u32)]>);

impl AgeAdditions {
    /// Those that `procedures` name.
    pub(super) fn of(procedures: &Shelves<Procedure>) -> AgeAdditions {
        let of = |(code, facts): (u32, &Procedure)| {
            let additions = facts.age_additions.into_iter().filter(|addition| *addition != 0);
            additions.map(move |addition| (addition, code))
        };
        let mut all: Vec<_> = procedures.in_force().flat_map(of).collect();
        all.sort_unstable();
        all.dedup();
        AgeAdditions(all.into())
    }

    /// What takes `addition` on some day.
    pub(super) fn takers(&self, addition: u32) -> impl Iterator<Item = u32> {
        let from = self.0.partition_point(|(of, _)| *of < addition);
        self.0[from..].iter().take_while(move |(of, _)| *of == addition).map(|(_, code)| *code)
    }

    /// Where it lies, and how many bytes of memory it takes.
    pub(super) fn bytes(&self) -> (*const (), usize) {
        (self.0.as_ptr().cast(), size_of_val(&*self.0))
    }
}
