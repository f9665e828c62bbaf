//! The published chains through the store. Real files are read in place from `../shared/data` beside the
//! checkout; left out where it is missing.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "a test spoils files on purpose")]

mod place;

use std::path::Path;

use place::{Place, author, data, file_name, files, import_all, now, request};
use warifu::store::{CommitError, ImportError, Imported, Series, Store, StoreError, today};
use warifu_masters::file::Declared;
use warifu_masters::finding::Code;
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;

/// What is remarkable about an import: codes with their counts, but for what its base rests on.
fn codes(imported: &Imported) -> Vec<String> {
    let remarkable = |(code, _): &(Code, u64)| !EVIDENCE.contains(code);
    imported.findings.counts().filter(remarkable).map(|(code, count)| format!("{code} ×{count}")).collect()
}

const EVIDENCE: [Code; 3] = [Code::BaseAgrees, Code::BaseNoEvidence, Code::BaseMovement];

fn counts(imported: &Imported) -> [usize; 4] {
    let counts = imported.record.counts;
    [counts.added, counts.changed, counts.abolished, counts.removed]
}

fn refused(done: Result<Imported, ImportError>) -> Vec<String> {
    match done {
        Err(ImportError::Refused(refused)) => {
            let said = refused.findings.counts().filter(|(code, _)| *code != Code::FieldValue);
            said.map(|(code, count)| format!("{code} ×{count}")).collect()
        }
        Ok(_) => panic!("taken"),
        Err(error) => panic!("{error}"),
    }
}

/// The date in a file's name, and whether the file belongs to r04 by it: what came after the first file of
/// r06 is r06, but for three.
fn is_r04(file: &str) -> bool {
    let date = &file[file.len() - 12..file.len() - 4];
    date < "20240306" || matches!(date, "20240315" | "20240320" | "20240516")
}

/// Re-issues of March 2022 that the next one repeats, and one that 20230424 replaces.
fn is_superseded(file: &str) -> bool {
    ["20220304", "20220311", "20220318", "20220325", "20230414"].iter().any(|date| file.contains(date))
}

#[test]
fn procedure_of_r04_goes_through_and_originals_come_back() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let files: Vec<String> =
        files(&data, "procedure").into_iter().filter(|file| is_r04(file) && !is_superseded(file)).collect();
    assert_eq!(files.len(), 45, "{files:?}");
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let done = import_all(&place, &data, &names, "r04");
    let remarkable: Vec<_> = done
        .iter()
        .flat_map(codes)
        .filter(|code| !code.starts_with("file/no-final-newline") && !code.starts_with("field/value-unknown"))
        .collect();
    let of_the_full = [
        "set/old-price ×263",
        "set/note-addition-group ×1",
        "set/facility-gap ×2",
        "set/notice-reference ×148",
        "set/transfer-code ×159",
        "set/name-duplicate ×816",
    ];
    let of_differentials = [
        "set/note-addition-group ×8",
        "set/facility-gap ×2",
        "versions/renamed ×7",
        "set/note-addition-group ×2",
        "versions/end-past ×1",
    ];
    assert_eq!(
        remarkable,
        [&of_the_full[..], &of_differentials].concat(),
        "every differential fits its base"
    );
    assert_eq!(counts(done.last().unwrap()), [0, 32, 0, 18]);
    originals_come_back(&place, &data, &done, &names);
    assert!(!place.store.check("HEAD", today(now())).unwrap().denies());
}

/// From the commit of each import the bytes that came in.
fn originals_come_back(place: &Place, data: &Path, done: &[Imported], files: &[&str]) {
    for (imported, file) in done.iter().zip(files) {
        let at = place.store.at(&format!("{}:{}", imported.commit, imported.kind)).unwrap();
        let (name, bytes) = place.store.original(&at).unwrap();
        assert_eq!(name, file_name(file));
        assert!(bytes == std::fs::read(data.join(file)).unwrap(), "{file}");
    }
}

/// Every file of r04 as it was published, re-issues and all: the same state as without those they replace.
#[test]
fn cumulative_re_issues_take_the_place_of_what_they_repeat() {
    let Some(data) = data() else { return };
    let all: Vec<String> = files(&data, "procedure").into_iter().filter(|file| is_r04(file)).collect();
    let names: Vec<&str> = all.iter().map(String::as_str).collect();
    let place = Place::new();
    // Three kana of s_20220325 are too long; its re-issue has them right.
    let accept = [(Code::FieldTooLong, "corrected in the re-issue of 20220331".to_owned())];
    let import = |file: &&str| match place.import(&data, file, "r04", &accept) {
        Ok(done) => done,
        done => panic!("{file}: {:?}", refused(done)),
    };
    let done: Vec<Imported> = names.iter().map(import).collect();
    let replaced: Vec<_> = done
        .iter()
        .filter_map(|one| Some(format!("{} for {}", one.record.name, one.record.replaces.as_ref()?)))
        .collect();
    assert_eq!(
        replaced,
        [
            "s_20220311.csv for s_20220304.csv",
            "s_20220318.csv for s_20220311.csv",
            "s_20220325.csv for s_20220318.csv",
            "s_20220331.csv for s_20220325.csv",
            "s_20230424.csv for s_20230414.csv",
        ]
    );
    let withdrawn = |one: &Imported| one.findings.count(Code::ApplyWithdrawn);
    assert_eq!(done.iter().map(withdrawn).filter(|count| *count > 0).collect::<Vec<_>>(), [24]);
    let misfits = [Code::ApplyThreeOnExisting, Code::ApplyFiveOnMissing, Code::ApplyNineOnMissing];
    let misfits = done.iter().flat_map(|one| misfits.map(|code| one.findings.count(code))).sum::<u64>();
    assert_eq!(misfits, 0, "on the right base every row fits");

    let without = Place::new();
    let names: Vec<&str> = names.into_iter().filter(|file| !is_superseded(file)).collect();
    let curated = import_all(&without, &data, &names, "r04");
    assert_eq!(curated.last().unwrap().record.state, done.last().unwrap().record.state);
}

#[test]
fn comment_of_r06_agrees_with_its_fulls() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let files = [
        "comment/c_ALL20240412.csv",
        "comment/c_20240509.csv",
        "comment/c_20240524.csv",
        "comment/c_20240531.csv",
        "comment/c_ALL20240531.csv",
        "comment/c_20240719.csv",
        "comment/c_20240726.csv",
        "comment/c_ALL20240726.csv",
    ];
    let done = import_all(&place, &data, &files, "r06");
    let free_text = "set/comment-free-text ×1";
    assert_eq!(
        done.iter().flat_map(codes).collect::<Vec<_>>(),
        [free_text, free_text, "versions/changed-on-back ×2", "chain/date-dropped ×1"]
    );
    assert_eq!(counts(&done[4]), [0, 0, 0, 0]);
    let reset = &done[7].findings.list()[0];
    assert_eq!((reset.place().as_str(), reset.found.as_str()), ("21:changed_on", "2"));
    originals_come_back(&place, &data, &done, &files);
}

#[test]
fn material_of_r06_has_its_name_flags_reset() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let files = ["material/t_ALL20240315.csv", "material/t_20240531.csv", "material/t_ALL20240531.csv"];
    let done = import_all(&place, &data, &files, "r06");
    let resets: Vec<_> =
        done[2].findings.list().iter().filter(|one| one.code == Code::ChainFlagReset).collect();
    let resets: Vec<_> =
        resets.iter().map(|one| format!("{} {} -> {}", one.place(), one.found, one.expected)).collect();
    assert_eq!(resets, ["19:name_changed 10 -> 0", "20:kana_changed 3 -> 0"]);
    originals_come_back(&place, &data, &done, &files);
}

#[test]
fn drug_of_r06_widens_and_keeps_the_life_of_a_code() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let files: Vec<String> =
        files(&data, "drug").into_iter().filter(|file| !file.contains("sample")).collect();
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let done = import_all(&place, &data, &names, "r06");
    assert_eq!(
        done.iter().flat_map(codes).collect::<Vec<_>>(),
        ["set/price-zero ×3", "set/old-price ×9", "set/generic-code ×10", "apply/widened ×1"]
    );
    assert_eq!(done.last().unwrap().record.records, 20_280);
    originals_come_back(&place, &data, &done, &names);
    // The differential of two revisions, from changed shards only, says what one of whole states says.
    let at = |text: &str| place.store.at(text).unwrap();
    for (old, new) in [("HEAD~1:drug", "HEAD:drug"), ("HEAD~4:drug", "HEAD:drug")] {
        let (old, new) = (at(old), at(new));
        let pair = place.store.pair(&old, &new).unwrap();
        let (old, new) = (place.store.state(&old).unwrap(), place.store.state(&new).unwrap());
        let part = warifu_masters::change::diff::diff(&pair.old, &pair.new).unwrap().summary();
        assert_eq!(part, warifu_masters::change::diff::diff(&old, &new).unwrap().summary());
    }
    // 670095004 came with the elective-care codes and was changed since; blame and history must agree.
    let head = at("HEAD:drug");
    let state = place.store.state(&head).unwrap();
    for row in (0..state.rows()).step_by(977) {
        let key = state.key(row).into_owned();
        let blamed = place.store.blame(&head, &key).unwrap().unwrap().fields;
        let lives = place.store.lives("HEAD", &key).unwrap();
        let life = &lives[0].timeline;
        assert_eq!(blamed.len(), state.layout().width(), "{key}");
        let newest = blamed.iter().skip(1).filter_map(|credit| credit.dated).max();
        let told = life.life().iter().map(|event| life.said(event.source).by.dated).max();
        assert!(newest >= told, "{key}: {newest:?} {told:?}");
    }
}

/// Every file that could be imported at all, each alone or after what it needs, gives its bytes back.
#[test]
fn every_real_file_comes_back_byte_for_byte() {
    let Some(data) = data() else { return };
    let why = |code: Code| (code, "test of originals".to_owned());
    let accept: Vec<_> = [
        Code::FieldTooLong,
        Code::ImportOlder,
        Code::ImportBase,
        Code::ImportAfterSeries,
        Code::ImportBeforeSeries,
        Code::ImportOlderSeries,
        Code::ImportNewerSeries,
        Code::BaseOldValue,
        Code::BaseJump,
        Code::ChainMissing,
        Code::ChainNarrowed,
        Code::ChainExtra,
        Code::ChainUnexplained,
    ]
    .into_iter()
    // Files of several series on one state break rules between records too.
    .chain(Code::ALL.iter().copied().filter(|code| code.as_str().starts_with("set/")))
    .map(why)
    .collect();
    for kind in ["procedure", "drug", "comment", "material"] {
        let place = Place::new();
        let mut files = files(&data, kind);
        // The differentials before the first full need it as a base.
        let first = files.iter().position(|file| file.contains("ALL")).unwrap();
        files.swap(0, first);
        let names: Vec<&str> = files.iter().map(String::as_str).collect();
        let import = |file: &&str| match place.import(&data, file, "r06", &accept) {
            Ok(done) => done,
            done => panic!("{file}: {:?}", refused(done)),
        };
        let done: Vec<_> = names.iter().map(import).collect();
        originals_come_back(&place, &data, &done, &names);
    }
}

#[test]
fn files_of_one_series_are_doubted_in_the_other() {
    let Some(data) = data() else { return };
    let place = Place::new();
    import_all(&place, &data, &["procedure/s_ALL20240531.csv"], "r06");
    // Older than the full that r06 begins with here; accepted by name, so that only the series is judged.
    let older = [(Code::ImportOlder, "test".to_owned())];
    let doubts = |place: &Place, file: &str, series: &str, accept: &[(Code, String)]| {
        let all = refused(place.import(&data, file, series, accept));
        all.into_iter()
            .filter(|code| code.starts_with("import/") && !code.starts_with("import/older ×"))
            .collect()
    };
    let said = |codes: &[&str]| codes.iter().map(|code| format!("import/{code} ×1")).collect::<Vec<_>>();
    let of_r06: Vec<String> = doubts(&place, "procedure/s_20240516.csv", "r06", &older);
    assert_eq!(of_r06, said(&["older-series", "fits-series"]));
    let of_r06: Vec<String> = doubts(&place, "procedure/s_ALL20220218.csv", "r06", &older);
    assert_eq!(of_r06, said(&["before-series", "fits-series"]));
    let place = Place::new();
    import_all(&place, &data, &["procedure/s_ALL20220218.csv"], "r04");
    for file in ["s_20240306.csv", "s_20240321.csv", "s_20240329.csv", "s_20240412.csv", "s_20240530.csv"] {
        let of_r04: Vec<String> = doubts(&place, &format!("procedure/{file}"), "r04", &[]);
        assert_eq!(of_r04, said(&["newer-series", "fits-series"]), "{file}");
    }
    for (file, code) in [
        ("procedure/s_ALL20240531.csv", "newer-series"),
        ("procedure/s_20241001.csv", "after-series"),
        ("drug/y_20240417.csv", "after-series"),
    ] {
        let of_r04: Vec<String> = doubts(&place, file, "r04", &[]);
        assert_eq!(of_r04, said(&[code, "fits-series"]), "{file}");
    }
}

/// What the doubt says of real files of the series itself: nothing.
#[test]
fn no_file_of_r06_is_doubted_in_r06() {
    let Some(data) = data() else { return };
    for kind in ["procedure", "drug", "comment", "material"] {
        for file in files(&data, kind) {
            let date = file.get(file.len() - 12..file.len() - 4).unwrap_or_default();
            if !("20240306".."20990101").contains(&date) || kind == "procedure" && is_r04(&file) {
                continue;
            }
            let place = Place::new();
            match place.import(&data, &file, "r06", &[]) {
                Ok(_) => {}
                done => assert_eq!(refused(done), ["import/no-base ×1"], "{file}"),
            }
        }
    }
}

#[test]
fn an_undeclared_series_or_kind_is_refused() {
    let Some(data) = data() else { return };
    let place = Place::new();
    let said = ["import/series-unknown ×1"];
    assert_eq!(refused(place.import(&data, "material/t_ALL20240531.csv", "r99", &[])), said);
    // The series is declared: what is missing is its kind, which is told with the lines to write.
    let undeclared = place.import(&data, "related/ck_ALL20200407.csv", "r06", &[]);
    assert_eq!(refused(undeclared), ["import/kind-undeclared ×1"]);
    let (name, series) = Series::declared("r02=comment-relation:2020-04-01").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let schemas = Schemas::built_in().unwrap();
    let author = place::author();
    let declared = [(name, series)].into();
    let store =
        warifu::store::Store::init(folder.path(), schemas, &declared, Some(&author), place::now()).unwrap();
    let bytes = std::fs::read(data.join("related/ck_ALL20200407.csv")).unwrap();
    let done = store.import(&request(&bytes, "ck_ALL20200407.csv", "r02", &[], &author)).unwrap();
    let at = store.at(":comment-relation").unwrap();
    assert_eq!(store.state(&at).unwrap().canonical_digest(), done.record.state);
    assert!(store.original(&at).unwrap().1 == bytes);
}

/// The published full of materials, where every 旧金額 is 0: as the 令和8 edition reserves it, and as the one of
/// 令和6 may have it.
#[test]
fn a_file_that_does_not_tell_is_taken_in_the_edition_of_its_series() {
    let Some(data) = data() else { return };
    // One character for each byte, so that fields can be exchanged in whatever charset.
    let text: String =
        std::fs::read(data.join("material/t_ALL20240531.csv")).unwrap().into_iter().map(char::from).collect();
    let line = |line: &str| {
        let mut fields: Vec<&str> = line.split("\",\"").collect();
        (fields[16], fields[17]) = ("0", "0");
        fields.join("\",\"") + "\r\n"
    };
    let bytes: Vec<u8> = text.lines().map(line).collect::<String>().chars().map(|byte| byte as u8).collect();
    for (series, file, now, edition) in [
        ("r06=material:2024-06-01", "t_ALL20240531.csv", "2024-06-03T00:00:00Z", "material-38"),
        ("r08=material:2026-06-01", "t_ALL20260529.csv", "2026-06-03T00:00:00Z", "material-38-r08"),
    ] {
        let (name, declared) = Series::declared(series).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (schemas, author) = (Schemas::built_in().unwrap(), place::author());
        let declared = [(name.clone(), declared)].into();
        let now = now.parse().unwrap();
        let store =
            warifu::store::Store::init(folder.path(), schemas, &declared, Some(&author), now).unwrap();
        let request = warifu::store::ImportRequest { now, ..request(&bytes, file, &name, &[], &author) };
        let done = store.import(&request).unwrap();
        let at = store.at(":material").unwrap();
        assert_eq!(store.state(&at).unwrap().layout().name(), edition);
        assert_eq!(done.findings.count(Code::FieldValue), 0, "{edition}");
        assert!(store.original(&at).unwrap().1 == bytes);
    }
}

/// A differential is taken in on the shards that it touches alone where the state before was kept, and on the
/// whole state where it was not: commits, findings and counts are the same, whatever is wrong with what was
/// kept.
#[test]
fn a_part_and_the_whole_make_the_same_commits() {
    let Some(data) = data() else { return };
    let spoils: [fn(&Path); 4] = [
        |_| (),
        |kept| std::fs::remove_file(kept).unwrap(),
        // A record that no differential names has another end; a line too many.
        |kept| spoil(kept, ",99999999,", ",99999998,"),
        |kept| spoil(kept, "\n", "\n\n"),
    ];
    for (folder, series, first, rows) in
        [("procedure", "r06", "20240531", 0..400), ("material", "r06", "20240531", 0..400)]
    {
        let files: Vec<String> =
            files(&data, folder).into_iter().filter(|file| dated(file) >= first).take(4).collect();
        let full = read(&data, files.iter().find(|file| file.contains("ALL")).unwrap());
        let mut told = spoils.map(|_| Vec::new());
        let mut parts = Vec::new();
        for (spoil, told) in spoils.iter().zip(&mut told) {
            let place = Place::new();
            let kept = place.path().join(format!(".git/warifu/state/{series}/{folder}"));
            let mut not_kept_anew = 0;
            let mut import = |bytes: &[u8], name: &str| {
                if kept.is_file() {
                    spoil(&kept);
                }
                let was_kept = std::fs::read(&kept).ok();
                told.push(match place.import_bytes(bytes, name, series, &[]) {
                    Ok(imported) => (imported.commit, imported.findings),
                    Err(ImportError::Refused(refused)) => (String::new(), refused.findings),
                    Err(error) => panic!("{name}: {error}"),
                });
                let taken = told.last().is_some_and(|(commit, _)| !commit.is_empty());
                not_kept_anew += usize::from(taken && was_kept == std::fs::read(&kept).ok());
            };
            for file in &files {
                import(&std::fs::read(data.join(file)).unwrap(), file_name(file));
            }
            // And one record each, changed, marked, brought in again, broken or refused.
            for (at, row) in rows.clone().step_by(67).enumerate() {
                let change = one_record(&full, row, at);
                import(change.as_bytes(), &format!("{}_202512{:02}.csv", &folder[..1], at + 1));
            }
            // Only where a part was enough is the state not kept anew.
            parts.push(not_kept_anew);
        }
        assert!(parts[0] > 2 && parts[1..] == [0, 0, 0], "{parts:?}");
        let [part, others @ ..] = told;
        assert!(part.iter().any(|(commit, _)| commit.is_empty()), "one at least is refused");
        for other in others {
            assert_eq!(part.len(), other.len());
            for (at, (part, other)) in part.iter().zip(other).enumerate() {
                assert_eq!(*part, other, "{folder}, import {at}");
            }
        }
    }
}

fn dated(file: &str) -> &str {
    &file[file.len() - 12..file.len() - 4]
}

fn read(data: &Path, file: &str) -> Master {
    read_bytes(std::fs::read(data.join(file)).unwrap())
}

fn read_bytes(bytes: Vec<u8>) -> Master {
    warifu_masters::file::read(&Schemas::built_in().unwrap(), bytes, &Declared::default()).master.unwrap()
}

fn spoil(path: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    let at = text.rfind(from).unwrap();
    std::fs::write(path, format!("{}{to}{}", &text[..at], &text[at + from.len()..])).unwrap();
}

/// A differential of one record of `full`: what it does to it goes by `number`.
fn one_record(full: &Master, row: usize, number: usize) -> String {
    let layout = full.layout();
    let column = |id: &str| layout.position(id).unwrap();
    let whole = |row: usize| -> Vec<String> {
        (0..layout.width()).map(|column| full.field(row, column).to_owned()).collect()
    };
    let mut sparse = vec![String::new(); layout.width()];
    (sparse[1], sparse[2]) = (full.field(row, 1).to_owned(), full.key(row).into_owned());
    sparse[column("changed_on")] = "20251201".to_owned();
    let class = if number % 5 == 1 { "9" } else { "5" };
    sparse[0] = class.to_owned();
    let rows = match number % 5 {
        0 => {
            let price = layout.position("points").or(layout.position("price")).unwrap();
            let amount = full.field(row, price).split('.').next().unwrap().to_owned();
            sparse[price] = format!("{amount}.{:02}", number % 100);
            vec![sparse]
        }
        1 => {
            sparse[column("abolished_on")] = "20251231".to_owned();
            vec![sparse]
        }
        2 => {
            // A unit that its name does not fit, which only the whole tells.
            sparse[column("unit_code")] = "17".to_owned();
            vec![sparse]
        }
        3 => {
            let mut copy = whole(row);
            copy[0] = "3".to_owned();
            copy[2] = format!("{}9{:02}", &full.key(row)[..6], number % 100);
            vec![copy]
        }
        _ => {
            // What is there already comes in as new.
            let mut copy = whole(row);
            copy[0] = "3".to_owned();
            vec![copy]
        }
    };
    let line = |row: Vec<String>| format!("\"{}\"\r\n", row.join("\",\""));
    rows.into_iter().map(line).collect()
}

/// As with an import of the whole: one that a part is enough for leaves the state before or the one after,
/// and the next one goes on from it.
#[test]
fn a_failure_at_any_step_of_a_small_import_leaves_the_state_before_or_the_one_after() {
    let Some(data) = data() else { return };
    // One record of four, in nearly all shards: steps are what counts here.
    let bytes = std::fs::read(data.join("material/t_ALL20240531.csv")).unwrap();
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').step_by(4);
    let bytes: Vec<u8> = lines.flatten().copied().collect();
    let full = read_bytes(bytes.clone());
    let change = |number: usize| (one_record(&full, 12 * number, number), format!("t_202512{number:02}.csv"));
    let ((first, first_name), (second, second_name), (third, third_name)) =
        (change(5), change(10), change(15));
    let digest = |store: &Store| store.state(&store.at("HEAD:material").unwrap()).unwrap().canonical_digest();
    let (mut outcomes, mut end) = ([0; 2], None);
    for step in 0.. {
        let place = Place::new();
        place.import_bytes(&bytes, "t_ALL20240531.csv", "r06", &[]).unwrap();
        let kept = place.path().join(".git/warifu/state/r06/material");
        let whole = std::fs::read(&kept).unwrap();
        place.import_bytes(first.as_bytes(), &first_name, "r06", &[]).unwrap();
        assert!(std::fs::read(kept).unwrap() == whole, "a part is enough");
        let before = digest(&place.store);
        place.store.fail_at_step(Some(step));
        let done = place.import_bytes(second.as_bytes(), &second_name, "r06", &[]);
        place.store.fail_at_step(None);
        let store = Store::open(&place.path(), Schemas::built_in().unwrap()).unwrap();
        let is_after = match done {
            Ok(_) => break,
            Err(ImportError::Commit(CommitError::Unfinished { .. })) => true,
            Err(ImportError::Commit(CommitError::Store(StoreError::Io { .. }))) => false,
            Err(error) => panic!("step {step}: {error}"),
        };
        assert_eq!(digest(&store) != before, is_after, "step {step}");
        outcomes[usize::from(is_after)] += 1;
        let author = author();
        for (bytes, name) in [(&second, &second_name), (&third, &third_name)] {
            store.import(&request(bytes.as_bytes(), name, "r06", &[], &author)).unwrap();
        }
        // What one that nothing failed for makes of the three.
        let end = *end.get_or_insert_with(|| digest(&store));
        assert_eq!(digest(&store), end, "step {step}");
    }
    assert!(outcomes[0] > 8 && outcomes[1] > 3, "{outcomes:?}");
}
