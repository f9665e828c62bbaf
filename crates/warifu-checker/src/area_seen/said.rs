//! An area in words: what it is at, what it waits for, who is in trouble, and what to do about that.

use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;
use warifu_values::text::shown;

use crate::area_seen::in_area::InArea;
use crate::area_seen::member::{MemberSeen, Place};
use crate::area_seen::other::Other;
use crate::area_seen::picture::{Cause, Comes, Names, Picture, Record, Step, WaitsFor};
use crate::area_seen::trouble::Trouble;
use crate::said::Said;

/// What nobody ordered is by this.
const COORDINATOR: &str = "coordinator";

/// Where a member is, in a word.
pub fn place_word(place: Place, lang: Lang) -> String {
    match place {
        Place::Refuses => say!(lang, "cannot go along", "同行不可"),
        Place::Missing => say!(lang, "not there", "応答なし"),
        Place::Behind => say!(lang, "behind", "遅れ"),
        Place::Unknown => say!(lang, "not known yet", "未確認"),
        Place::Coming => say!(lang, "on its way", "移行中"),
        Place::Abreast => say!(lang, "abreast", "同期済み"),
    }
}

/// As the first word of a sentence.
fn capital(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

impl Speak for Names {
    fn say(&self, lang: Lang) -> String {
        let names = self.first.iter().map(|name| shown(name)).collect::<Vec<_>>();
        let names = names.join(&say!(lang, ", ", "、"));
        match self.more {
            0 => names,
            more => say!(lang, "{names} and {more} more", "{names} ほか {more} 台"),
        }
    }
}

impl Speak for WaitsFor {
    fn say(&self, lang: Lang) -> String {
        match self {
            WaitsFor::Members(names) => {
                let names = names.say(lang);
                say!(lang, "{names} to have it ready", "{names} の準備完了")
            }
            WaitsFor::Refusals(names) => {
                let names = names.say(lang);
                say!(lang, "{names}, which cannot go along", "同行できない {names} への対応")
            }
            WaitsFor::Quorum { missing } => {
                let (missing, members) = (*missing, counted(*missing as u64, "member"));
                say!(lang, "{members} more", "あと {missing} 台のメンバー")
            }
            WaitsFor::Pilots { names, longest_ms } => {
                let (names, minutes) = (names.say(lang), longest_ms.div_ceil(60_000));
                say!(
                    lang,
                    "{names} to run it in the shadow for {minutes} min more, from the first claim on",
                    "{names} での試行点検（最初の請求からあと {minutes} 分）"
                )
            }
            WaitsFor::Person => {
                say!(
                    lang,
                    "a person: warifu-checker fleet advance --reason …",
                    "人の承認（warifu-checker fleet advance --reason （理由））"
                )
            }
            WaitsFor::Hold => say!(
                lang,
                "who holds it: warifu-checker fleet advance --reason …",
                "差し止めの解除（warifu-checker fleet advance --reason （理由））"
            ),
        }
    }
}

impl Comes {
    /// Which release comes, and how far it came.
    pub fn step_said(&self, lang: Lang) -> String {
        let release = self.release;
        let verb = match (self.is_back, lang) {
            (false, Lang::En) => "release",
            (true, Lang::En) => "back to release",
            (false, Lang::Ja) => "リリース",
            (true, Lang::Ja) => "切戻し先リリース",
        };
        let at = self.instant_ms.map(|at| UnixSeconds::new(at.div_euclid(1000)).said_exactly(lang));
        let at = at.unwrap_or_default();
        match self.step {
            Step::Preparing => {
                say!(lang, "{verb} {release} is being prepared", "{verb} {release} を準備しています")
            }
            Step::Committed => say!(
                lang,
                "{verb} {release} is committed for {at}, and members arm for it",
                "{verb} {release} は {at} に決定済み、メンバーが応諾中です"
            ),
            Step::Armed => say!(
                lang,
                "{verb} {release} judges from {at}: a majority armed",
                "{verb} {release} は {at} から点検に使用します（過半数が応諾済み）"
            ),
        }
    }
}

impl Record {
    /// Which epoch it is, and what judges in it.
    pub fn stands_said(&self, lang: Lang) -> String {
        let epoch = self.epoch;
        match &self.stands {
            None => say!(lang, "epoch {epoch}, nothing judges yet", "エポック {epoch}、稼働リリースなし"),
            Some(stands) => {
                let (release, since) = (stands.release, stands.epoch);
                match since == epoch {
                    true => {
                        say!(lang, "epoch {epoch}, release {release}", "エポック {epoch}、リリース {release}")
                    }
                    false => say!(
                        lang,
                        "epoch {epoch}, release {release} since epoch {since}",
                        "エポック {epoch}、リリース {release}（エポック {since} から）"
                    ),
                }
            }
        }
    }
}

impl Speak for Cause {
    fn say(&self, lang: Lang) -> String {
        let (by, why) = (shown(&self.by), shown(&self.why.say(lang)));
        match self.by.as_str() {
            COORDINATOR => say!(lang, "the coordinator: {why}", "調整役による自動処理: {why}"),
            _ => say!(lang, "{by}: {why}", "{by}: {why}"),
        }
    }
}

impl Picture {
    /// How many members judge by what stands.
    pub fn at_it(&self, lang: Lang) -> String {
        let (at, all) = (self.counts.at_what_stands, self.counts.members);
        say!(lang, "{at} of {all} members at it", "{all} 台中 {at} 台が稼働")
    }

    /// What is under way, and what it waits for.
    pub fn under_way(&self, lang: Lang) -> Option<String> {
        let comes = self.record.comes.as_ref()?;
        let step = comes.step_said(lang);
        Some(match &comes.waits_for {
            None => step,
            Some(waits) => {
                let waits = waits.say(lang);
                say!(lang, "{step}; it waits for {waits}", "{step}（待ち: {waits}）")
            }
        })
    }

    /// What asks for somebody at a member, the worst first.
    pub fn troubles(&self) -> impl Iterator<Item = Trouble> {
        Place::ALL.into_iter().filter_map(|place| self.trouble(place))
    }

    fn names(&self, place: Place) -> Names {
        let mut names = Names::of(self.in_place(place).map(|seen| seen.member.name.clone()));
        // Those that are not told of one by one are counted.
        names.more = self.counts.at(place).saturating_sub(names.first.len());
        names
    }

    /// What those in trouble have in common, and what to do about it.
    fn trouble(&self, place: Place) -> Option<Trouble> {
        let count = self.counts.at(place);
        if count == 0 {
            return None;
        }
        let names = Said::both(&self.names(place));
        let members = counted(count as u64, "member");
        let of = |en: &str, ja: &str| {
            Said::new(format!("{members} {en}: {}", names.en), format!("{ja}: {}", names.ja))
        };
        let (what, next) = match place {
            Place::Refuses => (
                of("cannot go along with what comes", "次のリリースに同行できないメンバーがあります"),
                Said::new(
                    "mend it there, or go without: warifu-checker fleet acknowledge --member NAME --reason \
                     …; or give it up: warifu-checker fleet give-up --reason …",
                    "そのメンバーで原因を解消するか、除外を承認（warifu-checker fleet acknowledge --member 名前 --reason \
                     （理由））、または中止（warifu-checker fleet give-up --reason （理由））してください",
                ),
            ),
            Place::Missing => (
                of("announced nothing lately", "応答のないメンバーがあります"),
                Said::new(
                    "look at the machine and at its way to the store; it comes back by itself",
                    "その装置と、保管先（etcd）への接続を確認してください。復旧すれば自動で加わります",
                ),
            ),
            Place::Behind => (
                of("not at what stands", "現在のリリースで稼働していないメンバーがあります"),
                Said::new(
                    "wait a moment; if it stays so, warifu-checker status on that machine says why",
                    "しばらく待っても変わらない場合は、そのメンバーの warifu-checker status で理由を確認してください",
                ),
            ),
            Place::Unknown | Place::Coming | Place::Abreast => return None,
        };
        let word = Said::new(capital(&place_word(place, Lang::En)), place_word(place, Lang::Ja));
        let why = self.in_place(place).find_map(MemberSeen::refusal_said);
        Some(Trouble { word, what, why, next, is_alarm: false })
    }
}

impl MemberSeen {
    /// Why it cannot go along, by its name.
    fn refusal_said(&self) -> Option<Said> {
        let announced = self.member.announced.as_ref().filter(|_| self.place == Place::Refuses)?;
        let refusal = announced.refusal.as_ref()?;
        let (name, code, detail) = (&self.member.name, &refusal.code, &refusal.detail);
        let text = format!("{}: {}: {}", shown(name), shown(code), shown(detail));
        Some(Said::new(text.clone(), text))
    }
}

impl InArea {
    /// What asks for somebody, the worst first.
    pub fn troubles(&self) -> Vec<Trouble> {
        let silent = self.store.is_silent().then(|| {
            let (en, ja) = match self.store.answered_seconds_ago {
                None => ("since this member started".to_owned(), "起動後まだ".to_owned()),
                Some(seconds) => (format!("for {seconds} s"), format!("{seconds} 秒間")),
            };
            Trouble {
                word: Said::new("Store silent", "保管先の応答なし"),
                what: Said::new(
                    format!("the store of the area has not answered {en}: no epoch changes"),
                    format!("エリアの保管先（etcd）が{ja}応答していません。エポックは進みません"),
                ),
                why: None,
                next: Said::new(
                    "look at etcd and at the way to it; members that reach each other go on judging",
                    "etcd とそこまでの接続を確認してください。メンバー同士が通信できる間は点検を続けます",
                ),
                is_alarm: false,
            }
        });
        // What an old picture shows of members may be over.
        let picture = self.picture.as_ref().filter(|_| silent.is_none());
        let here = silent.into_iter().chain(picture.into_iter().flat_map(Picture::troubles));
        here.chain(self.other.iter().flat_map(Other::troubles)).collect()
    }

    /// What is under way, and what it waits for.
    pub fn under_way(&self, lang: Lang) -> Option<String> {
        self.picture.as_ref()?.under_way(lang)
    }
}

impl Speak for InArea {
    fn say(&self, lang: Lang) -> String {
        let (area, name) = (&self.area, &self.member);
        let mut lines = Vec::new();
        match &self.picture {
            None => lines.push(say!(
                lang,
                "area {area} (this is {name}): nothing is known of it yet",
                "エリア {area}（このメンバー: {name}）: 情報がまだありません"
            )),
            Some(picture) => {
                let (stands, at) = (picture.record.stands_said(lang), picture.at_it(lang));
                lines.push(say!(
                    lang,
                    "area {area} (this is {name}): {stands}, {at}",
                    "エリア {area}（このメンバー: {name}）: {stands}、{at}"
                ));
            }
        }
        lines.extend(self.under_way(lang).map(|under_way| format!("  {under_way}")));
        lines.extend(self.other.iter().map(|other| format!("  {}", other.say(lang))));
        lines.extend(self.troubles().iter().map(|trouble| format!("  {}", trouble.line(lang))));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area_seen::in_area::Store;
    use crate::area_seen::member::Member;
    use crate::area_seen::picture::Read;

    fn in_area(answered: Option<u64>, members: &[&str], comes: Option<Comes>) -> InArea {
        let record = Record {
            epoch: 3,
            revision: 9,
            stands: None,
            before: None,
            comes,
            majority: 2,
            timekeeper: None,
            coordinator: None,
            quarantine: Vec::new(),
            cause: Cause { by: "a test".into(), why: Said::new("it asks", "it asks") },
            damaged: 0,
        };
        let members = members.iter().map(|name| Member {
            name: (*name).to_owned(),
            votes: true,
            announced: None,
            clock_ahead_ms: None,
        });
        InArea {
            area: "east".into(),
            member: "a".into(),
            store: Store { answered_seconds_ago: answered },
            clock: None,
            picture_age_seconds: Some(1),
            picture: Some(Picture::of(record, members, Read::Yes)),
            other: None,
        }
    }

    #[test]
    fn who_is_missing_is_named_and_what_to_do_is_said() {
        let said = in_area(Some(0), &["b", "c"], None);
        let (english, japanese) = (said.say(Lang::En), said.say(Lang::Ja));
        assert!(english.contains("NOT THERE: 2 members announced nothing lately: b, c; look"), "{english}");
        assert!(japanese.contains("応答なし: 応答のないメンバーがあります: b、c。その装置"), "{japanese}");
        assert!(
            english.starts_with("area east (this is a): epoch 3, nothing judges yet, 0 of 2"),
            "{english}"
        );
    }

    #[test]
    fn nothing_is_said_of_members_while_the_store_is_silent() {
        let said = in_area(Some(30), &["b"], None).say(Lang::En);
        assert!(said.contains("has not answered for 30 s") && !said.contains("NOT THERE"), "{said}");
        let never = in_area(None, &[], None).say(Lang::Ja);
        assert!(never.contains("起動後まだ応答していません"), "{never}");
    }

    #[test]
    fn what_comes_says_what_it_waits_for() {
        let comes = Comes {
            release: 5,
            manifest: warifu_values::digest::Digest::of(b"5"),
            is_back: false,
            step: Step::Preparing,
            instant_ms: None,
            armed: None,
            waits_for: Some(WaitsFor::Members(Names::of(["b".to_owned()]))),
        };
        let english = in_area(Some(0), &[], Some(comes.clone())).say(Lang::En);
        assert!(
            english.contains("release 5 is being prepared; it waits for b to have it ready"),
            "{english}"
        );
        let armed = Comes { is_back: true, step: Step::Armed, instant_ms: Some(0), ..comes };
        assert!(armed.step_said(Lang::Ja).contains("切戻し先リリース 5 は"), "{}", armed.step_said(Lang::Ja));
    }
}
