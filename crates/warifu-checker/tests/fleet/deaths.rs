//! Members and etcd are killed: whoever is cut off is not ready, and all others go on as one.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::area::{Area, turned_away};
use crate::world::{check, claim_file};

/// What is turned away, and by which code.
fn code_at(area: &Area, at: usize) -> Option<String> {
    let address = area.members[at].address;
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut response = agent.post(format!("http://{address}/check")).send(&claim_file(1, 1)[..]).unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    let told: Value = serde_json::from_str(text.lines().next_back()?).ok()?;
    Some(told["code"].as_str()?.to_owned())
}

#[test]
fn what_is_killed_comes_back_and_who_is_cut_off_is_not_ready() {
    let Some(mut area) = Area::founded(3) else { return };
    let file = claim_file(1, 1);

    // One member dies: others go on, and move without it. It comes back to what judges by now.
    area.kill(2);
    let release_at = |area: &Area, at: usize| check(area.members[at].address, &file).release;
    assert_eq!((release_at(&area, 0), release_at(&area, 1)), (Some(1), Some(1)));
    area.publish();
    area.until("two by 2", || (0..2).all(|at| release_at(&area, at) == Some(2)));
    area.start_again(2);
    area.until("the third by 2", || {
        let release = release_at(&area, 2);
        assert_ne!(release, Some(1), "it judged by what its area left\n{}", area.told());
        release == Some(2)
    });

    area.until_all_know_each_other();
    area.until_all_judge_by(2);

    // Etcd's leader dies: nobody is turned away.
    let leader = area.cluster.leader();
    area.cluster.kill(leader);
    let ((), judged) = area.while_claims_come(|area| {
        let begun = Instant::now();
        area.until("some seconds", || begun.elapsed() > Duration::from_secs(4));
    });
    assert_eq!(turned_away(&judged), BTreeMap::new(), "of {}\n{}", judged.len(), area.told());
    assert!(judged.iter().all(|it| it.release == Some(2)));

    // All of etcd dies: service goes on, and no epoch changes.
    (0..3).filter(|at| *at != leader).for_each(|at| area.cluster.kill(at));
    area.publish();
    let ((), judged) = area.while_claims_come(|area| {
        let begun = Instant::now();
        area.until("some seconds", || begun.elapsed() > Duration::from_secs(4));
    });
    eprintln!("{} claim files without etcd", judged.len());
    assert_eq!(turned_away(&judged), BTreeMap::new(), "of {}\n{}", judged.len(), area.told());
    assert!(judged.iter().all(|it| it.release == Some(2)));

    // One alone, without etcd and without a majority, stops within W, and says why.
    area.kill(1);
    area.kill(2);
    let cut = Instant::now();
    area.until("not ready", || code_at(&area, 0).is_some());
    let took = cut.elapsed();
    eprintln!("not ready {took:?} after it was cut off");
    assert_eq!(code_at(&area, 0).as_deref(), Some("fleet/cut-off"), "{}", area.told());
    assert!(took < Duration::from_millis(3_500), "{took:?}");
    let ready = ureq::get(format!("http://{}/readyz", area.members[0].address)).call();
    assert!(matches!(ready, Err(ureq::Error::StatusCode(503))), "{ready:?}");

    // Etcd comes back, then the others: all are ready by the newest.
    (0..3).for_each(|at| area.cluster.start_node(at));
    area.start_again(1);
    area.start_again(2);
    area.until_all_judge_by(3);
}
