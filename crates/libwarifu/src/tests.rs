//! The functions as C calls them: on releases of a small world, wrong in every way, and at a fault of our
//! own.
#![expect(unsafe_code, reason = "it calls what C calls")]
#![expect(clippy::disallowed_methods, reason = "a test lays files, and asks the clock that the library asks")]

use std::ffi::CString;
use std::path::Path;
use std::ptr::{null, null_mut};

use tempfile::TempDir;
use warifu_masters::file::read_canonical;
use warifu_masters::past::{Governs as Days, Timelines};
use warifu_masters::schema::Schemas;
use warifu_masters::table::State;
use warifu_trust::testing::{Shelf, World, cards, drive, head, key, masters, propose};
use warifu_trust::{
    Content, FormatFile, Governs, MasterContent, Organisation, Publishable, ReadingTip, RootBuilder,
    SignedRoot, UnixSeconds, Validity,
};
use warifu_values::day::{PublicationDay, TreatmentDay};
use warifu_values::judgement::Basis;

use crate::entry::entered;
use crate::exported::*;
use crate::record::{WarifuAmountKind, WarifuRecord, WarifuStanding};
use crate::status::WarifuStatus;
use crate::text::WarifuText;

/// The comment 810990001 of series r06 from 2024-06-01 on, abolished after `last`.
fn comments(last: &str) -> MasterContent {
    let schemas = Schemas::built_in().unwrap();
    let layout = schemas.editions("comment").into_iter().next_back().unwrap();
    let line = format!(
        "0,C,8,10,990001,6,見本,10,ﾐﾎﾝ,0,0,0,0,0,0,0,0,0,0,0,20240601,{last},810990001,00010000,,,,,,\n"
    );
    let canonical = format!("{}\n{line}", layout.canonical_header()).into_bytes();
    let state: State =
        State::new(read_canonical(&schemas, "comment", canonical.clone()).unwrap(), Basis::Full);
    let first = TreatmentDay::parse("20240601").unwrap();
    let governs = Days { first, last: None };
    let timelines = Timelines::of_state(governs, PublicationDay::of(first), &state).canonical();
    let Content { sha256, bytes } = Content::of(&canonical);
    let file = FormatFile { file_name: "comment.csv".into(), sha256, bytes };
    MasterContent {
        series: "r06".into(),
        kind: "comment".into(),
        edition: layout.edition.clone(),
        rows: state.rows() as u64,
        formats: [("kikin".to_owned(), file)].into(),
        governs: Governs { from: "2024-06-01".into(), until: None },
        made_of: Basis::Full,
        published: None,
        let_pass: Vec::new(),
        corrections: Vec::new(),
        canonical,
        timelines,
    }
}

/// A channel in a folder, and its root.
struct Channel {
    folder: TempDir,
    world: World,
    shelf: Shelf,
}

impl Channel {
    /// Its first release was signed by both at `now`.
    fn at(now: UnixSeconds, content: &[MasterContent]) -> Channel {
        let mut channel =
            Channel { folder: tempfile::tempdir().unwrap(), world: World::at(now), shelf: Shelf::default() };
        std::fs::write(channel.path("root.json"), channel.world.root.bytes()).unwrap();
        channel.publish(content);
        channel
    }

    fn publish(&mut self, content: &[MasterContent]) {
        let Channel { world, shelf, .. } = self;
        let tip = drive(ReadingTip::begin(&world.reader()), shelf).unwrap();
        let number = tip.release().map_or(0, |release| release.release) + 1;
        let proposal = propose(head(number, tip.release()), content);
        let halves = world.sign(&tip, &proposal);
        let publishable = Publishable::check(&proposal, &halves, &tip, world.now).unwrap();
        shelf.write(&publishable.seal(&world.timestamp, world.now, Validity::default()).unwrap());
        self.write("channel");
    }

    /// Writes what is published into the folder `name`.
    fn write(&self, name: &str) {
        for (path, bytes) in &self.shelf.0 {
            let path = self.folder.path().join(name).join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Opens what lies in the folder `channel`.
    fn open(&self, channel: &str, remembered: Option<&str>) -> Result<Release, Told> {
        let text = |path: &Path| CString::new(path.to_str().unwrap()).unwrap();
        let (channel, root) = (text(&self.path(channel)), text(&self.path("root.json")));
        let remembered = remembered.map(|name| text(&self.path(name)));
        let source = WarifuSource {
            channel: channel.as_ptr(),
            root: root.as_ptr(),
            remembered: remembered.as_ref().map_or(null(), |text| text.as_ptr()),
            policy: null(),
            schemas: null(),
        };
        let (mut release, mut error) = (null_mut(), null_mut());
        // SAFETY: everything lives here.
        let status = unsafe { warifu_open(&raw const source, &raw mut release, &raw mut error) };
        if status == WarifuStatus::Ok { Ok(Release(release)) } else { Err(Told::of(status, error)) }
    }
}

/// A root of people who signed nothing here.
fn root_of_others() -> SignedRoot {
    let (kikin, kokuho) = ([31, 32].map(key), [41].map(key));
    let mut draft = RootBuilder::new(today().plus_days(730))
        .release_signers(Organisation::Kikin, 2, cards(Some(Organisation::Kikin), &kikin))
        .release_signers(Organisation::Kokuho, 1, cards(Some(Organisation::Kokuho), &kokuho))
        .timestamp(cards(None, &[key(51)]))
        .first()
        .unwrap();
    kikin.iter().chain(&kokuho).for_each(|key| draft.sign(key, None).unwrap());
    draft.finish(None).unwrap()
}

/// Why not, in both languages.
#[derive(Debug)]
struct Told {
    status: WarifuStatus,
    en: String,
    ja: String,
}

impl Told {
    fn of(status: WarifuStatus, mut error: *mut WarifuError) -> Told {
        let said = |language| {
            let mut text = WarifuText::EMPTY;
            // SAFETY: the error was given just now.
            let told = unsafe { warifu_error_message(error, language, &raw mut text) };
            assert_eq!(told, WarifuStatus::Ok);
            string(text)
        };
        let (en, ja) = (said(WARIFU_ENGLISH), said(WARIFU_JAPANESE));
        // SAFETY: the same.
        assert_eq!(unsafe { warifu_error_status(error) }, status);
        // SAFETY: the same, and nobody uses it after this.
        assert_eq!(unsafe { warifu_error_close(&raw mut error) }, WarifuStatus::Ok);
        assert!(error.is_null());
        Told { status, en, ja }
    }
}

fn string(text: WarifuText) -> String {
    // SAFETY: the handle that gave it is still open.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.length) };
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// An open release.
#[derive(Debug)]
struct Release(*mut WarifuRelease);

impl Release {
    fn look_up(&self, kind: u32, code: u32, day: u32) -> WarifuRecord {
        let mut record = std::mem::MaybeUninit::uninit();
        // SAFETY: the release is open until this is dropped, and the record is written where that is done.
        unsafe {
            let status = warifu_look_up(self.0, kind, code, day, record.as_mut_ptr(), null_mut());
            assert_eq!(status, WarifuStatus::Ok);
            record.assume_init()
        }
    }

    fn look_up_all(&self, asked: &[WarifuQuestion]) -> Result<Vec<WarifuRecord>, Told> {
        let (mut records, mut error) = (Vec::with_capacity(asked.len()), null_mut());
        // SAFETY: the release is open until this is dropped, there is room for so many records, and all are
        // written where that is done.
        unsafe {
            let into = records.as_mut_ptr();
            match warifu_look_up_all(self.0, asked.as_ptr(), asked.len(), into, &raw mut error) {
                WarifuStatus::Ok => records.set_len(asked.len()),
                status => return Err(Told::of(status, error)),
            }
        }
        Ok(records)
    }

    fn about(&self) -> serde_json::Value {
        let mut text = WarifuText::EMPTY;
        // SAFETY: the release is open until this is dropped.
        let status = unsafe { warifu_release_about(self.0, &raw mut text, null_mut()) };
        assert_eq!(status, WarifuStatus::Ok);
        serde_json::from_str(&string(text)).unwrap()
    }
}

impl Drop for Release {
    fn drop(&mut self) {
        // SAFETY: nobody uses it any more.
        assert_eq!(unsafe { warifu_release_close(&raw mut self.0, null_mut()) }, WarifuStatus::Ok);
        assert!(self.0.is_null());
    }
}

/// What both signed holds today, by this machine's clock.
fn today() -> UnixSeconds {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    UnixSeconds::new(since.as_secs() as i64)
}

#[test]
fn a_code_is_in_force_abolished_unknown_or_of_no_series() {
    let channel = Channel::at(today(), &[comments("20250331")]);
    let release = channel.open("channel", None).unwrap();
    for (kind, code, day, standing, told, name, series) in [
        (WARIFU_COMMENT, 810_990_001, 20240610, WarifuStanding::InForce, 0, "見本", "r06"),
        (WARIFU_COMMENT, 810_990_001, 20250331, WarifuStanding::InForce, 0, "見本", "r06"),
        (WARIFU_COMMENT, 810_990_001, 20250401, WarifuStanding::Abolished, 20250331, "見本", "r06"),
        (WARIFU_COMMENT, 810_990_002, 20240610, WarifuStanding::Unknown, 0, "", "r06"),
        (WARIFU_COMMENT, 810_990_001, 20240531, WarifuStanding::NotHeld, 0, "", ""),
        (WARIFU_DRUG, 810_990_001, 20240610, WarifuStanding::NotHeld, 0, "", ""),
    ] {
        let record = release.look_up(kind, code, day);
        let at = format!("{code} on {day}");
        assert_eq!(
            (record.standing, record.day, record.amount_kind),
            (standing, told, WarifuAmountKind::None),
            "{at}"
        );
        assert_eq!((&*string(record.name), &*string(record.series)), (name, series), "{at}");
    }
    // The same of many at once.
    let asked = [(20240610, WarifuStanding::InForce), (20250401, WarifuStanding::Abolished)];
    let questions = asked.map(|(day, _)| WarifuQuestion { kind: WARIFU_COMMENT, code: 810_990_001, day });
    let records = release.look_up_all(&questions).unwrap();
    assert!(records.iter().zip(asked).all(|(record, (_, standing))| record.standing == standing));
    assert!(records.iter().all(|record| string(record.name) == "見本"));
    assert!(release.look_up_all(&[]).unwrap().is_empty());
    let wrong = [questions[0], WarifuQuestion { day: 20250231, ..questions[0] }];
    let told = release.look_up_all(&wrong).unwrap_err();
    assert_eq!(told.status, WarifuStatus::Misuse);
    assert!(told.en.starts_with("asked[1]: 20250231") && told.ja.starts_with("asked[1]: 20250231"));
    // A release without masters of diseases says so of them.
    for kind in [WARIFU_DISEASE, WARIFU_MODIFIER] {
        assert_eq!(release.look_up(kind, 8002, 20240610).standing, WarifuStanding::NotHeld);
    }
    let about = release.about();
    assert_eq!((&about["release"], &about["title"]), (&1.into(), &"定例 1".into()));
    assert_eq!(about["signed_by"]["kikin"].as_array().unwrap().len(), 2, "{about}");
}

#[test]
fn what_is_unsigned_changed_expired_or_no_master_is_not_opened() {
    let refused = |channel: &Channel, status: WarifuStatus, en: &str, ja: &str| {
        let told = channel.open("channel", None).unwrap_err();
        assert_eq!(told.status, status, "{told:?}");
        assert!(told.en.contains(en) && told.ja.contains(ja), "{told:?}");
    };
    // What both signed has expired: a timestamp holds for days.
    let expired = Channel::at(UnixSeconds::new(today().seconds() - 60 * 86_400), &[comments("99999999")]);
    refused(&expired, WarifuStatus::Expired, "expired", "期限");

    // Each file, changed and cut; what is there of the root is known already.
    let channel = Channel::at(today(), &[comments("99999999")]);
    let is_root = |path: &&String| path.ends_with("root.json");
    for path in channel.shelf.0.keys().filter(|path| !is_root(path)) {
        let file = channel.path("channel").join(path);
        let whole = std::fs::read(&file).unwrap();
        let mut changed = whole.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        for bytes in [&changed[..], &whole[..whole.len() / 2]] {
            std::fs::write(&file, bytes).unwrap();
            let told = channel.open("channel", None).unwrap_err();
            assert_eq!(told.status, WarifuStatus::Refused, "{path}: {told:?}");
            assert!(told.en.is_ascii() && !told.ja.is_ascii(), "{told:?}");
        }
        std::fs::write(&file, &whole).unwrap();
    }
    drop(channel.open("channel", None).unwrap());

    // Nobody signed what is asked first.
    let timestamp = channel.path("channel/metadata/timestamp.json");
    let mut unsigned: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&timestamp).unwrap()).unwrap();
    unsigned["signatures"] = serde_json::json!([]);
    std::fs::write(&timestamp, unsigned.to_string()).unwrap();
    assert_eq!(channel.open("channel", None).unwrap_err().status, WarifuStatus::Refused);
    channel.write("channel");
    drop(channel.open("channel", None).unwrap());

    // By a root with other keys nobody signed it.
    std::fs::write(channel.path("root.json"), root_of_others().bytes()).unwrap();
    assert_eq!(channel.open("channel", None).unwrap_err().status, WarifuStatus::Refused);

    // Trusted, and no masters that checks could use.
    let unreadable = Channel::at(today(), &masters(1));
    assert_eq!(unreadable.open("channel", None).unwrap_err().status, WarifuStatus::BadData);
}

#[test]
fn an_older_copy_of_the_channel_is_refused_where_something_remembers() {
    let mut channel = Channel::at(today(), &[comments("99999999")]);
    channel.write("copy");
    channel.publish(&[comments("20250331")]);
    assert_eq!(channel.open("channel", Some("remembered")).unwrap().about()["release"], 2);
    assert_eq!(channel.open("copy", None).unwrap().about()["release"], 1);
    assert_eq!(channel.open("copy", Some("remembered")).unwrap_err().status, WarifuStatus::Refused);
    // What remembers is damaged: nothing is opened, and nobody goes round it.
    let whole = std::fs::read_to_string(channel.path("remembered/trusted-state.json")).unwrap();
    std::fs::write(channel.path("remembered/trusted-state.json"), "{").unwrap();
    let told = channel.open("channel", Some("remembered")).unwrap_err();
    assert!(told.en.contains("trusted-state.json") && told.ja.contains("trusted-state.json"), "{told:?}");
    assert_eq!(told.status, WarifuStatus::Here);
    // What is well-formed and says something else is damaged too.
    std::fs::write(channel.path("remembered/trusted-state.json"), &whole[..]).unwrap();
    assert_eq!(channel.open("channel", Some("remembered")).unwrap().about()["release"], 2);
    let damaged = whole.replace("sig", "gis");
    assert_ne!(damaged, whole, "{whole}");
    std::fs::write(channel.path("remembered/trusted-state.json"), &damaged).unwrap();
    let opened = channel.open("channel", Some("remembered"));
    assert_eq!(opened.expect_err(&damaged).status, WarifuStatus::Here);
}

#[test]
fn no_panic_leaves() {
    let mut error = null_mut();
    // SAFETY: the error lives here.
    let status = unsafe { entered(&raw mut error, || panic!("a fault of ours")) };
    let told = Told::of(status, error);
    assert_eq!(told.status, WarifuStatus::Broken);
    assert!(!told.en.contains("a fault of ours"), "{told:?}");
    // SAFETY: null is not written.
    let unheard = unsafe { entered(null_mut(), || panic!("another one")) };
    assert_eq!(unheard, WarifuStatus::Broken);
}

#[test]
fn the_version_is_that_of_the_program() {
    assert_eq!(string(warifu_version()), env!("CARGO_PKG_VERSION"));
}
