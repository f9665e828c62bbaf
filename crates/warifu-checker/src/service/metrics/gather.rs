//! What is gathered when somebody asks for the metrics: nothing here is on the path of a claim.

use std::fs;

use crate::area_seen::{InArea, Place, Step};
use crate::cause::Cause;
use crate::service::http_service::Service;
use crate::service::metrics::catalogue as is;
use crate::service::metrics::exposition::Exposition;
use crate::service::metrics::measured::Ending;
use crate::service::status::{ClaimsDoor, Queue, Status};
use crate::swap::Outcome;

impl Service {
    /// The metrics, as Prometheus reads them.
    pub(in crate::service) fn metrics(&self) -> String {
        let mut text = Exposition::default();
        let status = self.status();
        self.releases(&mut text, &status);
        self.channel(&mut text, &status);
        self.claims(&mut text);
        let door = self.claims_door();
        doors(&mut text, self.queue_now(), door);
        self.disk(&mut text, &status, door);
        self.fleet(&mut text, &status);
        text.one(&is::RESIDENT, resident_bytes());
        text.one(&is::STARTED, self.started.seconds());
        text.one(&is::CLOCK, status.at.seconds());
        text.each(&is::BUILD, [([env!("CARGO_PKG_VERSION").to_owned()], 1u64)]);
        text.finish()
    }

    fn releases(&self, text: &mut Exposition, status: &Status) {
        let running = self.swapper.active();
        let causes = status.causes();
        let amiss = Cause::ALL.iter().map(|cause| ([cause.label().to_owned()], causes.contains(cause)));
        text.each(&is::AMISS, amiss);
        let may_judge = status.fleet.as_ref().is_none_or(|fleet| fleet.not_ready.is_none());
        text.one(&is::READY, running.is_some() && may_judge && !status.doors.is_draining);
        text.one(&is::DRAINING, status.doors.is_draining);
        let info = running.as_ref().map(|active| {
            let id = active.id;
            ([id.release.to_string(), id.manifest.to_string(), status.state.clone()], 1u64)
        });
        text.each(&is::RELEASE_INFO, info);
        text.one(&is::RELEASE_NUMBER, running.as_ref().map_or(0, |active| active.id.release));
        text.each(&is::RELEASE_SINCE, running.as_ref().map(|active| ([], active.since.seconds())));
        text.one(&is::ON_PROBATION, status.watch.is_some());
        text.one(&is::WITHDRAWN, status.withdrawn.is_some());
        let seen = status.watch.as_ref().map(|watch| &watch.seen);
        text.one(&is::PROBATION_FILES, seen.map_or(0, |seen| seen.files));
        text.one(&is::PROBATION_USES, seen.map_or(0, |seen| seen.uses));
        text.one(&is::PROBATION_INSTITUTIONS, seen.map_or(0, |seen| seen.institutions));
        let codes = seen.into_iter().flat_map(|seen| &seen.codes_by_verdict).map(|(verdict, count)| {
            let verdict = serde_json::to_value(verdict).unwrap_or_default();
            ([verdict.as_str().unwrap_or_default().to_owned()], *count)
        });
        text.each(&is::PROBATION_CODES, codes);
        text.one(&is::HELD, status.held.len());
        text.one(&is::REFUSED, status.refused.is_some());
        text.one(&is::FROZEN, status.frozen.is_some());
        let next = status.next.as_ref().map(|next| ([next.release.to_string()], next.at.seconds()));
        text.each(&is::NEXT, next);
    }

    fn channel(&self, text: &mut Exposition, status: &Status) {
        let last = status.last_poll.as_ref();
        let offered = last.and_then(|last| last.result.release());
        text.one(
            &is::CHANNEL_RELEASE,
            offered.or_else(|| self.swapper.trusted().map(|trusted| trusted.release)).unwrap_or_default(),
        );
        text.each(&is::CHANNEL_LOOKED, last.map(|last| ([], last.at.seconds())));
        // A full disk of this machine is not the channel's.
        let answers =
            last.map(|last| ([], !matches!(last.result, Outcome::Unavailable { cause: Cause::Channel, .. })));
        text.each(&is::CHANNEL_ANSWERS, answers);
        text.one(&is::METADATA_STALE, status.stale);
        let trusted = self.swapper.trusted();
        text.each(&is::METADATA_SEEN, trusted.map(|trusted| ([], trusted.at.seconds())));
        let expires = trusted.map(|trusted| trusted.expires);
        text.each(&is::METADATA_EXPIRES, expires.map(|expires| ([], expires.metadata.seconds())));
        text.each(&is::ROOT_EXPIRES, expires.map(|expires| ([], expires.root.seconds())));
        text.each(&is::CERTIFICATE_EXPIRES, self.certificates_expire());
    }

    fn claims(&self, text: &mut Exposition) {
        let endings =
            Ending::ALL.iter().map(|ending| ([ending.as_str().to_owned()], self.measured.count(*ending)));
        text.each(&is::CLAIM_FILES, endings);
        text.one(&is::CLAIMS, self.claims.load(std::sync::atomic::Ordering::Relaxed));
        // Never more labels than releases that can judge now.
        let in_use = self.swapper.in_use();
        let mut totals = self.swapper.history().counted().totals();
        totals.retain(|totals| in_use.contains(&totals.release));
        let files = totals.iter().map(|totals| ([totals.release.to_string()], totals.files));
        text.each(&is::FILES_BY_RELEASE, files);
        let findings = totals.iter().flat_map(|totals| {
            let release = totals.release.to_string();
            totals.findings().map(move |(code, count)| ([code.as_str().to_owned(), release.clone()], count))
        });
        text.each(&is::FINDINGS, findings);
        text.histogram(&is::WAITING_SECONDS, &self.measured.waiting);
        text.histogram(&is::JUDGING_SECONDS, &self.measured.judging);
        text.histogram(&is::WHOLE_SECONDS, &self.measured.whole);
    }

    fn fleet(&self, text: &mut Exposition, status: &Status) {
        let fleet = status.fleet.as_ref();
        let area = || fleet.map(|fleet| fleet.area.area.clone());
        let of_area = |value: Option<i64>| area().zip(value).map(|(area, value)| ([area], value));
        let picture = fleet.and_then(|fleet| fleet.area.picture.as_ref());
        let record = picture.map(|picture| &picture.record);
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let not_ready = fleet.and_then(|fleet| fleet.not_ready.as_ref());
        text.each(&is::FLEET_READY, area().map(|area| ([area], not_ready.is_none())));
        let code = not_ready.map(|why| why.code.clone().into_owned());
        text.each(&is::FLEET_NOT_READY, area().zip(code).map(|(area, code)| ([area, code], true)));
        text.each(&is::FLEET_EPOCH, of_area(record.map(|record| whole(record.epoch))));
        let stands = record.map(|record| record.stands.as_ref().map_or(0, |stands| whole(stands.release)));
        text.each(&is::FLEET_RELEASE, of_area(stands));
        let comes = record.and_then(|record| record.comes.as_ref());
        let step = area().zip(comes).map(|(area, comes)| {
            let step = match comes.step {
                Step::Preparing => "preparing",
                Step::Committed => "committed",
                Step::Armed => "armed",
            };
            ([area, comes.release.to_string(), step.to_owned()], true)
        });
        text.each(&is::FLEET_STEP, step);
        let seconds = |millis: i64| millis as f64 / 1e3;
        let to_instant = fleet.and_then(|fleet| fleet.area.to_instant_ms());
        text.each(&is::FLEET_TO_INSTANT, area().zip(to_instant).map(|(area, ms)| ([area], seconds(ms))));
        let members = picture.zip(area()).into_iter().flat_map(|(picture, area)| {
            let sample =
                move |place: Place| ([area.clone(), place.as_str().to_owned()], picture.counts.at(place));
            Place::ALL.map(sample)
        });
        text.each(&is::FLEET_MEMBERS, members);
        text.each(&is::FLEET_QUARANTINE, of_area(record.map(|record| whole(record.quarantine.len() as u64))));
        let since_start =
            whole(status.at.seconds().saturating_sub(self.started.seconds()).max(0).unsigned_abs());
        let silent = |area: &InArea| area.store.answered_seconds_ago.map_or(since_start, whole);
        text.each(&is::FLEET_STORE, of_area(fleet.map(|fleet| silent(&fleet.area))));
        let age = fleet.and_then(|fleet| fleet.area.picture_age_seconds);
        text.each(&is::FLEET_PICTURE, of_area(age.map(whole)));
        let error = fleet.and_then(|fleet| fleet.area.clock).map(|clock| seconds(whole(clock.error_ms)));
        text.each(&is::FLEET_CLOCK, area().zip(error).map(|(area, error)| ([area], error)));
        let other = fleet.and_then(|fleet| fleet.area.other.as_ref());
        let of_other = |value: Option<u64>| {
            let named = area().zip(other).zip(value);
            named.map(|((area, other), value)| ([area, other.name.clone()], whole(value)))
        };
        let said = other.and_then(|other| other.said.as_ref());
        text.each(&is::OTHER_RELEASE, of_other(said.map(|said| said.release.release)));
        text.each(&is::OTHER_SILENT, of_other(other.map(|other| other.silent_seconds)));
        let apart = other.and_then(|other| other.apart);
        text.each(&is::APART, of_other(Some(apart.map_or(0, |apart| apart.seconds))));
        text.each(&is::APART_ALLOWED, of_other(apart.map(|apart| apart.allowed_seconds)));
    }

    fn disk(&self, text: &mut Exposition, status: &Status, door: ClaimsDoor) {
        let kept = self.swapper.kept_claims();
        text.one(&is::KEPT, kept.files);
        text.one(&is::KEPT_LIMIT, kept.most);
        text.one(&is::KEPT_BYTES, kept.bytes);
        text.one(&is::NOT_KEPT, door.not_kept);
        text.one(&is::NOT_WRITTEN, status.not_written.is_some());
        text.one(&is::RESERVE_SPENT, status.no_reserve.is_some());
        text.one(&is::DAMAGED, status.damaged.len());
        text.one(&is::SNAPSHOTS, self.swapper.snapshot_bytes());
    }
}

fn doors(text: &mut Exposition, queue: Queue, doors: ClaimsDoor) {
    text.one(&is::JUDGING, queue.judging);
    text.one(&is::QUEUE, queue.waiting);
    text.one(&is::QUEUE_CAPACITY, queue.capacity);
    text.one(&is::CONNECTIONS, doors.connections);
    text.one(&is::CONNECTIONS_LIMIT, doors.limits.connections);
    text.one(&is::CONNECTIONS_CUT, doors.connections_cut);
    text.one(&is::ARRIVED, doors.arrived_bytes);
    text.one(&is::ARRIVED_LIMIT, doors.limits.arrived_bytes);
    text.one(&is::UNREAD, doors.unread_bytes);
    text.one(&is::UNREAD_LIMIT, doors.limits.unread_bytes);
}

/// As Linux tells it; 0 where nobody does.
fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kib.unwrap_or_default() * 1024
}
