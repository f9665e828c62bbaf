//! `serve`: claims over HTTP, and a look at the channel every so often.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use warifu_channels::Patience;
use warifu_values::lang::Lang;

use crate::cli::arguments::Serve;
use crate::cli::failure::Failure;
use crate::cli::handles::connections;
use crate::cli::inputs::{calendar_of, floor, mirrors, read_file, schemas_of};
use crate::kept_source::KeptSource;
use crate::log::{Event, Log, now, start};
use crate::said::Said;
use crate::service::{Door, FairQueue, OperatorSocket, Service, serve_until, watched_at};
#[cfg(feature = "https")]
use crate::service::{Reload, Tls};
use crate::state::{DamagedPart, Recent, StateDirectory};
use crate::swap::{Swapper, Wanted};

/// Certificates change once a year; who changes them looks whether it worked.
#[cfg(feature = "https")]
const BETWEEN_LOOKS_AT_CERTIFICATES: Duration = Duration::from_secs(10);

pub(super) fn serve_claims(serve: Serve, lang: Lang) -> Result<u8, Failure> {
    let log = Log::new(lang);
    start(serve.log.form(), serve.log.least(), log);
    let schemas = schemas_of(&serve.site)?;
    let directory =
        StateDirectory::open(&serve.state).map_err(|error| Failure::could_not(Said::of(&error)))?;
    // Whether there is a way in is known before anything is activated.
    let socket = serve.socket.clone().unwrap_or_else(|| OperatorSocket::in_state(&serve.state));
    let operators = OperatorSocket::bind(socket).map_err(|error| Failure::could_not(Said::of(&error)))?;
    let door = Door::open(serve.listen).map_err(|error| no_way_in(serve.listen, "--listen", &error))?;
    let watched = serve
        .watch_listen
        .map(|address| Door::open(address).map_err(|error| no_way_in(address, "--watch-listen", &error)));
    let watched = watched.transpose()?;
    #[cfg(feature = "https")]
    let (door, tls) = match serve.tls.files() {
        None => (door, None),
        Some(files) => {
            let tls = Tls::load(files).map_err(Failure::could_not)?;
            (door.behind(Arc::clone(&tls)), Some(tls))
        }
    };
    let limits = serve.limits.limits(connections);
    let (mirrors, floor) =
        (mirrors(&serve.from.channel, Patience::POLLING)?, floor(serve.from.policy.as_deref())?);
    let source = KeptSource::new(mirrors, floor, &serve.from.root, &directory, log);
    let recent = Recent::open(directory.recent(), serve.gates.keeping())?;
    let recent = Arc::new(recent);
    let (gates, calendar) = (serve.gates.gates(), calendar_of(&serve.windows)?);
    let swapper =
        Swapper::resume(directory, Some(Box::new(source)), Arc::clone(&recent), schemas, gates, log, now());
    let swapper = swapper.map_err(|error| Failure::could_not(Said::of(&error)))?;
    let swapper = Arc::new(swapper.keeping_to(calendar));
    if let (None, Some(root)) =
        (swapper.active(), swapper.damages().iter().find(|it| it.part == DamagedPart::Root))
    {
        // Nothing to judge by, and nothing to be had: what is wrong is told where it is seen at once.
        read_file(&serve.from.root)?;
        return Err(Failure { status: 3, said: root.why.clone() });
    }
    if swapper.active().is_none() || swapper.record().lost().is_some() {
        // Nothing to judge by yet, or not by what ran: the first answer should not be a refusal when a
        // release lies ready.
        swapper.poll(now(), Wanted::ByItself);
    }
    let judges =
        serve.judges.or_else(|| std::thread::available_parallelism().ok().map(Into::into)).unwrap_or(1);
    let ending = Arc::clone(&swapper);
    let queue = FairQueue::new(judges, serve.queue);
    let service = Service::new(Arc::clone(&swapper), queue, recent, limits, log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        // Whoever started this waits for the line to know the port.
        writeln!(io::stdout(), "listening on {}", door.address()?)?;
        if let Some(watched) = &watched {
            writeln!(io::stdout(), "watched at {}", watched.address()?)?;
        }
        io::stdout().flush()?;
        #[cfg(feature = "https")]
        if let Some(tls) = tls {
            service.tells_of(&tls);
            tokio::spawn(keep_reading(tls, log));
        }
        if let Some(watched) = watched {
            // It ends with the runtime: the end can be watched too.
            tokio::spawn(watched_at(watched, Arc::clone(&service)));
        }
        tokio::spawn(keep_polling(swapper, Duration::from_secs(serve.poll)));
        let address = door.address()?;
        let taken = Said::new(
            format!("claims are taken at {address}"),
            format!("{address} で請求を受け付けています"),
        );
        log.event(Event::Start, &taken);
        let drain = async {
            ended().await;
            log.event(
                Event::Drain,
                &Said::new(
                    "told to end: what is in flight is still answered",
                    "終了の指示を受けました。受付済みの分だけを処理します",
                ),
            );
        };
        serve_until(door, operators, service, drain).await
    });
    // Also where a door failed: what is on probation took nothing down.
    ending.end(now());
    log.event(Event::End, &Said::new("ended", "終了しました"));
    served?;
    // A look at a channel that does not answer may be under way; what it would write, it writes whole.
    runtime.shutdown_background();
    Ok(0)
}

/// Why nobody can come in at `address`, which `option` names.
fn no_way_in(address: SocketAddr, option: &str, error: &io::Error) -> Failure {
    Failure::could_not(match error.kind() {
        io::ErrorKind::AddrInUse => Said::new(
            format!(
                "{address} is in use: another program listens there, maybe another checker; end it, or name \
                 another address with {option} (ss -ltnp shows which it is)"
            ),
            format!(
                "{address} は使用中です。別のプログラム（別のチェッカーなど）が待ち受けています。それを終了するか、\
                 {option} で別のアドレスを指定してください（ss -ltnp で確認できます）"
            ),
        ),
        _ => Said::about(
            &format!("nobody can come in at {address} ({option})"),
            &format!("{address} で待ち受けできません（{option}）"),
            error,
        ),
    })
}

async fn keep_polling(swapper: Arc<Swapper>, every: Duration) {
    let mut second = tokio::time::interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut next = tokio::time::Instant::now();
    loop {
        second.tick().await;
        let is_due = tokio::time::Instant::now() >= next;
        let swapper = Arc::clone(&swapper);
        let worked = tokio::task::spawn_blocking(move || {
            let _ = swapper.tick(now());
            if is_due {
                swapper.poll(now(), Wanted::ByItself);
            }
        });
        // A panic in there is told by the runtime and must not end the polling.
        let _ = worked.await;
        if is_due {
            next = tokio::time::Instant::now() + every;
        }
    }
}

/// Reads certificates again on SIGHUP, and when they changed. What is of no use is tried again at each look
/// and told once.
#[cfg(feature = "https")]
async fn keep_reading(tls: Arc<Tls>, log: Log) {
    let mut look = tokio::time::interval(BETWEEN_LOOKS_AT_CERTIFICATES);
    look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let Ok(mut asked) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()) else {
        return;
    };
    let mut told = None;
    loop {
        let when = tokio::select! {
            _ = look.tick() => Reload::IfChanged,
            _ = asked.recv() => Reload::Asked,
        };
        let reads = Arc::clone(&tls);
        match tokio::task::spawn_blocking(move || reads.reload(when)).await {
            Ok(Ok(true)) => {
                told = None;
                log.event(
                    Event::CertificatesRead,
                    &Said::new("certificates were read again", "証明書を再読込しました"),
                );
            }
            Ok(Err(why)) if when == Reload::Asked || told.as_ref() != Some(&why) => {
                log.event(Event::CertificatesUnusable, &why);
                told = Some(why);
            }
            Ok(Ok(false) | Err(_)) | Err(_) => {}
        }
    }
}

/// Ends with SIGTERM or SIGINT.
async fn ended() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
