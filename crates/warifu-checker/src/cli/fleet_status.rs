//! Where an area is, as the store has it, for people and for programs.

use serde::Serialize;
use warifu_etcd::Overview;
use warifu_fleet::member::MemberName;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;
use warifu_values::text::shown;

use crate::area_seen::{Hearing, MemberSeen, Other, Picture, place_word};
use crate::fleet::other::OtherFleet;
use crate::fleet::pictured::pictured;
use crate::log::now;

/// Where an area is.
#[derive(Debug, Serialize)]
pub(super) struct FleetStatus {
    area: String,
    #[serde(flatten)]
    picture: Picture,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<Other>,
}

impl FleetStatus {
    /// By what was read of `area`.
    pub(super) fn of(
        area: &str,
        overview: Overview,
        coordinator: Option<MemberName>,
        other: Option<&OtherFleet>,
    ) -> FleetStatus {
        let allowed = overview.view.seen.record.policy().terms().apart.0 / 1_000;
        let at = now();
        let picture = pictured(overview, coordinator, at);
        let other = other.map(|other| {
            let mut hearing = Hearing::of(other.name().to_owned(), at);
            hearing.hears(other.hear(), at);
            hearing.compares(picture.record.stands.as_ref());
            hearing.at(at, allowed)
        });
        FleetStatus { area: area.to_owned(), picture, other }
    }
}

/// A member in a line.
fn member(seen: &MemberSeen, lang: Lang) -> String {
    let place = place_word(seen.place, lang);
    let mut line = format!("  {}  {place}", shown(&seen.member.name));
    let Some(announced) = &seen.member.announced else { return line };
    let release = announced.runs.map(|runs| say!(lang, "release {runs}", "リリース {runs}"));
    let refusal =
        announced.refusal.as_ref().map(|why| format!("{}: {}", shown(&why.code), shown(&why.detail)));
    release.into_iter().chain(refusal).for_each(|more| line += &format!("  {more}"));
    line
}

impl Speak for FleetStatus {
    fn say(&self, lang: Lang) -> String {
        let (area, Picture { record, members, counts }) = (&self.area, &self.picture);
        let other = self.other.iter();
        let (stands, at) = (record.stands_said(lang), self.picture.at_it(lang));
        let mut lines = vec![say!(lang, "area {area}: {stands}, {at}", "エリア {area}: {stands}、{at}")];
        lines.extend(self.picture.under_way(lang).map(|under_way| format!("  {under_way}")));
        lines.extend(other.clone().map(|other| format!("  {}", other.say(lang))));
        let troubles = self.picture.troubles().chain(other.flat_map(Other::troubles));
        lines.extend(troubles.map(|trouble| format!("  {}", trouble.line(lang))));
        let none = || say!(lang, "none", "なし");
        let before = record.before.map_or_else(none, |before| before.to_string());
        lines.push(say!(lang, "  it can fall back to: {before}", "  切戻し先リリース: {before}"));
        let of = |name: &Option<String>| name.as_deref().map_or_else(none, shown);
        let (keeper, coordinator) = (of(&record.timekeeper), of(&record.coordinator));
        lines.push(say!(lang, "  timekeeper: {keeper}", "  時刻の基準: {keeper}"));
        lines.push(say!(lang, "  coordinator: {coordinator}", "  調整役: {coordinator}"));
        let cause = record.cause.say(lang);
        lines.push(say!(lang, "  cause: {cause}", "  理由: {cause}"));
        for held in &record.quarantine {
            let (release, why) = (held.release, shown(&held.why));
            lines.push(say!(
                lang,
                "  in quarantine: release {release}: {why}",
                "  隔離中: リリース {release}: {why}"
            ));
        }
        lines.extend(members.iter().map(|seen| member(seen, lang)));
        let more = counts.members.saturating_sub(members.len());
        if more > 0 {
            lines.push(say!(lang, "  and {more} members more", "  ほか {more} 台"));
        }
        if record.damaged > 0 {
            let damaged = record.damaged;
            lines.push(say!(
                lang,
                "{damaged} values in the store are damaged and left out",
                "保管先に破損した値が {damaged} 件あり、除外しました"
            ));
        }
        lines.join("\n")
    }
}
