//! What a commit of an import changes: the shards of the state, and what came in.

use git2::Oid;
use warifu_masters::table::{Master, Role};

use super::super::error::StoreError;
use super::super::record::ImportRecord;
use super::super::repository::Store;
use super::super::request::ImportRequest;
use super::super::shards;
use super::super::transaction::Change;
use super::before::Before;
use super::sound::Sound;

impl Store {
    /// What has to be written below `masters/`.
    pub(super) fn shard_changes(
        &self,
        tree: Oid,
        series: &str,
        kind: &str,
        before: Option<&Before>,
        state: &Master,
    ) -> Result<Vec<Change>, StoreError> {
        let old = self.shards_at(&self.objects()?, tree, series, kind)?;
        shards::changes(
            &format!("masters/{series}/{kind}"),
            &old,
            before.map(|before| before.state.master()),
            state,
        )
    }

    /// What has to be written below `sources/`.
    pub(super) fn source_changes(
        &self,
        tree: Oid,
        series: &str,
        sound: &Sound,
        record: &ImportRecord,
        request: &ImportRequest<'_>,
    ) -> Result<Vec<Change>, StoreError> {
        let objects = self.objects()?;
        let kind = &sound.kind;
        let mut changes = Vec::new();
        let folder = format!("sources/{series}/{kind}");
        changes.push(Change::put(format!("{folder}/import.toml"), record.text()?.into_bytes()));
        let mut keep = |name: &str, content: Option<Vec<u8>>| -> Result<(), StoreError> {
            match content {
                Some(content) => changes.push(Change::put(format!("{folder}/{name}"), content)),
                None if objects.at(tree, &["sources", series, kind, name])?.is_some() => {
                    changes.push(Change::remove(format!("{folder}/{name}")));
                }
                None => {}
            }
            Ok(())
        };
        keep("differential.csv", (sound.role == Role::Differential).then(|| sound.file.canonical()))?;
        keep("original", sound.rendering.is_none().then(|| request.bytes.to_vec()))?;
        Ok(changes)
    }
}
