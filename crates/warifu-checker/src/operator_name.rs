//! How operators are called: an account of this machine by its name and number, or a certificate.

use std::fs;

use warifu_values::lang::Lang;

/// What comes before the number of a process in the name of an operator, as logs have it.
const PROCESS: &str = ", process ";

/// An account, and the process that asked for it: `uid 0 (root), process 4711`.
pub(crate) fn of_account(uid: u32, process: Option<i32>) -> String {
    let listed = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = name_in(&listed, uid).map(|name| format!(" ({name})")).unwrap_or_default();
    let process = process.map(|process| format!("{PROCESS}{process}")).unwrap_or_default();
    format!("uid {uid}{name}{process}")
}

/// What the account `uid` is called, by the lines of `/etc/passwd`. One that another machine lists has its
/// number alone.
fn name_in(listed: &str, uid: u32) -> Option<&str> {
    let mut columns = listed.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let found = columns.find(|columns| columns.get(2).and_then(|it| it.parse().ok()) == Some(uid))?;
    found.first().copied().filter(|name| !name.is_empty() && name.chars().all(|it| it.is_ascii_graphic()))
}

/// The same account or certificate, whichever process asked for it.
pub(crate) fn is_same(one: Option<&str>, other: Option<&str>) -> bool {
    let who = |name: &str| name.split(PROCESS).next().map(ToOwned::to_owned);
    one.and_then(who) == other.and_then(who)
}

/// `name` as people read it.
pub(crate) fn shown(name: &str, lang: Lang) -> String {
    match lang {
        Lang::En => name.to_owned(),
        Lang::Ja => name.replacen(PROCESS, "、プロセス ", 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_called_by_its_name_where_this_machine_lists_it() {
        let listed = "root:x:0:0::/root:/bin/sh\nwarifu:x:990:990::/:\n\u{7}bell:x:7:7::/:\n";
        assert_eq!(name_in(listed, 990), Some("warifu"));
        assert_eq!((name_in(listed, 1001), name_in(listed, 7)), (None, None));
        assert_eq!(of_account(0, Some(12)), "uid 0 (root), process 12");
        assert_eq!(of_account(u32::MAX - 7, None), format!("uid {}", u32::MAX - 7));
    }

    #[test]
    fn no_english_stands_in_a_japanese_name_and_processes_are_no_persons() {
        assert_eq!(shown("uid 0 (root), process 12", Lang::Ja), "uid 0 (root)、プロセス 12");
        assert!(is_same(Some("uid 0 (root), process 12"), Some("uid 0 (root), process 13")));
        assert!(!is_same(Some("uid 0 (root)"), Some("uid 7")) && !is_same(None, Some("uid 7")));
    }
}
