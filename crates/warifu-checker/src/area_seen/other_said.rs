//! The fleet of the other organisation in words: what it runs, and what of that asks for somebody.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;
use warifu_values::text::shown;

use crate::area_seen::other::{Apart, Other};
use crate::area_seen::trouble::Trouble;
use crate::said::Said;

/// It is asked every half minute; whoever was not heard for so long has a trouble that stays.
const MISSED_SECONDS: u64 = 180;

/// A time as people say it who decide whether to call somebody.
fn lasted(seconds: u64, lang: Lang) -> String {
    match seconds / 60 {
        0 => say!(lang, "{seconds} s", "{seconds} 秒"),
        minutes if minutes < 120 => say!(lang, "{minutes} min", "{minutes} 分"),
        minutes => {
            let hours = minutes / 60;
            say!(lang, "{hours} h", "{hours} 時間")
        }
    }
}

impl Other {
    /// What asks for somebody.
    pub fn troubles(&self) -> impl Iterator<Item = Trouble> {
        let apart = self.apart.filter(|apart| apart.is_too_long()).map(|apart| self.apart_trouble(apart));
        // That one question of many failed asks for nobody.
        let is_amiss =
            self.problem.is_some() && (self.said.is_none() || self.silent_seconds > MISSED_SECONDS);
        let unheard = (self.is_silent || is_amiss).then(|| self.unheard());
        apart.into_iter().chain(unheard)
    }

    fn apart_trouble(&self, apart: Apart) -> Trouble {
        let name = shown(&self.name);
        let said = |lang| self.apart_said(apart, lang);
        Trouble {
            word: Said::new("Apart", "リリース不一致"),
            what: Said::new(said(Lang::En), said(Lang::Ja)),
            why: None,
            is_alarm: true,
            next: Said::new(
                format!(
                    "call {name} and agree which release holds; whichever side is behind looks at what its \
                     area waits for: warifu-checker fleet status"
                ),
                format!(
                    "{name}に連絡し、どちらのリリースを使うか確認してください。遅れている側は \
                     warifu-checker fleet status で待ちの理由を確認します"
                ),
            ),
        }
    }

    /// That the two judge by different releases, and for how long.
    pub fn apart_said(&self, apart: Apart, lang: Lang) -> String {
        let name = shown(&self.name);
        let (lasts, may) = (lasted(apart.seconds, lang), lasted(apart.allowed_seconds, lang));
        say!(
            lang,
            "the fleet of {name} judges by another release than this one, for {lasts} ({may} are allowed)",
            "{name}のフリートとリリースが一致していません（{lasts}経過、許容 {may}）"
        )
    }

    fn unheard(&self) -> Trouble {
        let name = shown(&self.name);
        let ago = |lang| lasted(self.silent_seconds, lang);
        let what = match &self.said {
            None if self.silent_seconds < 60 => Said::new(
                format!("the fleet of {name} cannot be heard"),
                format!("{name}のフリートの状況を取得できません"),
            ),
            None => Said::new(
                format!("nothing was heard of the fleet of {name} in {}", ago(Lang::En)),
                format!("{name}のフリートの状況を{}間取得できていません", ago(Lang::Ja)),
            ),
            Some(_) => Said::new(
                format!("what is known of the fleet of {name} is {} old", ago(Lang::En)),
                format!("{name}のフリートの状況は {}前のものです", ago(Lang::Ja)),
            ),
        };
        Trouble {
            word: Said::new("Other fleet not heard", "相手側の状況不明"),
            what,
            why: self.problem.clone(),
            is_alarm: false,
            next: Said::new(
                "look at the way to it, and ask whoever signs there; nothing here waits for it",
                "取得先への接続を確認し、相手側の署名担当に問い合わせてください。こちらの点検には影響しません",
            ),
        }
    }
}

impl Speak for Other {
    fn say(&self, lang: Lang) -> String {
        let name = shown(&self.name);
        let Some(said) = &self.said else {
            return say!(lang, "fleet of {name}: not heard yet", "{name}のフリート: 未取得");
        };
        let (area, epoch, release) = (shown(&said.area), said.epoch, said.release.release);
        let (at_it, all, since) = (said.members.at_it, said.members.all, said.since.said_exactly(lang));
        let mut line = say!(
            lang,
            "fleet of {name}, area {area}: epoch {epoch}, release {release} since {since}, {at_it} of {all} \
             members at it",
            "{name}のフリート、エリア {area}: エポック {epoch}、リリース {release}（{since}から）、\
             {all} 台中 {at_it} 台が稼働"
        );
        if let Some(comes) = said.comes {
            let release = comes.release.release;
            line += &say!(lang, "; release {release} comes", "。リリース {release} を準備中");
        }
        if self.is_same {
            line += &say!(lang, "; the same bytes as here", "。こちらと同一のリリース");
        }
        let short = self.apart.filter(|apart| !apart.is_too_long());
        if let Some(apart) = short {
            line += &say!(lang, "; {}", "。{}", self.apart_said(apart, lang));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use warifu_trust::{AreaMembers, AreaRuns, ReleaseRef, UnixSeconds};
    use warifu_values::digest::Digest;

    use super::*;

    fn other(seconds: u64) -> Other {
        let since = UnixSeconds::new(1_780_000_000);
        Other {
            name: "国保中央会".into(),
            said: Some(AreaRuns {
                area: "east".into(),
                at: since,
                epoch: 7,
                release: ReleaseRef { release: 4, manifest: Digest::of(b"4") },
                since,
                members: AreaMembers { all: 12, at_it: 11, behind: 0, missing: 1, refuse: 0 },
                comes: None,
                nacks: Vec::new(),
            }),
            silent_seconds: 12,
            is_silent: false,
            problem: None,
            is_same: false,
            apart: Some(Apart { since, seconds, allowed_seconds: 1_800 }),
        }
    }

    #[test]
    fn only_what_lasts_too_long_asks_for_somebody() {
        assert_eq!(other(1_800).troubles().count(), 0);
        let said = other(1_800).say(Lang::En);
        assert!(
            said.contains("11 of 12 members at it; the fleet of") && said.contains("for 30 min"),
            "{said}"
        );
        let troubles: Vec<_> = other(8_000).troubles().map(|it| it.line(Lang::Ja)).collect();
        assert!(
            troubles[0]
                .starts_with("リリース不一致: 国保中央会のフリートとリリースが一致していません（2 時間経過"),
            "{troubles:?}"
        );
    }

    #[test]
    fn who_was_never_heard_is_told_with_why() {
        let problem = Some(Said::new("no such file", "ファイルがありません"));
        let never = Other { said: None, silent_seconds: 61, problem, apart: None, ..other(0) };
        assert!(never.say(Lang::Ja).ends_with("未取得"));
        let once = Other { said: other(0).said, silent_seconds: 180, ..never.clone() };
        assert_eq!(once.troubles().count(), 0);
        assert_eq!(Other { silent_seconds: 181, ..once }.troubles().count(), 1);
        let line = never.troubles().next().unwrap().line(Lang::En);
        assert!(
            line.starts_with("OTHER FLEET NOT HEARD: nothing was heard") && line.contains("no such"),
            "{line}"
        );
    }
}
