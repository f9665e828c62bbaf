//! What an area runs, as it is said to the other organisation.

use warifu_trust::{AreaComes, AreaMembers, AreaNack, AreaRuns, ReleaseRef, UnixSeconds};

use crate::area_seen::member::{MemberSeen, Place};
use crate::area_seen::picture::Picture;

impl Picture {
    /// What `area` runs at `now`; none where nothing judges in it yet.
    pub fn runs(&self, area: &str, now: UnixSeconds) -> Option<AreaRuns> {
        let (record, counts) = (&self.record, self.counts);
        let stands = record.stands.as_ref()?;
        let at = |place| counts.at(place) as u64;
        let nack = |seen: &MemberSeen| {
            let code = seen.member.announced.as_ref()?.refusal.as_ref()?.code.clone();
            Some(AreaNack { member: seen.member.name.clone(), code })
        };
        Some(AreaRuns {
            area: area.to_owned(),
            at: now,
            epoch: record.epoch,
            release: ReleaseRef { release: stands.release, manifest: stands.manifest },
            since: stands.since,
            members: AreaMembers {
                all: counts.members as u64,
                at_it: counts.at_what_stands as u64,
                behind: at(Place::Behind),
                missing: at(Place::Missing),
                refuse: at(Place::Refuses),
            },
            comes: record.comes.as_ref().map(|comes| AreaComes {
                release: ReleaseRef { release: comes.release, manifest: comes.manifest },
                at: comes.instant_ms.map(|at| UnixSeconds::new(at.div_euclid(1_000))),
            }),
            nacks: self.in_place(Place::Refuses).filter_map(nack).take(AreaRuns::NACKS).collect(),
        })
    }
}
