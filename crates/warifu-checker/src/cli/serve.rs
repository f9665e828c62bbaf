//! `serve`: claims over HTTP, and a look at the channel every so often.

use std::io::{self, Write as _};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use warifu_channels::Patience;
use warifu_values::lang::Lang;

use crate::cli::arguments::Serve;
use crate::cli::failure::Failure;
use crate::cli::inputs::{calendar_of, floor, mirrors, read_file, schemas_of};
use crate::kept_source::KeptSource;
use crate::log::{Log, now};
use crate::said::Said;
use crate::service::{FairQueue, Service, serve_until};
use crate::state::{DamagedPart, Recent, StateDirectory};
use crate::swap::{Swapper, Wanted};

pub(super) fn serve_claims(serve: Serve, lang: Lang) -> Result<u8, Failure> {
    let log = Log::new(lang);
    let schemas = schemas_of(&serve.site)?;
    let directory =
        StateDirectory::open(&serve.state).map_err(|error| Failure::could_not(Said::of(&error)))?;
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
    let service = Service::new(Arc::clone(&swapper), FairQueue::new(judges, serve.queue), recent, log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let listener = TcpListener::bind(serve.listen).await?;
        // Whoever started this waits for the line to know the port.
        writeln!(io::stdout(), "listening on {}", listener.local_addr()?)?;
        io::stdout().flush()?;
        tokio::spawn(keep_polling(swapper, Duration::from_secs(serve.poll)));
        serve_until(listener, service, ended()).await
    });
    // Also where it could not listen: what is on probation took nothing down.
    ending.end(now());
    served?;
    // A look at a channel that does not answer may be under way; what it would write, it writes whole.
    runtime.shutdown_background();
    Ok(0)
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
