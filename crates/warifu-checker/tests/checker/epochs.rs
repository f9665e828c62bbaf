//! What judges is what an area says: a release that is ready waits for it, and the pointer follows.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use warifu_checker::area_seen::{InArea, Store};
use warifu_checker::log::now;
use warifu_checker::said::Said;
use warifu_checker::state::Phase;
use warifu_checker::swap::{Epochs, NotReady, Outcome, Wanted};
use warifu_values::digest::Digest;

use crate::line::release;
use crate::masters::{bad, good};
use crate::world::{Checker, check, claim_file};

/// An area that says what it is told to.
#[derive(Default)]
struct Area {
    stands: Mutex<Option<Digest>>,
    pilots: Mutex<Option<Digest>>,
}

impl Area {
    fn stands(&self, manifest: Digest) {
        *self.stands.lock().unwrap() = Some(manifest);
    }
}

impl Epochs for Area {
    fn standing(&self) -> Result<Digest, NotReady> {
        let cut_off = || NotReady { code: "fleet/cut-off".into(), why: Said::new("cut off", "切断") };
        self.stands.lock().unwrap().ok_or_else(cut_off)
    }

    fn area(&self) -> &str {
        "east"
    }

    fn in_area(&self) -> InArea {
        let store = Store { answered_seconds_ago: Some(1) };
        let (area, member) = ("east".to_owned(), "a".to_owned());
        InArea { area, member, store, clock: None, picture_age_seconds: None, picture: None, other: None }
    }

    fn pilots(&self) -> Option<Digest> {
        self.pilots.lock().unwrap().to_owned()
    }

    fn changed(&self) {}
}

fn member(probation_files: u64) -> (Checker, Arc<Area>) {
    let (checker, area) = (Checker::start(probation_files, 4), Arc::new(Area::default()));
    checker.swapper.moves_with(Arc::clone(&area) as _);
    (checker, area)
}

fn why() -> Said {
    Said::new("the area moved", "切替")
}

#[test]
fn a_release_that_is_ready_judges_when_the_area_says_so_and_the_pointer_follows() {
    let (checker, area) = member(1_000);
    let file = claim_file(1, 1);
    let first = checker.shelf.offer(release(1, &good()));
    assert!(matches!(checker.swapper.poll(now(), Wanted::ByItself), Outcome::Postponed { release: 1, .. }));
    assert_eq!(checker.swapper.active().map(|active| active.id), None);
    area.stands(first.manifest);
    assert_eq!(checker.check(&file).release, Some(1), "before the pointer moved");
    assert!(checker.swapper.follow_area(first.manifest, &why(), now()));
    assert!(!checker.swapper.follow_area(first.manifest, &why(), now()), "once");

    let second = checker.shelf.offer(release(2, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    assert_eq!(checker.swapper.in_memory().ready.map(|ready| ready.id), Some(second));
    assert_eq!(checker.check(&file).release, Some(1));
    area.stands(second.manifest);
    assert_eq!(checker.check(&file).release, Some(2));
    assert!(checker.swapper.follow_area(second.manifest, &why(), now()));
    let memory = checker.swapper.in_memory();
    assert_eq!(memory.runs, Some((second, Phase::Probation)));
    assert_eq!((memory.ready, memory.before), (None, Some(first)));
    let seen = checker.swapper.watched().unwrap().1;
    assert_eq!(seen.files, 1, "what was judged before the pointer moved is seen too");

    area.stands(first.manifest);
    assert_eq!(checker.check(&file).release, Some(1), "before the pointer moved back");
    assert!(checker.swapper.follow_area(first.manifest, &why(), now()));
    assert_eq!(checker.swapper.in_memory().runs, Some((first, Phase::Confirmed)));
    assert!(checker.swapper.record().held(second).is_some());
    checker.swapper.let_again(second, why(), now());
    assert_eq!(checker.swapper.make_ready(second, now()), None, "it is ready again");
}

#[test]
fn who_may_not_judge_says_so_and_why() {
    let (checker, area) = member(2);
    let first = checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    let ready = || {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut said = agent.get(format!("http://{}/readyz", checker.address)).call().unwrap();
        let body: Value = said.body_mut().read_json().unwrap();
        (said.status().as_u16(), body)
    };
    let turned_away = check(checker.address, &claim_file(1, 1));
    assert_eq!((turned_away.status, &turned_away.lines[0]["code"]), (503, &"fleet/cut-off".into()));
    let (status, body) = ready();
    assert_eq!((status, &body["not_ready"]["code"]), (503, &"fleet/cut-off".into()));
    area.stands(first.manifest);
    assert_eq!(ready().0, 200);
    area.stands(Digest::of(b"another"));
    assert_eq!(checker.check(&claim_file(1, 1)).lines[0]["code"], "fleet/not-held");
}

#[test]
fn a_member_neither_falls_back_alone_nor_lets_go_what_it_gave_its_word_for() {
    let (checker, area) = member(2);
    let first = checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    area.stands(first.manifest);
    checker.swapper.follow_area(first.manifest, &why(), now());
    let second = checker.shelf.offer(release(2, &bad()));
    checker.swapper.poll(now(), Wanted::ByItself);
    assert!(checker.swapper.promise(second.manifest));
    checker.shelf.offer(release(3, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    assert_eq!(checker.swapper.in_memory().ready.map(|ready| ready.id), Some(second));
    assert!(!checker.swapper.promise(Digest::of(b"another")));
    area.stands(second.manifest);
    checker.swapper.follow_area(second.manifest, &why(), now());
    for institution in 1..20 {
        assert_eq!(checker.check(&claim_file(institution, 3)).release, Some(2), "its area says what follows");
    }
    let refused = checker.client.fall_back().unwrap_err();
    assert!(format!("{refused:?}").contains("warifu-checker fleet fall-back"), "{refused:?}");
    assert!(matches!(checker.swapper.poll(now(), Wanted::Release(1)), Outcome::Held { release: 1, .. }));
}

#[test]
fn what_a_pilot_runs_in_the_shadow_answers_nobody_and_is_refused_before_it_judges() {
    let (checker, area) = member(1_000);
    let first = checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    area.stands(first.manifest);
    checker.swapper.follow_area(first.manifest, &why(), now());
    let second = checker.shelf.offer(release(2, &bad()));
    checker.swapper.poll(now(), Wanted::ByItself);
    let ran = || checker.swapper.ran_in_the_shadow(&second.manifest);
    let come = || (1..20).for_each(|at| assert_eq!(checker.check(&claim_file(at, 3)).release, Some(1)));
    come();
    assert_eq!(ran(), Ok(false), "this member is no pilot");
    *area.pilots.lock().unwrap() = Some(second.manifest);
    assert_eq!(ran(), Ok(false), "no claim came");
    come();
    assert!(ran().unwrap_err().en.starts_with("in the shadow: "), "{:?}", ran());
    assert_eq!(checker.swapper.in_memory().runs, Some((first, Phase::Confirmed)));

    let third = checker.shelf.offer(release(3, &good()));
    checker.swapper.poll(now(), Wanted::ByItself);
    *area.pilots.lock().unwrap() = Some(third.manifest);
    come();
    assert_eq!(checker.swapper.ran_in_the_shadow(&third.manifest), Ok(true));
    area.stands(third.manifest);
    checker.swapper.follow_area(third.manifest, &why(), now());
    assert_eq!(checker.swapper.watched().unwrap().1.files, 19, "what the shadow saw is not forgotten");
    assert_eq!(checker.swapper.uses_of("procedure", "112007410"), Some(3 * 19));
    assert_eq!(checker.swapper.uses_of("procedure", "112099999"), Some(0));
}
