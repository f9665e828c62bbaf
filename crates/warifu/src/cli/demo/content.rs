//! What the demonstration plays with: `masters/demo` of the source tree, held in the program.

use std::fs;
use std::path::Path;

use warifu::error::Failure;
use warifu::files;
use warifu_masters::charset::Charset;

use super::stage::cannot;

macro_rules! content {
    ($($path:literal),+ $(,)?) => {
        &[$(($path, include_str!(concat!("../../../../../masters/demo/", $path)))),+]
    };
}

/// The masters, as stored: UTF-8, so that people and git can read them.
const MASTERS: &[(&str, &str)] = content![
    "2024-05/s_ALL20240501.csv",
    "2024-05/c_ALL20240501.csv",
    "2024-05/t_ALL20240501.csv",
    "2024-05/y_ALL20240401.csv",
    "2024-06/s_ALL20240531.csv",
    "2024-06/c_ALL20240531.csv",
    "2024-06/t_ALL20240531.csv",
    "2024-06/y_20240531.csv",
    "2024-06/s_20240614.csv",
    "wrong/s_ALL20240531.csv",
    "wrong/s_20240621.csv",
    "wrong/y_20240621.csv",
    "wrong/c_20240621.csv",
];

/// The claim files.
const CLAIMS: &[(&str, &str)] = content![
    "claims/202405-clinic-a.uke.txt",
    "claims/202405-hospital-b.uke.txt",
    "claims/202406-clinic-a.uke.txt",
    "claims/202406-hospital-b.uke.txt",
    "claims/202406-clinic-c-old-points.uke.txt",
];

/// The folder of the masters under the scratch folder.
pub(super) const FOLDER: &str = "published";

/// Lays the content out in `scratch`: masters as stored, claim files as institutions send them.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn lay_out(scratch: &Path) -> Result<(), Failure> {
    for (path, text) in MASTERS {
        write(&scratch.join(FOLDER).join(path), text.as_bytes())?;
    }
    for (path, text) in CLAIMS {
        write(&scratch.join(path.trim_end_matches(".txt")), &as_sent(path, text)?)?;
    }
    Ok(())
}

/// A claim file in the bytes that institutions send: Shift JIS (code page 932), CR LF.
fn as_sent(path: &str, text: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::with_capacity(text.len());
    Charset::Windows31J.encode_into(&text.replace('\n', "\r\n"), &mut bytes).map_err(|error| {
        let what = format!("{path}: {:?} is not in Shift JIS", error.character);
        Failure::new(warifu::error::Exit::Data, what.clone(), what)
    })?;
    Ok(bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
    files::write(path, bytes)
}

#[cfg(test)]
mod tests {
    use warifu_claims::{ClaimFile, ClaimFindings, MasterOf, Snapshot, judge};
    use warifu_masters::change::differential::apply;
    use warifu_masters::file::{Declared, read};
    use warifu_masters::past::{Governs, Timelines};
    use warifu_masters::schema::Schemas;
    use warifu_masters::table::Master;
    use warifu_masters::table::Role;
    use warifu_masters::table::fields;
    use warifu_rules::consistency;
    use warifu_values::day::{PublicationDay, TreatmentDay};

    use super::*;

    fn master(path: &str) -> (Master, Role) {
        let schemas = Schemas::built_in().unwrap();
        let format = schemas.format("kokuho-utf8").unwrap();
        let text = MASTERS.iter().find(|(name, _)| *name == path).unwrap().1;
        let declared = Declared { format: Some(format), role: None };
        let reading = read(&schemas, text.as_bytes().to_vec(), &declared);
        assert!(reading.findings.is_empty(), "{path}");
        (reading.master.unwrap(), reading.role.unwrap())
    }

    /// What a master says by itself of the days from `first` to `last`.
    fn of_state(first: &str, last: Option<&str>, master: &Master) -> Timelines {
        let day = |text| TreatmentDay::parse(text).unwrap();
        let governs = Governs { first: day(first), last: last.map(day) };
        Timelines::of_state(governs, PublicationDay::of(governs.first), master)
    }

    #[test]
    fn every_field_is_valid_and_only_the_wrong_full_breaks_a_rule() {
        for (path, _) in MASTERS {
            let (master, role) = master(path);
            assert!(fields::check(&master, role).is_empty(), "{path}");
            if role == Role::Full {
                assert_eq!(consistency::check(&master, None).denies(), path.starts_with("wrong/"), "{path}");
            }
        }
    }

    #[test]
    fn right_claims_have_no_finding_until_the_plausible_mistakes_come_in() {
        let full = |path: &str| master(path).0;
        let with = |base: &Master, path: &str| apply(base, &master(path).0).unwrap().state;
        let procedure = with(&full("2024-06/s_ALL20240531.csv"), "2024-06/s_20240614.csv");
        let drug = with(&full("2024-05/y_ALL20240401.csv"), "2024-06/y_20240531.csv");
        let comment = full("2024-06/c_ALL20240531.csv");
        let wrong = [
            with(&procedure, "wrong/s_20240621.csv"),
            with(&drug, "wrong/y_20240621.csv"),
            with(&comment, "wrong/c_20240621.csv"),
        ];
        assert!(wrong.iter().all(|master| !consistency::check(master, None).denies()));
        let may = ["s_ALL20240501", "c_ALL20240501", "t_ALL20240501"];
        let [old_procedure, old_comment, old_material] = may.map(|name| full(&format!("2024-05/{name}.csv")));
        let material = full("2024-06/t_ALL20240531.csv");
        let found = |procedure: &Master, drug: &Master, comment: &Master, claims: &str| {
            let masters = [
                ("r04", "20220401", Some("20240531"), &old_procedure),
                ("r04", "20220401", Some("20240531"), &old_comment),
                ("r04", "20220401", Some("20240531"), &old_material),
                ("r06", "20240601", None, procedure),
                ("r06", "20240601", None, comment),
                ("r06", "20240601", None, &material),
                ("r06", "20240401", None, drug),
            ];
            let timelines = masters.map(|(_, first, last, master)| of_state(first, last, master));
            let of = masters.iter().zip(&timelines).map(|((series, _, _, master), timelines)| MasterOf {
                series,
                kind: &master.layout().kind,
                master,
                timelines,
            });
            let masters = of.collect::<Vec<_>>();
            let mut findings = ClaimFindings::new(1_000);
            let bytes = as_sent(claims, CLAIMS.iter().find(|(path, _)| *path == claims).unwrap().1).unwrap();
            judge(&ClaimFile::read(&bytes), &Snapshot::build(&masters).unwrap(), 1, &mut findings);
            findings.list().len()
        };
        for (path, _) in CLAIMS {
            let real_errors = usize::from(path.contains("old-points"));
            assert_eq!(found(&procedure, &drug, &comment, path), real_errors, "{path}");
        }
        let june = "claims/202406-clinic-a.uke.txt";
        assert!(found(&wrong[0], &wrong[1], &wrong[2], june) > 20);
        for [procedure, drug, comment] in
            [[&wrong[0], &drug, &comment], [&procedure, &wrong[1], &comment], [&procedure, &drug, &wrong[2]]]
        {
            assert!(found(procedure, drug, comment, june) > 0, "each of the three does harm");
        }
    }
}
