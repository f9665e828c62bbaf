//! Whose the placed files are: users and groups by name or number, as this machine's own files list them.

use std::fs;

/// A user, a group, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) user: Option<u32>,
    pub(super) group: Option<u32>,
}

impl Owner {
    /// `user`, `user:group` or `:group`; none when nobody is called so.
    pub(super) fn of(text: &str) -> Option<Owner> {
        let (user, group) = text.split_once(':').unwrap_or((text, ""));
        if user.is_empty() && group.is_empty() {
            return None;
        }
        let user = if user.is_empty() { None } else { Some(number("/etc/passwd", user)?) };
        let group = if group.is_empty() { None } else { Some(number("/etc/group", group)?) };
        Some(Owner { user, group })
    }
}

/// The number of who is called `name`: the third column.
fn number(file: &str, name: &str) -> Option<u32> {
    if let Ok(number) = name.parse() {
        return Some(number);
    }
    let listed = fs::read_to_string(file).ok()?;
    let columns = listed.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let mut of_name = columns.filter(|columns| columns.first() == Some(&name));
    of_name.next()?.get(2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_groups_are_found_by_name_and_number() {
        assert_eq!(Owner::of("root"), Some(Owner { user: Some(0), group: None }));
        assert_eq!(Owner::of("root:root"), Some(Owner { user: Some(0), group: Some(0) }));
        assert_eq!(Owner::of(":7"), Some(Owner { user: None, group: Some(7) }));
        assert_eq!((Owner::of("nobody-is-called-so"), Owner::of(":"), Owner::of("")), (None, None, None));
    }
}
