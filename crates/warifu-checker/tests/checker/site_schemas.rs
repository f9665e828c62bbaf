//! A release with a master that only a site's schema folder describes.

use std::fs;
use std::path::Path;

use warifu_checker::candidate::Candidate;
use warifu_checker::release::ReleaseContent;
use warifu_judging::SiteSchemas;
use warifu_masters::schema::Schemas;
use warifu_trust::MasterContent;
use warifu_trust::testing::{head, held};

use crate::masters::{good, procedures, with_timelines};

/// A folder with the layout of a kind that is not built in.
fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/modifier-19.toml");
    fs::create_dir(folder.path().join("layouts")).unwrap();
    fs::copy(example, folder.path().join("layouts/modifier-19.toml")).unwrap();
    folder
}

/// Procedures, and a master of `kind` without records under `header`.
fn release_with(known: &Schemas, kind: &str, edition: &str, header: &str) -> ReleaseContent {
    let other = MasterContent {
        kind: kind.into(),
        edition: edition.into(),
        rows: 0,
        canonical: format!("{header}\n").into_bytes(),
        ..procedures(&good())
    };
    let masters = [procedures(&good()), with_timelines(known, other)];
    let (manifest, bytes) = held(head(1, None), &masters);
    ReleaseContent::new(manifest, bytes).unwrap()
}

#[test]
fn a_kind_is_known_by_one_file_and_refused_by_name_without_it() {
    let folder = site();
    let known = SiteSchemas::read(Some(folder.path())).unwrap().known;
    let header = known.editions("modifier")[0].canonical_header();
    let release = || release_with(&known, "modifier", "19", &header);
    assert!(Candidate::build(&known, release()).is_ok());

    let why = Candidate::build(&SiteSchemas::read(None).unwrap().known, release()).unwrap_err();
    assert!(why.en.contains("the layout of kind modifier, edition 19, is not known here"), "{why}");
    assert!(why.ja.contains("種類 modifier、版 19"), "{}", why.ja);
}

#[test]
fn a_new_edition_of_a_known_kind_is_refused_by_name() {
    let built_in = SiteSchemas::read(None).unwrap().known;
    let why =
        Candidate::build(&built_in, release_with(&built_in, "drug", "99", "change_class,new")).unwrap_err();
    assert!(why.en.contains("kind drug, edition 99"), "{why}");
}

#[test]
fn a_schema_folder_that_is_not_there_is_named() {
    let folder = site();
    let missing = folder.path().join("none");
    let why = SiteSchemas::read(Some(&missing)).err().unwrap();
    assert!(why.en.contains(&missing.display().to_string()), "{why}");
}
