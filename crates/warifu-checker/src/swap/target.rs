//! What uses a release besides the claims of this process: a program that knows nothing of releases.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::{ReleaseRef, UnixSeconds};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::release::ReleaseContent;
use crate::said::Said;
use crate::swap::ending::Ending;

/// Gives the content of the release that is to be used.
pub type Load<'a> = &'a dyn Fn() -> Result<ReleaseContent, Said>;

/// What is done when the program does not take a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// What it used before is given back to it.
    PutBack,
    /// It is tried again later: what it used before is not to be used any more.
    Stay,
}

/// Where something failed on the way of a release to the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailedAt {
    /// Its files were not had or not placed.
    Files,
    /// They were not let be what is used.
    Link,
    /// The program was not told, or did not read them.
    Reload,
    /// It does not work with them.
    Probe,
}

/// What failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Where: what is said of the same may differ each time.
    pub at: FailedAt,
    /// What the program, or the disk, said.
    pub why: Said,
}

/// The program did not take a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotTaken {
    /// The program was not asked: it goes on as before, and nothing speaks against the release.
    NotAsked(Failed),
    /// It was, and did not take it.
    Refused {
        /// What failed.
        failed: Failed,
        /// Why what it used before could not be given back to it, where that was tried and failed too.
        not_put_back: Option<Failed>,
    },
}

impl NotTaken {
    /// What failed.
    pub fn failed(&self) -> &Failed {
        match self {
            NotTaken::NotAsked(failed) | NotTaken::Refused { failed, .. } => failed,
        }
    }
}

/// Such a program. Everything here blocks.
pub trait Target: Send + Sync {
    /// Lets it use `id`, and returns when it works with that.
    ///
    /// # Errors
    /// [`NotTaken`]. After [`Otherwise::PutBack`] it uses what it used before, unless that says otherwise.
    fn take(&self, id: ReleaseRef, load: Load<'_>, otherwise: Otherwise) -> Result<(), NotTaken>;

    /// Lets it use `id` no more, where it was given that, and nothing in its place: whether it was. It is not
    /// told: there is nothing that it could read.
    ///
    /// # Errors
    /// What keeps it from that.
    fn leave(&self, id: ReleaseRef) -> Result<bool, Failed>;

    /// The end that it heeds: when that is over, what it is just being told or asked is broken off, and
    /// counts as not taken.
    fn ending(&self) -> Arc<Ending>;

    /// What it uses, as far as this process has seen it work with that.
    fn uses(&self) -> Option<ReleaseRef>;

    /// Whether it still works.
    ///
    /// # Errors
    /// What it said.
    fn works(&self) -> Result<(), Said>;

    /// For so many seconds it must work with a new release before that is confirmed.
    fn watched_seconds(&self) -> u64;

    /// Only these are used or gone back to: everything else that was made for it may go.
    fn keep_only(&self, kept: &[ReleaseRef]);

    /// It uses neither what it should nor, for sure, anything else that works: whoever is to know is told.
    fn alert(&self, why: &Said);
}

/// What the status says of such a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attached {
    /// It is just being given one, or asked whether it works.
    pub is_changing: bool,
    /// It was given its first release only just now: that is confirmed once it was seen to work for a while.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_settling: bool,
    /// The release that it works with.
    pub uses: Option<u64>,
    /// Since when it is in step with what runs here, or out of step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<UnixSeconds>,
    /// When it was told last, and what came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Answered>,
    /// When it was asked last whether it works, and what it answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Answered>,
    /// Until when it is watched, on probation.
    pub watched_until: Option<UnixSeconds>,
    /// Why it does not work with the release that is to be used: it is tried again by itself.
    pub trouble: Option<Said>,
}

/// What came of telling or asking such a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answered {
    /// When.
    pub at: UnixSeconds,
    /// What went wrong, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wrong: Option<Said>,
}

impl Answered {
    fn say(&self, lang: Lang, en: &str, ja: &str) -> String {
        let at = self.at;
        let good = say!(lang, "it works", "正常");
        let came = self.wrong.as_ref().map_or(good, |wrong| wrong.say(lang));
        say!(lang, "  {en} at {at}: {came}", "  {ja} {at}: {came}")
    }
}

impl Speak for Attached {
    fn say(&self, lang: Lang) -> String {
        let mut lines = Vec::new();
        if let Some(why) = &self.trouble {
            let why = why.say(lang);
            let since = self.since.map(|since| since.said(lang));
            let since =
                since.map_or_else(String::new, |since| say!(lang, " since {since}", "（{since} から）"));
            lines.push(say!(
                lang,
                "THE ATTACHED PROGRAM IS OUT OF STEP{since}: {why}; it is tried again by itself, look after \
                 it",
                "接続先プログラムの切替に失敗しています{since}: {why}。自動で再試行しますが、接続先を確認してください"
            ));
        }
        lines.push(match self.uses {
            _ if self.is_changing => {
                say!(lang, "the attached program is being seen to", "接続先プログラムの切替・確認中")
            }
            Some(release) => {
                let since = self.since.filter(|_| self.trouble.is_none()).map(|since| since.said(lang));
                let since = since.map_or_else(String::new, |since| {
                    say!(lang, ", in step since {since}", "（{since} から一致）")
                });
                say!(
                    lang,
                    "the attached program works with release {release}{since}",
                    "接続先プログラムはリリース {release} で動作中{since}"
                )
            }
            None => say!(
                lang,
                "the attached program was given no release yet",
                "接続先プログラムにはまだ渡していません"
            ),
        });
        lines.extend(self.told.as_ref().map(|it| it.say(lang, "told to read it last", "直近の再読込")));
        lines.extend(self.asked.as_ref().map(|it| it.say(lang, "asked last", "直近の動作確認")));
        if self.is_settling {
            lines.push(say!(
                lang,
                "it is watched for some seconds; its first release is confirmed then",
                "数秒間動作を監視し、問題がなければ最初のリリースを確定します"
            ));
        }
        if let Some(until) = self.watched_until.map(|until| until.said(lang)) {
            lines.push(say!(
                lang,
                "it is watched until {until}; the release is confirmed then",
                "{until} まで動作を監視し、問題がなければ確定します"
            ));
        }
        lines.join("\n")
    }
}
