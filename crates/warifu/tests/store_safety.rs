//! What may go wrong while the store writes: two writers, a failure at any step, somebody's own changes.
//! Readers still get the state before whole.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "a test makes its own files, and breaks them")]

mod place;

use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use place::{Place, author, base, change, comment, now, request};
use warifu::store::{
    Ancestry, CommitError, ImportError, Imported, Stopped, Store, StoreError, UndoError, UndoRequest, Undone,
    Which, today,
};
use warifu_masters::finding::Code;
use warifu_masters::schema::Schemas;
use warifu_values::digest::Digest;

fn with_base() -> Place {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    place
}

/// A differential that touches two shards and adds a third.
fn differential() -> String {
    [change(1, "初診等"), change(20_001, "往診等"), comment("3", 40_001, "転院")].concat()
}

fn digest(store: &Store, rev: &str) -> String {
    let at = store.at(&format!("{rev}:comment")).unwrap();
    store.state(&at).unwrap().canonical_digest().to_string()
}

fn git(folder: &Path, args: &[&str]) -> Option<String> {
    let Ok(output) = Command::new("git").arg("-C").arg(folder).args(args).output() else {
        let _ = writeln!(std::io::stderr(), "left out: no git on this machine");
        return None;
    };
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_same_file_twice_changes_nothing_and_says_so() {
    let place = with_base();
    let first = place.import_bytes(differential().as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    // Under another name, with others in between: it is the bytes that count.
    place.import_bytes(change(2, "再診等").as_bytes(), "c_20240702.csv", "r06", &[]).unwrap();
    let head = place.store.log().unwrap()[0].commit.clone();
    let again = place.import_bytes(differential().as_bytes(), "copy.csv", "r06", &[]).unwrap();
    assert!(again.unchanged);
    assert_eq!(again.findings.count(Code::ImportSame), 1);
    assert!(first.commit.starts_with(&again.commit[..12]));
    assert_eq!(place.store.log().unwrap()[0].commit, head);
}

/// What `git revert` took back is not there any more, so it may come in again.
#[test]
fn a_commit_follows_another_or_does_not() {
    let place = with_base();
    let path = place.path();
    let Some(first) = git(&path, &["rev-parse", "HEAD"]) else { return };
    let empty = ["-c", "user.name=t", "-c", "user.email=t@example.jp", "commit", "-q", "--allow-empty", "-m"];
    let commit = |what| {
        git(&path, &[&empty[..], &[what]].concat()).unwrap();
        git(&path, &["rev-parse", "HEAD"]).unwrap()
    };
    let second = commit("second");
    git(&path, &["checkout", "-q", "-b", "side", first.trim()]).unwrap();
    let side = commit("side");
    let ancestry = |commit: &str, other: &str| place.store.ancestry(commit.trim(), other.trim()).unwrap();
    assert_eq!(ancestry(&second, &first), Ancestry::Follows);
    assert_eq!(ancestry(&second, &second), Ancestry::Follows);
    assert_eq!(ancestry(&first, &second), Ancestry::Before);
    assert_eq!(ancestry(&side, &second), Ancestry::Apart);
    assert_eq!(ancestry(&second, &"0".repeat(40)), Ancestry::Unknown);
}

#[test]
fn a_reverted_import_comes_in_again() {
    let place = with_base();
    place.import_bytes(differential().as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    let after = digest(&place.store, "HEAD");
    let revert = ["-c", "user.name=t", "-c", "user.email=t@example.jp", "revert", "--no-edit", "HEAD"];
    let Some(_) = git(&place.path(), &revert) else { return };
    let again = place.import_bytes(differential().as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    assert!(!again.unchanged);
    assert_eq!(digest(&place.store, "HEAD"), after);
    let third = place.import_bytes(differential().as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    assert!(third.unchanged);
}

/// A waiver of `warifu.toml` holds for its records until its last day, at import and at every check.
#[test]
fn a_waiver_holds_until_it_expires() {
    let place = Place::new();
    // A comment whose code is not made of its parts: two digits of it are exchanged.
    let wrong = base().replacen("\"810000001\"", "\"810000010\"", 1);
    assert_ne!(wrong, base(), "the base has the comment");
    let refused = place.import_bytes(wrong.as_bytes(), "c_ALL20240531.csv", "r06", &[]);
    let Err(ImportError::Refused(refused)) = refused else { panic!("{refused:?}") };
    assert_eq!(refused.findings.count(Code::SetCommentCode), 1);
    let file = place.path().join("warifu.toml");
    let waiver = "\n[[waiver]]\ncode = \"set/comment-code\"\nkind = \"comment\"\nkeys = [\"810000001\"]\n\
                  reason = \"known\"\nexpires = \"2024-06-30\"\n";
    let text = std::fs::read_to_string(&file).unwrap() + waiver;
    std::fs::write(&file, text).unwrap();
    let commit = ["-c", "user.name=t", "-c", "user.email=t@example.jp", "commit", "-qam", "waive"];
    let Some(_) = git(&place.path(), &commit) else { return };
    place.import_bytes(wrong.as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    assert!(!place.store.check("HEAD", "2024-06-30".parse().unwrap()).unwrap().denies());
    assert!(place.store.check("HEAD", "2024-07-01".parse().unwrap()).unwrap().denies());
}

/// More findings of a code were accepted than are kept one by one: a further record that breaks the rule is
/// refused all the same.
#[test]
fn what_was_accepted_in_many_records_is_not_accepted_in_one_more() {
    let place = Place::new();
    let wrong = |class: &str, serial: u32| {
        let text = comment(class, serial, "誤り");
        text.replacen(&format!("\"81{serial:07}\""), "\"819999999\"", 1)
    };
    let full: String = (1..=1_050).map(|serial| wrong("0", serial)).collect();
    let accept = [(Code::SetCommentCode, "known".to_owned())];
    place.import_bytes(full.as_bytes(), "c_ALL20240531.csv", "r06", &accept).unwrap();
    let more = wrong("3", 1_051);
    let refused = place.import_bytes(more.as_bytes(), "c_20240701.csv", "r06", &[]);
    let Err(ImportError::Refused(refused)) = refused else { panic!("{refused:?}") };
    assert!(refused.findings.denies() && refused.findings.count(Code::SetCommentCode) > 0);
    // A record that keeps the rule brings nothing new.
    let right = comment("3", 1_051, "正しい");
    place.import_bytes(right.as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
}

/// A file that was accepted with a reason needs none to be known again.
#[test]
fn an_accepted_file_is_known_again() {
    let place = with_base();
    let long = comment("3", 40_001, &"長".repeat(500));
    let accept = [(Code::FieldTooLong, "訂正待ち".to_owned())];
    let refused = place.import_bytes(long.as_bytes(), "c_20240701.csv", "r06", &[]);
    assert!(matches!(refused, Err(ImportError::Refused(_))), "{refused:?}");
    place.import_bytes(long.as_bytes(), "c_20240701.csv", "r06", &accept).unwrap();
    assert!(place.import_bytes(long.as_bytes(), "c_20240701.csv", "r06", &[]).unwrap().unchanged);
    assert!(!place.store.check("HEAD", today(now())).unwrap().denies(), "what was accepted stays accepted");
}

#[test]
fn files_go_in_by_date() {
    let place = with_base();
    let older = place.import_bytes(differential().as_bytes(), "c_20240401.csv", "r06", &[]);
    let Err(ImportError::Refused(older)) = older else { panic!("{older:?}") };
    assert_eq!(older.findings.count(Code::ImportOlder), 1);
    let accept = [(Code::ImportOlder, "再掲\nForged: header".to_owned())];
    let taken = place.import_bytes(differential().as_bytes(), "c_20240401.csv", "r06", &accept).unwrap();
    let accepted = &taken.record.accepted[0];
    assert_eq!((accepted.code.as_str(), accepted.count), ("import/older", 1));
    let Some(message) = git(&place.path(), &["log", "-1", "--format=%B"]) else { return };
    assert!(message.contains("  import/older ×1: 再掲 Forged: header\n"), "{message}");
}

#[test]
fn a_full_that_does_not_follow_is_refused() {
    let place = with_base();
    let full = [comment("0", 1, "初診料"), comment("0", 2, "再診"), comment("0", 50_001, "退院")].concat();
    let done = place.import_bytes(full.as_bytes(), "c_ALL20240701.csv", "r06", &[]);
    let Err(ImportError::Refused(done)) = done else { panic!("{done:?}") };
    let counts: Vec<_> = done.findings.counts().map(|(code, count)| format!("{code} ×{count}")).collect();
    let chain: Vec<_> = counts.iter().filter(|count| count.starts_with("chain/")).collect();
    assert_eq!(chain, ["chain/unexplained ×2", "chain/missing ×2", "chain/extra ×1"]);
}

/// What no rule describes is kept as it came.
#[test]
fn an_irregular_file_comes_back_too() {
    let place = with_base();
    let mixed = differential().replacen('\n', "\r\n", 1);
    let done = place.import_bytes(mixed.as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    assert_eq!((done.record.rendering, done.findings.count(Code::FileRendering)), (None, 1));
    let at = place.store.at("HEAD:comment").unwrap();
    assert_eq!(place.store.original(&at).unwrap(), ("c_20240701.csv".to_owned(), mixed.into_bytes()));
    assert!(place.path().join("sources/r06/comment/original").exists());
    place.import_bytes(change(2, "再診等").as_bytes(), "c_20240702.csv", "r06", &[]).unwrap();
    assert!(!place.path().join("sources/r06/comment/original").exists());
}

#[test]
fn two_writers_at_once_one_wins_and_the_other_is_told() {
    let place = with_base();
    let files: Vec<String> =
        (0..8).map(|n| [differential(), change(2, &"等".repeat(n + 1))].concat()).collect();
    let barrier = std::sync::Barrier::new(files.len());
    let path = place.path();
    let done: Vec<_> = std::thread::scope(|scope| {
        let import = |file: &String| {
            let store = Store::open(&path, Schemas::built_in().unwrap()).unwrap();
            barrier.wait();
            store.import(&request(file.as_bytes(), "c_20240701.csv", "r06", &[], &author()))
        };
        let threads: Vec<_> = files.iter().map(|file| scope.spawn(move || import(file))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut won = 0;
    for done in done {
        match done {
            Ok(_) => won += 1,
            // One that came after the winner had ended finds the added record there already.
            Err(ImportError::Commit(CommitError::Busy) | ImportError::Refused(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert!(won >= 1);
    assert_eq!(place.store.log().unwrap().len(), 1 + won, "each success is one commit, on top of the others");
    assert!(!place.store.check("HEAD", today(now())).unwrap().denies());
    git(&path, &["fsck", "--strict"]);
}

#[test]
fn a_failure_at_any_step_leaves_the_state_before_or_the_one_after() {
    let reference = with_base();
    let before = digest(&reference.store, "HEAD");
    reference.import_bytes(differential().as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    let after = digest(&reference.store, "HEAD");
    for step in 0.. {
        let place = with_base();
        place.store.fail_at_step(Some(step));
        let done = place.import_bytes(differential().as_bytes(), "c_20240701.csv", "r06", &[]);
        place.store.fail_at_step(None);
        // A new process, as after a crash.
        let store = Store::open(&place.path(), Schemas::built_in().unwrap()).unwrap();
        match done {
            Ok(_) => {
                assert!(step > 15, "only {step} steps");
                assert_eq!(digest(&store, "HEAD"), after);
                break;
            }
            Err(ImportError::Commit(CommitError::Unfinished { .. })) => {
                assert_eq!(digest(&store, "HEAD"), after, "step {step}");
            }
            Err(ImportError::Commit(CommitError::Store(StoreError::Io { .. }))) => {
                assert_eq!(digest(&store, "HEAD"), before, "step {step}");
            }
            Err(error) => panic!("step {step}: {error}"),
        }
        // The next import finishes or repeats it, and nothing is left over.
        let author = author();
        let file = differential();
        store.import(&request(file.as_bytes(), "c_20240701.csv", "r06", &[], &author)).unwrap();
        assert_eq!(digest(&store, "HEAD"), after, "step {step}");
        assert!(!store.check("HEAD", today(now())).unwrap().denies(), "step {step}");
        if let Some(status) = git(&place.path(), &["status", "--short"]) {
            assert_eq!(status, "", "step {step}");
        }
    }
}

#[test]
fn changes_of_others_are_not_overwritten() {
    let place = with_base();
    let file = differential();
    let path = place.path();
    let refused = || match place.import_bytes(file.as_bytes(), "c_20240701.csv", "r06", &[]) {
        Err(ImportError::Commit(CommitError::Unclean { paths })) => paths,
        done => panic!("{done:?}"),
    };
    let shard = path.join("masters/r06/comment/81000.csv");
    let text = std::fs::read_to_string(&shard).unwrap();
    std::fs::write(&shard, text.replace("初診", "変更")).unwrap();
    assert_eq!(refused(), ["masters/r06/comment/81000.csv"]);
    std::fs::write(&shard, text).unwrap();
    std::fs::write(path.join("sources/note.txt"), "x").unwrap();
    assert_eq!(refused(), ["sources/note.txt"]);
    std::fs::remove_file(path.join("sources/note.txt")).unwrap();
    // What lies elsewhere is none of the store's business.
    std::fs::write(path.join("README.md"), "x").unwrap();
    place.import_bytes(file.as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
}

#[test]
fn a_state_changed_by_hand_is_found() {
    let place = with_base();
    let shard = place.path().join("masters/r06/comment/81000.csv");
    let text = std::fs::read_to_string(&shard).unwrap();
    std::fs::write(&shard, text.replace("初診", "改竄")).unwrap();
    if git(&place.path(), &["-c", "user.name=X", "-c", "user.email=x@x", "commit", "-qam", "by hand"])
        .is_none()
    {
        return;
    }
    let checked = place.store.check("HEAD", today(now())).unwrap();
    let codes: Vec<_> = checked.states[0].findings.counts().map(|(code, _)| code).collect();
    assert_eq!(codes, [Code::StoreState, Code::StoreOriginal]);
    let done = place.import_bytes(differential().as_bytes(), "c_20240701.csv", "r06", &[]);
    let Err(ImportError::Refused(done)) = done else { panic!("{done:?}") };
    assert_eq!(done.findings.count(Code::StoreState), 1);
}

/// The state kept beside the repository only saves time: with it damaged, of another commit or gone, an
/// import does the same.
#[test]
fn a_kept_state_is_believed_only_when_it_is_the_one() {
    let state = |spoil: fn(&std::path::Path)| {
        let place = with_base();
        let kept = place.path().join(".git/warifu/state/r06/comment");
        let bytes = std::fs::read(&kept).unwrap();
        let recorded = place.store.import_record(&place.store.at("HEAD:comment").unwrap()).unwrap().state;
        assert!(Digest::of(&bytes[..bytes.len() - 40]) == recorded, "the canonical form, then a tree's name");
        spoil(&kept);
        place.import_bytes(differential().as_bytes(), "c_20240701.csv", "r06", &[]).unwrap().record.state
    };
    let whole = state(|_| ());
    let spoils: [fn(&std::path::Path); 4] = [
        |kept| std::fs::remove_file(kept).unwrap(),
        |kept| edit(kept, |text| text.replace("初診", "改竄")),
        |kept| edit(kept, |text| text[..text.len() / 2].to_owned()),
        |kept| edit(kept, |text| text[..text.len() - 40].to_owned() + &"0".repeat(40)),
    ];
    for spoil in spoils {
        assert_eq!(state(spoil), whole);
    }
}

/// What is kept of the imports before only saves time too: missing, torn, older, or of a history that was
/// given up.
#[test]
fn a_kept_past_is_believed_only_when_it_is_whole_and_of_this_history() {
    let spoils: [fn(&Path, &str); 4] = [
        |kept, _| std::fs::remove_file(kept).unwrap(),
        |kept, _| edit(kept, |text| text[..text.len() - 70].to_owned()),
        |kept, _| edit(kept, |text| text.replacen("2024-07-01", "2024-06-01", 1)),
        |kept, older| std::fs::write(kept, older).unwrap(),
    ];
    for spoil in spoils {
        let place = with_base();
        let kept = place.path().join(".git/warifu/imports/r06/comment");
        let older = std::fs::read_to_string(&kept).unwrap();
        let files = several();
        import_all(&place.store, &files[..2]).unwrap();
        assert_eq!(std::fs::read_to_string(&kept).unwrap().lines().count(), 5);
        spoil(&kept, &older);
        assert!(import_all(&place.store, &files[..2]).unwrap().iter().all(|one| one.unchanged));
        import_all(&place.store, &files[2..]).unwrap();
        assert_eq!(std::fs::read_to_string(&kept).unwrap().lines().count(), 6);
        // The branch goes back: what is kept speaks of commits that lead nowhere now.
        if git(&place.path(), &["reset", "-q", "--hard", "HEAD~2"]).is_none() {
            return;
        }
        let again = import_all(&place.store, &files).unwrap();
        assert_eq!(again.iter().map(|one| one.unchanged).collect::<Vec<_>>(), [true, false, false]);
    }
}

fn edit(path: &std::path::Path, edit: impl Fn(String) -> String) {
    let text = std::fs::read_to_string(path).unwrap();
    let edited = edit(text.clone());
    assert_ne!(text, edited);
    std::fs::write(path, edited).unwrap();
}

#[test]
fn stock_git_reads_the_repository() {
    let place = with_base();
    place.import_bytes(differential().as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    let path = place.path();
    if git(&path, &["fsck", "--strict"]).is_none() {
        return;
    }
    assert_eq!(git(&path, &["status", "--short", "--branch"]).unwrap(), "## main\n");
    assert_eq!(git(&path, &["show", "--stat=200", "--format=", "HEAD"]).unwrap().lines().count(), 6);
    insta::assert_snapshot!(git(&path, &["log", "--format=%an %ai%n%B"]).unwrap());
    insta::assert_snapshot!(std::fs::read_to_string(path.join("sources/r06/comment/import.toml")).unwrap());
}

#[test]
fn what_a_name_may_mean_is_told() {
    let place = with_base();
    place.import_bytes(comment("0", 9, "旧").as_bytes(), "c_ALL20220401.csv", "r04", &[]).unwrap();
    let said = |text: &str| place.store.at(text).unwrap_err().to_string();
    assert_eq!(
        said("HEAD:comment"),
        "HEAD:comment: several series have it; say which: HEAD:r04/comment, HEAD:r06/comment"
    );
    assert_eq!(said("HEAD:drug"), "HEAD:drug: there is no such master; there are r04/comment, r06/comment");
    assert_eq!(said("no:comment"), "no revision no");
    assert_eq!(place.store.at("HEAD~1:comment").unwrap().series, "r06");
    assert_eq!(place.store.at(":r04/comment").unwrap().series, "r04");
}

#[test]
fn no_import_on_no_branch() {
    let place = with_base();
    if git(&place.path(), &["checkout", "-q", "--detach"]).is_none() {
        return;
    }
    let done = place.import_bytes(differential().as_bytes(), "c_20240701.csv", "r06", &[]);
    assert!(matches!(done, Err(ImportError::Commit(CommitError::Detached))), "{done:?}");
}

/// Three files of one command, each on top of the one before.
fn several() -> [(&'static str, String); 3] {
    [
        ("c_20240701.csv", differential()),
        ("c_20240702.csv", change(2, "再診等")),
        ("c_20240703.csv", [change(1, "初診料等"), comment("3", 50_001, "退院")].concat()),
    ]
}

fn import_all(store: &Store, files: &[(&str, String)]) -> Result<Vec<Imported>, Stopped> {
    let author = author();
    let requests: Vec<_> =
        files.iter().map(|(name, text)| request(text.as_bytes(), name, "r06", &[], &author)).collect();
    store.import_all(&requests.iter().collect::<Vec<_>>(), |_| ())
}

/// Several files are one step of the branch: whatever fails, all are there or none.
#[test]
fn a_failure_at_any_step_leaves_all_files_of_a_command_or_none() {
    let reference = with_base();
    let before = digest(&reference.store, "HEAD");
    let done = import_all(&reference.store, &several()).unwrap();
    let after = digest(&reference.store, "HEAD");
    assert_eq!(done.len(), 3);
    assert_eq!(reference.store.log().unwrap().len(), 4, "each import is one commit");
    assert!(!reference.store.check("HEAD", today(now())).unwrap().denies());
    if let Some(reflog) = git(&reference.path(), &["reflog", "show", "main", "--format=%gs"]) {
        assert_eq!(reflog.lines().count(), 3, "the branch moved once: {reflog}");
    }
    let mut unfinished = 0;
    for step in 0.. {
        let place = with_base();
        place.store.fail_at_step(Some(step));
        let done = import_all(&place.store, &several());
        place.store.fail_at_step(None);
        let store = Store::open(&place.path(), Schemas::built_in().unwrap()).unwrap();
        match done {
            Ok(done) => {
                assert!(step > 40 && done.len() == 3 && unfinished > 5, "only {step} steps");
                break;
            }
            Err(stopped) if stopped.taken() => {
                unfinished += 1;
                assert_eq!(stopped.passed.len(), 3);
                assert_eq!(digest(&store, "HEAD"), after, "step {step}");
                assert_eq!(store.log().unwrap().len(), 4, "step {step}");
            }
            Err(_) => {
                assert_eq!(digest(&store, "HEAD"), before, "step {step}");
                assert_eq!(store.log().unwrap().len(), 1, "step {step}");
            }
        }
        import_all(&store, &several()).unwrap();
        assert_eq!(digest(&store, "HEAD"), after, "step {step}");
        assert!(!store.check("HEAD", today(now())).unwrap().denies(), "step {step}");
        if let Some(status) = git(&place.path(), &["status", "--short"]) {
            assert_eq!(status, "", "step {step}");
        }
    }
}

#[test]
fn a_refused_file_leaves_out_the_files_of_its_command() {
    let place = with_base();
    let head = digest(&place.store, "HEAD");
    let mut files = several().to_vec();
    files[2].1 = change(7, "無").repeat(2);
    let stopped = import_all(&place.store, &files).unwrap_err();
    assert!(!stopped.taken());
    assert_eq!(stopped.passed.len(), 2);
    let ImportError::Refused(refused) = &stopped.error else { panic!("{stopped:?}") };
    assert_eq!(refused.file, "c_20240703.csv");
    assert_eq!(digest(&place.store, "HEAD"), head);
    assert_eq!(place.store.log().unwrap().len(), 1);
    // The kept state is still that of the branch, and the next import goes on from there.
    import_all(&place.store, &several()).unwrap();
}

fn last(count: usize) -> Which<'static> {
    Which::Last(count.try_into().unwrap())
}

fn undo(store: &Store, which: Which<'_>) -> Result<Undone, UndoError> {
    let author = author();
    let later = now() + jiff::SignedDuration::from_hours(1);
    store.undo(&UndoRequest { which, series: None, dry_run: false, author: Some(&author), now: later })
}

#[test]
fn an_undo_brings_back_what_was_before_and_the_file_may_come_in_again() {
    let place = with_base();
    let before = digest(&place.store, "HEAD");
    import_all(&place.store, &several()).unwrap();
    let after = digest(&place.store, "HEAD");
    let undone = undo(&place.store, last(3)).unwrap();
    let names: Vec<_> = undone.taken_back.iter().map(|import| import.record.name.as_str()).collect();
    assert_eq!(names, ["c_20240701.csv", "c_20240702.csv", "c_20240703.csv"]);
    assert_eq!(undone.left[0].record.as_ref().unwrap().name, "c_ALL20240531.csv");
    assert_eq!(digest(&place.store, "HEAD"), before);
    assert!(!place.store.check("HEAD", today(now())).unwrap().denies());
    let log = place.store.log().unwrap();
    let told: Vec<_> = log.iter().map(|entry| (entry.record.name.as_str(), &entry.taken_back)).collect();
    assert_eq!(
        told,
        [
            ("c_20240703.csv", &undone.commit),
            ("c_20240702.csv", &undone.commit),
            ("c_20240701.csv", &undone.commit),
            ("c_ALL20240531.csv", &None),
        ]
    );
    if let Some(status) = git(&place.path(), &["status", "--short"]) {
        assert_eq!(status, "");
        git(&place.path(), &["fsck", "--strict"]);
    }
    // The bytes can still be had from the commit, and the file goes in again.
    let at = place.store.at(&format!("{}:comment", undone.taken_back[2].commit)).unwrap();
    assert_eq!(place.store.original(&at).unwrap().1, several()[2].1.clone().into_bytes());
    let again = import_all(&place.store, &several()).unwrap();
    assert!(again.iter().all(|one| !one.unchanged));
    assert_eq!(digest(&place.store, "HEAD"), after);
    // Git takes an undo back as it does any commit.
    undo(&place.store, last(2)).unwrap();
    let revert = ["-c", "user.name=t", "-c", "user.email=t@example.jp", "revert", "--no-edit", "HEAD"];
    let Some(_) = git(&place.path(), &revert) else { return };
    assert_eq!(digest(&place.store, "HEAD"), after);
    assert!(import_all(&place.store, &several()).unwrap().iter().all(|one| one.unchanged));
}

#[test]
fn an_undo_of_everything_leaves_nothing_of_a_master() {
    let place = with_base();
    let undone = undo(&place.store, last(1)).unwrap();
    assert!(undone.left[0].record.is_none());
    assert_eq!(place.store.masters("HEAD").unwrap(), []);
    assert!(!place.path().join("masters").exists());
    assert_eq!(place.store.log().unwrap().len(), 1);
    assert!(matches!(undo(&place.store, last(1)), Err(UndoError::TooMany { standing: 0 })));
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    assert_eq!(place.store.masters("HEAD").unwrap().len(), 1);
}

#[test]
fn an_undo_refuses_what_others_rest_on() {
    let place = with_base();
    import_all(&place.store, &several()).unwrap();
    let named = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        undo(&place.store, Which::Named(&names))
    };
    let Err(UndoError::RestsOnIt { file, master, later, together }) = named(&["c_20240701.csv"]) else {
        panic!("taken back")
    };
    assert_eq!((file.as_str(), master.as_str()), ("c_20240701.csv", "r06/comment"));
    assert_eq!(later, ["c_20240702.csv", "c_20240703.csv"]);
    assert_eq!(together, ["c_20240701.csv", "c_20240702.csv", "c_20240703.csv"]);
    assert!(matches!(named(&["c_20240704.csv"]), Err(UndoError::NoImport { .. })));
    let together: Vec<&str> = together.iter().map(String::as_str).collect();
    let undone = named(&together).unwrap();
    assert_eq!(undone.taken_back.len(), 3);
    assert!(matches!(named(&together), Err(UndoError::NoImport { .. })), "they do not stand any more");
}

#[test]
fn a_failure_at_any_step_of_an_undo_leaves_the_state_before_or_the_one_after() {
    let with_all = || {
        let place = with_base();
        import_all(&place.store, &several()).unwrap();
        place
    };
    let reference = with_all();
    let before = digest(&reference.store, "HEAD");
    undo(&reference.store, last(2)).unwrap();
    let after = digest(&reference.store, "HEAD");
    for step in 0.. {
        let place = with_all();
        place.store.fail_at_step(Some(step));
        let done = undo(&place.store, last(2));
        place.store.fail_at_step(None);
        let store = Store::open(&place.path(), Schemas::built_in().unwrap()).unwrap();
        match done {
            Ok(_) => {
                assert!(step > 15, "only {step} steps");
                break;
            }
            Err(UndoError::Commit(CommitError::Unfinished { .. })) => {
                assert_eq!(digest(&store, "HEAD"), after, "step {step}");
            }
            Err(UndoError::Commit(CommitError::Store(StoreError::Io { .. }))) => {
                assert_eq!(digest(&store, "HEAD"), before, "step {step}");
                undo(&store, last(2)).unwrap();
            }
            Err(error) => panic!("step {step}: {error}"),
        }
        // The next import brings the work tree up.
        store.import(&request(several()[1].1.as_bytes(), "c_20240702.csv", "r06", &[], &author())).unwrap();
        if let Some(status) = git(&place.path(), &["status", "--short"]) {
            assert_eq!(status, "", "step {step}");
        }
    }
}

/// A differential that was left out goes in its place: what stands there is named, taken back, and all goes
/// in again.
#[test]
fn a_differential_that_comes_late_names_what_stands_in_its_place() {
    let place = with_base();
    let files = several();
    import_all(&place.store, &[files[0].clone(), files[2].clone()]).unwrap();
    let Err(stopped) = import_all(&place.store, &files[1..2]) else { panic!("taken") };
    let ImportError::Refused(refused) = stopped.error else { panic!("{stopped:?}") };
    assert_eq!(refused.findings.count(Code::ImportOlder), 1);
    let later: Vec<_> = refused.later.iter().map(|taken| taken.record.name.clone()).collect();
    assert_eq!(later, ["c_20240703.csv"]);
    undo(&place.store, Which::Named(&later)).unwrap();
    import_all(&place.store, &files[1..]).unwrap();
    let in_order = with_base();
    import_all(&in_order.store, &files).unwrap();
    assert_eq!(digest(&place.store, "HEAD"), digest(&in_order.store, "HEAD"));
    // Before the full there is no place: taking that back would leave nothing to apply it to.
    let early = place.import_bytes(change(2, "再").as_bytes(), "c_20240501.csv", "r06", &[]);
    let Err(ImportError::Refused(early)) = early else { panic!("{early:?}") };
    assert_eq!((early.findings.count(Code::ImportOlder), early.later.len()), (1, 0));
}
