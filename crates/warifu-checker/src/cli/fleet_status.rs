//! Where an area is, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;
use warifu_etcd::Overview;
use warifu_fleet::desired::{Next, Way};
use warifu_fleet::prepared::{WaitsFor, may_commit};
use warifu_fleet::report::{Progress, Stage};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;
use warifu_values::text::shown;

use crate::said::Said;

/// Where an area is.
#[derive(Debug, Serialize)]
pub(super) struct FleetStatus {
    area: String,
    epoch: u64,
    revision: u64,
    stands: Option<Stands>,
    before: Option<u64>,
    under_way: String,
    release: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instant_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for: Option<Said>,
    timekeeper: Option<String>,
    coordinator: Option<String>,
    cause: Cause,
    quarantine: Vec<Quarantined>,
    members: Vec<MemberRow>,
    damaged: usize,
}

#[derive(Debug, Serialize)]
struct Stands {
    epoch: u64,
    release: u64,
    manifest: String,
}

#[derive(Debug, Serialize)]
struct Cause {
    by: String,
    why: String,
}

#[derive(Debug, Serialize)]
struct Quarantined {
    release: u64,
    why: String,
}

#[derive(Debug, Serialize)]
struct MemberRow {
    name: String,
    votes: bool,
    alive: bool,
    stage: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refuses: Option<Refuses>,
    runs: Option<u64>,
    program: Option<String>,
}

#[derive(Debug, Serialize)]
struct Refuses {
    code: String,
    why: String,
}

impl FleetStatus {
    /// By what was read of `area`.
    pub(super) fn of(area: &str, overview: &Overview, coordinator: Option<String>) -> FleetStatus {
        let seen = &overview.view.seen;
        let record = &seen.record;
        let (under_way, release, instant) = match record.next() {
            Next::Nothing => ("nothing", None, None),
            Next::Preparing(release) => ("preparing", Some(release.number), None),
            Next::Committed(commit) | Next::Armed(commit) => {
                let release = match commit.way {
                    Way::Forward(release) => Some(release),
                    Way::Back => record.before(),
                };
                let word = if matches!(record.next(), Next::Armed(_)) { "armed" } else { "committed" };
                (word, release.map(|release| release.number), Some(commit.instant.0))
            }
        };
        let waits_for = match record.next() {
            Next::Preparing(_) => may_commit(record, &overview.reports(), &overview.orders).err(),
            _ => None,
        };
        let members = record.members().all().map(|name| {
            let said = overview.announced.get(name);
            let progress = said.map(|said| &said.report.progress);
            let refuses = match progress {
                Some(Progress::Nack(nack)) => {
                    Some(Refuses { code: nack.code.clone(), why: nack.detail.clone() })
                }
                _ => None,
            };
            MemberRow {
                name: name.to_string(),
                votes: record.members().voters().contains(name),
                alive: said.is_some(),
                stage: progress.map_or("silent", stage).to_owned(),
                refuses,
                runs: said.and_then(|said| said.runs).map(|runs| runs.number),
                program: said.map(|said| said.program.clone()),
            }
        });
        FleetStatus {
            area: area.to_owned(),
            epoch: record.last().0,
            revision: seen.revision.0,
            stands: record.stands().map(|stands| Stands {
                epoch: stands.epoch.0,
                release: stands.release.number,
                manifest: stands.release.digest.to_string(),
            }),
            before: record.before().map(|before| before.number),
            under_way: under_way.to_owned(),
            release,
            instant_ms: instant,
            waits_for: waits_for.as_ref().map(waits),
            timekeeper: record.timekeeper().map(|keeper| keeper.member.to_string()),
            coordinator,
            cause: Cause { by: record.cause().by.clone(), why: record.cause().why.clone() },
            quarantine: record
                .quarantine()
                .all()
                .map(|(release, why)| Quarantined { release: release.number, why: why.to_owned() })
                .collect(),
            members: members.collect(),
            damaged: overview.damaged.len(),
        }
    }
}

fn stage(progress: &Progress) -> &'static str {
    match progress {
        Progress::Idle => "idle",
        Progress::Nack(_) => "refuses",
        Progress::At(_, stage) => match stage {
            Stage::Fetched => "fetched",
            Stage::Verified => "verified",
            Stage::Cleared => "cleared",
            Stage::Prepared => "prepared",
            Stage::Armed => "armed",
            Stage::Active => "active",
            Stage::Confirmed => "confirmed",
        },
    }
}

/// What a commit waits for, in words.
fn waits(waits_for: &WaitsFor) -> Said {
    let list = |names: &std::collections::BTreeSet<warifu_fleet::member::MemberName>| {
        names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    };
    match waits_for {
        WaitsFor::Nothing => Said::new("something to be prepared", "準備するリリースなし"),
        WaitsFor::Members(names) => Said::new(
            format!("{} to be prepared, or to be acknowledged", list(names)),
            format!("{} の準備（または除外の承認）", list(names)),
        ),
        WaitsFor::Nacks(names) => Said::new(
            format!("{}, which cannot go along: mend that, acknowledge them, or give up", list(names)),
            format!("{} が同行できません。原因の解消、除外の承認、または中止が必要です", list(names)),
        ),
        WaitsFor::Quorum(missing) => {
            Said::new(format!("{missing} members more"), format!("メンバーがあと {missing} 台必要です"))
        }
        WaitsFor::Pilots(names, longest) => Said::new(
            format!("pilots: {}, {} min more of claims", list(names), longest.0.div_ceil(60_000)),
            format!("試行点検中: {}、受付開始からあと {} 分", list(names), longest.0.div_ceil(60_000)),
        ),
        WaitsFor::Person => Said::new(
            "a person: warifu-checker fleet advance --reason …",
            "人の承認: warifu-checker fleet advance --reason （理由）",
        ),
        WaitsFor::Hold => Said::new(
            "the one who holds it: warifu-checker fleet advance --reason …",
            "差し止めの解除: warifu-checker fleet advance --reason （理由）",
        ),
    }
}

impl Speak for FleetStatus {
    fn say(&self, lang: Lang) -> String {
        let (area, epoch, revision) = (&self.area, self.epoch, self.revision);
        let mut text = say!(
            lang,
            "area {area}: epoch {epoch} (revision {revision})",
            "エリア {area}: エポック {epoch}（版 {revision}）"
        );
        let none = say!(lang, "none", "なし");
        let stands = self.stands.as_ref().map_or_else(
            || none.clone(),
            |stands| {
                let (release, epoch) = (stands.release, stands.epoch);
                say!(
                    lang,
                    "release {release} since epoch {epoch}",
                    "リリース {release}（エポック {epoch} から）"
                )
            },
        );
        let mut line = |name: String, value: &str| _ = write!(text, "\n  {name}: {value}");
        line(say!(lang, "stands", "現在"), &stands);
        let before = self.before.map_or_else(|| none.clone(), |before| before.to_string());
        line(say!(lang, "before", "直前"), &before);
        let under_way = match self.release {
            Some(release) => format!("{} {release}", self.under_way),
            None => none.clone(),
        };
        line(say!(lang, "under way", "進行中"), &under_way);
        if let Some(waits) = &self.waits_for {
            line(say!(lang, "waits for", "待ち"), &waits.say(lang));
        }
        let of = |it: &Option<String>| it.clone().unwrap_or_else(|| none.clone());
        line(say!(lang, "timekeeper", "時刻の基準"), &of(&self.timekeeper));
        line(say!(lang, "coordinator", "調整役"), &of(&self.coordinator));
        let cause = format!("{}: {}", shown(&self.cause.by), shown(&self.cause.why));
        line(say!(lang, "cause", "理由"), &cause);
        for held in &self.quarantine {
            let held = format!("{}: {}", held.release, shown(&held.why));
            line(say!(lang, "in quarantine", "隔離中"), &held);
        }
        for member in &self.members {
            let runs = member.runs.map_or_else(|| "-".to_owned(), |runs| runs.to_string());
            _ = write!(text, "\n  {}  {}  {}", member.name, member.stage, runs);
            if let Some(refuses) = &member.refuses {
                _ = write!(text, "  {}: {}", shown(&refuses.code), shown(&refuses.why));
            }
        }
        if self.damaged > 0 {
            let damaged = self.damaged;
            _ = write!(
                text,
                "\n{}",
                say!(
                    lang,
                    "{damaged} values in the store are damaged and left out",
                    "保管先に破損した値が {damaged} 件あり、除外しました"
                )
            );
        }
        text
    }
}
