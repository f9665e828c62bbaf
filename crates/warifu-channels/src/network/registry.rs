//! A repository of an OCI registry: the files of a channel as the layers of one artifact under one tag.
//!
//! A registry cannot compare before it replaces a tag: of two publishers nobody would win. So nothing is
//! published here; what was published elsewhere is carried here by one who does, and the tag changes as a
//! whole.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use ureq::http::{Method, Uri};
use warifu_trust::{ChannelPath, limits};
use warifu_values::digest::Digest;

use super::client::{Ask, Bounds, Client, Reply, Undone, basic};
use super::fault::{Fault, Unusable};
use super::{Network, Place, PlaceError};
use crate::channel::{Channel, Created, PublishChannel, Replaced};
use crate::channel_error::ChannelError;
use crate::look::Look;

/// The list of the layers, and what a server says besides: registries take no manifest longer than 4 MiB.
const MANIFEST_BYTES: u64 = 4 << 20;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// The type of our artifacts.
const ARTIFACT: &str = "application/vnd.warifu.channel.v1";

/// The annotation by which `oras pull` names the files, too.
const TITLE: &str = "org.opencontainers.image.title";

/// Attempts at one upload whose session the server forgot.
const UPLOADS: usize = 3;

/// Where an artifact is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RegistryPlace {
    /// `https://host`, without a path.
    pub(crate) server: Place,
    repository: String,
    tag: String,
}

impl RegistryPlace {
    /// `host/repository:tag`; without a tag, `latest`.
    pub(crate) fn parse(rest: &str, secure: bool) -> Result<Self, PlaceError> {
        let mut server = Place::parse(if secure { "https" } else { "http" }, rest)?;
        let path = std::mem::take(&mut server.path);
        let (repository, tag) = path.split_once(':').unwrap_or((&path, "latest"));
        let small = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-/".contains(&byte);
        let in_tag = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if repository.is_empty()
            || !repository.bytes().all(small)
            || tag.is_empty()
            || !tag.bytes().all(in_tag)
        {
            return Err(PlaceError::Form);
        }
        Ok(RegistryPlace { server, repository: repository.to_owned(), tag: tag.to_owned() })
    }

    fn shown(&self) -> String {
        let scheme = if self.server.scheme == "https" { "oci" } else { "oci+http" };
        format!("{scheme}://{}/{}:{}", self.server.authority, self.repository, self.tag)
    }
}

/// A channel in a registry. Its clones share connections.
#[derive(Clone)]
pub(crate) struct Registry(Arc<Shared>);

struct Shared {
    place: RegistryPlace,
    network: Network,
    client: Client,
    /// What the registry knows us by, once it asked.
    authorization: Mutex<Option<String>>,
    /// The artifact as it was last seen.
    seen: Mutex<Option<Artifact>>,
}

/// The layers of an artifact: digest and length by the name of the file.
#[derive(Clone)]
struct Artifact {
    layers: HashMap<String, (Digest, u64)>,
}

impl Registry {
    pub(crate) fn new(place: RegistryPlace, network: &Network) -> Result<Self, Unusable> {
        let client = Client::new(network, &place.server)?;
        let network = network.clone();
        let (authorization, seen) = Default::default();
        Ok(Registry(Arc::new(Shared { place, network, client, authorization, seen })))
    }

    /// Lays `files` there as one artifact, and lets the tag name it: until then, readers see the one before.
    pub(crate) fn carry(&self, files: &BTreeMap<ChannelPath, Vec<u8>>) -> Result<(), ChannelError> {
        let shared = &self.0;
        let config = b"{}";
        let root = ChannelPath::timestamp();
        shared.upload(&root, config)?;
        let mut layers = Vec::new();
        for (path, bytes) in files {
            let digest = shared.upload(path, bytes)?;
            layers.push(json!({
                "mediaType": "application/octet-stream", "digest": format!("sha256:{digest}"),
                "size": bytes.len(), "annotations": { TITLE: path.as_str() },
            }));
        }
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": ARTIFACT,
            "config": {
                "mediaType": "application/vnd.oci.empty.v1+json",
                "digest": format!("sha256:{}", Digest::of(config)), "size": config.len(),
            },
            "layers": layers,
        });
        let manifest = manifest.to_string().into_bytes();
        let url = shared.url(&format!("manifests/{}", shared.place.tag));
        let headers = vec![("content-type", MANIFEST.to_owned())];
        let look = Look::default();
        let bounds = Bounds::of(MANIFEST_BYTES, &look);
        let reply = shared.send(&root, Method::PUT, &url, &headers, Some(&manifest), bounds)?;
        match reply.status {
            201 | 200 => Ok(()),
            _ => Err(shared.fault(&root, reply.unexpected())),
        }
    }
}

impl Shared {
    fn fault(&self, path: &ChannelPath, fault: Fault) -> ChannelError {
        ChannelError::Remote { path: path.clone(), place: self.place.shown(), fault }
    }

    fn url(&self, end: &str) -> String {
        format!("{}/v2/{}/{end}", self.place.server, self.place.repository)
    }

    /// The answer, after the registry knows us when it asks who we are. Nobody else is told: a registry may
    /// send what is uploaded to a server of others, whose URL says then what it must know.
    fn send(
        &self,
        path: &ChannelPath,
        method: Method,
        url: &str,
        headers: &[(&'static str, String)],
        body: Option<&[u8]>,
        bounds: Bounds<'_>,
    ) -> Result<Reply, ChannelError> {
        let once = |authorization: Option<String>| {
            let ask = || {
                let mut headers = headers.to_vec();
                headers.extend(authorization.iter().map(|it| ("authorization", it.clone())));
                Ask { method: method.clone(), url: url.to_owned(), headers, body }
            };
            self.client.send(ask, bounds).map_err(|undone| match undone {
                Undone::TooLong => {
                    ChannelError::TooLong { path: path.clone(), limit_bytes: bounds.limit_bytes }
                }
                Undone::Fault(fault) => self.fault(path, fault),
            })
        };
        if !same_server(&self.url(""), url) {
            return once(None);
        }
        let known = self.authorization.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let reply = once(known)?;
        if reply.status != 401 {
            return Ok(reply);
        }
        let Some(asked) = reply.header("www-authenticate") else { return Ok(reply) };
        let Some(made) = self.introduce(path, asked, bounds.look)? else { return Ok(reply) };
        *self.authorization.lock().unwrap_or_else(PoisonError::into_inner) = Some(made.clone());
        once(Some(made))
    }

    /// What the registry wants to know us by, from what it `asked`; `None` when we have nothing to show.
    fn introduce(
        &self,
        path: &ChannelPath,
        asked: &str,
        look: &Look,
    ) -> Result<Option<String>, ChannelError> {
        let network = &self.network;
        let private = |place: &Place| place.scheme == "https" || place.is_loopback();
        let login = network.login.as_ref().map(basic);
        if asked.to_ascii_lowercase().starts_with("basic") {
            return Ok(login.filter(|_| private(&self.place.server)));
        }
        let Some(asked) = asked.strip_prefix("Bearer ") else { return Ok(None) };
        if let Some(token) = network.token.as_ref().filter(|_| private(&self.place.server)) {
            return Ok(Some(format!("Bearer {token}")));
        }
        let named = |name: &str| {
            let (_, rest) = asked.split_once(&format!("{name}=\""))?;
            Some(rest.split('"').next().unwrap_or_default().to_owned())
        };
        let strange = || self.fault(path, Fault::Strange { what: "how to log in".into() });
        let realm = named("realm").ok_or_else(strange)?;
        let (scheme, rest) = realm.split_once("://").ok_or_else(strange)?;
        let scheme = if scheme == "https" { "https" } else { "http" };
        let issuer =
            Place::parse(scheme, rest.split('?').next().unwrap_or_default()).map_err(|_| strange())?;
        let mut url = realm.clone();
        for name in ["service", "scope"] {
            if let Some(value) = named(name) {
                url.push(if url.contains('?') { '&' } else { '?' });
                url.push_str(&format!("{name}={}", escaped(&value)));
            }
        }
        let login = login.filter(|_| private(&issuer));
        let headers: Vec<_> = login.into_iter().map(|login| ("authorization", login)).collect();
        let bounds = Bounds::of(MANIFEST_BYTES, look);
        let reply = self.client.send(|| Ask::get(url.clone(), headers.clone()), bounds);
        let reply = match reply {
            Ok(reply) if reply.status == 200 => reply,
            Ok(reply) => return Err(self.fault(path, reply.unexpected())),
            Err(Undone::TooLong) => return Err(strange()),
            Err(Undone::Fault(fault)) => return Err(self.fault(path, fault)),
        };
        let answer: Value = serde_json::from_slice(&reply.body).map_err(|_| strange())?;
        let token = answer.get("token").or_else(|| answer.get("access_token")).and_then(Value::as_str);
        Ok(Some(format!("Bearer {}", token.ok_or_else(strange)?)))
    }

    /// The artifact that the tag names now; `None` when it names none.
    fn artifact(&self, path: &ChannelPath, look: &Look) -> Result<Option<Artifact>, ChannelError> {
        let url = self.url(&format!("manifests/{}", self.place.tag));
        let headers = vec![("accept", MANIFEST.to_owned())];
        let bounds = Bounds::of(MANIFEST_BYTES, look);
        let reply = self.send(path, Method::GET, &url, &headers, None, bounds)?;
        let found = match reply.status {
            200 => {
                let strange = || self.fault(path, Fault::Strange { what: "the artifact's manifest".into() });
                Some(layers(&reply.body).ok_or_else(strange)?)
            }
            404 => None,
            _ => return Err(self.fault(path, reply.unexpected())),
        };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&found);
        Ok(found)
    }

    /// Lays `bytes` under their digest, unless they are there.
    fn upload(&self, path: &ChannelPath, bytes: &[u8]) -> Result<Digest, ChannelError> {
        let digest = Digest::of(bytes);
        let blob = self.url(&format!("blobs/sha256:{digest}"));
        let mut last = 0;
        for _ in 0..UPLOADS {
            let look = Look::default();
            let bounds = Bounds::of(MANIFEST_BYTES, &look);
            let reply =
                self.send(path, Method::HEAD, &blob, &[], None, Bounds::of(limits::BLOB_BYTES, &look))?;
            if reply.status == 200 {
                return Ok(digest);
            }
            let begin = self.url("blobs/uploads/");
            let reply = self.send(path, Method::POST, &begin, &[], Some(b""), bounds)?;
            let Some(session) = reply.header("location").filter(|_| reply.status == 202) else {
                return Err(self.fault(path, reply.unexpected()));
            };
            let session = match session.strip_prefix('/') {
                Some(rest) => format!("{}/{rest}", self.place.server),
                None => session.to_owned(),
            };
            let joint = if session.contains('?') { '&' } else { '?' };
            let url = format!("{session}{joint}digest=sha256:{digest}");
            let headers = vec![("content-type", "application/octet-stream".to_owned())];
            let reply = self.send(path, Method::PUT, &url, &headers, Some(bytes), bounds)?;
            if reply.status == 201 {
                return Ok(digest);
            }
            last = reply.status;
            if matches!(last, 401 | 403) {
                break;
            }
        }
        let reply = Reply { status: last, headers: ureq::http::HeaderMap::new(), body: Vec::new() };
        Err(self.fault(path, reply.unexpected()))
    }
}

/// The layers of a manifest that have the name of a file; of two of one name, none would be the file's.
fn layers(manifest: &[u8]) -> Option<Artifact> {
    let manifest: Value = serde_json::from_slice(manifest).ok()?;
    let mut layers = HashMap::new();
    for layer in manifest.get("layers")?.as_array()? {
        let Some(title) = layer.get("annotations").and_then(|it| it.get(TITLE)) else { continue };
        let digest = layer.get("digest")?.as_str()?.strip_prefix("sha256:")?.parse().ok()?;
        let size = layer.get("size")?.as_u64()?;
        if layers.insert(title.as_str()?.to_owned(), (digest, size)).is_some() {
            return None;
        }
    }
    Some(Artifact { layers })
}

/// Whether two URLs have the scheme, the host and the port in common, as who connects reads them.
fn same_server(one: &str, other: &str) -> bool {
    let server = |url: &str| {
        let url: Uri = url.parse().ok()?;
        let scheme = url.scheme_str()?.to_ascii_lowercase();
        let port = url.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 });
        Some((scheme, url.host()?.to_ascii_lowercase(), port))
    };
    server(one).is_some_and(|one| server(other) == Some(one))
}

/// `text` in a query.
fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

impl Channel for Registry {
    /// What changes, and what is not there yet, is looked for anew; all else never changes.
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        look: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        let shared = &self.0;
        let of = |artifact: &Artifact| artifact.layers.get(path.as_str()).copied();
        let seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner).as_ref().and_then(of);
        let found = match seen.filter(|_| *path != ChannelPath::timestamp()) {
            Some(found) => Some(found),
            None => shared.artifact(path, look)?.as_ref().and_then(of),
        };
        let Some((digest, size)) = found else { return Ok(None) };
        if size > limit_bytes {
            return Err(ChannelError::TooLong { path: path.clone(), limit_bytes });
        }
        let url = shared.url(&format!("blobs/sha256:{digest}"));
        let bounds = Bounds::of_file(path, limit_bytes, look);
        let reply = shared.send(path, Method::GET, &url, &[], None, bounds)?;
        match reply.status {
            200 => Ok(Some(reply.body)),
            404 => Ok(None),
            _ => Err(shared.fault(path, reply.unexpected())),
        }
    }

    /// Metadata is of one artifact, which is looked for while it is read.
    fn ahead(&self, path: &ChannelPath) -> bool {
        path.is_content()
    }
}

impl PublishChannel for Registry {
    fn create(&self, _: &ChannelPath, _: &[u8]) -> Result<Created, ChannelError> {
        Err(ChannelError::ReadOnly { place: self.0.place.shown() })
    }

    fn replace(&self, _: &ChannelPath, _: Option<&[u8]>, _: &[u8]) -> Result<Replaced, ChannelError> {
        Err(ChannelError::ReadOnly { place: self.0.place.shown() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_its_scheme_host_and_port() {
        let same = |other| same_server("https://registry.example.org/v2/", other);
        for other in ["https://registry.example.org/up?a=b", "HTTPS://Registry.Example.ORG:443/"] {
            assert!(same(other), "{other}");
        }
        for other in [
            "http://registry.example.org/up",
            "https://registry.example.org:8443/up",
            "https://registry.example.org.example.net/up",
            "https://registry.example.org@example.net/up",
            "https://example.net/registry.example.org",
            "https://example.net#@registry.example.org/",
            "//registry.example.org/up",
            "up",
        ] {
            assert!(!same(other), "{other}");
        }
    }
}
