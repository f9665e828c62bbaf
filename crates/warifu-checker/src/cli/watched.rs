//! A channel whose answers count as progress.

use std::sync::Arc;
use std::time::Instant;

use warifu_channels::{Channel, ChannelError, Look};
use warifu_trust::ChannelPath;

use crate::cli::watchdog::Watchdog;

/// The channel, and who is told of each answer.
pub(super) struct Watched {
    pub(super) channel: Box<dyn Channel + Send + Sync>,
    pub(super) watchdog: Arc<Watchdog>,
}

impl Channel for Watched {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        look: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        let answer = self.channel.read_in(path, limit_bytes, look);
        self.watchdog.came_round(Instant::now());
        answer
    }

    fn ahead(&self, path: &ChannelPath) -> bool {
        self.channel.ahead(path)
    }
}
