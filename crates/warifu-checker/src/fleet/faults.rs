//! Whose fault it is what probation sees in an area: the master's, which all see who use the code, or one
//! member's, which it sees alone.

use std::collections::{BTreeMap, BTreeSet};

use warifu_etcd::Overview;
use warifu_fleet::member::MemberName;
use warifu_fleet::probation::{Verdict, asked, verdict};
use warifu_fleet::release::Epoch;
use warifu_fleet::report::Stage;
use warifu_fleet::time::{Millis, Tick};

use crate::fleet::member::Member;
use crate::said::Said;

/// A member says within seconds what it saw of a code that is asked about. One that does not, perhaps of an
/// older program, is waited for so long.
const ANSWERS_WITHIN: Millis = Millis(20_000);

/// What was seen of what judges now.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// Codes over a gate, each since when it is asked about.
    asked_since: BTreeMap<String, Tick>,
    asked: BTreeSet<String>,
    found: Option<(Epoch, Verdict)>,
}

impl Faults {
    /// Takes in what members announce now.
    pub(super) fn look(&mut self, member: &Member, overview: &Overview) {
        let record = &overview.view.seen.record;
        let Some(stands) = record.stands() else {
            *self = Faults::default();
            return;
        };
        let judging: BTreeSet<MemberName> = overview
            .announced
            .iter()
            .filter(|(name, said)| {
                record.members().has(name) && said.report.is_at(stands.epoch, Stage::Active)
            })
            .map(|(name, _)| name.clone())
            .collect();
        let mut sightings = overview.sightings();
        sightings.values_mut().for_each(|by_member| by_member.retain(|name, _| judging.contains(name)));
        let all = sightings.iter().flat_map(|(code, by_member)| by_member.values().map(move |it| (code, it)));
        self.asked = asked(all);
        let now = member.now();
        self.asked_since.retain(|code, _| self.asked.contains(code));
        self.asked.iter().for_each(|code| _ = self.asked_since.entry(code.clone()).or_insert(now));
        let is_overdue = |(_, since): &(&String, &Tick)| now.since(**since) >= ANSWERS_WITHIN;
        let overdue = self.asked_since.iter().filter(is_overdue).map(|(code, _)| code.clone()).collect();
        let found = verdict(&sightings, &judging, &overdue, record.policy().terms());
        self.found = Some((stands.epoch, found));
    }

    /// Codes that each member is to say something of.
    pub(super) fn asked(&self) -> &BTreeSet<String> {
        &self.asked
    }

    /// A fault of the master that judges: many see it, or an organisation took it away.
    pub(super) fn of_the_master(&self, member: &Member, overview: &Overview) -> Option<(Epoch, String)> {
        let stands = overview.view.seen.record.stands()?;
        let runs = member.swapper.in_memory().runs.map(|(id, _)| id.manifest);
        let withdrawn = member.swapper.runs_withdrawn().filter(|_| runs == Some(stands.release.digest));
        if let Some(why) = withdrawn {
            return Some((stands.epoch, why.en));
        }
        let (epoch, found) = self.found.as_ref()?;
        let codes: Vec<_> = found.of_the_master.iter().cloned().collect();
        (!codes.is_empty()).then(|| (*epoch, format!("probation: {}", codes.join(", "))))
    }

    /// Why this member alone is out of service: it sees what no other member does.
    pub(super) fn own(&self, member: &Member) -> Option<Said> {
        let (_, found) = self.found.as_ref()?;
        let codes = found.of_members.get(&member.name)?.iter().cloned().collect::<Vec<_>>().join(", ");
        Some(Said::new(
            format!("this checker alone sees a fault in {codes}: its own files or memory may be damaged"),
            format!(
                "{codes} の異常はこのチェッカーだけに見られます。ファイルまたはメモリーの破損が考えられます"
            ),
        ))
    }
}
