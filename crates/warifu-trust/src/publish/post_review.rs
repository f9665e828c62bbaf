//! A normal release waits for the joint post-review of the emergencies before it.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::{NextStep, spoken_error};
use crate::metadata::ReleaseRef;
use crate::organisation::Organisation;
use crate::publish::tip::Tip;
use crate::statement::Owed;

/// Why a release does not go on before a post-review was made. Readers never ask for one: what both signed
/// and published is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostReviewMissing {
    /// A normal release, and these are owed.
    Owed(Vec<Owed>),
    /// The emergency names others than are owed.
    Names {
        /// The releases that it names as owed.
        named: Vec<u64>,
        /// Those that are.
        owed: Vec<u64>,
    },
    /// What is owed is not known: the channel lacks the manifest of this release, which is published.
    Unread {
        /// The release.
        release: u64,
    },
}

impl Tip {
    /// Whether the next release, which names `named` as owed, may go on after what is published here: a
    /// normal one owes no post-review, an emergency names what is owed.
    ///
    /// # Errors
    ///
    /// [`PostReviewMissing`].
    pub fn check_post_reviews(
        &self,
        is_emergency: bool,
        named: &[ReleaseRef],
    ) -> Result<(), PostReviewMissing> {
        let (mut asked, mut owed) = (Vec::new(), Vec::new());
        if let Some(current) = self.release() {
            let unread = || PostReviewMissing::Unread { release: current.release };
            let published = self.manifest.as_ref().ok_or_else(unread)?;
            asked = published.asks_to_review(current);
            owed = self.statements.owed_after(current, published);
        }
        if !is_emergency && !owed.is_empty() {
            return Err(PostReviewMissing::Owed(owed));
        }
        // A statement may have come since the draft was made.
        let is_named = owed.iter().all(|owed| named.contains(&owed.release));
        if is_named && named.iter().all(|one| asked.contains(one)) {
            return Ok(());
        }
        let numbers = |releases: &[ReleaseRef]| releases.iter().map(|one| one.release).collect();
        let owed = owed.iter().map(|owed| owed.release.release).collect();
        Err(PostReviewMissing::Names { named: numbers(named), owed })
    }
}

impl Speak for PostReviewMissing {
    fn say(&self, lang: Lang) -> String {
        match self {
            PostReviewMissing::Owed(owed) => {
                let each = owed.iter().map(|Owed { release, by }| {
                    let by: Vec<String> = by.iter().map(|one: &Organisation| one.say(lang)).collect();
                    let (release, by) = (release.release, by.join(&say!(lang, " and ", "・")));
                    say!(lang, "release {release} (by {by})", "リリース {release}（{by}）")
                });
                let each = each.collect::<Vec<_>>().join(", ");
                say!(
                    lang,
                    "the joint post-review of an emergency is owed: {each}; before the next normal release \
                     each of them says what it found",
                    "緊急リリースの事後確認が済んでいません: {each}。次の通常リリースの前に、各団体が確認結果を表明してください"
                )
            }
            PostReviewMissing::Names { named, owed } => say!(
                lang,
                "the draft names the post-reviews of releases {named:?} as owed, and those of {owed:?} are; \
                 draft it anew",
                "草案では事後確認の未了がリリース {named:?} とありますが、実際は {owed:?} です。作り直してください"
            ),
            PostReviewMissing::Unread { release } => say!(
                lang,
                "the channel has no sound manifest of release {release}, so it is not known whether a \
                 post-review is owed; put the file back from a mirror or a copy",
                "配信元にリリース {release} の正しいマニフェストがなく、事後確認の要否が分かりません。ミラーまたは\
                 控えからファイルを戻してください"
            ),
        }
    }
}

spoken_error!(PostReviewMissing, |_| true, |_| None, |error| match error {
    PostReviewMissing::Owed(owed) => {
        owed.first().map(|owed| NextStep::PostReview { release: owed.release.release })
    }
    PostReviewMissing::Names { .. } | PostReviewMissing::Unread { .. } => None,
});
