//! `attach`: a program that was not written for this uses the releases of a channel.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use tokio::signal::unix::{SignalKind, signal};
use warifu_channels::Patience;
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::attach::{Config, Program, Watch, not_ready};
use crate::cli::arguments::{Attach, Site, Windows};
use crate::cli::end::{End, told_to_end};
use crate::cli::failure::Failure;
use crate::cli::inputs::{calendar_of, files_of_network, floor, mirrors_with, schemas_of};
use crate::cli::listening::{Heard, Reader};
use crate::cli::output::tell_line;
use crate::cli::prepared::{Found, all_of, check_root, of_state};
use crate::cli::serve::{keep_alive, keep_polling, keep_telling};
use crate::cli::service_manager::ServiceManager;
use crate::cli::state_folder::begun_or_gone_on_with;
use crate::cli::watchdog::Watchdog;
use crate::cli::watched::Watched;
use crate::cli::ways_in::no_way_in;
use crate::config_file::Fault;
use crate::kept_source::KeptSource;
use crate::log::{Event, Log, now, start};
use crate::only_root::only_root_reads;
use crate::said::Said;
use crate::service::{
    Door, FairQueue, Limits, OperatorDoors, OperatorSocket, Service, serve_until, watched_at,
};
use crate::state::Recent;
use crate::swap::{Gates, Swapper};

pub(super) fn attach_program(attach: &Attach, lang: Lang) -> Result<u8, Failure> {
    let log = Log::new(lang);
    let faulty = |faults: Vec<Fault>| all_of(faults.iter().map(Fault::said).collect());
    let config = Config::read(&attach.config).map_err(faulty)?;
    start(config.log.form, config.log.level, log);
    let watchdog = Arc::new(Watchdog::from(Instant::now()));
    let mut found = Found::default();
    let schemas = || schemas_of(&Site { schemas: config.schemas.clone() });
    if let Some(schemas) = found.take(schemas()) {
        found.tell(config.unknown_formats(&schemas).iter().map(Fault::said));
    }
    let windows = Windows { calendar: config.calendar.clone(), area: config.area.clone() };
    let calendar = found.take(calendar_of(&windows));
    let channel: Vec<OsString> = config.from.channel.value.iter().map(OsString::from).collect();
    let watched = |channel| Box::new(Watched { channel, watchdog: Arc::clone(&watchdog) }) as _;
    let mirrors = found.take(mirrors_with(&channel, Patience::POLLING, watched));
    let floor = found.take(floor(config.from.policy.as_deref()));
    if attach.check_config {
        found.take(check_root(&config.from.root.value, floor.as_ref()));
        found.tell(not_ready(&config).iter().map(Fault::said));
        found.tell(of_state(&config.state.value));
        let named = [Some(&attach.config), Some(&config.from.root.value), config.from.policy.as_ref()];
        let named = named.into_iter().flatten().chain(&config.calendar).map(PathBuf::as_path);
        let of_network = files_of_network();
        found.tell(only_root_reads(named.chain(of_network.iter().map(PathBuf::as_path))));
        found.nothing_wrong()?;
        let file = attach.config.display();
        tell_line(&say!(lang, "{file} can be used", "{file} は使用できます"))?;
        return Ok(0);
    }
    found.nothing_wrong()?;
    let (Some(calendar), Some(mirrors), Some(floor)) = (calendar, mirrors, floor) else { return Ok(2) };
    let manager = ServiceManager::of_environment(log);
    // The program may take longer to be told than a start is given.
    let starts = {
        let watchdog = Arc::clone(&watchdog);
        manager.starting(move || watchdog.is_alive(0, 0, Instant::now()))
    };
    let directory = begun_or_gone_on_with(&config.state.value, log)?;
    let socket = config.socket.clone().unwrap_or_else(|| OperatorSocket::in_state(&config.state.value));
    let operators = OperatorDoors::at(socket, log).map_err(|error| Failure::could_not(Said::of(&error)))?;
    let watch = config.watch.clone().map(|Watch { listen, names }| match Door::open(listen) {
        Ok(door) => Ok(door.called(names)),
        Err(error) => Err(no_way_in(listen, "[watch] listen", &error)),
    });
    let watch = watch.transpose()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (_asked, told_to_end) = {
        let _in_it = runtime.enter();
        // Before the program is told for the first time: who lets this end must not kill it meanwhile. There
        // is nothing to be read again; who asks for it must not end it.
        (signal(SignalKind::hangup())?, told_to_end()?)
    };
    let source = KeptSource::new(mirrors, floor, &config.from.root.value, &directory, log);
    let recent = Arc::new(Recent::open(directory.recent(), 0)?);
    let swapper = Swapper::resume(
        directory,
        Some(Box::new(source)),
        Arc::clone(&recent),
        schemas()?,
        Gates::default(),
        log,
        now(),
    );
    let swapper = swapper.map_err(|error| Failure::could_not(Said::of(&error)))?;
    let swapper = swapper.keeping_to(calendar).keeping_releases(config.keep_releases.into());
    let program = Program::new(&config, schemas()?, log);
    let swapper = Arc::new(swapper.attached_to(Box::new(program), now()));
    let service = Service::new(Arc::clone(&swapper), FairQueue::new(1, 1), recent, Limits::default(), log)?;
    let ends = End { swapper: Arc::clone(&swapper), service: Arc::clone(&service), manager, log };
    let served = runtime.block_on(async {
        if let Some(watch) = watch {
            Reader::of_output(lang).told(Heard::Watchers, watch.address()?)?;
            // It ends with the runtime: the end can be watched too.
            tokio::spawn(watched_at(watch, Arc::clone(&service)));
        }
        drop(starts);
        manager.ready(&service.status().in_a_line(lang));
        let every = Arc::new(AtomicU64::new(config.poll_seconds));
        tokio::spawn(keep_telling(Arc::clone(&service), manager, lang));
        tokio::spawn(keep_alive(Arc::clone(&service), Arc::clone(&watchdog), manager));
        tokio::spawn(keep_polling(swapper, every, watchdog));
        let link = config.place.link.value.display();
        let given = Said::new(
            format!("releases are given to the program that reads {link}"),
            format!("{link} を読むプログラムにリリースを渡します"),
        );
        log.event(Event::Start, &given);
        let drains = Said::new(
            "told to end: what the program was only just given is given back",
            "終了の指示を受けました。適用中のリリースは前のものへ戻します",
        );
        serve_until(None, operators, Arc::clone(&service), ends.told(told_to_end, drains)).await
    });
    ends.after(served, runtime)
}
