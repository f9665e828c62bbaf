//! What an attacker makes of a channel with the keys that the attempt gives him.

use serde_json::{Value, json};
use warifu_channels::testing::{MemoryChannel, pinned, plant, plant_snapshot, signed};
use warifu_trust::SecretKey;
use warifu_trust::testing::{World, forge, key};
use warifu_values::digest::Digest;

use super::scene::Scene;

pub(super) const TIMESTAMP: &str = "metadata/timestamp.json";
const TARGETS: &str = "metadata/3.targets.json";
const MANIFEST: &str = ".release-3.json";
const SNAPSHOT: &str = "metadata/3.snapshot.json";

impl Scene {
    pub(super) fn kikin(&self) -> [&SecretKey; 2] {
        [&self.kikin[0], &self.kikin[1]]
    }

    /// Release 3 as `change` has Kikin's half, signed by whom the attempt says, all pinned in line.
    pub(super) fn third_as(
        &self,
        change: impl Fn(&mut Value),
        kikin: &[&SecretKey],
        kokuho: &[&SecretKey],
    ) -> MemoryChannel {
        self.third_in(3, change, kikin, kokuho)
    }

    /// The same, signed by both.
    pub(super) fn third_of_both(&self, change: impl Fn(&mut Value)) -> MemoryChannel {
        self.third_as(change, &self.kikin(), &[&self.kokuho[0]])
    }

    /// The same, signed by both in another version of the metadata: for whoever took a former one.
    pub(super) fn third_anew(&self, version: u64) -> MemoryChannel {
        self.third_in(version, |_| {}, &self.kikin(), &[&self.kokuho[0]])
    }

    fn third_in(
        &self,
        version: u64,
        change: impl Fn(&mut Value),
        kikin: &[&SecretKey],
        kokuho: &[&SecretKey],
    ) -> MemoryChannel {
        let channel =
            self.timestamped(&self.after[1], |timestamp| timestamp["version"] = (version - 1).into());
        for (name, bytes) in self.after[2].files() {
            if name.starts_with("targets/") {
                channel.put(&name, bytes);
            }
        }
        let mut targets = signed(&self.after[2], TARGETS);
        targets["version"] = version.into();
        change(&mut targets);
        plant(&self.timestamp, &channel, version, &targets, kikin, kokuho);
        channel
    }

    /// Release 3 and Kokuho's half as `change` has it, signed by Kokuho.
    pub(super) fn third_sealed_as(&self, change: impl Fn(&mut Value)) -> MemoryChannel {
        let channel = self.third_of_both(|_| {});
        let mut snapshot = signed(&self.after[2], SNAPSHOT);
        change(&mut snapshot);
        let before = self.after[1].files()[TIMESTAMP].clone();
        channel.put(TIMESTAMP, before);
        plant_snapshot(&self.timestamp, &channel, 3, &snapshot, &[&self.kokuho[0]]);
        channel
    }

    /// `channel` with a timestamp as `change` has it, signed with the stolen key.
    pub(super) fn timestamped(&self, of: &MemoryChannel, change: impl Fn(&mut Value)) -> MemoryChannel {
        let channel = of.clone();
        let mut timestamp = signed(of, TIMESTAMP);
        change(&mut timestamp);
        channel.put(TIMESTAMP, forge(&timestamp, &[&self.timestamp]));
        channel
    }

    /// Release 3 with another half of Kikin's, signed by all of Kikin, laid where the approved one lay.
    pub(super) fn swapped_after(&self, approved: MemoryChannel) -> MemoryChannel {
        let mut other = signed(&approved, TARGETS);
        other["expires"] = "2099-01-01T00:00:00Z".into();
        approved.put(TARGETS, forge(&other, &self.kikin()));
        approved
    }

    /// Kokuho's half lists the approved one by its version alone.
    pub(super) fn sealed_without_digest(&self) -> MemoryChannel {
        self.third_sealed_as(|snapshot| snapshot["meta"]["targets.json"] = json!({"version": 3}))
    }

    /// Kokuho's half lists Kikin's older one.
    pub(super) fn sealed_older_half(&self) -> MemoryChannel {
        let older = self.after[0].files()["metadata/1.targets.json"].clone();
        self.third_sealed_as(|snapshot| snapshot["meta"]["targets.json"] = pinned(1, &older))
    }

    /// The one signature that Kikin made stands there twice.
    pub(super) fn one_signature_twice(&self) -> MemoryChannel {
        let channel = self.third_as(|_| {}, &[&self.kikin[0]], &[]);
        let mut file: Value = serde_json::from_slice(&channel.files()[TARGETS]).unwrap();
        let signatures = file["signatures"].as_array_mut().unwrap();
        signatures.push(signatures[0].clone());
        let twice = serde_json::to_vec(&file).unwrap();
        let mut snapshot = signed(&channel, SNAPSHOT);
        snapshot["meta"]["targets.json"] = pinned(3, &twice);
        channel.put(TARGETS, twice);
        channel.put(TIMESTAMP, self.after[1].files()[TIMESTAMP].clone());
        plant_snapshot(&self.timestamp, &channel, 3, &snapshot, &[&self.kokuho[0]]);
        channel
    }

    /// Both sign a list in which a blob is a bomb: 4 GiB of zeros in some hundred kB.
    pub(super) fn bomb(&self) -> MemoryChannel {
        let bomb = zeros();
        let listed = signed(&self.after[2], TARGETS);
        let names = listed["targets"].as_object().unwrap().keys();
        // New with release 3: of the others, who holds release 2 needs neither the whole nor a patch.
        let is_master = |name: &&String| name.ends_with(".csv.zst") && name.contains(".material.");
        let name = names.into_iter().find(is_master).unwrap().clone();
        let digest = Digest::of(&bomb).to_string();
        let bombed = |targets: &mut Value| {
            targets["targets"][&name]["length"] = bomb.len().into();
            targets["targets"][&name]["hashes"] = json!({"sha256": digest});
        };
        let channel = self.third_in(4, bombed, &self.kikin(), &[&self.kokuho[0]]);
        channel.put(&format!("targets/{digest}.{name}"), bomb);
        channel
    }

    /// The manifest of release 3: where it lies, and its bytes.
    pub(super) fn manifest(&self) -> (String, Vec<u8>) {
        let mut files = self.after[2].files().into_iter();
        files.find(|(path, _)| path.ends_with(MANIFEST)).unwrap()
    }

    /// The timestamp of release 3 says its version twice.
    pub(super) fn said_twice(&self) -> MemoryChannel {
        let channel = self.third_of_both(|_| {});
        let text = String::from_utf8(channel.files()[TIMESTAMP].clone()).unwrap();
        assert_eq!(text.matches("\"signed\":{").count(), 1);
        let twice = text.replace("\"signed\":{", "\"signed\":{\"version\":1,");
        channel.put(TIMESTAMP, twice.into_bytes());
        channel
    }

    /// Root 2 as `change` has it, signed by whom the attempt says.
    pub(super) fn next_root(&self, change: impl Fn(&mut Value), by: &[&SecretKey]) -> MemoryChannel {
        let channel = self.third_of_both(|_| {});
        let mut root = signed(&channel, "metadata/1.root.json");
        root["version"] = 2.into();
        change(&mut root);
        channel.put("metadata/2.root.json", forge(&root, by));
        channel
    }

    /// Everybody who can sign a root.
    pub(super) fn officers(&self) -> [&SecretKey; 4] {
        [&self.kikin[0], &self.kikin[1], &self.kokuho[0], &self.kokuho[1]]
    }

    /// Both put others in the place of Kikin's people; what these signed lies there still.
    pub(super) fn rotated(&self) -> MemoryChannel {
        let channel = self.third_anew(7);
        let next = [key(77), key(78)];
        let mut draft = World::builder(&next, &self.kokuho, &self.timestamp).after(&self.root).unwrap();
        for officer in self.officers().into_iter().chain(&next) {
            draft.sign(officer, Some(&self.root)).unwrap();
        }
        channel.put("metadata/2.root.json", draft.finish(Some(&self.root)).unwrap().bytes().to_vec());
        channel
    }
}

/// 4 GiB of zeros as one zstd frame, whose blocks each repeat a byte 128 KiB times (RFC 8878, 3.1.1.2).
fn zeros() -> Vec<u8> {
    // Magic number; a window of 128 KiB (exponent 7), no length of the content, no checksum.
    let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x38];
    let (run, blocks, size) = (1_u32, 1 << 15, 128 << 10_u32);
    for block in 0..blocks {
        let last = u32::from(block + 1 == blocks);
        frame.extend_from_slice(&(last | run << 1 | size << 3).to_le_bytes()[..3]);
        frame.push(0);
    }
    frame
}
