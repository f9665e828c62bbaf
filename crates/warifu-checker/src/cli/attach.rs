//! `attach`: a program that was not written for this uses the releases of a channel.

use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use tokio::signal::unix::{SignalKind, signal};
use warifu_channels::Patience;
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::attach::{Config, Program};
use crate::cli::arguments::{Attach, Site, Windows};
use crate::cli::failure::Failure;
use crate::cli::inputs::{calendar_of, floor, mirrors, schemas_of};
use crate::cli::prepared::{check_root, of_state};
use crate::cli::serve::{ended, keep_polling};
use crate::cli::watchdog::Watchdog;
use crate::kept_source::KeptSource;
use crate::log::{Log, now, start};
use crate::said::Said;
use crate::service::{FairQueue, Limits, OperatorSocket, Service, hear_until};
use crate::state::{Recent, StateDirectory};
use crate::swap::{Gates, Swapper};

pub(super) fn attach_program(attach: &Attach, lang: Lang) -> Result<u8, Failure> {
    let log = Log::new(lang);
    let config = Config::read(&attach.config).map_err(|error| Failure::could_not(Said::both(&error)))?;
    start(config.log.form, config.log.level, log);
    let schemas = || schemas_of(&Site { schemas: config.schemas.clone() });
    config
        .knows_formats(&attach.config, &schemas()?)
        .map_err(|error| Failure::could_not(Said::both(&error)))?;
    let windows = Windows { calendar: config.calendar.clone(), area: config.area.clone() };
    let calendar = calendar_of(&windows)?;
    let channel: Vec<OsString> = config.from.channel.get_ref().iter().map(OsString::from).collect();
    let mirrors = mirrors(&channel, Patience::POLLING)?;
    let floor = floor(config.from.policy.as_deref())?;
    if attach.check_config {
        use std::io::Write as _;
        check_root(&config.from.root, Some(&floor))?;
        if let Some(why) = config.no_channel().or_else(|| of_state(&config.state)) {
            return Err(Failure::could_not(why));
        }
        let file = attach.config.display();
        writeln!(std::io::stdout(), "{}", say!(lang, "{file} can be used", "{file} は使用できます"))?;
        return Ok(0);
    }
    let directory =
        StateDirectory::open(&config.state).map_err(|error| Failure::could_not(Said::of(&error)))?;
    let socket = config.socket.clone().unwrap_or_else(|| OperatorSocket::in_state(&config.state));
    let operators = OperatorSocket::bind(socket).map_err(|error| Failure::could_not(Said::of(&error)))?;
    let source = KeptSource::new(mirrors, floor, &config.from.root, &directory, log);
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
        let every = Arc::new(AtomicU64::new(*config.poll_seconds.get_ref()));
        let watchdog = Arc::new(Watchdog::from(Instant::now()));
        tokio::spawn(keep_polling(swapper, every, watchdog));
        hear_until(operators, service, ended()).await
    });
    ending.end(now());
    heard?;
    runtime.shutdown_background();
    Ok(0)
}
