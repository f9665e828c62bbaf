//! A bucket of an S3 store, of AWS or of one's own: conditional writes make it a place to publish to.

use std::sync::Arc;

use ureq::http::Method;
use warifu_trust::ChannelPath;

use super::client::{Ask, Bounds, Client, Reply, Undone};
use super::fault::{Fault, Unusable};
use super::s3_signature::{Signed, sign};
use super::{Network, Place, PlaceError};
use crate::channel::{Channel, Created, PublishChannel, Replaced};
use crate::channel_error::ChannelError;
use crate::look::Look;

/// An answer to what is written holds nothing that is asked for.
const ANSWER_BYTES: u64 = 65_536;

/// Where a bucket is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BucketPlace {
    /// The server that has it. The bucket is in its name or first in the path.
    pub(crate) server: Place,
    /// `s3://bucket/prefix`, as people wrote it.
    shown: String,
}

impl BucketPlace {
    /// `bucket/prefix`, at AWS in the settings' region, or at the endpoint that they name.
    pub(crate) fn parse(rest: &str, network: &Network) -> Result<Self, PlaceError> {
        // A bucket's name is a host's, so the same is refused.
        let named = Place::parse("s3", rest)?;
        let (bucket, shown) = (&named.authority, named.to_string());
        // What is in a path is signed as it stands: nothing in it may want an escape.
        let unescaped = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        let in_name = |byte: u8| unescaped(byte) && !byte.is_ascii_uppercase() && !b"_~/".contains(&byte);
        if !bucket.bytes().all(in_name) || !named.path.bytes().all(unescaped) {
            return Err(PlaceError::Form);
        }
        let server = match &network.s3_endpoint {
            Some(endpoint) => {
                let (scheme, rest) = match endpoint.split_once("://") {
                    Some(("http", rest)) => ("http", rest),
                    Some(("https", rest)) => ("https", rest),
                    _ => return Err(PlaceError::Form),
                };
                let mut server = Place::parse(scheme, rest)?;
                let below = server.below(&format!("{bucket}/{}", named.path));
                server.path = below.trim_end_matches('/').to_owned();
                server
            }
            None => {
                let host = format!("{bucket}.s3.{}.amazonaws.com", network.s3_region);
                Place { scheme: "https", authority: host, path: named.path.clone() }
            }
        };
        Ok(BucketPlace { server, shown })
    }
}

/// A channel in a bucket. Its clones share connections.
#[derive(Clone)]
pub(crate) struct Bucket(Arc<Shared>);

struct Shared {
    place: BucketPlace,
    network: Network,
    client: Client,
}

/// What a write asks the store to hold to.
enum If {
    /// Nothing of this name is there.
    Absent,
    /// What is there has this tag.
    Tag(String),
}

impl Bucket {
    pub(crate) fn new(place: BucketPlace, network: &Network) -> Result<Self, Unusable> {
        let client = Client::new(network, &place.server)?;
        Ok(Bucket(Arc::new(Shared { place, network: network.clone(), client })))
    }
}

impl Shared {
    fn fault(&self, path: &ChannelPath, fault: Fault) -> ChannelError {
        ChannelError::Remote { path: path.clone(), place: self.place.shown.clone(), fault }
    }

    fn ask<'a>(
        &self,
        method: Method,
        path: &ChannelPath,
        headers: &[(&'static str, String)],
        body: Option<&'a [u8]>,
    ) -> Ask<'a> {
        let server = &self.place.server;
        let target = format!("/{}", server.below(path.as_str()));
        let url = format!("{}://{}{target}", server.scheme, server.authority);
        let headers = match &self.network.s3_login {
            Some(login) => {
                let signed = Signed {
                    method: method.as_str(),
                    host: &server.authority,
                    path: &target,
                    region: &self.network.s3_region,
                    body: body.unwrap_or_default(),
                    headers,
                };
                sign(&signed, login, (self.network.clock)())
            }
            None => headers.to_vec(),
        };
        Ask { method, url, headers, body }
    }

    /// What is there, and its tag.
    fn get(&self, path: &ChannelPath, limit_bytes: u64) -> Result<Option<Reply>, ChannelError> {
        self.get_in(path, limit_bytes, &Look::default())
    }

    /// The same as a part of one `look`.
    fn get_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        look: &Look,
    ) -> Result<Option<Reply>, ChannelError> {
        let bounds = Bounds::of_file(path, limit_bytes, look);
        let reply = self.client.send(|| self.ask(Method::GET, path, &[], None), bounds);
        match reply {
            Ok(reply) if reply.status == 200 => Ok(Some(reply)),
            Ok(reply) if reply.status == 404 => Ok(None),
            Ok(reply) => Err(self.fault(path, reply.unexpected())),
            Err(Undone::TooLong) => Err(ChannelError::TooLong { path: path.clone(), limit_bytes }),
            Err(Undone::Fault(fault)) => Err(self.fault(path, fault)),
        }
    }

    /// Writes `bytes`; false when the store holds something else than `condition` says.
    fn put(&self, path: &ChannelPath, bytes: &[u8], condition: If) -> Result<bool, ChannelError> {
        let headers = match condition {
            If::Absent => [("if-none-match", "*".to_owned())],
            If::Tag(tag) => [("if-match", tag)],
        };
        let look = Look::default();
        let bounds = Bounds::of(ANSWER_BYTES, &look);
        let reply = self.client.send(|| self.ask(Method::PUT, path, &headers, Some(bytes)), bounds);
        match reply {
            Ok(reply) if matches!(reply.status, 200 | 201 | 204) => Ok(true),
            // 409: another conditional write is under way; whoever it is was faster.
            Ok(reply) if matches!(reply.status, 409 | 412) => Ok(false),
            Ok(reply) if reply.status == 404 && headers[0].0 == "if-match" => Ok(false),
            Ok(reply) => Err(self.fault(path, reply.unexpected())),
            Err(Undone::TooLong) => {
                Err(ChannelError::TooLong { path: path.clone(), limit_bytes: ANSWER_BYTES })
            }
            Err(Undone::Fault(fault)) => Err(self.fault(path, fault)),
        }
    }
}

impl Channel for Bucket {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        look: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        Ok(self.0.get_in(path, limit_bytes, look)?.map(|reply| reply.body))
    }

    fn ahead(&self, _: &ChannelPath) -> bool {
        true
    }
}

impl PublishChannel for Bucket {
    fn create(&self, path: &ChannelPath, bytes: &[u8]) -> Result<Created, ChannelError> {
        let written = self.0.put(path, bytes, If::Absent)?;
        Ok(if written { Created::New } else { Created::Existed })
    }

    fn replace(
        &self,
        path: &ChannelPath,
        expected: Option<&[u8]>,
        bytes: &[u8],
    ) -> Result<Replaced, ChannelError> {
        let condition = match expected {
            None => If::Absent,
            // One byte more than expected is enough to see a difference.
            Some(expected) => match self.0.get(path, expected.len() as u64) {
                Ok(Some(reply)) if reply.body == expected => match reply.header("etag") {
                    Some(tag) => If::Tag(tag.to_owned()),
                    None => {
                        let what = "the store gives no ETag, so that nothing can be replaced safely".into();
                        return Err(self.0.fault(path, Fault::Strange { what }));
                    }
                },
                Ok(_) | Err(ChannelError::TooLong { .. }) => return Ok(Replaced::Changed),
                Err(error) => return Err(error),
            },
        };
        if self.0.put(path, bytes, condition)? {
            return Ok(Replaced::Done);
        }
        // An attempt before, whose answer was cut off, may have been the one that was faster.
        match self.0.get(path, bytes.len() as u64) {
            Ok(Some(reply)) if reply.body == bytes => Ok(Replaced::Done),
            Ok(_) | Err(ChannelError::TooLong { .. }) => Ok(Replaced::Changed),
            Err(error) => Err(error),
        }
    }
}
