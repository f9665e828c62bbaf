//! That the newest release of a channel was taken away: what everybody is told who looks at the channel or
//! goes on from it.

use serde_json::{Value, json};
use warifu_trust::{Made, Tip};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// The newest release of a channel, which one organisation withdrew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Its number.
    pub release: u64,
    /// Who took it away, when and why.
    pub made: Made,
    /// The release that both signed before and that is used in its place; none where there is none.
    pub instead: Option<u64>,
}

impl Withdrawn {
    /// Of the release published at `tip`; none where it stands.
    pub fn of(tip: &Tip) -> Option<Withdrawn> {
        let (release, made) = (tip.release()?, tip.withdrawn()?);
        let instead = tip.fallback().map(|back| back.release);
        Some(Withdrawn { release: release.release, made: made.clone(), instead })
    }

    /// The same for programs.
    pub fn document(&self) -> Value {
        let Withdrawn { release, made: Made { organisation, by, at, reason, .. }, instead } = self;
        json!({
            "release": release, "by": organisation, "name": by, "at": at, "reason": reason,
            "used_instead": instead,
        })
    }
}

impl Speak for Withdrawn {
    fn say(&self, lang: Lang) -> String {
        let Withdrawn { release, made: Made { organisation, by, at, reason, .. }, instead } = self;
        let (organisation, at) = (organisation.say(lang), at.said_exactly(lang));
        let instead = match instead {
            Some(back) => {
                say!(lang, "checkers use release {back}", "チェッカーが使うのはリリース {back} です")
            }
            None => say!(
                lang,
                "there is none to go back to: checkers that run it go on and say so",
                "戻り先がなく、使用中のチェッカーは警告を出して継続します"
            ),
        };
        say!(
            lang,
            "release {release} IS WITHDRAWN ({organisation}, {by}, {at}: {reason}); {instead}",
            "取下げ: リリース {release}（{organisation} {by}、{at}、理由: {reason}）。{instead}"
        )
    }
}
