//! Patches: what is new of some content against other content, which whoever unfolds it holds.
//!
//! A patch is one zstd frame that may point into its base as if that stood before it (`--patch-from`). It is
//! never trusted: what it unfolds to must have the length and digest of what both organisations signed.

use std::io::{self, Write as _};

use crate::limits;
use crate::refusal::Refusal;
use crate::release::blob;
use crate::release::content::Content;

/// zstd's level for patches of masters. Of one with a day's changes the patch is an eighth larger than at
/// level 19 (1,580 bytes of 7.7 MB) and made in a sixtieth of its time; of a new edition, a fifth larger.
const LEVEL: i32 = 11;

/// zstd's level for patches of what is short, such as manifests: there time does not count.
const SHORT_LEVEL: i32 = 19;

/// What is short, with its base, in bytes.
const SHORT: usize = 1 << 18;

/// One patch is worth its line in the list when it is shorter than what it stands for by this much.
const WORTH: usize = 1_024;

/// A file of a release that comes, and what there was in its place in the release before.
pub(crate) struct Step<'a> {
    /// As it was.
    pub(crate) base: &'a [u8],
    /// As it will be.
    pub(crate) result: &'a [u8],
    /// How many bytes a receiver fetches for it without a patch.
    pub(crate) whole_bytes: usize,
}

/// The patch of `step`, where one is worth it; the same input and zstd version give the same bytes.
pub(crate) fn make(step: &Step<'_>) -> io::Result<Option<Vec<u8>>> {
    let Step { base, result, whole_bytes } = *step;
    if base.is_empty() || base == result {
        return Ok(None);
    }
    let together = base.len() + result.len();
    let level = if together < SHORT { SHORT_LEVEL } else { LEVEL };
    let mut encoder = zstd::Encoder::with_ref_prefix(Vec::new(), level, base)?;
    // The window reaches back over all of the result and of the base. Long distance matching looks at a few
    // places only and keeps the level's own search, whose tables reach as far, from most rows.
    let reach = together.max(1 << 10).ilog2() + 1;
    encoder.window_log(reach.min(limits::WINDOW_LOG))?;
    encoder.set_pledged_src_size(Some(result.len() as u64))?;
    encoder.write_all(result)?;
    let patch = encoder.finish()?;
    Ok((patch.len() + WORTH < whole_bytes).then_some(patch))
}

/// The patch from `base` to `result`, where it is shorter than that by enough to be asked for.
pub(crate) fn between(base: &[u8], result: &[u8]) -> io::Result<Option<Vec<u8>>> {
    make(&Step { base, result, whole_bytes: result.len() })
}

/// The patch of each of `steps`, on every processor there is.
pub(crate) fn make_all(steps: &[Step<'_>]) -> io::Result<Vec<Option<Vec<u8>>>> {
    blob::on_every_processor(steps, make)
}

/// What `patch` makes of `base`, when that is what is declared.
///
/// # Errors
///
/// [`Refusal`]: it makes something else, or nothing. Whatever it would unfold to, no more than the declared
/// length and one byte is held of it.
pub(crate) fn apply(name: &str, base: &[u8], patch: &[u8], declared: Content) -> Result<Vec<u8>, Refusal> {
    blob::unfold(name, patch, Some(base), declared)
}

#[cfg(test)]
mod tests {
    use warifu_values::digest::Digest;

    use super::*;

    /// Some kilobytes of rows, no two alike; the row `changed` is another one.
    fn rows(changed: usize) -> Vec<u8> {
        let row = |at: usize| {
            let digest = Digest::of(&[at.to_be_bytes(), usize::from(at == changed).to_be_bytes()].concat());
            format!("{at},{digest}\n")
        };
        (0..2_000).map(row).collect::<String>().into_bytes()
    }

    fn patch(base: &[u8], result: &[u8]) -> Option<Vec<u8>> {
        make(&Step { base, result, whole_bytes: result.len() }).unwrap()
    }

    #[test]
    fn one_row_of_two_thousand_is_a_hundredth_and_comes_back() {
        let (base, result) = (rows(usize::MAX), rows(700));
        let made = patch(&base, &result).unwrap();
        assert!(made.len() * 100 < result.len(), "{} of {}", made.len(), result.len());
        assert_eq!(made, patch(&base, &result).unwrap(), "the same again");
        assert_eq!(apply("p", &base, &made, Content::of(&result)).unwrap(), result);
    }

    #[test]
    fn what_is_not_worth_it_is_not_made() {
        assert_eq!(patch(&rows(1), &rows(1)), None, "nothing changed");
        assert_eq!(patch(b"", &rows(1)), None, "nothing to begin with");
        assert_eq!(patch(b"a", b"b"), None, "the whole is as short");
    }

    #[test]
    fn another_base_and_every_damage_give_nothing() {
        let (base, result) = (rows(usize::MAX), rows(700));
        let declared = Content::of(&result);
        let made = patch(&base, &result).unwrap();
        for other in [rows(3), base[..base.len() - 1].to_vec(), Vec::new()] {
            assert!(apply("p", &other, &made, declared).is_err());
        }
        for end in 0..made.len() {
            assert!(apply("p", &base, &made[..end], declared).is_err(), "cut at {end}");
        }
        let skipped = [&0x184D_2A50_u32.to_le_bytes()[..], &1_u32.to_le_bytes(), b"x"].concat();
        for hidden in [&skipped[..], b"x", &made] {
            assert!(apply("p", &base, &[&made[..], hidden].concat(), declared).is_err());
        }
        // A patch to something else, however well made.
        let lie = patch(&base, &rows(701)).unwrap();
        assert!(apply("p", &base, &lie, declared).is_err());
    }

    #[test]
    fn a_patch_that_unfolds_without_end_is_cut_off_at_what_was_declared() {
        let base = vec![b'a'; 4_096];
        let bomb = patch(&base, &vec![b'a'; 48 << 20]).unwrap();
        assert!(bomb.len() < 10_000);
        assert!(apply("p", &base, &bomb, Content::of(&rows(0))).is_err());
    }
}
