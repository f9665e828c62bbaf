//! A bundle as a channel that can be read.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use warifu_trust::{ChannelPath, ZSTD_FRAME, limits};

use super::fault::BundleFault;
use super::header::{BLOCK, padding, parsed};
use super::member::{ALL_BYTES, MEMBERS, file_of};
use crate::channel::{Channel, Created, PublishChannel, Replaced};
use crate::channel_error::ChannelError;
use crate::look::Look;

/// A channel in one file. The file is read whole at the first question, into a file without a name: what is
/// said of its form holds for every byte that is given out, and a bomb fills no memory.
///
/// Another file that is laid there is unpacked in its turn, when a read begins (see [`begins`]): all that one
/// read asks for is from one unpacking.
#[derive(Clone)]
pub(crate) struct BundleChannel {
    file: PathBuf,
    unpacked: Arc<Mutex<Option<(Stamp, Unpacked)>>>,
}

/// What differs between two files that were laid at one place.
#[derive(Clone, PartialEq, Eq)]
struct Stamp {
    /// The disk, and the file's number on it, where there are such.
    identity: Option<(u64, u64)>,
    bytes: u64,
    changed: Option<SystemTime>,
}

impl Stamp {
    fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt as _;
            Some((metadata.dev(), metadata.ino()))
        };
        #[cfg(not(unix))]
        let identity = None;
        Ok(Stamp { identity, bytes: metadata.len(), changed: metadata.modified().ok() })
    }
}

/// Whether a look at what is new asks for `path`: the one file that changes, and the root or statement that
/// may follow, which is asked for first of all.
fn begins(path: &ChannelPath, held: &Unpacked) -> bool {
    let follows = path.as_str().ends_with(".root.json") || path.as_str().starts_with("statements/");
    *path == ChannelPath::timestamp() || follows && !held.members.contains_key(path)
}

struct Unpacked {
    contents: File,
    members: HashMap<ChannelPath, (u64, u64)>,
}

impl BundleChannel {
    pub(crate) fn new(file: &Path) -> Self {
        BundleChannel { file: file.to_owned(), unpacked: Arc::default() }
    }

    /// Whether a regular file lies at `path` that begins as a bundle does.
    pub(crate) fn is_at(path: &Path) -> bool {
        let mut begins = [0; ZSTD_FRAME.len()];
        let read = warifu_files::open(path).is_ok_and(|mut file| file.read_exact(&mut begins).is_ok());
        read && begins == ZSTD_FRAME
    }
}

/// Why a bundle was not unpacked.
enum Refused {
    Fault(BundleFault),
    Disk(io::Error),
}

impl From<BundleFault> for Refused {
    fn from(fault: BundleFault) -> Self {
        Refused::Fault(fault)
    }
}

impl Channel for BundleChannel {
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        _: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        let unreachable = |error: io::Error| ChannelError::unreachable(path, error);
        let mut unpacked = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, held) = match &mut *unpacked {
            Some(held) if !begins(path, &held.1) => held,
            before => {
                let packed = warifu_files::open(&self.file).map_err(ChannelError::File)?;
                let stamp = Stamp::of(&packed).map_err(unreachable)?;
                match before {
                    Some(held) if held.0 == stamp => held,
                    before => {
                        let made = unpack(packed).map_err(|refused| match refused {
                            Refused::Fault(what) => ChannelError::NoBundle { file: self.file.clone(), what },
                            Refused::Disk(error) => unreachable(error),
                        })?;
                        before.insert((stamp, made))
                    }
                }
            }
        };
        let Some(&(at, length)) = held.members.get(path) else { return Ok(None) };
        if length > limit_bytes {
            return Err(ChannelError::TooLong { path: path.clone(), limit_bytes });
        }
        let mut bytes = vec![0; length as usize];
        held.contents.seek(SeekFrom::Start(at)).map_err(unreachable)?;
        held.contents.read_exact(&mut bytes).map_err(unreachable)?;
        Ok(Some(bytes))
    }
}

impl PublishChannel for BundleChannel {
    fn create(&self, _: &ChannelPath, _: &[u8]) -> Result<Created, ChannelError> {
        Err(ChannelError::ReadOnly { place: self.file.display().to_string() })
    }

    fn replace(&self, _: &ChannelPath, _: Option<&[u8]>, _: &[u8]) -> Result<Replaced, ChannelError> {
        Err(ChannelError::ReadOnly { place: self.file.display().to_string() })
    }
}

/// Unpacks one frame that holds one archive, and nothing before, between or after.
fn unpack(packed: impl Read) -> Result<Unpacked, Refused> {
    let damaged = |_: io::Error| Refused::Fault(BundleFault::Compression);
    let mut packed = BufReader::new(packed);
    // A frame to be skipped has another beginning; what it hides, nobody would see.
    if !packed.fill_buf().map_err(damaged)?.starts_with(&ZSTD_FRAME) {
        return Err(BundleFault::Compression.into());
    }
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed).map_err(damaged)?.single_frame();
    decoder.window_log_max(limits::WINDOW_LOG).map_err(damaged)?;
    let unpacked = unpack_members(&mut decoder)?;
    if !decoder.finish().fill_buf().map_err(damaged)?.is_empty() {
        return Err(BundleFault::Compression.into());
    }
    Ok(unpacked)
}

fn unpack_members(archive: &mut impl Read) -> Result<Unpacked, Refused> {
    // Cut short in the middle of a block, or the frame does not decode.
    let damaged = |_: io::Error| Refused::Fault(BundleFault::Compression);
    let mut contents = tempfile::tempfile().map_err(Refused::Disk)?;
    let mut members = HashMap::new();
    let (mut last, mut at) = (String::new(), 0_u64);
    let mut block = [0; BLOCK];
    loop {
        let number = members.len() + 1;
        archive.read_exact(&mut block).map_err(damaged)?;
        if block == [0; BLOCK] {
            break;
        }
        let (name, length) = parsed(&block).ok_or(BundleFault::Member { number })?;
        let (path, limit_bytes) = file_of(&name).ok_or(BundleFault::Member { number })?;
        if length > limit_bytes || at + length > ALL_BYTES || number > MEMBERS {
            return Err(BundleFault::TooLong { number }.into());
        }
        if name <= last {
            return Err(BundleFault::Order { number }.into());
        }
        let mut content = archive.by_ref().take(length);
        if copy(&mut content, &mut contents)? != length {
            return Err(BundleFault::Compression.into());
        }
        let rest = &mut block[..padding(length)];
        archive.read_exact(rest).map_err(damaged)?;
        if rest.iter().any(|&byte| byte != 0) {
            return Err(BundleFault::Member { number }.into());
        }
        members.insert(path, (at, length));
        (last, at) = (name, at + length);
    }
    let mut end = Vec::new();
    archive.take(BLOCK as u64 + 1).read_to_end(&mut end).map_err(damaged)?;
    if end != [0; BLOCK] {
        return Err(BundleFault::End.into());
    }
    Ok(Unpacked { contents, members })
}

/// Copies `content` to the disk, telling a frame that does not decode from a disk that is full.
fn copy(content: &mut impl Read, disk: &mut File) -> Result<u64, Refused> {
    let mut chunk = [0; 65_536];
    let mut copied = 0;
    loop {
        match content.read(&mut chunk) {
            Ok(0) => return Ok(copied),
            Ok(read) => {
                disk.write_all(&chunk[..read]).map_err(Refused::Disk)?;
                copied += read as u64;
            }
            Err(_) => return Err(BundleFault::Compression.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use warifu_trust::testing::{World, now};
    use warifu_values::digest::Digest;

    use super::*;
    use crate::bundle::bundle;
    use crate::bundle::header::header;
    use crate::contract::reading_contract;
    use crate::testing::MemoryChannel;
    use crate::{Recording, fetch, fetch_fallback, open};

    fn files() -> BTreeMap<ChannelPath, Vec<u8>> {
        let content = |name: &str, bytes: &[u8]| {
            (ChannelPath::content(Digest::of(bytes), &name.parse().unwrap()), bytes.to_vec())
        };
        BTreeMap::from([
            (ChannelPath::timestamp(), b"{}".to_vec()),
            (ChannelPath::root(1), vec![b'r'; 512]),
            (ChannelPath::root(10), Vec::new()),
            content("r06.drug.0123456789abcdef.csv.zst", &[7; 1300]),
            content("release-1.json", b"manifest"),
        ])
    }

    fn archive(files: &BTreeMap<ChannelPath, Vec<u8>>) -> Vec<u8> {
        let mut bytes = Vec::new();
        bundle(files, &mut bytes).unwrap();
        bytes
    }

    fn fault(packed: &[u8]) -> BundleFault {
        match unpack(packed) {
            Err(Refused::Fault(fault)) => fault,
            Err(Refused::Disk(error)) => panic!("{error}"),
            Ok(_) => panic!("taken"),
        }
    }

    /// What is in it: where each file begins and ends, and all bytes.
    fn contents(mut unpacked: Unpacked) -> (BTreeMap<ChannelPath, (u64, u64)>, Vec<u8>) {
        let mut bytes = Vec::new();
        unpacked.contents.seek(SeekFrom::Start(0)).unwrap();
        unpacked.contents.read_to_end(&mut bytes).unwrap();
        (unpacked.members.into_iter().collect(), bytes)
    }

    /// A frame of heads and contents as somebody else may write them.
    fn frame(parts: &[&[u8]]) -> Vec<u8> {
        zstd::encode_all(&parts.concat()[..], 3).unwrap()
    }

    fn member(name: &str, content: &[u8]) -> Vec<u8> {
        let mut bytes = header(name, content.len() as u64).unwrap().to_vec();
        bytes.extend(content);
        bytes.extend(&[0; BLOCK][..padding(content.len() as u64)]);
        bytes
    }

    const END: [u8; 2 * BLOCK] = [0; 2 * BLOCK];

    #[test]
    fn what_was_bundled_is_read_and_twice_the_same_bytes() {
        let files = files();
        let packed = archive(&files);
        assert_eq!(packed, archive(&files));
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("release.tar.zst");
        crate::whole::write_whole(&place, &packed, crate::whole::Overwrite::Never).unwrap();
        let channel = BundleChannel::new(&place);
        for (path, bytes) in &files {
            assert_eq!(channel.read(path, bytes.len() as u64).unwrap().as_ref(), Some(bytes), "{path}");
        }
        assert_eq!(channel.read(&ChannelPath::root(2), 1).unwrap(), None);
        let too_long = channel.read(&ChannelPath::root(1), 511);
        assert!(matches!(too_long, Err(ChannelError::TooLong { limit_bytes: 511, .. })));
        assert!(matches!(channel.create(&ChannelPath::root(3), b""), Err(ChannelError::ReadOnly { .. })));
        let missing = BundleChannel::new(&folder.path().join("none.tar.zst")).read(&ChannelPath::root(1), 1);
        assert!(matches!(missing, Err(ChannelError::File(_))));
    }

    fn laid(place: &Path, files: &BTreeMap<ChannelPath, Vec<u8>>) {
        crate::whole::write_whole(place, &archive(files), crate::whole::Overwrite::Yes).unwrap();
    }

    #[test]
    fn the_next_file_laid_there_is_seen_and_one_read_stays_with_one() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("release.tar.zst");
        let before = files();
        let statement = ChannelPath::statement(warifu_trust::Organisation::Kikin, 1);
        let after = BTreeMap::from([
            (ChannelPath::timestamp(), b"{2}".to_vec()),
            (ChannelPath::root(1), b"1".to_vec()),
            (ChannelPath::root(2), b"2".to_vec()),
            (statement.clone(), b"stop".to_vec()),
        ]);
        for first in [ChannelPath::timestamp(), ChannelPath::root(2), statement] {
            laid(&place, &before);
            let channel = BundleChannel::new(&place);
            let read = |path: &ChannelPath| channel.read(path, 2000).unwrap();
            assert_eq!(read(&first).as_ref(), before.get(&first));
            laid(&place, &after);
            for (path, bytes) in before.iter().filter(|(path, _)| **path != ChannelPath::timestamp()) {
                assert_eq!(read(path).as_ref(), Some(bytes), "{path}");
            }
            assert_eq!(read(&first).as_ref(), after.get(&first), "{first}");
            for path in before.keys().chain(after.keys()) {
                assert_eq!(read(path).as_ref(), after.get(path), "{path}");
            }
        }
    }

    #[test]
    fn bundled_anew_at_one_place_it_keeps_what_channels_keep() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("release.tar.zst");
        let behind = MemoryChannel::default();
        let world = World::new();
        let carry = || {
            let recording = Recording::of(&behind);
            let opened = open(&recording, &mut world.reader(), now()).unwrap();
            fetch(&recording, &opened).unwrap();
            fetch_fallback(&recording, &opened).unwrap();
            laid(&place, &recording.finish().unwrap());
        };
        reading_contract(&BundleChannel::new(&place), &behind, &carry);
    }

    #[test]
    fn a_file_is_unpacked_again_only_when_it_changed_and_what_is_no_bundle_replaces_none() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("release.tar.zst");
        laid(&place, &files());
        let channel = BundleChannel::new(&place);
        let timestamp = || channel.read(&ChannelPath::timestamp(), 10);
        assert_eq!(timestamp().unwrap().unwrap(), b"{}");
        let mut file = File::options().write(true).open(&place).unwrap();
        let day = file.metadata().unwrap().modified().unwrap();
        file.write_all(b"no bundle").unwrap();
        file.set_modified(day).unwrap();
        assert_eq!(timestamp().unwrap().unwrap(), b"{}", "which nobody can see");
        file.set_modified(day + std::time::Duration::from_secs(1)).unwrap();
        for _ in 0..2 {
            assert!(matches!(timestamp(), Err(ChannelError::NoBundle { .. })));
            assert_eq!(channel.read(&ChannelPath::root(1), 512).unwrap(), Some(vec![b'r'; 512]));
        }
        laid(&place, &files());
        assert_eq!(timestamp().unwrap().unwrap(), b"{}");
        std::fs::remove_file(&place).unwrap();
        assert!(matches!(timestamp(), Err(ChannelError::File(_))));
    }

    #[test]
    fn cut_anywhere_nothing_is_taken_and_with_a_byte_changed_nothing_else() {
        let packed = archive(&files());
        for end in 0..packed.len() {
            assert_eq!(fault(&packed[..end]), BundleFault::Compression, "cut at {end}");
        }
        // What zstd lets pass says how it was packed (the window, bits that mean nothing); the checksum is
        // over what was packed, and that is the same then.
        let whole = contents(unpack(&packed[..]).ok().unwrap());
        let mut let_pass = 0;
        for at in 0..packed.len() {
            let mut other = packed.clone();
            other[at] ^= 0x10;
            if let Ok(unpacked) = unpack(&other[..]) {
                assert!(contents(unpacked) == whole, "byte {at}");
                let_pass += 1;
            }
        }
        assert!(let_pass < 8, "{let_pass}");
    }

    #[test]
    fn bytes_hidden_before_behind_and_between_are_refused() {
        let packed = archive(&files());
        let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        assert_eq!(fault(&[&packed[..], b"x"].concat()), BundleFault::Compression);
        assert_eq!(fault(&[&packed[..], &skippable].concat()), BundleFault::Compression);
        assert_eq!(fault(&[&skippable, &packed[..]].concat()), BundleFault::Compression);
        assert_eq!(fault(&[&packed[..], &packed].concat()), BundleFault::Compression);
        let one = member("metadata/1.root.json", b"r");
        assert_eq!(fault(&frame(&[&one, &END, b"x"])), BundleFault::End);
        assert_eq!(fault(&frame(&[&one, &END[..BLOCK]])), BundleFault::End);
        assert_eq!(fault(&frame(&[&one, &END, &END])), BundleFault::End);
        let mut padded = one.clone();
        *padded.last_mut().unwrap() = 1;
        assert_eq!(fault(&frame(&[&padded, &END])), BundleFault::Member { number: 1 });
        assert!(unpack(&frame(&[&one, &END])[..]).is_ok());
    }

    #[test]
    fn only_regular_files_of_a_channel_each_once_in_order_and_of_their_size() {
        let fine = member("metadata/1.root.json", b"r");
        for (flag, kind) in [(b'1', "link"), (b'2', "symbolic link"), (b'5', "folder"), (b'x', "PAX")] {
            let mut other = fine.clone();
            other[156] = flag;
            // With a sum that is right again.
            let sum = other[..BLOCK].iter().map(|&byte| u32::from(byte)).sum::<u32>()
                - other[148..156].iter().map(|&byte| u32::from(byte)).sum::<u32>()
                + 8 * 32;
            other[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
            assert_eq!(fault(&frame(&[&other, &END])), BundleFault::Member { number: 1 }, "{kind}");
        }
        for name in ["metadata/passwd", "../metadata/1.root.json", "/etc/passwd", "metadata/01.root.json"] {
            let other = member(name, b"x");
            assert_eq!(fault(&frame(&[&fine, &other, &END])), BundleFault::Member { number: 2 }, "{name}");
        }
        let before = member("metadata/1.snapshot.json", b"s");
        assert_eq!(fault(&frame(&[&before, &fine, &END])), BundleFault::Order { number: 2 });
        assert_eq!(fault(&frame(&[&fine, &fine, &END])), BundleFault::Order { number: 2 });
        let long = member("metadata/timestamp.json", &vec![b' '; limits::TIMESTAMP_BYTES as usize + 1]);
        assert_eq!(fault(&frame(&[&long, &END])), BundleFault::TooLong { number: 1 });
        assert_eq!(fault(b"PK\x03\x04"), BundleFault::Compression);
        assert_eq!(fault(b""), BundleFault::Compression);
    }

    proptest::proptest! {
        /// Whatever is written over an archive, the reader ends, and gives out names of a channel alone.
        #[test]
        fn no_archive_leads_it_astray(
            edits in proptest::collection::vec((0_usize..4096, proptest::prelude::any::<u8>()), 0..12),
            end in 0_usize..4096,
        ) {
            let mut archive = member("metadata/1.root.json", b"r");
            archive.extend(member("metadata/2.root.json", &[b'x'; 700]));
            archive.extend(END);
            for (at, byte) in edits {
                let at = at % archive.len();
                archive[at] = byte;
            }
            archive.truncate(end);
            if let Ok(unpacked) = unpack_members(&mut &archive[..]) {
                for (path, (_, length)) in unpacked.members {
                    proptest::prop_assert!(file_of(path.as_str()).is_some_and(|(_, limit)| length <= limit));
                }
            }
        }
    }
}
