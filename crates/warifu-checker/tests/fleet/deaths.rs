//! Members and etcd are killed: whoever is cut off is not ready, and all others go on as one.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::area::{Area, turned_away};

#[test]
fn what_is_killed_comes_back_and_who_is_cut_off_is_not_ready() {
    let Some(mut area) = Area::founded(3) else { return };

    // One member dies: others go on, and move without it. It comes back to what judges by now.
    area.kill(2);
    assert_eq!((area.judges_by(0), area.judges_by(1)), (Some(1), Some(1)));
    area.publish();
    area.until("two by 2", || (0..2).all(|at| area.judges_by(at) == Some(2)));
    area.start_again(2);
    area.until("the third by 2", || {
        let release = area.judges_by(2);
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
    area.until("not ready", || area.code_at(0).is_some());
    let took = cut.elapsed();
    eprintln!("not ready {took:?} after it was cut off");
    assert_eq!(area.code_at(0).as_deref(), Some("fleet/cut-off"), "{}", area.told());
    assert!(took < Duration::from_millis(3_500), "{took:?}");
    let ready = ureq::get(format!("http://{}/readyz", area.members[0].address)).call();
    assert!(matches!(ready, Err(ureq::Error::StatusCode(503))), "{ready:?}");

    // Etcd comes back, then the others: all are ready by the newest.
    (0..3).for_each(|at| area.cluster.start_node(at));
    area.start_again(1);
    area.start_again(2);
    area.until_all_judge_by(3);
}

#[test]
fn whoever_coordinates_is_killed_at_each_step_and_the_move_ends_all_the_same() {
    let Some(mut area) = Area::founded(3) else { return };
    for (release, step) in [(2, "preparing"), (3, "committed"), (4, "armed")] {
        area.publish();
        let mut coordinator = String::new();
        area.until(step, || {
            let status = area.status();
            coordinator = status["coordinator"].as_str().unwrap_or_default().to_owned();
            let is_past = status["stands"]["release"] == release;
            (status["comes"]["step"] == step || is_past) && !coordinator.is_empty()
        });
        let at = area.members.iter().position(|member| member.name == coordinator).unwrap();
        area.kill(at);
        let killed = Instant::now();
        let others: Vec<usize> = (0..3).filter(|other| *other != at).collect();
        area.until("the others move", || others.iter().all(|at| area.judges_by(*at) == Some(release)));
        eprintln!("{coordinator} killed when {step}: the others by {release} after {:?}", killed.elapsed());
        // The lease, the lead, and the wait of a coordinator whose record names a timekeeper that is gone.
        assert!(killed.elapsed() < Duration::from_secs(30), "{:?}\n{}", killed.elapsed(), area.told());
        area.start_again(at);
        area.until_all_judge_by(release);
        area.until("settled", || area.status()["comes"].is_null());
    }
}
