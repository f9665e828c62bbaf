//! Masters and claims of a few lines, and a checker in this process that answers on loopback.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use warifu_checker::cli::Client;
use warifu_checker::log::{Log, now};
use warifu_checker::release::ReleaseContent;
use warifu_checker::said::Said;
use warifu_checker::service::Service;
use warifu_checker::service::Status;
use warifu_checker::service::serve_until;
use warifu_checker::service::{FairQueue, Permit};
use warifu_checker::source::{Offer, ReleaseSource, SourceError};
use warifu_checker::state::Recent;
use warifu_checker::state::StateDirectory;
use warifu_checker::swap::{Gates, Swapper};
use warifu_claims::movement::Enough;
use warifu_masters::file::read_canonical;
use warifu_masters::past::{self, PastOf, Timelines, compare, write_changes};
use warifu_masters::schema::{ColumnType, Layout, Schemas};
use warifu_masters::table::Master;
use warifu_rules::past::weigh;
use warifu_trust::testing::head;
use warifu_trust::{
    ChangesBytes, ChangesContent, Content, EarlierContent, FormatFile, Governs, Manifest, MasterBytes,
    MasterContent, ReleaseBytes, ReleaseHead, ReleaseRef, UnixSeconds,
};
use warifu_values::day::{PublicationDay, TreatmentDay};
use warifu_values::digest::Digest;
use warifu_values::judgement::AcceptedPast;

/// The codes that the claims here use.
pub(crate) const CODES: [u32; 4] = [111000110, 112007410, 113001810, 120002910];

/// A value that a full file may hold in this column.
fn plausible(layout: &Layout, at: usize) -> String {
    let column = &layout.columns[at];
    if !column.required {
        return String::new();
    }
    if let Some(first) = layout.values(at).and_then(|values| values.first().map(|value| (*value).to_owned()))
    {
        return first;
    }
    let length = column.length.unwrap_or(1) as usize;
    match column.column_type {
        ColumnType::Digits | ColumnType::Reserve => "0".repeat(length),
        ColumnType::Decimal => "0.00".to_owned(),
        ColumnType::Date => column.also.first().cloned().unwrap_or_else(|| "20240601".to_owned()),
        ColumnType::Alnum => "A".repeat(length),
        ColumnType::Kana => "ｱ".repeat(length),
        ColumnType::Kanji | ColumnType::Text => "亜".repeat(length),
    }
}

/// A procedure master of (code, points), in force since 2024-06-01.
pub(crate) fn procedures(rows: &[(u32, &str)]) -> MasterContent {
    series("r06", "2024-06-01", None, rows)
}

/// One of a series that governs these days, all of whose rows begin with them.
pub(crate) fn series(name: &str, first: &str, until: Option<&str>, rows: &[(u32, &str)]) -> MasterContent {
    let schemas = Schemas::built_in().unwrap();
    let layout = schemas.editions("procedure").into_iter().next().unwrap();
    let mut text = layout.canonical_header() + "\n";
    for (code, points) in rows {
        let mut fields: Vec<String> = (0..layout.width()).map(|at| plausible(layout, at)).collect();
        for (id, value) in [
            ("master_type", "S"),
            ("procedure_code", &format!("{code:09}")),
            ("short_name", "診療行為"),
            ("point_kind", "3"),
            ("points", points),
            ("step_method", "0"),
            ("note_addition_seq", "0"),
            ("bundled_test", "0"),
            ("unit_code", "0"),
            ("inout_class", "0"),
            ("tally_column_outpatient", "110"),
            ("tally_column_inpatient", "110"),
            ("changed_on", &first.replace('-', "")),
            ("abolished_on", "99999999"),
        ] {
            fields[layout.column(id).unwrap()] = value.to_owned();
        }
        text.push_str(&fields.join(","));
        text.push('\n');
    }
    let master = MasterContent {
        series: name.into(),
        kind: "procedure".into(),
        edition: layout.edition.clone(),
        rows: rows.len() as u64,
        canonical: text.into_bytes(),
        formats: formats(),
        governs: Governs { from: first.into(), until: until.map(Into::into) },
        timelines: Vec::new(),
        made_of: warifu_values::judgement::Basis::Full,
        published: None,
        let_pass: Vec::new(),
    };
    with_timelines(&schemas, master)
}

/// The state that `master` carries, and what it says by itself of the days that it governs.
fn days_of(schemas: &Schemas, master: &MasterContent) -> Option<(Master, Timelines)> {
    let state = read_canonical(schemas, &master.kind, master.canonical.clone()).ok()?;
    let first = TreatmentDay::parse(&master.governs.from).unwrap();
    let last = master.governs.until.as_deref().and_then(TreatmentDay::parse);
    let published = PublicationDay::parse(&master.governs.from).unwrap();
    let timelines = Timelines::of_state(past::Governs { first, last }, published, &state);
    Some((state, timelines))
}

/// The same by the built-in layouts, of a master that can be read.
pub(crate) fn days_of_built_in(master: &MasterContent) -> (Master, Timelines) {
    days_of(&Schemas::built_in().unwrap(), master).unwrap()
}

/// The same with the timelines that its records give; without, when they cannot be read.
pub(crate) fn with_timelines(schemas: &Schemas, mut master: MasterContent) -> MasterContent {
    let days = days_of(schemas, &master);
    master.timelines = days.map(|(_, timelines)| timelines.canonical()).unwrap_or_default();
    master
}

/// A format, which no checker reads.
pub(crate) fn formats() -> BTreeMap<String, FormatFile> {
    let Content { sha256, bytes } = Content::of(b"");
    [("kikin".into(), FormatFile { file_name: "s.csv".into(), sha256, bytes })].into()
}

/// The right points for every code.
pub(crate) fn good() -> Vec<(u32, &'static str)> {
    CODES.iter().map(|code| (*code, "100.00")).collect()
}

/// Every price wrong, as in May 2022.
pub(crate) fn bad() -> Vec<(u32, &'static str)> {
    CODES.iter().map(|code| (*code, "7.00")).collect()
}

/// The first of June 2024 in Japan, from which the masters here hold: nothing that they change has been.
pub(crate) const JUNE: i64 = 1_717_167_600;

/// A release as its publisher drafts it: what it changes is computed when it is published after others.
#[derive(Clone)]
pub(crate) struct Draft {
    pub(crate) number: u64,
    pub(crate) masters: Vec<MasterContent>,
    pub(crate) activate_at: Option<UnixSeconds>,
    /// When it was made: the days before that day in Japan are past.
    pub(crate) created: UnixSeconds,
    /// Whether what it changes of the past is accepted by name.
    pub(crate) accepts: bool,
}

/// Release `number` with these procedures.
pub(crate) fn release(number: u64, rows: &[(u32, &str)]) -> Draft {
    release_at(number, rows, None)
}

/// The same, judging from an instant on.
pub(crate) fn release_at(number: u64, rows: &[(u32, &str)], activate_at: Option<UnixSeconds>) -> Draft {
    release_of(number, vec![procedures(rows)], activate_at)
}

/// Release `number` of these masters.
pub(crate) fn release_of(
    number: u64,
    masters: Vec<MasterContent>,
    activate_at: Option<UnixSeconds>,
) -> Draft {
    Draft { number, masters, activate_at, created: UnixSeconds::new(JUNE), accepts: false }
}

/// Releases as they were published, by number: the last of each.
#[derive(Default)]
pub(crate) struct Published(BTreeMap<u64, (ReleaseRef, Vec<MasterContent>)>);

impl Published {
    /// Every one of `drafts` after those before it.
    pub(crate) fn of(drafts: &[Draft]) -> Published {
        let mut published = Published::default();
        drafts.iter().for_each(|draft| _ = published.publish(draft));
        published
    }

    /// What it was called; one that nobody published has a name all the same.
    fn id(&self, release: u64) -> ReleaseRef {
        let unseen = || ReleaseRef { release, manifest: Digest::of(format!("unseen {release}").as_bytes()) };
        self.0.get(&release).map_or_else(unseen, |(id, _)| *id)
    }

    /// What release `number` held, or the last before it; `first` when there is none.
    fn masters<'a>(&'a self, number: u64, first: &'a [MasterContent]) -> &'a [MasterContent] {
        self.0.range(..=number).next_back().map_or(first, |(_, (_, masters))| masters)
    }

    /// Publishes `draft` with what it changes, and what each release before it changed.
    pub(crate) fn publish(&mut self, draft: &Draft) -> ReleaseContent {
        let Draft { number, masters, activate_at, created, accepts } = draft;
        let schemas = Schemas::built_in().unwrap();
        let changes_of = |old: &[MasterContent], new: &[MasterContent]| {
            let days = |masters: &[MasterContent]| -> Option<Vec<(String, String, Master, Timelines)>> {
                let of = masters.iter().map(|master| {
                    let (state, timelines) = days_of(&schemas, master)?;
                    Some((master.kind.clone(), master.series.clone(), state, timelines))
                });
                of.collect()
            };
            // One that cannot be read changes nothing that could be told.
            let (Some(old), Some(new)) = (days(old), days(new)) else { return Vec::new() };
            compare(&pasts(&old), &pasts(&new))
        };
        let own = changes_of(self.masters(number - 1, masters), masters);
        let previous = (*number > 1).then(|| self.id(number - 1));
        let head = ReleaseHead { activate_at: *activate_at, created: *created, ..head(*number, previous) };
        let weighed = weigh(&schemas, &own, head.past_before());
        let accepted = weighed.classes.iter().filter(|_| *accepts).map(|(class, entries)| AcceptedPast {
            class: class.to_string(),
            entries: *entries,
            reason: "a correction".into(),
            source: "notice 1".into(),
        });
        let earlier = (2..*number).rev().take(24).map(|release| EarlierContent {
            release: self.id(release),
            follows: self.id(release - 1),
            list: write_changes(&changes_of(
                self.masters(release - 1, masters),
                self.masters(release, masters),
            )),
        });
        let changes = (*number > 1).then(|| ChangesContent {
            list: write_changes(&own),
            past: weighed.counts.past,
            past_and_future: weighed.counts.past_and_future,
            future: weighed.counts.future,
            accepted: accepted.collect(),
            earlier: earlier.collect(),
        });
        let content = content_of(head, masters, changes);
        self.0.insert(*number, (content.id(), masters.clone()));
        content
    }
}

fn pasts(days: &[(String, String, Master, Timelines)]) -> Vec<PastOf<'_>> {
    days.iter().map(|(kind, series, state, timelines)| PastOf { kind, series, state, timelines }).collect()
}

/// The content of a release with these changes.
fn content_of(
    head: ReleaseHead,
    masters: &[MasterContent],
    changes: Option<ChangesContent>,
) -> ReleaseContent {
    let manifest = Manifest::of(head, masters, changes.as_ref()).unwrap();
    let mut sorted: Vec<&MasterContent> = masters.iter().collect();
    sorted.sort_by_key(|master| (&master.series, &master.kind));
    let bytes = |master: &MasterContent| MasterBytes {
        canonical: master.canonical.clone(),
        timelines: master.timelines.clone(),
    };
    let changes = changes.map(|changes| ChangesBytes {
        list: changes.list,
        earlier: changes.earlier.into_iter().map(|earlier| earlier.list).collect(),
    });
    let bytes = ReleaseBytes { masters: sorted.into_iter().map(bytes).collect(), changes };
    ReleaseContent::new(manifest, bytes).unwrap()
}

/// A claim file of `claims` claims with every code at 100 points, of one institution.
pub(crate) fn claim_file(institution: u32, claims: usize) -> Vec<u8> {
    file_of(institution, &vec![CODES.map(|code| (202406, 1, code, 100)).to_vec(); claims])
}

/// An item: month, day, code and points.
pub(crate) type Item = (u32, usize, u32, u32);

/// A claim file of these claims, each of the month of its first item; of no institution when that is 0.
pub(crate) fn file_of(institution: u32, claims: &[Vec<Item>]) -> Vec<u8> {
    let mut text = String::new();
    if institution > 0 {
        text += &format!("IR,1,13,1,{institution:07},,,202407,00,\r\n");
    }
    for (at, claim) in claims.iter().enumerate() {
        let month = claim.first().map_or(202406, |(month, ..)| *month);
        text += &format!("RE,{},1112,{month}{}\r\n", at + 1, ",".repeat(34));
        for (_, day, code, points) in claim {
            let mut fields = vec![String::new(); 44];
            let (code, points) = (format!("{code:09}"), points.to_string());
            for (position, value) in [(1, "SI"), (4, &*code), (6, &*points), (7, "1"), (13 + day, "1")] {
                fields[position - 1] = value.to_owned();
            }
            text += &(fields.join(",") + "\r\n");
        }
    }
    text += &format!("GO,{},0,99\r\n", claims.len());
    text.into_bytes()
}

/// A source that offers what it is told to.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<(Published, Option<Result<ReleaseContent, SourceError>>)>);

impl Shelf {
    /// After `published`, offering nothing yet.
    pub(crate) fn after(published: Published) -> Shelf {
        Shelf(Mutex::new((published, None)))
    }

    /// Publishes `draft` after all that it offered before; what it is called.
    pub(crate) fn offer(&self, draft: Draft) -> ReleaseRef {
        let mut shelf = self.0.lock().unwrap();
        let content = shelf.0.publish(&draft);
        let id = content.id();
        shelf.1 = Some(Ok(content));
        id
    }

    /// What it offers, if anything.
    pub(crate) fn offered(&self) -> Option<ReleaseContent> {
        self.0.lock().unwrap().1.clone()?.ok()
    }

    pub(crate) fn refuse(&self, why: &str) {
        self.0.lock().unwrap().1 = Some(Err(SourceError::Refused(Said::new(why, why))));
    }
}

pub(crate) struct OnShelf(pub(crate) ReleaseContent);

impl Offer for OnShelf {
    fn id(&self) -> ReleaseRef {
        self.0.id()
    }

    fn fetch(self: Box<Self>) -> Result<ReleaseContent, SourceError> {
        Ok(self.0)
    }
}

pub(crate) struct Source(pub(crate) Arc<Shelf>);

impl ReleaseSource for Source {
    fn open(&self, _: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        match &self.0.0.lock().unwrap().1 {
            None => Err(SourceError::Unavailable(Said::new("empty", "空"))),
            Some(Ok(content)) => Ok(Box::new(OnShelf(content.clone()))),
            Some(Err(error)) => Err(error.clone()),
        }
    }
}

/// A checker that answers on loopback, in this process.
pub(crate) struct Checker {
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) swapper: Arc<Swapper>,
    pub(crate) client: Client,
    pub(crate) address: SocketAddr,
    queue: Arc<FairQueue>,
    runtime: tokio::runtime::Runtime,
    _directory: Option<tempfile::TempDir>,
}

/// A swapper without a service on the state in `directory`, offered the last of `drafts`, which were
/// published one after the other.
pub(crate) fn alone(directory: &std::path::Path, drafts: &[Draft]) -> Swapper {
    let (last, before) = drafts.split_last().unwrap();
    let shelf = Shelf::after(Published::of(before));
    shelf.offer(last.clone());
    alone_at(directory, Source(Arc::new(shelf)))
}

/// A swapper without a service on the state in `directory`, that reads from `source`.
pub(crate) fn alone_at(directory: &std::path::Path, source: impl ReleaseSource + 'static) -> Swapper {
    let state = StateDirectory::open(directory).unwrap();
    let recent = Arc::new(Recent::open(state.recent(), 0).unwrap());
    let source = Some(Box::new(source) as Box<dyn ReleaseSource>);
    let schemas = Schemas::built_in().unwrap();
    Swapper::resume(state, source, recent, schemas, Gates::default(), Log::default(), now()).unwrap()
}

/// What a claim file was answered.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) release: Option<u64>,
    pub(crate) lines: Vec<Value>,
}

impl Answered {
    pub(crate) fn summary(&self) -> &Value {
        self.lines.last().unwrap()
    }
}

impl Checker {
    /// A checker that confirms after so many files of whomever.
    pub(crate) fn start(probation_files: u64, queue: usize) -> Checker {
        let probation = Enough { files: probation_files, institutions: 1, uses: 1 };
        Checker::with(Gates { probation }, queue)
    }

    pub(crate) fn with(gates: Gates, queue: usize) -> Checker {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open(directory.path().join("state")).unwrap();
        let recent = Arc::new(Recent::open(state.recent(), 4).unwrap());
        let shelf = Arc::new(Shelf::default());
        let swapper = Swapper::resume(
            state,
            Some(Box::new(Source(Arc::clone(&shelf)))),
            Arc::clone(&recent),
            Schemas::built_in().unwrap(),
            gates,
            Log::default(),
            now(),
        );
        let swapper = Arc::new(swapper.unwrap());
        let queue = FairQueue::new(2, queue);
        let service = Service::new(Arc::clone(&swapper), Arc::clone(&queue), recent, Log::default());
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve_until(listener, service, std::future::pending()));
        let client = Client::new(&format!("http://{address}"));
        Checker { shelf, swapper, client, address, queue, runtime, _directory: Some(directory) }
    }

    /// Keeps both judges busy until it is dropped.
    pub(crate) fn keep_busy(&self) -> [Permit; 2] {
        [(); 2].map(|()| self.runtime.block_on(self.queue.enter(b"busy")).unwrap())
    }

    pub(crate) fn check(&self, file: &[u8]) -> Answered {
        check(self.address, file)
    }

    pub(crate) fn status(&self) -> Status {
        self.client.status().unwrap()
    }

    /// Waits until the status is as it must come to be.
    pub(crate) fn until(&self, what: &str, condition: impl Fn(&Status) -> bool) -> Status {
        let started = Instant::now();
        loop {
            let status = self.status();
            if condition(&status) {
                return status;
            }
            assert!(started.elapsed() < Duration::from_secs(30), "never {what}: {status:?}");
            std::thread::yield_now();
        }
    }
}

pub(crate) fn check(address: SocketAddr, file: &[u8]) -> Answered {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let mut response = agent.post(format!("http://{address}/check")).send(file).unwrap();
    let release = response.headers().get("warifu-release");
    let release = release.map(|value| value.to_str().unwrap().parse().unwrap());
    let text = response.body_mut().with_config().limit(1 << 30).read_to_string().unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    Answered { status: response.status().as_u16(), release, lines }
}

/// Runs `work` in threads until `done`; how often it ran.
pub(crate) fn meanwhile(threads: usize, work: impl Fn(usize) + Sync, done: impl FnOnce()) -> usize {
    let (stop, count) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (stop, count, work) = (&stop, &count, &work);
            scope.spawn(move || {
                while stop.load(Ordering::Relaxed) == 0 {
                    work(thread);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // Stops the others also when this panics, or the scope would wait for ever.
        struct Stop<'a>(&'a AtomicUsize);
        impl Drop for Stop<'_> {
            fn drop(&mut self) {
                self.0.store(1, Ordering::Relaxed);
            }
        }
        let _stop = Stop(&stop);
        done();
    });
    count.into_inner()
}
