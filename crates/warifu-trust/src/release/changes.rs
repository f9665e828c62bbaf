//! What a release changes against the one that it follows, and what those before it changed: lists of bytes,
//! counted and accepted by people.

use serde::{Deserialize, Serialize};
use warifu_values::judgement::AcceptedPast;
use warifu_values::text::is_plain;

use crate::limits;
use crate::metadata::ReleaseRef;
use crate::names::TargetName;
use crate::release::content::Content;
use crate::release::manifest_error::ManifestError;

/// What is judged differently since the release before, by digest; its entries are counted under three
/// headings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// The list's canonical bytes.
    pub content: Content,
    /// The target that holds them, compressed.
    pub blob: TargetName,
    /// Entries about past days only.
    pub past: u64,
    /// Entries about past days and those to come.
    pub past_and_future: u64,
    /// Entries about days to come only.
    pub future: u64,
    /// What was accepted of the past, sorted by class, each class once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<AcceptedPast>,
    /// The lists of the releases before, the newest first and none left out between: whoever skipped
    /// releases can still know that every change was signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<EarlierChanges>,
}

/// The list of an earlier release, by digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EarlierChanges {
    /// The release whose list it is.
    pub release: ReleaseRef,
    /// The release that that one follows.
    pub follows: ReleaseRef,
    /// The list's canonical bytes.
    pub content: Content,
    /// The target that holds them, compressed.
    pub blob: TargetName,
}

/// What changes, with the lists' bytes, as the publishing side computes it from its own repository.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangesContent {
    /// The list's canonical bytes.
    pub list: Vec<u8>,
    /// See [`Changes::past`].
    pub past: u64,
    /// See [`Changes::past_and_future`].
    pub past_and_future: u64,
    /// See [`Changes::future`].
    pub future: u64,
    /// See [`Changes::accepted`].
    pub accepted: Vec<AcceptedPast>,
    /// See [`Changes::earlier`]; [`VerifiedRelease::lists_to_carry`](crate::VerifiedRelease::lists_to_carry)
    /// gives them.
    pub earlier: Vec<EarlierContent>,
}

/// The list of an earlier release, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierContent {
    /// See [`EarlierChanges::release`].
    pub release: ReleaseRef,
    /// See [`EarlierChanges::follows`].
    pub follows: ReleaseRef,
    /// The list's canonical bytes.
    pub list: Vec<u8>,
}

impl Changes {
    pub(super) fn of(release: u64, changes: &ChangesContent) -> Self {
        let content = Content::of(&changes.list);
        Changes {
            content,
            blob: TargetName::changes(release, content.sha256),
            past: changes.past,
            past_and_future: changes.past_and_future,
            future: changes.future,
            accepted: changes.accepted.clone(),
            earlier: changes.earlier.iter().map(EarlierChanges::of).collect(),
        }
    }

    /// Every target with a list: the release's own, then those of the releases before.
    pub(super) fn blobs(&self) -> impl Iterator<Item = &TargetName> {
        [&self.blob].into_iter().chain(self.earlier.iter().map(|earlier| &earlier.blob))
    }

    /// Whether they can be those of `release`, which follows `previous`.
    pub(super) fn check(&self, release: u64, previous: ReleaseRef) -> Result<(), ManifestError> {
        let sure = |holds: bool, field: &'static str| {
            if holds { Ok(()) } else { Err(ManifestError::Unacceptable { field, master: None }) }
        };
        sure(self.blob == TargetName::changes(release, self.content.sha256), "changes.blob")?;
        let accepted = &self.accepted;
        let sorted = accepted.windows(2).all(|two| two[0].class < two[1].class);
        let plain = |AcceptedPast { class, reason, source, .. }: &AcceptedPast| {
            [class.as_str(), reason, source].into_iter().all(is_plain)
        };
        sure(sorted && accepted.len() <= limits::ACCEPTED && accepted.iter().all(plain), "changes.accepted")?;
        sure(self.earlier.len() <= limits::EARLIER, "changes.earlier")?;
        let mut expected = previous;
        for earlier in &self.earlier {
            let follows = earlier.follows.release;
            let next = follows.checked_add(1) == Some(earlier.release.release) && follows > 0;
            sure(earlier.release == expected && next, "changes.earlier")?;
            let blob = TargetName::changes(expected.release, earlier.content.sha256);
            sure(earlier.blob == blob, "changes.earlier.blob")?;
            expected = earlier.follows;
        }
        let sizes = self.earlier.iter().map(|earlier| earlier.content.bytes);
        let total = sizes.fold(self.content.bytes, u64::saturating_add);
        sure(total <= limits::CHANGES_BYTES, "changes.content.bytes")
    }
}

impl EarlierChanges {
    fn of(earlier: &EarlierContent) -> Self {
        let content = Content::of(&earlier.list);
        let blob = TargetName::changes(earlier.release.release, content.sha256);
        EarlierChanges { release: earlier.release, follows: earlier.follows, content, blob }
    }
}

#[cfg(test)]
mod tests {
    use warifu_values::judgement::PastClass;

    use super::*;
    use crate::release::manifest::{Manifest, ReleaseHead};
    use crate::testing::{changes, earlier, head, masters};

    /// The head of release 30, which follows the newest of [`earlier`], and what it changes.
    fn thirty() -> (ReleaseHead, ChangesContent) {
        let earlier = earlier(30, limits::EARLIER);
        let head = head(30, Some(earlier[0].release));
        let changes = ChangesContent { earlier, ..changes(&head).unwrap() };
        (head, changes)
    }

    /// The field that a reader names after `change`.
    fn named(change: impl Fn(&mut Changes)) -> Option<&'static str> {
        let (head, content) = thirty();
        let mut manifest = Manifest::of(head, &masters(1), Some(&content)).unwrap();
        change(manifest.changes.as_mut().unwrap());
        match Manifest::from_bytes(&manifest.to_bytes().unwrap()) {
            Ok(_) => None,
            Err(ManifestError::Unacceptable { field, master: None }) => Some(field),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_release_says_what_changes_exactly_when_it_follows_another() {
        let (head, content) = thirty();
        let told = |previous, changes| {
            let head = ReleaseHead { previous, ..head.clone() };
            Manifest::of(head, &masters(1), changes).map(|_| ())
        };
        assert_eq!(told(head.previous, Some(&content)), Ok(()));
        assert_eq!(told(None, None), Ok(()));
        let untold = ManifestError::ChangesAndPrevious { release: 30, previous: Some(29) };
        assert_eq!(told(head.previous, None), Err(untold));
        let of_nothing = ManifestError::ChangesAndPrevious { release: 1, previous: None };
        assert_eq!(told(None, Some(&content)), Err(of_nothing));
    }

    #[test]
    fn the_earlier_lists_follow_one_another_and_none_is_left_out() {
        assert_eq!(named(|_| ()), None);
        assert_eq!(named(|changes| changes.earlier.truncate(3)), None);
        let wrong: [fn(&mut Changes); 7] = [
            |changes| drop(changes.earlier.remove(0)),
            |changes| drop(changes.earlier.remove(5)),
            |changes| changes.earlier.swap(3, 4),
            |changes| changes.earlier[0].release.manifest = changes.content.sha256,
            |changes| changes.earlier[7].follows.manifest = changes.content.sha256,
            |changes| changes.earlier[23].follows.release -= 1,
            |changes| changes.earlier.extend_from_within(23..),
        ];
        for (number, wrong) in wrong.into_iter().enumerate() {
            assert_eq!(named(wrong), Some("changes.earlier"), "{number}");
        }
        // Nothing comes before the first release, and it changed nothing.
        let first = |changes: &mut Changes| {
            changes.earlier.truncate(1);
            (changes.earlier[0].release.release, changes.earlier[0].follows.release) = (1, 0);
        };
        assert_eq!(named(first), Some("changes.earlier"));
    }

    #[test]
    fn each_list_lies_under_its_own_name() {
        assert_eq!(named(|changes| changes.blob = changes.earlier[0].blob.clone()), Some("changes.blob"));
        let other = |changes: &mut Changes| changes.earlier[0].blob = changes.earlier[1].blob.clone();
        assert_eq!(named(other), Some("changes.earlier.blob"));
    }

    #[test]
    fn a_class_of_the_past_is_accepted_once_and_in_words() {
        let wrong: [fn(&mut Changes); 4] = [
            |changes| changes.accepted.extend_from_within(..),
            |changes| {
                changes.accepted.extend_from_within(..);
                changes.accepted[1].class = PastClass::of_all("a", "a");
            },
            |changes| changes.accepted[0].reason.push('\u{202e}'),
            |changes| changes.accepted[0].source = "x".repeat(limits::TEXT_CHARS + 1),
        ];
        for (number, wrong) in wrong.into_iter().enumerate() {
            assert_eq!(named(wrong), Some("changes.accepted"), "{number}");
        }
        let many = |count: usize| {
            move |changes: &mut Changes| {
                let class = |number| {
                    let class = PastClass::of_code("drug", "price", &format!("{number:05}"));
                    AcceptedPast { class, ..changes.accepted[0].clone() }
                };
                changes.accepted = (0..count).map(class).collect();
            }
        };
        assert_eq!(named(many(limits::ACCEPTED)), None);
        assert_eq!(named(many(limits::ACCEPTED + 1)), Some("changes.accepted"));
    }

    #[test]
    fn all_lists_together_are_held_to_one_limit() {
        let with = |bytes: u64| {
            move |changes: &mut Changes| {
                let before = changes.earlier.iter().skip(1).map(|earlier| earlier.content.bytes);
                let others = before.sum::<u64>() + changes.content.bytes;
                changes.earlier[0].content.bytes = bytes - others;
            }
        };
        assert_eq!(named(with(limits::CHANGES_BYTES)), None);
        assert_eq!(named(with(limits::CHANGES_BYTES + 1)), Some("changes.content.bytes"));
        assert_eq!(named(|changes| changes.content.bytes = u64::MAX), Some("changes.content.bytes"));
    }
}
