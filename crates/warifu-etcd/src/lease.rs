//! A lease: what is announced under it is gone when its owner is.

use etcd_client::Error;
use warifu_fleet::time::Millis;

use crate::endpoints::Endpoints;
use crate::store_error::StoreError;

/// A lease of the store. It is kept alive without a write; not kept, it ends by the store's clock.
#[derive(Debug)]
pub struct Lease {
    endpoints: Endpoints,
    /// By what a message about it is told.
    area: String,
    pub(crate) id: i64,
    ttl: Millis,
}

impl Lease {
    /// One that lasts for `ttl`, rounded up to seconds; etcd makes it longer where its own elections take
    /// longer (2 s by default).
    pub(crate) async fn grant(endpoints: &Endpoints, area: &str, ttl: Millis) -> Result<Lease, StoreError> {
        let seconds = i64::try_from(ttl.0.div_ceil(1_000)).unwrap_or(i64::MAX).max(1);
        let granted = endpoints.ask(area, |mut clients| async move {
            let granted = clients.lease.grant(seconds, None).await?;
            if granted.error().is_empty() {
                Ok(granted)
            } else {
                Err(Error::Internal(granted.error().into()))
            }
        });
        let granted = granted.await?.answer;
        let ttl = Millis(u64::try_from(granted.ttl()).unwrap_or(0).saturating_mul(1_000));
        Ok(Lease { endpoints: endpoints.clone(), area: area.to_owned(), id: granted.id(), ttl })
    }

    /// How long it lasts from when it was kept last.
    pub fn ttl(&self) -> Millis {
        self.ttl
    }

    /// Begins its time anew. Whoever does so each third of it keeps it while a leader is elected.
    ///
    /// # Errors
    ///
    /// [`StoreError::LeaseGone`] when it has ended; any other leaves it as it is.
    pub async fn keep(&mut self) -> Result<(), StoreError> {
        let id = self.id;
        let kept = self.endpoints.ask(&self.area, |mut clients| async move {
            // The stream ends with this; its first answer is all that is waited for.
            clients.lease.keep_alive(id).await.map(drop)
        });
        kept.await.map(drop)
    }

    /// Ends it, and all that was announced under it, before its time: its owner goes.
    ///
    /// # Errors
    ///
    /// When the store did not hear it; then it ends by itself.
    pub async fn end(self) -> Result<(), StoreError> {
        let id = self.id;
        let ended = self
            .endpoints
            .ask(&self.area, |mut clients| async move { clients.lease.revoke(id).await.map(drop) });
        match ended.await {
            Err(StoreError::LeaseGone) | Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
