//! `fleet`: what a person founds, looks at and says of an area. It asks the store, and no checker.

#[cfg(feature = "fleet")]
pub(super) use with_fleets::say_of_fleet;

#[cfg(not(feature = "fleet"))]
pub(super) use without_fleets::say_of_fleet;

#[cfg(not(feature = "fleet"))]
pub(super) use without_fleets::built_without;

/// Of a program that was built without.
#[cfg(not(feature = "fleet"))]
mod without_fleets {
    use crate::cli::arguments::Fleet;
    use crate::cli::failure::Failure;
    use crate::cli::shown::Shown;
    use crate::said::Said;

    pub(in crate::cli) fn say_of_fleet(_: &Fleet, _: Shown<'_>) -> Result<u8, Failure> {
        Err(built_without())
    }

    pub(in crate::cli) fn built_without() -> Failure {
        Failure::could_not(Said::new(
            "this program was built without fleets",
            "このプログラムはフリート機能なしでビルドされています",
        ))
    }
}

#[cfg(feature = "fleet")]
mod with_fleets {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use serde::Serialize;
    use warifu_etcd::{Area, Overview, StoreError, Written};
    use warifu_fleet::coordinator::Change;
    use warifu_fleet::desired::{Cause, Desired, Next};
    use warifu_fleet::member::{MemberName, Members, NoMembers};
    use warifu_fleet::orders::{Act, Order};
    use warifu_fleet::policy::{Advance, Policy, Terms};
    use warifu_fleet::roll::change_members;
    use warifu_fleet::time::Millis;
    use warifu_values::digest::Digest;
    use warifu_values::lang::{Lang, Speak};

    use crate::cli::arguments::{Fleet, FleetAct};
    use crate::cli::failure::Failure;
    use crate::cli::fleet_config::{name, other, store};
    use crate::cli::fleet_status::FleetStatus;
    use crate::cli::shown::Shown;
    use crate::fleet::pictured::pictured;
    use crate::log::now;
    use crate::operator_name::of_account;
    use crate::said::Said;

    /// A person waits longer than a member.
    const PATIENCE: Duration = Duration::from_secs(3);

    pub(in crate::cli) fn say_of_fleet(fleet: &Fleet, shown: Shown<'_>) -> Result<u8, Failure> {
        let Some(called) = &fleet.options.fleet_area else { return Err(no_area_named()) };
        let mut settings = store(&fleet.options)?;
        settings.timeout = PATIENCE;
        let area = Area::new(&settings, called).map_err(|error| failed(&error))?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            if fleet.act == FleetAct::Found {
                return found(fleet, &area, shown).await;
            }
            let Some(overview) = area.overview().await.map_err(|error| failed(&error))? else {
                return Err(refused(Said::new(
                    format!("nobody founded the area {called}: warifu-checker fleet found --member …"),
                    format!(
                        "エリア {called} はまだ作成されていません: warifu-checker fleet found --member （名前）"
                    ),
                )));
            };
            match fleet.act {
                FleetAct::Status => {
                    let coordinator = area.coordinator().await.ok().flatten();
                    let other = other(&fleet.options)?;
                    shown.show(&FleetStatus::of(called, overview, coordinator, other.as_ref()), 0)
                }
                FleetAct::Statement => statement(called, overview, shown),
                FleetAct::Members => members(fleet, &area, &overview, shown).await,
                _ => order(fleet, &area, &overview, shown).await,
            }
        })
    }

    /// What is signed for the other organisation. It is for a program, whoever reads it.
    fn statement(area: &str, overview: Overview, shown: Shown<'_>) -> Result<u8, Failure> {
        let runs = pictured(overview, None, now()).runs(area, now()).ok_or_else(|| {
            refused(Said::new(
                "nothing judges in the area yet: there is nothing to say",
                "エリアに稼働リリースがまだないため、伝える内容がありません",
            ))
        })?;
        let shown = Shown { json: true, ..shown };
        shown.show_or(&runs, &Said::new("", ""), 0)
    }

    /// What was done.
    #[derive(Debug, Serialize)]
    struct Done {
        epoch: u64,
        said: Said,
    }

    impl Speak for Done {
        fn say(&self, lang: Lang) -> String {
            self.said.say(lang)
        }
    }

    async fn found(fleet: &Fleet, area: &Area, shown: Shown<'_>) -> Result<u8, Failure> {
        let freshness = Millis(fleet.freshness);
        let mut terms = Terms::default();
        terms.timing.freshness = freshness;
        // Who falls back waits no longer than arming takes.
        let margin = terms.timing.arming_margin() + Millis(250);
        terms.fall_back_lead = terms.fall_back_lead.max(margin);
        terms.lead = terms.lead.max(margin + margin);
        if fleet.by_hand {
            terms.advance = Advance::Person;
        }
        let members = members_of(fleet)?;
        terms.pilots = fleet.pilot.iter().map(|it| name(it)).collect::<Result<_, _>>()?;
        terms.apart = Millis(fleet.apart_minutes * 60_000);
        terms.pilot_time = Millis(fleet.pilot_minutes.unwrap_or(0) * 60_000);
        if let Some(stranger) = terms.pilots.iter().find(|pilot| !members.has(pilot)) {
            return Err(refused(Said::new(
                format!("--pilot {stranger} is no member: name it with --member or --follower as well"),
                format!(
                    "--pilot {stranger} はメンバーではありません。--member または --follower にも指定してください"
                ),
            )));
        }
        let policy = Policy::new(terms).map_err(|error| {
            refused(Said::about("such an area cannot work", "この条件ではエリアを運用できません", &error))
        })?;
        let record = Desired::founded(members, policy, cause(fleet)?);
        match area.found(&record).await.map_err(|error| failed(&error))? {
            Written::Yes(_) => {
                let said = Said::new("the area is founded", "エリアを作成しました");
                shown.show(&Done { epoch: 0, said }, 0)
            }
            Written::Overtaken => Err(refused(Said::new(
                "the area was founded before; nothing changed",
                "エリアはすでに作成されています。変更していません",
            ))),
        }
    }

    fn members_of(fleet: &Fleet) -> Result<Members, Failure> {
        let names = |typed: &[String]| typed.iter().map(|it| name(it)).collect::<Result<BTreeSet<_>, _>>();
        Members::new(names(&fleet.member)?, names(&fleet.follower)?).map_err(|why| {
            refused(match why {
                NoMembers::NoVoter => Said::new(
                    "an area needs a voter: --member NAME, again for each",
                    "投票するメンバーが必要です: --member （名前）（台数分繰り返し指定）",
                ),
                NoMembers::Twice(name) => Said::new(
                    format!("{name} is both --member and --follower"),
                    format!("{name} が --member と --follower の両方に指定されています"),
                ),
            })
        })
    }

    async fn members(
        fleet: &Fleet,
        area: &Area,
        overview: &Overview,
        shown: Shown<'_>,
    ) -> Result<u8, Failure> {
        let off: Result<BTreeSet<MemberName>, Failure> = fleet.off.iter().map(|it| name(it)).collect();
        let seen = &overview.view.seen;
        let changed = change_members(seen, members_of(fleet)?, &overview.reports(), &off?, cause(fleet)?);
        let record = changed.map_err(|why| {
            refused(Said::about(
                "the members of the area do not change now; one vote changes at a time",
                "今はエリアのメンバーを変更できません。変更できるのは一度に 1 票だけです",
                &why,
            ))
        })?;
        let change = Change { expects: seen.revision, none_armed: None, record };
        match area.write(&change).await.map_err(|error| failed(&error))? {
            Written::Yes(_) => {
                let said = Said::new("the members are changed", "メンバーを変更しました");
                shown.show(&Done { epoch: change.record.last().0, said }, 0)
            }
            Written::Overtaken => Err(overtaken()),
        }
    }

    async fn order(fleet: &Fleet, area: &Area, overview: &Overview, shown: Shown<'_>) -> Result<u8, Failure> {
        let record = &overview.view.seen.record;
        let epoch = record.last();
        let acts = match fleet.act {
            FleetAct::FallBack => {
                let stands = record.stands().filter(|_| record.before().is_some());
                vec![Act::FallBack(stands.ok_or_else(nothing_before)?.epoch)]
            }
            FleetAct::Lift => vec![Act::Lift(quarantined(fleet, overview)?)],
            FleetAct::Acknowledge => {
                let names = fleet.member.iter().map(|it| name(it)).collect::<Result<Vec<_>, _>>()?;
                names.into_iter().map(|name| Act::Acknowledge(epoch, name)).collect()
            }
            act => {
                if !matches!(record.next(), Next::Preparing(_)) {
                    return Err(nothing_prepared());
                }
                vec![match act {
                    FleetAct::Hold => Act::Hold(epoch),
                    FleetAct::GiveUp => Act::GiveUp(epoch),
                    _ => Act::Advance(epoch),
                }]
            }
        };
        let Cause { by, why } = cause(fleet)?;
        // The store takes so many orders and no more: whoever gives one clears away what is over.
        for act in overview.orders.over(record).filter(|act| !acts.contains(act)) {
            let _ = area.take_back(act).await.map_err(|error| failed(&error))?;
        }
        for act in acts {
            let order = Order { act, by: by.clone(), why: why.clone() };
            if area.order(&order).await.map_err(|error| failed(&error))? == Written::Overtaken {
                return Err(overtaken());
            }
        }
        let said = Said::new(
            "the order is given; the coordinator carries it out: warifu-checker fleet status",
            "指示を登録しました。調整役が実行します: warifu-checker fleet status",
        );
        shown.show(&Done { epoch: epoch.0, said }, 0)
    }

    /// The release that is to be let out, by its number.
    fn quarantined(fleet: &Fleet, overview: &Overview) -> Result<Digest, Failure> {
        let number = fleet.release.ok_or_else(|| {
            refused(Said::new("name it: --release NUMBER", "リリースを指定してください: --release （番号）"))
        })?;
        let all: Vec<_> = overview.view.seen.record.quarantine().all().map(|(release, _)| release).collect();
        let found = all.iter().find(|release| release.number == number).map(|release| release.digest);
        found.ok_or_else(|| {
            let there = all.iter().map(|release| release.number.to_string()).collect::<Vec<_>>().join(", ");
            let (there_en, there_ja) = match there.as_str() {
                "" => ("nothing", "隔離中のリリースはありません".to_owned()),
                there => (there, format!("隔離中: {there}")),
            };
            refused(Said::new(
                format!("release {number} is not in quarantine; in it: {there_en}"),
                format!("リリース {number} は隔離されていません。{there_ja}"),
            ))
        })
    }

    /// Who says so, and why.
    fn cause(fleet: &Fleet) -> Result<Cause, Failure> {
        let Some(reason) = &fleet.reason else {
            return Err(refused(Said::new(
                "say why: --reason …",
                "理由を指定してください: --reason （理由）",
            )));
        };
        let by = of_account(rustix::process::getuid().as_raw(), None);
        Ok(Cause { by, why: reason.as_str().to_owned() })
    }

    fn no_area_named() -> Failure {
        Failure::could_not(Said::new(
            "no area is named: [fleet] area in the configuration file, or --fleet-area",
            "エリアの指定がありません: 設定ファイルの [fleet] area、または --fleet-area",
        ))
    }

    fn nothing_before() -> Failure {
        refused(Said::new("there is no release to fall back to", "戻せるリリースがありません"))
    }

    fn nothing_prepared() -> Failure {
        refused(Said::new("nothing is being prepared", "準備中のリリースはありません"))
    }

    fn overtaken() -> Failure {
        refused(Said::new(
            "the record changed meanwhile; look again: warifu-checker fleet status",
            "その間に記録が更新されました。warifu-checker fleet status で確認し直してください",
        ))
    }

    fn refused(said: Said) -> Failure {
        Failure { status: 1, said }
    }

    fn failed(error: &StoreError) -> Failure {
        Failure::could_not(Said::both(error))
    }
}
