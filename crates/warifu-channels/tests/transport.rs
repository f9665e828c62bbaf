//! A transport written by the recipe "Add a transport for channels" of ARCHITECTURE.md, to see that it is
//! true: a key-value store, as a registry or a bucket is, which knows no folders.
#![expect(clippy::unwrap_used, reason = "test support; a failure here fails the test")]

use std::collections::HashMap;
use std::sync::Mutex;

use warifu_channels::contract::publishing_contract;
use warifu_channels::testing::Publishing as _;
use warifu_channels::{
    Channel, ChannelError, Created, PublishChannel, ReadError, Replaced, fetch, fetch_fallback, open,
};
use warifu_trust::testing::{World, now};
use warifu_trust::{ChannelPath, FetchError, OpenError, Refusal};

/// Values under keys; a key has no slash.
#[derive(Default)]
struct Bucket(Mutex<HashMap<String, Vec<u8>>>);

fn key(path: &ChannelPath) -> String {
    path.as_str().replace('/', ":")
}

impl Channel for Bucket {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        _: &warifu_channels::Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        match self.0.lock().unwrap().get(&key(path)) {
            Some(value) if value.len() as u64 > limit_bytes => {
                Err(ChannelError::TooLong { path: path.clone(), limit_bytes })
            }
            found => Ok(found.cloned()),
        }
    }
}

impl PublishChannel for Bucket {
    fn create(&self, path: &ChannelPath, bytes: &[u8]) -> Result<Created, ChannelError> {
        let mut values = self.0.lock().unwrap();
        if values.contains_key(&key(path)) {
            return Ok(Created::Existed);
        }
        values.insert(key(path), bytes.to_vec());
        Ok(Created::New)
    }

    fn replace(
        &self,
        path: &ChannelPath,
        expected: Option<&[u8]>,
        bytes: &[u8],
    ) -> Result<Replaced, ChannelError> {
        let mut values = self.0.lock().unwrap();
        if values.get(&key(path)).map(Vec::as_slice) != expected {
            return Ok(Replaced::Changed);
        }
        values.insert(key(path), bytes.to_vec());
        Ok(Replaced::Done)
    }
}

#[test]
fn a_transport_by_the_recipe_keeps_the_contract() {
    publishing_contract(&mut || Box::new(Bucket::default()));
}

#[test]
fn releases_go_through_it() {
    let (world, bucket) = (World::new(), Bucket::default());
    world.publish_next(&bucket);
    let second = world.publish_next(&bucket);
    let opened = open(&bucket, &mut world.reader(), now()).unwrap();
    assert_eq!(opened.release(), second.release);
    fetch(&bucket, &opened).unwrap();
    fetch_fallback(&bucket, &opened).unwrap().unwrap();
}

/// A transport that gives whatever it likes: not the limit, not the file asked for.
struct Liar<'a> {
    bucket: &'a Bucket,
    about: &'static str,
    gives: Vec<u8>,
}

impl Channel for Liar<'_> {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        _: &warifu_channels::Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        if path.as_str().contains(self.about) {
            return Ok(Some(self.gives.clone()));
        }
        self.bucket.read(path, limit_bytes)
    }
}

#[test]
fn no_transport_touches_what_is_believed() {
    let (world, bucket) = (World::new(), Bucket::default());
    world.publish_next(&bucket);
    let honest = open(&bucket, &mut world.reader(), now()).unwrap();
    let lie = |about, gives: &[u8]| Liar { bucket: &bucket, about, gives: gives.to_vec() };
    for about in ["root.json", "timestamp", "snapshot", "targets.json"] {
        // Longer than was asked for, and something else.
        let refused = open(&lie(about, &vec![b' '; 2_000_000]), &mut world.reader(), now()).unwrap_err();
        assert!(
            matches!(refused, ReadError::Verdict(OpenError::Refused(Refusal::TooLong { .. }))),
            "{about}: {refused}"
        );
        let refused = open(&lie(about, b"{}"), &mut world.reader(), now()).unwrap_err();
        assert!(matches!(refused, ReadError::Verdict(OpenError::Refused(_))), "{about}: {refused}");
    }
    for about in ["release-1.json", "drug"] {
        for gives in [&b"{}"[..], &[b' '; 100_000]] {
            let refused = fetch(&lie(about, gives), &honest).unwrap_err();
            assert!(matches!(refused, ReadError::Verdict(FetchError::Refused(_))), "{about}: {refused}");
        }
    }
}
