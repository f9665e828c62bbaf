//! Copies that somebody made to harm: what they hold is not taken over, and nothing of it stands afterwards.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "a test makes its own files")]

mod place;

use std::path::Path;

use git2::{Oid, Repository, Signature};
use place::{Place, base, now};
use warifu::store::{Examined, ExchangeError, Store, Unsound, today};
use warifu_masters::schema::Schemas;

/// A repository with a master, and one that was sent everything.
fn shared() -> (Place, Repository) {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    let path = place.folder.path().join("shared");
    let sent = place.store.send(Some(path.to_str().unwrap()), &mut |_| {}).unwrap();
    assert!(sent.is_new);
    let shared = Repository::open_bare(path).unwrap();
    (place, shared)
}

/// Commits a tree to the shared copy in which `name` has this mode and content.
fn commit(shared: &Repository, name: &str, mode: i32, content: Oid) -> Oid {
    let parent = shared.find_reference("refs/heads/main").unwrap().peel_to_commit().unwrap();
    let mut builder = shared.treebuilder(Some(&parent.tree().unwrap())).unwrap();
    builder.insert(name, content, mode).unwrap();
    let tree = shared.find_tree(builder.write().unwrap()).unwrap();
    let who = Signature::now("Mallory\u{1B}[31m", "m@example.jp").unwrap();
    shared.commit(Some("refs/heads/main"), &who, &who, "harmless\u{7}", &tree, &[&parent]).unwrap()
}

fn cloned(from: &str, copy: &Path, schemas: Schemas) -> Result<Store, ExchangeError> {
    let clear = |examined: Examined| Ok::<_, ExchangeError>(examined.clear(true).unwrap());
    let (store, _) = Store::clone_from(from, copy, schemas, today(now()), &mut |_| {}, clear)?;
    Ok(store)
}

fn received(place: &Place) -> Result<warifu::store::Received, ExchangeError> {
    place.store.receive(None, &mut |_| {})
}

#[test]
fn a_link_or_another_repository_is_never_taken_over() {
    for mode in [0o120_000, 0o160_000] {
        let (place, shared) = shared();
        let content = match mode {
            0o120_000 => shared.blob(b"/etc").unwrap(),
            _ => shared.find_reference("refs/heads/main").unwrap().target().unwrap(),
        };
        commit(&shared, "rules", mode, content);
        let seen = place.store.origin().unwrap();
        let error = received(&place).unwrap_err();
        assert!(
            matches!(&error, ExchangeError::Unsound { path, what: Unsound::Mode, .. } if path == "rules")
        );
        // Nothing stands for it, here or in a new copy.
        assert_eq!(place.store.origin().unwrap(), seen);
        let own = Repository::open(place.path()).unwrap();
        assert!(own.references().unwrap().all(|one| !one.unwrap().name().unwrap().contains("incoming")));
        let copy = place.folder.path().join("copy");
        let schemas = Schemas::built_in().unwrap();
        let from = shared.path().to_str().unwrap();
        let error = cloned(from, &copy, schemas).map(|_| ()).unwrap_err();
        assert!(matches!(error, ExchangeError::Unsound { .. }), "{error}");
        assert!(!copy.exists());
    }
}

#[test]
fn names_of_others_reach_no_terminal_and_other_branches_are_not_fetched() {
    let (place, shared) = shared();
    let content = shared.blob(b"x").unwrap();
    let tip = commit(&shared, "README", 0o100_644, content);
    shared.reference("refs/heads/HEAD", tip, true, "odd").unwrap();
    shared.reference("refs/tags/v1", tip, true, "odd").unwrap();
    let received = received(&place).unwrap();
    let told = &received.news[0];
    assert!(!told.title.contains('\u{7}') && !told.author.contains('\u{1B}'), "{told:?}");
    let own = Repository::open(place.path()).unwrap();
    let mut names: Vec<String> = own
        .references()
        .unwrap()
        .map(|one| one.unwrap().name().unwrap().to_owned())
        .filter(|name| !name.starts_with("refs/stash"))
        .collect();
    names.sort();
    assert_eq!(names, ["refs/heads/main", "refs/remotes/origin/main"]);
}

#[test]
fn a_master_that_was_changed_by_hand_is_not_taken_over_even_when_findings_were_read() {
    let (place, shared) = shared();
    // All masters are gone, their records of imports stay.
    let parent = shared.find_reference("refs/heads/main").unwrap().peel_to_commit().unwrap();
    let mut builder = shared.treebuilder(Some(&parent.tree().unwrap())).unwrap();
    builder.remove("masters").unwrap();
    let tree = shared.find_tree(builder.write().unwrap()).unwrap();
    let who = Signature::now("Somebody", "s@example.jp").unwrap();
    shared.commit(Some("refs/heads/main"), &who, &who, "by hand", &tree, &[&parent]).unwrap();
    let head = place.store.head_commit().unwrap();
    for with_findings in [false, true] {
        let examined = place.store.examine(received(&place).unwrap(), today(now()), &mut |_| {}).unwrap();
        assert!(examined.clear(with_findings).is_err());
    }
    assert_eq!(place.store.head_commit().unwrap(), head);
}

#[test]
fn a_file_of_the_persons_own_is_not_written_over() {
    let (place, shared) = shared();
    let content = shared.blob(b"theirs").unwrap();
    commit(&shared, "README", 0o100_644, content);
    std::fs::write(place.path().join("README"), "mine").unwrap();
    let head = place.store.head_commit().unwrap();
    let catch_up = || {
        let examined = place.store.examine(received(&place).unwrap(), today(now()), &mut |_| {}).unwrap();
        place.store.catch_up(examined.clear(false).unwrap(), false)
    };
    let error = catch_up().unwrap_err();
    assert!(error.to_string().contains("README"), "{error}");
    assert_eq!(std::fs::read(place.path().join("README")).unwrap(), b"mine");
    assert_eq!(place.store.head_commit().unwrap(), head);
    std::fs::remove_file(place.path().join("README")).unwrap();
    catch_up().unwrap();
    assert_eq!(std::fs::read(place.path().join("README")).unwrap(), b"theirs");
    assert_eq!(place.store.changed_files().unwrap(), Vec::<String>::new());
}
