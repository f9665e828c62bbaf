//! Claims of a few lines, and a checker in this process that answers on loopback.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use warifu_checker::cli::Client;
use warifu_checker::log::{Log, now};
use warifu_checker::release::ReleaseContent;
use warifu_checker::said::Said;
use warifu_checker::service::{
    Came, ClaimsDoor, Door, FairQueue, Limits, OfClaims, OperatorSocket, Permit, Sender, Service, Status,
    Whose, serve_until, watched_at,
};
use warifu_checker::source::{Offer, ReleaseSource, SourceError};
use warifu_checker::state::Recent;
use warifu_checker::state::{Disk, StateDirectory, WriteStep};
use warifu_checker::swap::{Gates, Swapper};
use warifu_claims::movement::Enough;
use warifu_masters::schema::Schemas;
use warifu_trust::{ReleaseRef, UnixSeconds};

use crate::line::{Draft, Line};
use crate::masters::CODES;

/// A claim file of `claims` claims with every code at 100 points, of one institution.
pub(crate) fn claim_file(institution: u32, claims: usize) -> Vec<u8> {
    file_of(institution, &vec![CODES.map(|code| (202406, 1, code, 100)).to_vec(); claims])
}

/// What a checker that judges claims says of them.
pub(crate) trait JudgesClaims {
    fn claims(&self) -> &OfClaims;
    fn door(&self) -> &ClaimsDoor;
}

impl JudgesClaims for Status {
    fn claims(&self) -> &OfClaims {
        self.of_claims.as_ref().expect("claims come here")
    }

    fn door(&self) -> &ClaimsDoor {
        self.doors.of_claims.as_ref().expect("they come by a door")
    }
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
        text += &format!("RE,{},1112,{month},A,1,19800101{}\r\n", at + 1, ",".repeat(31));
        let points: u32 = claim.iter().map(|(.., points)| points).sum();
        text += &format!("HO,06132013,,,1,{points},,,,,,,,,\r\n");
        for (_, day, code, points) in claim {
            let mut fields = vec![String::new(); 44];
            let (code, points) = (format!("{code:09}"), points.to_string());
            let values = [(1, "SI"), (3, "1"), (4, &*code), (6, &*points), (7, "1"), (13 + day, "1")];
            for (position, value) in values {
                fields[position - 1] = value.to_owned();
            }
            text += &(fields.join(",") + "\r\n");
        }
    }
    let points: u32 = claims.iter().flatten().map(|(.., points)| points).sum();
    text += &format!("GO,{},{points},99\r\n", claims.len());
    text.into_bytes()
}

/// A source that offers what it is told to.
#[derive(Default)]
pub(crate) struct Shelf {
    line: Line,
    offered: Mutex<Option<Result<ReleaseContent, SourceError>>>,
    /// What one organisation took away, and why.
    pub(crate) withdrawn: Mutex<Vec<(ReleaseRef, Said)>>,
    /// The release to fall back to, where it lists one.
    pub(crate) fallback: Mutex<Option<ReleaseContent>>,
}

impl Shelf {
    /// After the releases of `line`, offering nothing yet.
    pub(crate) fn after(line: Line) -> Shelf {
        Shelf { line, ..Shelf::default() }
    }

    /// Publishes `draft` after all that it offered before; what it is called.
    pub(crate) fn offer(&self, draft: Draft) -> ReleaseRef {
        self.put(self.line.publish(&draft))
    }

    /// Offers this one; what it is called.
    pub(crate) fn put(&self, content: ReleaseContent) -> ReleaseRef {
        let id = content.id();
        *self.offered.lock().unwrap() = Some(Ok(content));
        id
    }

    /// What it offers, if anything.
    pub(crate) fn offered(&self) -> Option<ReleaseContent> {
        self.offered.lock().unwrap().clone()?.ok()
    }

    /// Lists this one as the release to fall back to.
    pub(crate) fn list_fallback(&self, content: ReleaseContent) {
        *self.fallback.lock().unwrap() = Some(content);
    }

    /// What it has of `id`, newest or to fall back to.
    pub(crate) fn again(&self, id: ReleaseRef) -> Result<ReleaseContent, SourceError> {
        let has = self.offered().into_iter().chain(self.fallback.lock().unwrap().clone());
        let mut has = has.filter(|content| content.id() == id);
        has.next().ok_or_else(|| SourceError::Unavailable(Said::new("not listed", "なし")))
    }

    /// One organisation takes `id` away.
    pub(crate) fn withdraw(&self, id: ReleaseRef, why: &str) {
        self.withdrawn.lock().unwrap().push((id, Said::new(why, why)));
    }

    pub(crate) fn unavailable(&self, why: &str) {
        *self.offered.lock().unwrap() = Some(Err(SourceError::Unavailable(Said::new(why, why))));
    }

    pub(crate) fn refuse(&self, why: &str) {
        *self.offered.lock().unwrap() = Some(Err(SourceError::Refused(Said::new(why, why))));
    }
}

pub(crate) struct OnShelf(pub(crate) ReleaseContent, pub(crate) Option<ReleaseContent>);

impl Offer for OnShelf {
    fn id(&self) -> ReleaseRef {
        self.0.id()
    }

    fn fetch(&self) -> Result<ReleaseContent, SourceError> {
        Ok(self.0.clone())
    }

    fn fetch_fallback(&self) -> Result<Option<ReleaseContent>, SourceError> {
        Ok(self.1.clone())
    }
}

pub(crate) struct Source(pub(crate) Arc<Shelf>);

impl ReleaseSource for Source {
    fn open(&self, _: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
        match &*self.0.offered.lock().unwrap() {
            None => Err(SourceError::Unavailable(Said::new("empty", "空"))),
            Some(Ok(content)) => {
                Ok(Box::new(OnShelf(content.clone(), self.0.fallback.lock().unwrap().clone())))
            }
            Some(Err(error)) => Err(error.clone()),
        }
    }

    fn withdrawn(&self, id: ReleaseRef) -> Option<Said> {
        let withdrawn = self.0.withdrawn.lock().unwrap();
        withdrawn.iter().find(|(of, _)| *of == id).map(|(_, why)| why.clone())
    }

    fn again(&self, id: ReleaseRef, _: UnixSeconds) -> Result<ReleaseContent, SourceError> {
        self.0.again(id)
    }
}

/// A disk that does not answer as long as it is shut.
#[derive(Default)]
pub(crate) struct Shut {
    is_shut: Mutex<bool>,
    changed: Condvar,
    waiting: AtomicUsize,
}

impl Shut {
    pub(crate) fn set(&self, is_shut: bool) {
        *self.is_shut.lock().unwrap() = is_shut;
        self.changed.notify_all();
    }

    /// Whether somebody who writes a record waits for it.
    pub(crate) fn is_waited_for(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) > 0
    }

    pub(crate) fn disk(self: &Arc<Shut>) -> Disk {
        let shut = Arc::clone(self);
        Disk::failing(move |step, path: &Path| {
            let is_record =
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("checker"));
            if is_record && step == WriteStep::Flush {
                shut.waiting.fetch_add(1, Ordering::SeqCst);
                drop(shut.changed.wait_while(shut.is_shut.lock().unwrap(), |is_shut| *is_shut).unwrap());
                shut.waiting.fetch_sub(1, Ordering::SeqCst);
            }
            None
        })
    }
}

/// Waits until something has come to be.
pub(crate) fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(30), "never {what}");
        std::thread::yield_now();
    }
}

/// A checker that answers on loopback, in this process.
pub(crate) struct Checker {
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) swapper: Arc<Swapper>,
    pub(crate) service: Arc<Service>,
    pub(crate) client: Client,
    /// Where operators are heard.
    pub(crate) socket: std::path::PathBuf,
    pub(crate) address: SocketAddr,
    queue: Arc<FairQueue>,
    end: Mutex<Option<tokio::sync::oneshot::Sender<()>>>,
    ended: tokio::task::JoinHandle<std::io::Result<()>>,
    runtime: tokio::runtime::Runtime,
    _directory: tempfile::TempDir,
}

/// A swapper without a service on the state in `directory`, offered the last of `drafts`, which were
/// published one after the other.
pub(crate) fn alone(directory: &std::path::Path, drafts: &[Draft]) -> Swapper {
    let (last, before) = drafts.split_last().unwrap();
    let shelf = Shelf::after(Line::of(before));
    shelf.offer(last.clone());
    alone_at(directory, Source(Arc::new(shelf)))
}

/// A swapper without a service on the state in `directory`, that reads from `source`.
pub(crate) fn alone_at(directory: &std::path::Path, source: impl ReleaseSource + 'static) -> Swapper {
    alone_on(Disk::default(), directory, source)
}

/// The same on this disk.
pub(crate) fn alone_on(
    disk: Disk,
    directory: &std::path::Path,
    source: impl ReleaseSource + 'static,
) -> Swapper {
    let state = StateDirectory::open_on(disk, directory).unwrap();
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
        Checker::within(Limits::default(), gates, queue)
    }

    /// A checker that gives no more than `limits`.
    pub(crate) fn within(limits: Limits, gates: Gates, queue: usize) -> Checker {
        Checker::at(|door| door, limits, gates, queue)
    }

    /// The same, taking claims only over `tls`.
    #[cfg(feature = "https")]
    pub(crate) fn behind(
        tls: Arc<warifu_checker::service::Tls>,
        limits: Limits,
        gates: Gates,
        queue: usize,
    ) -> Checker {
        Checker::at(|door| door.behind(tls), limits, gates, queue)
    }

    fn at(door: impl FnOnce(Door) -> Door, limits: Limits, gates: Gates, queue: usize) -> Checker {
        let shelf = Arc::new(Shelf::default());
        let source = Source(Arc::clone(&shelf));
        Checker::of(Disk::default(), source, shelf, door, limits, gates, queue)
    }

    /// One on this disk.
    pub(crate) fn on(disk: Disk) -> Checker {
        let shelf = Arc::new(Shelf::default());
        let source = Source(Arc::clone(&shelf));
        Checker::of(disk, source, shelf, |door| door, Limits::default(), Gates::default(), 4)
    }

    /// One that reads from `source`.
    pub(crate) fn reading(source: impl ReleaseSource + 'static) -> Checker {
        let (disk, limits) = (Disk::default(), Limits::default());
        Checker::of(disk, source, Arc::default(), |door| door, limits, Gates::default(), 4)
    }

    fn of(
        disk: Disk,
        source: impl ReleaseSource + 'static,
        shelf: Arc<Shelf>,
        door: impl FnOnce(Door) -> Door,
        limits: Limits,
        gates: Gates,
        queue: usize,
    ) -> Checker {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDirectory::open_on(disk, directory.path().join("state")).unwrap();
        let recent = Arc::new(Recent::open(state.recent(), 4).unwrap());
        let swapper = Swapper::resume(
            state,
            Some(Box::new(source)),
            Arc::clone(&recent),
            Schemas::built_in().unwrap(),
            gates,
            Log::default(),
            now(),
        );
        let swapper = Arc::new(swapper.unwrap());
        let queue = FairQueue::new(2, queue);
        let service =
            Service::new(Arc::clone(&swapper), Arc::clone(&queue), recent, limits, Log::default()).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let door = door(Door::open("127.0.0.1:0".parse().unwrap()).unwrap());
        let address = door.address().unwrap();
        let operators = OperatorSocket::bind(directory.path().join("operator.sock")).unwrap();
        let socket = operators.path().to_owned();
        let client = Client::at(&socket);
        let (end, ends) = tokio::sync::oneshot::channel::<()>();
        let ended = runtime.spawn(serve_until(door, operators, Arc::clone(&service), async {
            let _ = ends.await;
        }));
        let end = Mutex::new(Some(end));
        Checker {
            shelf,
            swapper,
            service,
            client,
            socket,
            address,
            queue,
            end,
            ended,
            runtime,
            _directory: directory,
        }
    }

    /// Opens a door for those who watch; where it is.
    pub(crate) fn watched(&self) -> SocketAddr {
        let door = Door::open("127.0.0.1:0".parse().unwrap()).unwrap();
        let door = door.called(vec!["watched.example".to_owned()]);
        let address = door.address().unwrap();
        self.runtime.spawn(watched_at(door, Arc::clone(&self.service)));
        address
    }

    /// Keeps both judges busy until it is dropped.
    pub(crate) fn keep_busy(&self) -> [Permit; 2] {
        let busy = Whose { sender: Sender::Operator, institution: b"busy"[..].into() };
        let came = Came { since: Instant::now(), bytes: 0 };
        [(); 2].map(|()| self.runtime.block_on(self.queue.enter(busy.clone(), came)).unwrap())
    }

    /// Tells it to end, as SIGTERM does.
    pub(crate) fn end(&self) {
        drop(self.end.lock().unwrap().take());
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended.is_finished()
    }

    pub(crate) fn check(&self, file: &[u8]) -> Answered {
        check(self.address, file)
    }

    pub(crate) fn status(&self) -> Status {
        self.client.status().unwrap()
    }

    /// Waits until the status is as it must come to be.
    pub(crate) fn until(&self, what: &str, mut condition: impl FnMut(&Status) -> bool) -> Status {
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
