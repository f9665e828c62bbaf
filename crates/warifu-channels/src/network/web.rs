//! Any HTTP server that gives out files: nginx, Apache, a CDN. It is read from and not published to.

use std::sync::{Arc, Mutex, PoisonError};

use warifu_trust::ChannelPath;

use super::client::{Ask, Bounds, Client, Undone, authorization};
use super::fault::{Fault, Unusable};
use super::{Network, Place};
use crate::channel::{Channel, Created, PublishChannel, Replaced};
use crate::channel_error::ChannelError;
use crate::look::Look;

/// A channel that an HTTP server gives out. Its clones share connections.
#[derive(Clone)]
pub(crate) struct WebChannel(Arc<Shared>);

struct Shared {
    place: Place,
    client: Client,
    authorization: Option<String>,
    /// The one file that changes, and the tag by which the server says that it has not.
    newest: Mutex<Option<(String, Vec<u8>)>>,
}

impl WebChannel {
    pub(crate) fn new(place: &Place, network: &Network) -> Result<Self, Unusable> {
        Ok(WebChannel(Arc::new(Shared {
            place: place.clone(),
            client: Client::new(network, place)?,
            authorization: authorization(network, place)?,
            newest: Mutex::default(),
        })))
    }
}

impl Shared {
    fn fault(&self, path: &ChannelPath, fault: Fault) -> ChannelError {
        ChannelError::Remote { path: path.clone(), place: self.place.to_string(), fault }
    }

    fn read(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        look: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        let changes = *path == ChannelPath::timestamp();
        let known = self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone().filter(|_| changes);
        let url = format!("{}/{path}", self.place);
        let ask = || {
            let mut headers: Vec<_> =
                self.authorization.iter().map(|it| ("authorization", it.clone())).collect();
            if changes {
                // A cache between may be asked by others for an hour, but must look itself for this one.
                headers.push(("cache-control", "no-cache".into()));
            }
            headers.extend(known.iter().map(|(tag, _)| ("if-none-match", tag.clone())));
            Ask::get(url.clone(), headers)
        };
        let reply = match self.client.send(ask, Bounds::of_file(path, limit_bytes, look)) {
            Ok(reply) => reply,
            Err(Undone::TooLong) => return Err(ChannelError::TooLong { path: path.clone(), limit_bytes }),
            Err(Undone::Fault(fault)) => return Err(self.fault(path, fault)),
        };
        match reply.status {
            200 => {
                if changes {
                    let tag = reply.header("etag").map(str::to_owned);
                    *self.newest.lock().unwrap_or_else(PoisonError::into_inner) =
                        tag.map(|tag| (tag, reply.body.clone()));
                }
                Ok(Some(reply.body))
            }
            304 => match known {
                Some((_, bytes)) if bytes.len() as u64 <= limit_bytes => Ok(Some(bytes)),
                Some(_) => Err(ChannelError::TooLong { path: path.clone(), limit_bytes }),
                None => Err(self.fault(path, reply.unexpected())),
            },
            404 | 410 => Ok(None),
            _ => Err(self.fault(path, reply.unexpected())),
        }
    }
}

impl Channel for WebChannel {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        look: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        self.0.read(path, limit_bytes, look)
    }

    fn ahead(&self, _: &ChannelPath) -> bool {
        true
    }
}

impl PublishChannel for WebChannel {
    fn create(&self, _: &ChannelPath, _: &[u8]) -> Result<Created, ChannelError> {
        Err(ChannelError::ReadOnly { place: self.0.place.to_string() })
    }

    fn replace(&self, _: &ChannelPath, _: Option<&[u8]>, _: &[u8]) -> Result<Replaced, ChannelError> {
        Err(ChannelError::ReadOnly { place: self.0.place.to_string() })
    }
}
