//! `serve`: claims over HTTP, and a look at the channel every so often.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use warifu_values::lang::{Lang, Speak as _};

use crate::cause::{Amiss, Cause};
use crate::cli::arguments::{Serve, in_shell};
use crate::cli::end::{End, told_to_end};
use crate::cli::failure::Failure;
#[cfg(not(feature = "fleet"))]
use crate::cli::fleet::built_without;
#[cfg(feature = "fleet")]
use crate::cli::fleet_config::member;
use crate::cli::handles::connections;
use crate::cli::inputs::read_file;
use crate::cli::listening::{Heard, Reader};
use crate::cli::output::{tell, tell_line};
use crate::cli::prepared::{Prepared, all_of, certificates_amiss, troubles};
use crate::cli::reload::Reload;
use crate::cli::service_manager::ServiceManager;
use crate::cli::settings::{Settings, as_file, as_table};
use crate::cli::state_folder::begun_or_gone_on_with;
use crate::cli::watchdog::Watchdog;
use crate::cli::ways_in::{Way, no_way_in, ways_in};
#[cfg(feature = "fleet")]
use crate::fleet::runtime::Ready;
use crate::kept_source::KeptSource;
use crate::log::{Event, Log, now, start};
use crate::said::Said;
use crate::service::{Door, FairQueue, OperatorDoors, OperatorSocket, Service, serve_until, watched_at};
#[cfg(feature = "https")]
use crate::service::{ReadTls, RemoteOperators};
use crate::state::{DamagedPart, Recent};
use crate::swap::{Swapper, Wanted};

/// Certificates change once a year; who changes them looks whether it worked.
const BETWEEN_LOOKS_AT_CERTIFICATES: Duration = Duration::from_secs(10);

pub(super) fn serve_claims(serve: Serve, settings: Settings, lang: Lang) -> Result<u8, Failure> {
    if serve.configuration.print_config {
        tell(&as_file(&settings))?;
        return Ok(0);
    }
    if serve.configuration.check_config {
        return check_config(&serve, &settings, lang);
    }
    let log = Log::new(lang);
    start(serve.log.form(), serve.log.least(), log);
    let manager = ServiceManager::of_environment(log);
    let watchdog = Arc::new(Watchdog::from(Instant::now()));
    // The first release may take longer to come than a start is given.
    let starts = {
        let watchdog = Arc::clone(&watchdog);
        manager.starting(move || watchdog.is_alive(0, 0, Instant::now()))
    };
    #[cfg(not(feature = "fleet"))]
    if serve.fleet.fleet_area.is_some() {
        return Err(built_without());
    }
    let prepared = Prepared::of(&serve, &watchdog).map_err(all_of)?;
    let directory = begun_or_gone_on_with(&serve.state, log)?;
    // Whether there is a way in is known before anything is activated.
    let socket = serve.operators.socket.clone().unwrap_or_else(|| OperatorSocket::in_state(&serve.state));
    let operators = OperatorDoors::at(socket, log).map_err(|error| Failure::could_not(Said::of(&error)))?;
    let listen = serve.claims.listen;
    let door = Door::open(listen).map_err(|error| no_way_in(listen, "--listen", &error))?;
    let watched = serve
        .watch
        .watch_listen
        .map(|address| Door::open(address).map_err(|error| no_way_in(address, "--watch-listen", &error)));
    let watched = watched.transpose()?.map(|door| door.called(serve.watch.watch_name.clone()));
    #[cfg(feature = "https")]
    let (door, tls) = match prepared.tls.map(ReadTls::into_tls) {
        None => (door, None),
        Some(tls) => (door.behind(Arc::clone(&tls)), Some(tls)),
    };
    #[cfg(feature = "https")]
    let (operators, operators_tls) = match serve.operators.over_tcp().zip(prepared.operators) {
        None => (operators, None),
        Some(((listen, _), read)) => {
            let tls = read.into_tls();
            let door = Door::open(listen).map_err(|error| no_way_in(listen, "--operators-listen", &error))?;
            let remote = RemoteOperators::behind(door, Arc::clone(&tls)).map_err(Failure::could_not)?;
            (operators.and(Some(remote)), Some(tls))
        }
    };
    let limits = serve.limits.limits(connections);
    let source = KeptSource::new(prepared.mirrors, prepared.floor, &serve.from.root, &directory, log);
    let source = Arc::new(source);
    let recent = Recent::open(directory.recent(), serve.gates.keeping())?;
    let recent = Arc::new(recent);
    let (gates, schemas) = (serve.gates.gates(), prepared.schemas);
    let reads = Box::new(Arc::clone(&source));
    let swapper = Swapper::resume(directory, Some(reads), Arc::clone(&recent), schemas, gates, log, now());
    let swapper = swapper.map_err(|error| Failure::could_not(Said::of(&error)))?;
    let swapper = swapper.keeping_to(prepared.calendar).keeping_releases(serve.keep_releases.into());
    let swapper = Arc::new(swapper);
    #[cfg(feature = "fleet")]
    let fleet = match member(&serve.fleet)? {
        Some(config) => Some(Ready::of(config, &swapper, log).map_err(Failure::could_not)?),
        None => None,
    };
    if let (None, Some(root)) =
        (swapper.active(), swapper.damages().iter().find(|it| it.part == DamagedPart::Root))
    {
        // Nothing to judge by, and nothing to be had: what is wrong is told where it is seen at once.
        read_file(&serve.from.root).map_err(|failure| settings.at("root", failure))?;
        return Err(settings.at("root", Failure { status: 3, said: root.why.clone() }));
    }
    if swapper.active().is_none() || swapper.record().lost().is_some() {
        // Nothing to judge by yet, or not by what ran: the first answer should not be a refusal when a
        // release lies ready.
        swapper.poll(now(), Wanted::ByItself);
    }
    let judges = serve
        .claims
        .judges
        .or_else(|| std::thread::available_parallelism().ok().map(Into::into))
        .unwrap_or(1);
    let queue = FairQueue::new(judges, serve.claims.queue);
    let service = Service::new(Arc::clone(&swapper), queue, Arc::clone(&recent), limits, log)?;
    if let Some(file) = settings.file.as_ref().and_then(|file| std::path::absolute(file).ok()) {
        service.was_configured_by(in_shell(&file.to_string_lossy()));
    }
    let poll = Arc::new(AtomicU64::new(serve.poll));
    #[cfg(feature = "https")]
    tls.iter().for_each(|tls| service.tells_of("claims", tls));
    #[cfg(feature = "https")]
    operators_tls.iter().for_each(|tls| service.tells_of("operators", tls));
    let reload = Reload {
        started: settings,
        fixed: prepared.fixed,
        source,
        recent,
        swapper: Arc::clone(&swapper),
        service: Arc::clone(&service),
        poll: Arc::clone(&poll),
        watchdog: Arc::clone(&watchdog),
        #[cfg(feature = "https")]
        tls,
        #[cfg(feature = "https")]
        operators: operators_tls,
        log,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ends = End { swapper: Arc::clone(&swapper), service: Arc::clone(&service), manager, log };
    let served = runtime.block_on(async {
        // Before anybody is told that it runs: who asks it to read again must not end it, and who lets it end
        // must not kill it.
        let asked = signal(SignalKind::hangup())?;
        let told_to_end = told_to_end()?;
        // Whoever started this waits for the line to know the port.
        let reader = Reader::of_output(lang);
        reader.told(Heard::Claims, door.address()?)?;
        if let Some(address) = operators.address_elsewhere() {
            reader.told(Heard::Operators, address?)?;
        }
        if let Some(watched) = &watched {
            reader.told(Heard::Watchers, watched.address()?)?;
        }
        drop(starts);
        manager.ready(&service.status().in_a_line(lang));
        if let Some(watched) = watched {
            // It ends with the runtime: the end can be watched too.
            tokio::spawn(watched_at(watched, Arc::clone(&service)));
        }
        tokio::spawn(keep_reading(reload, asked, manager, lang));
        tokio::spawn(keep_telling(Arc::clone(&service), manager, lang));
        tokio::spawn(keep_alive(Arc::clone(&service), Arc::clone(&watchdog), manager));
        tokio::spawn(keep_polling(swapper, poll, watchdog));
        #[cfg(feature = "fleet")]
        fleet.map_or(Ok(()), Ready::begin)?;
        let address = door.address()?;
        let taken = match service.status().running {
            Some(_) => Said::new(
                format!("claims are taken at {address}"),
                format!("{address} で請求を受け付けています"),
            ),
            None => Said::new(
                format!("claims that come at {address} are turned away until there is a release"),
                format!("{address} で待ち受けています。リリースを取得するまで請求は受け付けません"),
            ),
        };
        log.event(Event::Start, &taken);
        let drains = Said::new(
            "told to end: what is in flight is still answered",
            "終了の指示を受けました。受付済みの分だけを処理します",
        );
        serve_until(door, operators, Arc::clone(&service), ends.told(told_to_end, drains)).await
    });
    ends.after(served, runtime)
}

/// Tells each value and who says so, and all that is wrong; starts nothing.
fn check_config(serve: &Serve, settings: &Settings, lang: Lang) -> Result<u8, Failure> {
    let mut troubles = troubles(serve, settings);
    tell(&as_table(settings, lang))?;
    for way in ways_in(serve) {
        match way {
            Way::Shut(why) => troubles.push(why),
            Way::Own(said) => tell_line(&said.say(lang))?,
        }
    }
    for Amiss { cause, why } in certificates_amiss(serve) {
        let said = why.then(&cause.next_step(None));
        match cause {
            Cause::Certificate => troubles.push(said.then(&starts_all_the_same())),
            _ => tell_line(&said.say(lang))?,
        }
    }
    if !troubles.is_empty() {
        return Err(all_of(troubles));
    }
    let good = Said::new("a checker can start with this", "この設定で起動できます");
    tell_line(&good.say(lang))?;
    Ok(0)
}

/// That a certificate which does not hold keeps no checker from a start.
fn starts_all_the_same() -> Said {
    Said::new(
        "a checker starts with it all the same, and shows it",
        "このままでも起動はでき、この証明書を提示します",
    )
}

/// Does what falls due each second, and looks at the channel every so often, neither waiting for the other.
pub(super) async fn keep_polling(swapper: Arc<Swapper>, every: Arc<AtomicU64>, watchdog: Arc<Watchdog>) {
    tokio::join!(
        keep_ticking(Arc::clone(&swapper), Arc::clone(&watchdog)),
        keep_looking(swapper, every, watchdog)
    );
}

/// A release whose instant has come, and all else that falls due.
async fn keep_ticking(swapper: Arc<Swapper>, watchdog: Arc<Watchdog>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        second.tick().await;
        watchdog.ticked(Instant::now());
        let swapper = Arc::clone(&swapper);
        // A panic in there is told by the runtime and must not end the ticking.
        let _ = tokio::task::spawn_blocking(move || swapper.tick(now())).await;
    }
}

async fn keep_looking(swapper: Arc<Swapper>, every: Arc<AtomicU64>, watchdog: Arc<Watchdog>) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last: Option<Instant> = None;
    loop {
        second.tick().await;
        watchdog.came_round(Instant::now());
        let between = Duration::from_secs(every.load(Ordering::Relaxed));
        let is_due = last.is_none_or(|last| last.elapsed() >= between);
        // A disk that was full is told of no longer than it is.
        if is_due || swapper.has_room_again() {
            let swapper = Arc::clone(&swapper);
            // A panic in there is told by the runtime and must not end the polling.
            let _ = tokio::task::spawn_blocking(move || swapper.poll(now(), Wanted::ByItself)).await;
            last = Some(Instant::now());
        }
    }
}

/// Tells the service manager what judges, when that changes.
pub(super) async fn keep_telling(service: Arc<Service>, manager: ServiceManager, lang: Lang) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut told = String::new();
    loop {
        second.tick().await;
        let Some(line) = in_a_line(&service, lang).await else { continue };
        if line != told {
            manager.status(&line);
            told = line;
        }
    }
}

/// Tells the service manager that there is progress, whatever else waits.
pub(super) async fn keep_alive(service: Arc<Service>, watchdog: Arc<Watchdog>, manager: ServiceManager) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        second.tick().await;
        if service.sees_to_program() {
            // Its commands have limits of their own, up to a day.
            watchdog.came_round(Instant::now());
        }
        let (checked, judging) = service.progress();
        if watchdog.is_alive(checked, judging, Instant::now()) {
            manager.alive();
        }
    }
}

/// What judges, in one line, gathered where no claim waits for it.
async fn in_a_line(service: &Arc<Service>, lang: Lang) -> Option<String> {
    let service = Arc::clone(service);
    // A panic in there is told by the runtime.
    tokio::task::spawn_blocking(move || service.status().in_a_line(lang)).await.ok()
}

/// Reads the configuration again on SIGHUP, and certificates also when they changed. What is of no use is
/// tried again at each look and told once.
async fn keep_reading(reload: Reload, mut asked: Signal, manager: ServiceManager, lang: Lang) {
    let reload = Arc::new(reload);
    let mut look = tokio::time::interval(BETWEEN_LOOKS_AT_CERTIFICATES);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut told = Vec::new();
    loop {
        let is_asked = tokio::select! {
            _ = look.tick() => false,
            _ = asked.recv() => true,
        };
        let reads = Arc::clone(&reload);
        if is_asked {
            manager.reloading();
            read_or_broken_off(move || reads.all(), || reload.broke_off()).await;
            manager.ready(&in_a_line(&reload.service, lang).await.unwrap_or_default());
            // Who asked hears again, and at once, what is wrong with certificates.
            told.clear();
            look.reset_immediately();
        } else {
            let certificates = move || {
                reads.certificates(&mut told);
                told
            };
            told = read_or_broken_off(certificates, Vec::new).await;
        }
    }
}

/// What comes of `read`, which waits for disks; of `broken_off` where it panics, which the runtime tells.
/// Whoever asked is answered either way, and may ask again.
async fn read_or_broken_off<T: Send + 'static>(
    read: impl FnOnce() -> T + Send + 'static,
    broken_off: impl FnOnce() -> T,
) -> T {
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|_| broken_off())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::mpsc::{Receiver, Sender, channel};

    use warifu_masters::schema::Schemas;
    use warifu_trust::{ReleaseRef, UnixSeconds};

    use super::*;
    use crate::cli::watchdog::LOOKING;
    use crate::release::ReleaseContent;
    use crate::source::{Offer, ReleaseSource, SourceError};
    use crate::state::{Disk, StateDirectory};
    use crate::swap::Gates;

    /// A channel that tells that it is read, and hangs until it is told to answer.
    struct Hangs(Mutex<(Sender<()>, Receiver<()>)>);

    impl Hangs {
        fn nothing() -> SourceError {
            SourceError::Unavailable(Said::new("a test", "試験"))
        }
    }

    impl ReleaseSource for Hangs {
        fn open(&self, _: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
            let hangs = self.0.lock().unwrap();
            let _ = hangs.0.send(());
            let _ = hangs.1.recv();
            Err(Hangs::nothing())
        }

        fn withdrawn(&self, _: ReleaseRef) -> Option<Said> {
            None
        }

        fn again(&self, _: ReleaseRef, _: UnixSeconds) -> Result<ReleaseContent, SourceError> {
            Err(Hangs::nothing())
        }
    }

    #[test]
    fn what_falls_due_is_done_while_a_channel_hangs() {
        let folder = tempfile::tempdir().unwrap();
        let directory = StateDirectory::open(folder.path()).unwrap();
        let recent = Arc::new(Recent::open(directory.recent(), 0).unwrap());
        let (began, begun) = channel();
        let (answer, until) = channel();
        let source = Some(Box::new(Hangs(Mutex::new((began, until)))) as Box<dyn ReleaseSource>);
        let (schemas, gates) = (Schemas::built_in().unwrap(), Gates::default());
        let swapper = Swapper::resume(directory, source, recent, schemas, gates, Log::default(), now());
        let watchdog = Arc::new(Watchdog::from(Instant::now()));
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let every = Arc::new(AtomicU64::new(3600));
        runtime.spawn(keep_polling(Arc::new(swapper.unwrap()), every, Arc::clone(&watchdog)));
        begun.recv().unwrap();
        // Of what is told later than this, nothing waits for the channel.
        let hangs = Instant::now();
        watchdog.came_round(hangs + LOOKING);
        let has_ticked = || watchdog.is_alive(0, 0, hangs + LOOKING);
        let started = Instant::now();
        while !has_ticked() && started.elapsed() < Duration::from_secs(30) {
            std::thread::yield_now();
        }
        let ticked = has_ticked();
        drop(answer);
        assert!(ticked, "nothing that falls due is done");
    }

    /// A channel that tells that it is read, and of which a full disk takes nothing.
    struct Full(Sender<()>);

    impl ReleaseSource for Full {
        fn open(&self, _: UnixSeconds) -> Result<Box<dyn Offer + '_>, SourceError> {
            let _ = self.0.send(());
            Err(SourceError::Here(Amiss::new(Cause::DiskFull, Said::new("a test", "試験"))))
        }

        fn withdrawn(&self, _: ReleaseRef) -> Option<Said> {
            None
        }

        fn again(&self, _: ReleaseRef, _: UnixSeconds) -> Result<ReleaseContent, SourceError> {
            Err(Hangs::nothing())
        }
    }

    #[test]
    fn a_disk_that_was_full_and_has_room_is_reason_to_look_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let free = Arc::new(AtomicU64::new(0));
        let told = Arc::clone(&free);
        let disk = Disk::default().with_free(move || told.load(Ordering::Relaxed));
        let directory = StateDirectory::open_on(disk, folder.path()).unwrap();
        let recent = Arc::new(Recent::open(directory.recent(), 0).unwrap());
        let (began, begun) = channel();
        let (schemas, gates) = (Schemas::built_in().unwrap(), Gates::default());
        let source = Some(Box::new(Full(began)) as Box<dyn ReleaseSource>);
        let swapper = Swapper::resume(directory, source, recent, schemas, gates, Log::default(), now());
        let swapper = Arc::new(swapper.unwrap());
        let watchdog = Arc::new(Watchdog::from(Instant::now()));
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.spawn(keep_polling(Arc::clone(&swapper), Arc::new(AtomicU64::new(3600)), watchdog));
        let minute = Duration::from_secs(60);
        begun.recv_timeout(minute).unwrap();
        let started = Instant::now();
        while swapper.last_poll().is_none() {
            assert!(started.elapsed() < minute, "never noted");
            std::thread::yield_now();
        }
        free.store(1 << 30, Ordering::Relaxed);
        begun.recv_timeout(minute).unwrap();
    }

    #[test]
    fn a_panic_while_reading_ends_no_reading() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            assert_eq!(read_or_broken_off(|| panic!("on the way"), || "broken off").await, "broken off");
            assert_eq!(read_or_broken_off(|| "read", || "broken off").await, "read");
        });
    }
}
