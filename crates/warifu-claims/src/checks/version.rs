//! Which checks judged: a name for what they ask, so that two answers tell a change of the checks from one of
//! the masters.

/// The version of the checks: a number that is raised when a check answers otherwise, a hyphen, and the first
/// twelve digits of the digest of the catalogue (what each check is asked of, its codes and their severity,
/// the fields and columns that it reads, the days that it judges). A test holds both.
pub const CHECKS_VERSION: &str = "5-d7f1fe002334";

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use warifu_values::digest::Digest;

    use super::*;
    use crate::checks::cases::every_answer;
    use crate::checks::catalogue::catalogue;
    use crate::checks::check::{AskedOf, Judges};

    fn digits(text: &str) -> String {
        Digest::of(text.as_bytes()).to_string()[..12].to_owned()
    }

    /// What every check is, but for where it is written: that changes no answer.
    fn of_catalogue() -> String {
        let mut text = String::new();
        for (asked_of, about) in catalogue() {
            let asked_of = match asked_of {
                AskedOf::File => "file".to_owned(),
                AskedOf::Record => "record".to_owned(),
                AskedOf::Claim => "claim".to_owned(),
                AskedOf::Payer => "payer".to_owned(),
                AskedOf::Items(kinds) => format!("{kinds:?}"),
            };
            let code = |code: &crate::ClaimCode| format!("{code} {}", code.severity().as_str());
            let codes = about.codes.iter().map(code).collect::<Vec<_>>().join(";");
            let (fields, columns) = (about.fields.join(";"), about.columns.join(";"));
            let days = match about.judges {
                Judges::Always => "always".to_owned(),
                Judges::Days { first, last } => format!("{first} {last:?}"),
            };
            writeln!(text, "{asked_of}|{codes}|{fields}|{columns}|{days}").unwrap();
        }
        text
    }

    #[test]
    fn the_version_is_of_these_checks() {
        let (number, of_version) = CHECKS_VERSION.split_once('-').unwrap();
        assert_eq!(
            digits(&of_catalogue()),
            of_version,
            "a check is another one: put these digits behind the hyphen of CHECKS_VERSION"
        );
        let answers = every_answer();
        for code in crate::ClaimCode::ALL {
            let is_told = answers.contains(&format!("({code:?}, "));
            assert!(is_told, "{code}: its answer may change, and the number would not");
        }
        assert_eq!(
            (number, digits(&answers).as_str()),
            ("5", "8d993b02d191"),
            "a check answers otherwise: raise the number in CHECKS_VERSION, and enter both here"
        );
    }
}
