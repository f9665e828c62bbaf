//! What changes in the store, as it changes. A watch gives no permission: it is why somebody reads at once.

use std::collections::VecDeque;
use std::time::Duration;

use etcd_client::proto::{PbEvent, PbKeyValue, PbWatchResponse};
use etcd_client::{WatchOptions, WatchStream};
use tokio::sync::watch;
use warifu_fleet::desired::Seen;
use warifu_fleet::release::Revision;

use crate::damaged::Damaged;
use crate::endpoints::Endpoints;
use crate::keys::Keys;
use crate::store_error::StoreError;
use crate::view::{read_record, seen};

/// Before a watch that broke is begun anew, so that many of them do not storm a node that has just started.
const PAUSE: Duration = Duration::from_millis(100);

/// A change that etcd calls a put.
const PUT: i32 = 0;

/// What is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Record,
    All,
}

/// What was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noticed {
    /// The record, as it is now or was lately.
    Record(Seen),
    /// Something else, or more than is told: whoever wants to know reads.
    Other,
}

/// A watch. It survives its endpoint, elections and compactions; nothing that came last is left out, and some
/// may come twice.
pub struct Watch {
    endpoints: Endpoints,
    keys: Keys,
    scope: Scope,
    /// The next revision that was not seen.
    from: i64,
    ready: VecDeque<Result<Noticed, Damaged>>,
    stream: Option<WatchStream>,
    /// Another endpoint is asked first, since the one before fell silent: perhaps the one that is watched.
    changes: watch::Receiver<usize>,
    broke: bool,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("from", &self.from).finish_non_exhaustive()
    }
}

impl Watch {
    /// From now on. The record as it is comes first.
    pub(crate) async fn begin(endpoints: &Endpoints, keys: &Keys, scope: Scope) -> Result<Watch, StoreError> {
        let mut watch = Watch {
            endpoints: endpoints.clone(),
            keys: keys.clone(),
            scope,
            from: 0,
            ready: VecDeque::new(),
            stream: None,
            changes: endpoints.changes(),
            broke: false,
        };
        watch.read_anew().await?;
        watch.open().await?;
        Ok(watch)
    }

    /// Waits for the next change. It can be given up and called again without a loss.
    ///
    /// # Errors
    ///
    /// When no endpoint answers, or who watches may not; the next call tries again. When a record came that
    /// is damaged: it gives no permission, and the watch goes on.
    pub async fn next(&mut self) -> Result<Noticed, StoreError> {
        loop {
            if let Some(noticed) = self.ready.pop_front() {
                return noticed.map_err(StoreError::Damaged);
            }
            let Some(stream) = &mut self.stream else {
                self.open().await?;
                continue;
            };
            let message = tokio::select! {
                message = stream.message() => message,
                _ = self.changes.changed() => {
                    self.stream = None;
                    continue;
                }
            };
            match message {
                Ok(Some(response)) => self.take(response.0).await?,
                Ok(None) | Err(_) => self.fail(),
            }
        }
    }

    fn fail(&mut self) {
        self.stream = None;
        self.broke = true;
    }

    async fn open(&mut self) -> Result<(), StoreError> {
        if self.broke {
            tokio::time::sleep(PAUSE).await;
        }
        self.broke = true;
        let (key, options) = match self.scope {
            Scope::Record => (self.keys.record(), WatchOptions::new()),
            Scope::All => (self.keys.all().to_owned(), WatchOptions::new().with_prefix()),
        };
        let options = options.with_start_revision(self.from).with_fragment();
        let opened = self.endpoints.ask(&key, |mut clients| {
            let (key, options) = (key.as_str(), options.clone());
            async move { clients.watch.watch(key, Some(options)).await }
        });
        self.stream = Some(opened.await?.answer);
        self.changes.borrow_and_update();
        Ok(())
    }

    async fn take(&mut self, response: PbWatchResponse) -> Result<(), StoreError> {
        if response.compact_revision != 0 {
            self.fail();
            // What was compacted away is not to be had: what is there now stands for it.
            return self.read_anew().await;
        }
        if response.canceled {
            self.fail();
            return match response.cancel_reason.contains("permission denied") {
                true => {
                    Err(StoreError::Denied { key: self.keys.all().to_owned(), endpoint: "etcd".to_owned() })
                }
                false => Ok(()),
            };
        }
        self.broke = false;
        let last = response.events.iter().filter_map(|event| Some(event.kv.as_ref()?.mod_revision)).max();
        if let Some(last) = last {
            // The rest of a revision that comes in parts would be lost with the connection.
            let next = if response.fragment { last } else { last.saturating_add(1) };
            self.from = self.from.max(next);
        }
        for event in response.events {
            self.notice(event);
        }
        Ok(())
    }

    fn notice(&mut self, PbEvent { r#type, kv, .. }: PbEvent) {
        let record = self.keys.record();
        let noticed = match kv {
            Some(kv) if r#type == PUT && kv.key == record.as_bytes() => {
                seen(&record, &kv).map(Noticed::Record)
            }
            _ => Ok(Noticed::Other),
        };
        if self.ready.back() != Some(&noticed) {
            self.ready.push_back(noticed);
        }
    }

    async fn read_anew(&mut self) -> Result<(), StoreError> {
        let (Revision(revision), record) = read_record(&self.endpoints, &self.keys).await?;
        self.from = i64::try_from(revision).unwrap_or(i64::MAX).saturating_add(1);
        let of = |kv: PbKeyValue| seen(&self.keys.record(), &kv).map(Noticed::Record);
        self.ready.push_back(record.map_or(Ok(Noticed::Other), of));
        Ok(())
    }
}
