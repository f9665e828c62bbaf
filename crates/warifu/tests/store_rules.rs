//! Rules that need more than one file: a site's own in the repository, between masters, between versions.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "a test makes its own files")]

mod place;

use std::io::Write as _;
use std::process::Command;

use place::{Place, base, change, data, import_all, now};
use warifu::release::When;
use warifu::store::{CommitError, ImportError, ImportRequest, StoreError, today};
use warifu_masters::finding::{Code, Findings};
use warifu_values::lang::Lang;

/// Two rules, as a site would write them.
const RULES: &str = r#"
[[rule]]
id = "site/comment-renamed"
kind = "comment"
severity = "deny"
when = "old != null"
require = "new.name == old.name"
text_en = "a comment has another text"
text_ja = "コメント文が変わりました"
advice_en = "Tell the clinics' vendors first."
advice_ja = "先にベンダーへ知らせてください。"

[[rule]]
id = "site/comment-short"
kind = "comment"
severity = "note"
require = "size(new.name) > 2"
text_en = "a short comment"
text_ja = "短いコメントです"
"#;

/// A repository with one full, in which `files` (path, text) are committed on top; `None` without git.
fn place_with(files: &[(&str, String)]) -> Option<Place> {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    commit(&place, files).then_some(place)
}

fn commit(place: &Place, files: &[(&str, String)]) -> bool {
    for (path, text) in files {
        let path = place.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    for args in
        [&["add", "."][..], &["-c", "user.name=t", "-c", "user.email=t@example.jp", "commit", "-qm", "rules"]]
    {
        let Ok(output) = Command::new("git").arg("-C").arg(place.path()).args(args).output() else {
            let _ = writeln!(std::io::stderr(), "left out: no git on this machine");
            return false;
        };
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    true
}

fn git(place: &Place, args: &[&str]) -> bool {
    Command::new("git").arg("-C").arg(place.path()).args(args).status().unwrap().success()
}

fn names(findings: &Findings) -> Vec<String> {
    findings.counts_by_name().map(|(name, count)| format!("{name} ×{count}")).collect()
}

#[test]
fn a_rule_of_the_repository_refuses_an_import_and_is_waived_by_its_id() {
    let Some(place) = place_with(&[("rules/comments.toml", RULES.to_owned())]) else { return };
    let renamed = change(1, "初診等");
    let refused = place.import_bytes(renamed.as_bytes(), "c_20240614.csv", "r06", &[]);
    let Err(ImportError::Refused(refused)) = refused else { panic!("{refused:?}") };
    let finding =
        refused.findings.list().iter().find(|finding| finding.name() == "site/comment-renamed").unwrap();
    assert!(
        finding.text(Lang::En).starts_with("a comment has another text (name 初診等 <- name "),
        "{finding:?}"
    );
    assert_eq!(finding.advice(Lang::Ja), "先にベンダーへ知らせてください。");

    let waiver = "\n[[waiver]]\ncode = \"site/comment-renamed\"\nkind = \"comment\"\nkeys = [\"810000001\"]\n\
                  reason = \"told\"\nexpires = \"2024-06-30\"\n";
    let config = std::fs::read_to_string(place.path().join("warifu.toml")).unwrap() + waiver;
    assert!(commit(&place, &[("warifu.toml", config)]));
    place.import_bytes(renamed.as_bytes(), "c_20240614.csv", "r06", &[]).unwrap();
    // The check asks the same of the state and the one before it, and by then the waiver may have ended.
    let checked = |day: &str| place.store.check("HEAD", day.parse().unwrap()).unwrap();
    assert!(!checked("2024-06-30").denies());
    let after = checked("2024-07-01");
    assert!(after.denies());
    assert!(names(&after.states[0].findings).iter().any(|name| name == "site/comment-renamed ×1"));
}

#[test]
fn all_rules_of_the_site_can_be_accepted_with_a_reason() {
    let Some(place) = place_with(&[("rules/comments.toml", RULES.to_owned())]) else { return };
    let accept = [(Code::SiteRule, "agreed".to_owned())];
    let taken = place.import_bytes(change(1, "初診等").as_bytes(), "c_20240614.csv", "r06", &accept).unwrap();
    assert_eq!(taken.record.accepted[0].code, "site/rule");
    // One code stands for all rules, so it is accepted for that import and nowhere else.
    assert!(place.store.check("HEAD", today(now())).unwrap().denies());
}

#[test]
fn a_rule_that_is_not_right_stops_an_import_and_is_named() {
    let wrong = RULES.replace("old.name", "old.nane");
    let Some(place) = place_with(&[("rules/comments.toml", wrong)]) else { return };
    let stopped = place.import_bytes(change(1, "初診等").as_bytes(), "c_20240614.csv", "r06", &[]);
    let Err(ImportError::Commit(CommitError::Store(StoreError::Rules { what }))) = stopped else {
        panic!("{stopped:?}")
    };
    assert_eq!(
        what,
        "rules/comments.toml: rule site/comment-renamed: require: comment masters have no column nane"
    );
}

#[test]
fn a_rule_that_is_not_committed_is_not_gone_by() {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    std::fs::create_dir(place.path().join("rules")).unwrap();
    std::fs::write(place.path().join("rules/comments.toml"), RULES).unwrap();
    let stopped = place.import_bytes(change(1, "初診等").as_bytes(), "c_20240614.csv", "r06", &[]);
    let Err(ImportError::Commit(CommitError::Unclean { paths })) = stopped else { panic!("{stopped:?}") };
    assert_eq!(paths, ["rules/comments.toml"]);
}

/// The relations of 2020 with the comments of 2021: each import is held against the other, and so is a check.
#[test]
fn relations_are_held_against_the_other_masters_of_the_series() {
    let Some(data) = data() else { return };
    let config = "[series.r02]\nkinds = [\"comment\", \"comment-relation\"]\n\
                  effective.comment = \"2020-04-01\"\neffective.comment-relation = \"2020-04-01\"\n";
    let place = Place::new();
    if !commit(&place, &[("warifu.toml", config.to_owned())]) {
        return;
    }
    let files = ["related/ck_ALL20200407.csv", "comment/c_ALL20210928.csv"];
    let done = import_all(&place, &data, &files, "r02");
    let across = |findings: &Findings| -> Vec<String> {
        names(findings).into_iter().filter(|name| name.starts_with("across/")).collect()
    };
    assert_eq!(across(&done[0].findings), [""; 0], "nothing to hold it against yet");
    let expected = ["across/comment-code ×76", "across/comment-text ×161"];
    assert_eq!(across(&done[1].findings), expected);
    let checked = place.store.check("HEAD", today(now())).unwrap();
    let relations = checked.states.iter().find(|state| state.at.kind == "comment-relation").unwrap();
    assert_eq!(across(&relations.findings), expected);
}

/// A state that is not what came in is not made good by a word in `import.toml`: no release holds it.
#[test]
fn damage_is_accepted_by_nobody() {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    let import = "sources/r06/comment/import.toml";
    let mut record = std::fs::read_to_string(place.path().join(import)).unwrap();
    record.push_str("\n[[accepted]]\ncode = \"store/state\"\ncount = 1\nreason = \"known\"\n");
    let folder = place.path().join("masters/r06/comment");
    let shard = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().file_name();
    let shard = format!("masters/r06/comment/{}", shard.to_string_lossy());
    let text = std::fs::read_to_string(place.path().join(&shard)).unwrap();
    let text = text.replacen("20240601", "20240602", 1);
    if !commit(&place, &[(import, record), (&shard, text)]) {
        return;
    }
    let checked = place.store.check("HEAD", today(now())).unwrap();
    assert_eq!(checked.states[0].findings.count(Code::StoreState), 1);
    assert!(checked.denies());
    let formats = warifu::release::FORMATS.map(str::to_owned);
    let refused =
        warifu::release::contents(&place.store, "HEAD", &formats, When::today(today(now()))).unwrap_err();
    assert!(refused.findings.refusing() > 0, "{refused:?}");
}

/// A price that was written into a state by hand, with its digest put right, is not what the files make.
#[test]
fn a_state_that_no_file_made_is_no_release() {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    place.import_bytes(change(1, "初診").as_bytes(), "c_20240701.csv", "r06", &[]).unwrap();
    let at = |place: &Place| place.store.at("HEAD:comment").unwrap();
    let formats = warifu::release::FORMATS.map(str::to_owned);
    warifu::release::contents(&place.store, "HEAD", &formats, When::today(today(now()))).unwrap();

    let folder = place.path().join("masters/r06/comment");
    let shard = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().file_name();
    let shard = format!("masters/r06/comment/{}", shard.to_string_lossy());
    let text = std::fs::read_to_string(place.path().join(&shard)).unwrap();
    let forged = text.replacen("20240601", "20240602", 1);
    assert_ne!(text, forged);
    if !commit(&place, &[(&shard, forged)]) {
        return;
    }
    let import = "sources/r06/comment/import.toml";
    let record = std::fs::read_to_string(place.path().join(import)).unwrap();
    let (is, was) = (place.store.state(&at(&place)).unwrap().canonical_digest(), {
        place.store.import_record(&at(&place)).unwrap().state
    });
    assert!(commit(&place, &[(import, record.replace(&was.to_string(), &is.to_string()))]));

    let checked = place.store.check("HEAD", today(now())).unwrap();
    assert_eq!(checked.states[0].findings.count(Code::StoreState), 0, "the digest is right");
    assert_eq!(checked.states[0].findings.count(Code::StoreDerived), 1);
    let refused =
        warifu::release::contents(&place.store, "HEAD", &formats, When::today(today(now()))).unwrap_err();
    assert_eq!(refused.findings.count(Code::StoreDerived), 1);
}

/// The mark of a correction is taken away by hand: the state is what the files make, and the record is not
/// what the import wrote, whether it was changed on top of what it was or in the place of it, once the import
/// was taken back whole. Taking the change back ends it.
#[test]
fn a_record_is_what_its_import_wrote() {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    let (author, bytes) = (place::author(), change(1, "初診"));
    let asked = place::request(bytes.as_bytes(), "c_20240701.csv", "r06", &[], &author);
    place.store.import(&ImportRequest { correction: Some("誤り"), ..asked }).unwrap();
    let found = |place: &Place| {
        let checked = place.store.check("HEAD", today(now())).unwrap();
        let findings = &checked.states[0].findings;
        let records = findings.list().iter().filter(|finding| finding.code == Code::StoreRecord);
        records.map(|finding| (finding.found.clone(), finding.expected.clone())).collect::<Vec<_>>()
    };
    assert_eq!(found(&place), []);

    let import = "sources/r06/comment/import.toml";
    let written = std::fs::read_to_string(place.path().join(import)).unwrap();
    let tidy = written.replace("correction = \"誤り\"\n", "");
    assert_ne!(tidy, written);
    if !commit(&place, &[(import, tidy.clone())]) {
        return;
    }
    let told = found(&place);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0.starts_with("correction (") && told[0].1 == "c_20240701.csv", "{told:?}");
    assert!(place.store.check("HEAD", today(now())).unwrap().denies());
    let formats = warifu::release::FORMATS.map(str::to_owned);
    let drafted = || warifu::release::contents(&place.store, "HEAD", &formats, When::today(today(now())));
    assert_eq!(drafted().unwrap_err().findings.count(Code::StoreRecord), 1);

    commit(&place, &[(import, written)]);
    assert_eq!(found(&place), []);
    drafted().unwrap();

    // The import is taken back with all it wrote, and what it wrote is laid there again without the mark.
    assert!(git(&place, &["read-tree", "-u", "--reset", "HEAD~3"]));
    commit(&place, &[]);
    assert_eq!(found(&place), []);
    assert!(git(&place, &["read-tree", "-u", "--reset", "HEAD~1"]));
    // In other words than the first time, for those are taken for a change of what stands.
    commit(&place, &[(import, format!("{tidy}\n"))]);
    let told = found(&place);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].0.starts_with("correction (") && told[0].1 == "c_20240701.csv", "{told:?}");
    assert_eq!(drafted().unwrap_err().findings.count(Code::StoreRecord), 1);
    // Done again as an import, it is another one.
    assert!(git(&place, &["read-tree", "-u", "--reset", "HEAD~1"]));
    commit(&place, &[]);
    let again = place::request(bytes.as_bytes(), "c_20240701.csv", "r06", &[], &author);
    let now = again.now.checked_add(jiff::SignedDuration::from_secs(1)).unwrap();
    place.store.import(&ImportRequest { now, ..again }).unwrap();
    assert_eq!(found(&place), []);
}

/// Records without a word where they came from, and the word without the records.
#[test]
fn half_of_a_master_is_no_master() {
    let place = Place::new();
    place.import_bytes(base().as_bytes(), "c_ALL20240531.csv", "r06", &[]).unwrap();
    std::fs::remove_dir_all(place.path().join("masters/r06/comment")).unwrap();
    if !commit(&place, &[]) {
        return;
    }
    assert!(place.store.check("HEAD", today(now())).unwrap().denies());
    let formats = warifu::release::FORMATS.map(str::to_owned);
    assert!(warifu::release::contents(&place.store, "HEAD", &formats, When::today(today(now()))).is_err());
}
