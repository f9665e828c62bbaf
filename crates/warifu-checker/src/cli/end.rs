//! The end of a service that runs: told, drained, written down.

use std::io;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::failure::Failure;
use crate::cli::service_manager::ServiceManager;
use crate::log::{Event, Log, now};
use crate::said::Said;
use crate::service::Service;
use crate::swap::Swapper;

/// What ends.
pub(super) struct End {
    pub(super) swapper: Arc<Swapper>,
    pub(super) service: Arc<Service>,
    pub(super) manager: ServiceManager,
    pub(super) log: Log,
}

/// SIGXFSZ, where this is a service. By itself it ends a process whose file grows beyond a limit; heard, the
/// write fails, as on a full disk, and that is told.
const FILE_SIZE_LIMIT: i32 = 25;

/// Ends with SIGTERM or SIGINT, of which nothing is missed from now on.
pub(super) fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    // Once asked for, it ends nothing any more.
    drop(signal(SignalKind::from_raw(FILE_SIZE_LIMIT))?);
    let (mut terminated, mut interrupted) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    })
}

impl End {
    /// Ends when it was told to, and tells that; `drains` says what is still done.
    pub(super) async fn told(&self, told_to_end: impl Future<Output = ()>, drains: Said) {
        told_to_end.await;
        self.swapper.told_to_end();
        self.manager.stopping();
        self.log.event(Event::Drain, &drains);
    }

    /// Writes down that it ended as it should, also where a door failed: what is on probation took nothing
    /// down. `served` is what came of serving.
    pub(super) fn after(self, served: io::Result<()>, runtime: Runtime) -> Result<u8, Failure> {
        self.swapper.end(now());
        self.service.end();
        self.log.event(Event::End, &Said::new("ended", "終了しました"));
        served?;
        // A look at a channel that does not answer may be under way; what it would write, it writes whole.
        runtime.shutdown_background();
        Ok(0)
    }
}
