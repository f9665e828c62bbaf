//! Whether a disease may be named on a day: by the diseases in use and the former ones together.
//!
//! A code leaves the disease master a year before its last usable day and stands among the former ones from
//! then on. So what the one does not list the other one is asked of, and only both together say that a code
//! is none.

use super::answer::{Absence, Held, Lookup};
use super::disease::Disease;
use super::snapshot::Snapshot;
use crate::name_digest::NameDigest;
use warifu_values::day::TreatmentDay;

impl Snapshot {
    /// The disease `code` on `day`, in use or former.
    pub fn disease(&self, code: u32, day: TreatmentDay) -> Lookup<'_, Disease> {
        let (absence, by) = match self.diseases.lookup(code, day) {
            Lookup::InForce(held) => return Lookup::InForce(told(held, held.facts, 0)),
            Lookup::Absent(absence, by) => (absence, by),
        };
        match self.former_diseases.lookup(code, day) {
            Lookup::InForce(held) => Lookup::InForce(told(held, &Disease::FORMER, 1)),
            Lookup::Absent(Absence::Abolished(last), by) => {
                let former = self.former_diseases.told_of(code, day);
                let absence = match former.and_then(|former| former.successor) {
                    Some(successor) => Absence::Succeeded(last, successor),
                    None => Absence::Abolished(last),
                };
                Lookup::Absent(absence, by)
            }
            // It has been one, and nobody tells how long it could be used.
            Lookup::Absent(former @ Absence::NotKnown(_), Some(by)) if by.name.is_some() => {
                Lookup::Absent(former, Some(by))
            }
            // It may be a former one.
            Lookup::Absent(former @ (Absence::NotHeld | Absence::NotKnown(_)), _)
                if absence == Absence::Unknown =>
            {
                Lookup::Absent(former, by)
            }
            Lookup::Absent(..) => Lookup::Absent(absence, by),
        }
    }
}

impl Snapshot {
    /// The code of the disease that has that name on `day`, in use.
    pub(crate) fn disease_named(&self, name: NameDigest, day: TreatmentDay) -> Option<u32> {
        self.disease_names.candidates(name).find(|code| match self.diseases.lookup(*code, day) {
            Lookup::InForce(held) => NameDigest::of(held.name()) == name,
            Lookup::Absent(..) => false,
        })
    }
}

/// What is held of one of the two masters; versions of both are told apart.
fn told<'a, F>(held: Held<'a, F>, facts: &'a Disease, of: u32) -> Held<'a, Disease> {
    let Held { names, series, record, version, .. } = held;
    Held { facts, names, series, record, version: version * 2 + of }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;
    use crate::lookup::MasterOf;
    use warifu_masters::file::read_canonical;
    use warifu_masters::past::{Governs, Timelines};
    use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, LISTED_ON, Schemas};
    use warifu_masters::table::Master;
    use warifu_values::day::PublicationDay;

    static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().unwrap());

    /// Code, successor, and the days: listed, changed, abolished.
    type Row = [&'static str; 5];

    fn master(kind: &str, rows: &[Row]) -> Master {
        let layout = SCHEMAS.editions(kind)[0];
        let mut text = layout.canonical_header() + "\n";
        for [code, successor, days @ ..] in rows {
            let mut fields = vec![""; layout.width()];
            fields[2] = code;
            if kind != "modifier" {
                fields[3] = successor;
            }
            for (id, day) in [LISTED_ON, CHANGED_ON, ABOLISHED_ON].into_iter().zip(days) {
                fields[layout.column(id).unwrap()] = day;
            }
            text += &(fields.join(",") + "\n");
        }
        read_canonical(&SCHEMAS, kind, text.into_bytes()).unwrap()
    }

    /// Of masters published in June 2025, which govern all days from June 2024 on.
    fn snapshot(masters: &[(&'static str, &[Row])]) -> Snapshot {
        let governs = Governs { first: TreatmentDay::parse("20240601").unwrap(), last: None };
        let published = PublicationDay::parse("20250601").unwrap();
        let made: Vec<_> = masters
            .iter()
            .map(|(kind, rows)| {
                let master = master(kind, rows);
                (*kind, Timelines::of_state(governs, published, &master), master)
            })
            .collect();
        let of =
            made.iter().map(|(kind, timelines, master)| MasterOf { series: "r06", kind, master, timelines });
        Snapshot::build(&of.collect::<Vec<_>>()).unwrap()
    }

    fn said<F>(lookup: &Lookup<'_, F>) -> String {
        match lookup {
            Lookup::InForce(_) => "there".to_owned(),
            Lookup::Absent(Absence::Succeeded(last, to), _) => format!("until {last}, then {to}"),
            Lookup::Absent(Absence::Abolished(last), _) => format!("until {last}"),
            Lookup::Absent(absence, _) => format!("{absence:?}"),
        }
    }

    const OPEN: &str = "99999999";
    const IN_USE: (&str, &[Row]) = (
        "disease",
        &[
            ["2500013", "2500013", "", "20250601", OPEN],
            ["2500014", "2500014", "20250101", "20250601", OPEN],
            ["2500015", "", "20250601", "", OPEN],
        ],
    );
    const FORMER: (&str, &[Row]) = (
        "former-disease",
        &[
            ["2400001", "2500013", "", "", "20030531"],
            ["2400002", "", "", "", "20030531"],
            ["2400003", "2500013", "", "20250601", "20260531"],
        ],
    );

    fn disease(masters: &[(&'static str, &[Row])], code: u32, day: &str) -> String {
        said(&snapshot(masters).disease(code, TreatmentDay::parse(day).unwrap()))
    }

    /// What changed in a disease says nothing of whether it was there: that is told by when it was listed.
    #[test]
    fn a_disease_is_there_since_it_was_listed_whatever_changed_since() {
        let on = |code, day| disease(&[IN_USE, FORMER], code, day);
        assert_eq!(on(2_500_013, "20240601"), "there");
        assert_eq!(on(2_500_014, "20241231"), "NotKnown(Some(TreatmentDay(20250101)))");
        assert_eq!((on(2_500_014, "20250101"), on(2_500_014, "20250601")), ("there".into(), "there".into()));
        assert_eq!(on(2_500_015, "20250531"), "NotKnown(Some(TreatmentDay(20250601)))");
        assert_eq!(on(2_500_015, "20250601"), "there");
    }

    #[test]
    fn a_modifier_is_there_since_it_was_listed() {
        let rows: &[Row] = &[["8002", "", "", "20250601", OPEN], ["8003", "", "20250601", "", OPEN]];
        let snapshot = snapshot(&[("modifier", rows)]);
        let on = |code, day| said(&snapshot.modifier(code, TreatmentDay::parse(day).unwrap()));
        assert_eq!(on(8002, "20240601"), "there");
        assert_eq!(on(8003, "20240601"), "NotKnown(Some(TreatmentDay(20250601)))");
        assert_eq!((on(8003, "20250601"), on(8004, "20250601")), ("there".into(), "Unknown".into()));
    }

    #[test]
    fn a_former_disease_may_be_named_until_its_last_day_and_then_its_successor() {
        let on = |code, day| disease(&[IN_USE, FORMER], code, day);
        assert_eq!(on(2_400_001, "20240601"), "until 2003-05-31, then 2500013");
        assert_eq!(on(2_400_002, "20240601"), "until 2003-05-31");
        assert_eq!((on(2_400_003, "20250601"), on(2_400_003, "20260531")), ("there".into(), "there".into()));
        assert_eq!(on(2_400_003, "20260601"), "until 2026-05-31, then 2500013");
    }

    /// "Not in the disease master" does not mean that a code is none: only the former ones tell that.
    #[test]
    fn without_the_former_ones_no_code_is_called_unknown() {
        assert_eq!(disease(&[IN_USE, FORMER], 2_400_009, "20250601"), "Unknown");
        assert_eq!(disease(&[IN_USE], 2_400_009, "20250601"), "NotHeld");
        assert_eq!(disease(&[FORMER], 2_400_009, "20250601"), "NotHeld");
        assert_eq!(disease(&[FORMER], 2_400_003, "20250601"), "there");
        assert_eq!(disease(&[], 2_500_013, "20250601"), "NotHeld");
    }
}
