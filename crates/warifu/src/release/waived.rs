//! What a release lets pass, beside what the published one does.

use warifu_trust::{Manifest, MasterEntry};
use warifu_values::judgement::{LetPass, PassedBy};
use warifu_values::lang::Lang;
use warifu_values::say;

/// A finding that one master lets pass.
#[derive(Debug, Clone)]
pub struct Waived<'a> {
    /// The master, `series/kind`.
    pub master: String,
    /// What it lets pass, and why.
    pub pass: &'a LetPass,
    /// Whether the published release does not; of a first release nothing is new.
    pub is_new: bool,
}

/// What `manifest` lets pass, what is new first.
pub fn waived<'a>(manifest: &'a Manifest, published: Option<&Manifest>) -> Vec<Waived<'a>> {
    let is_same =
        |one: &MasterEntry, other: &MasterEntry| one.series == other.series && one.kind == other.kind;
    let mut found = Vec::new();
    for master in &manifest.masters {
        let mut before = published.map_or(&[][..], |published| &published.masters).iter();
        let known = before.find(|before| is_same(before, master)).map_or(&[][..], |before| &before.let_pass);
        found.extend(master.let_pass.iter().map(|pass| Waived {
            master: master.name(),
            pass,
            is_new: published.is_some() && !known.contains(pass),
        }));
    }
    found.sort_by_key(|waived| !waived.is_new);
    found
}

/// The records of a waiver, at most so many by name.
pub fn waived_keys(keys: &[String], most: usize, lang: Lang) -> String {
    match keys {
        [] => say!(lang, "every record", "全レコード"),
        keys if keys.len() > most => {
            let (named, more) = (keys[..most].join(", "), keys.len() - most);
            say!(lang, "{named} and {more} more", "{named} ほか {more} 件")
        }
        keys => keys.join(", "),
    }
}

/// Who let a finding pass.
pub fn passed_by(by: &PassedBy, lang: Lang) -> String {
    match by {
        PassedBy::Layout => say!(lang, "known to the layout", "レイアウトの既知の例外"),
        PassedBy::Repository => say!(lang, "waived in warifu.toml", "warifu.toml の例外"),
        PassedBy::Import(file) => say!(lang, "accepted with {file}", "{file} の取込時に承認"),
    }
}

#[cfg(test)]
mod tests {
    use warifu_trust::testing::{head, masters};

    use super::*;

    #[test]
    fn what_the_published_release_does_not_let_pass_comes_first_and_is_new() {
        let pass = |finding: &str| LetPass {
            finding: finding.into(),
            keys: Vec::new(),
            by: PassedBy::Layout,
            reason: "告示のとおり".into(),
        };
        let release = |passes: &[&str]| {
            let mut masters = masters(1);
            masters[1].let_pass = passes.iter().map(|finding| pass(finding)).collect();
            Manifest::of(head(1, None), &masters, None).unwrap()
        };
        let (before, after) = (release(&["set/a", "set/c"]), release(&["set/a", "set/b", "set/c"]));
        let of = |published| {
            let found = waived(&after, published).into_iter();
            found.map(|one| (one.pass.finding.clone(), one.is_new)).collect::<Vec<_>>()
        };
        let told = |finding: &str, is_new| (finding.to_owned(), is_new);
        assert_eq!(of(Some(&before)), [told("set/b", true), told("set/a", false), told("set/c", false)]);
        assert_eq!(of(None), [told("set/a", false), told("set/b", false), told("set/c", false)]);
    }
}
