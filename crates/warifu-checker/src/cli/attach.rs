//! `attach`: a program that was not written for this uses the releases of a channel.

use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use tokio::signal::unix::{SignalKind, signal};
use warifu_channels::Patience;
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::attach::{Config, Program, not_ready};
use crate::cli::arguments::{Attach, Site, Windows};
use crate::cli::failure::Failure;
use crate::cli::inputs::{calendar_of, floor, mirrors, schemas_of};
use crate::cli::prepared::{Found, all_of, check_root, of_state};
use crate::cli::serve::{ended, keep_polling};
use crate::cli::watchdog::Watchdog;
use crate::config_file::Fault;
use crate::kept_source::KeptSource;
use crate::log::{Log, now, start};
use crate::said::Said;
use crate::service::{FairQueue, Limits, OperatorSocket, Service, hear_until};
use crate::state::{Recent, StateDirectory};
use crate::swap::{Gates, Swapper};

pub(super) fn attach_program(attach: &Attach, lang: Lang) -> Result<u8, Failure> {
    let log = Log::new(lang);
    let faulty = |faults: Vec<Fault>| all_of(faults.iter().map(Fault::said).collect());
    let config = Config::read(&attach.config).map_err(faulty)?;
    start(config.log.form, config.log.level, log);
    let mut found = Found::default();
    let schemas = || schemas_of(&Site { schemas: config.schemas.clone() });
    if let Some(schemas) = found.take(schemas()) {
        found.tell(config.unknown_formats(&schemas).iter().map(Fault::said));
    }
    let windows = Windows { calendar: config.calendar.clone(), area: config.area.clone() };
    let calendar = found.take(calendar_of(&windows));
    let channel: Vec<OsString> = config.from.channel.value.iter().map(OsString::from).collect();
    let mirrors = found.take(mirrors(&channel, Patience::POLLING));
    let floor = found.take(floor(config.from.policy.as_deref()));
    if attach.check_config {
        use std::io::Write as _;
        found.take(check_root(&config.from.root.value, floor.as_ref()));
        found.tell(not_ready(&config).iter().map(Fault::said));
        found.tell(of_state(&config.state.value));
        found.nothing_wrong()?;
        let file = attach.config.display();
        writeln!(std::io::stdout(), "{}", say!(lang, "{file} can be used", "{file} は使用できます"))?;
        return Ok(0);
    }
    found.nothing_wrong()?;
    let (Some(calendar), Some(mirrors), Some(floor)) = (calendar, mirrors, floor) else { return Ok(2) };
    let directory =
        StateDirectory::open(&config.state.value).map_err(|error| Failure::could_not(Said::of(&error)))?;
    let socket = config.socket.clone().unwrap_or_else(|| OperatorSocket::in_state(&config.state.value));
    let operators = OperatorSocket::bind(socket).map_err(|error| Failure::could_not(Said::of(&error)))?;
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
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ending = Arc::clone(&swapper);
    let heard = runtime.block_on(async {
        // There is nothing to be read again; who asks for it must not end it.
        let _asked = signal(SignalKind::hangup())?;
        let every = Arc::new(AtomicU64::new(config.poll_seconds));
        let watchdog = Arc::new(Watchdog::from(Instant::now()));
        tokio::spawn(keep_polling(swapper, every, watchdog));
        hear_until(operators, service, ended()).await
    });
    ending.end(now());
    heard?;
    runtime.shutdown_background();
    Ok(0)
}
