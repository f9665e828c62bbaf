//! A release by name: its number and manifest, and since when it ran.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::{Correction, Manifest, Mark, ReleaseRef, UnixSeconds};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// A release that runs or ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Installed {
    /// Which one.
    #[serde(flatten)]
    pub id: Id,
    /// What it is, for people.
    pub title: String,
    /// Since when it ran.
    pub since: UnixSeconds,
    /// What is out of the ordinary about it.
    #[serde(default, skip_serializing_if = "Marks::is_none")]
    pub marks: Marks,
    /// Who signed it, where that is known.
    #[serde(default, skip_serializing_if = "SignedBy::is_unknown")]
    pub signed_by: SignedBy,
}

/// Who signed a release, by their names on the root.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct SignedBy {
    /// Of Kikin.
    pub kikin: Vec<String>,
    /// Of Kokuho.
    pub kokuho: Vec<String>,
}

impl SignedBy {
    /// Whether nobody is known.
    pub fn is_unknown(&self) -> bool {
        self.kikin.is_empty() && self.kokuho.is_empty()
    }
}

impl Speak for SignedBy {
    fn say(&self, lang: Lang) -> String {
        let (kikin, kokuho) = (self.kikin.join(", "), self.kokuho.join(", "));
        say!(
            lang,
            "signed by {kikin} (Kikin) and {kokuho} (Kokuho)",
            "署名: {kikin}（支払基金）、{kokuho}（国保中央会）"
        )
    }
}

/// What both organisations marked as out of the ordinary in a release that they signed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct Marks {
    /// Why it is an emergency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<String>,
    /// The older release whose masters it brings back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverts_to: Option<u64>,
    /// Emergency corrections in it that no official file contains yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Corrected>,
}

/// An emergency correction of one master.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Corrected {
    /// The master, `series/kind`.
    pub master: String,
    /// What both signed of it.
    #[serde(flatten)]
    pub correction: Correction,
}

impl Marks {
    /// Those of `manifest`.
    pub fn of(manifest: &Manifest) -> Marks {
        let corrections = manifest.masters.iter().flat_map(|entry| {
            let master = entry.name();
            let corrected = move |correction: &Correction| Corrected {
                master: master.clone(),
                correction: correction.clone(),
            };
            entry.corrections.iter().map(corrected)
        });
        Marks {
            emergency: manifest.emergency.as_ref().map(|emergency| emergency.reason.clone()),
            reverts_to: manifest.reverts_to.map(|to| to.release),
            corrections: corrections.collect(),
        }
    }

    /// Whether nothing is.
    pub fn is_none(&self) -> bool {
        *self == Marks::default()
    }

    /// A line for each.
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let Marks { emergency, reverts_to, corrections } = self;
        let emergency = emergency.iter().map(|why| Mark::Emergency(why));
        let reverts = reverts_to.iter().map(|to| Mark::Reverts(*to));
        let corrected = corrections
            .iter()
            .map(|Corrected { master, correction }| Mark::Corrected(master.into(), correction));
        emergency.chain(reverts).chain(corrected).map(|mark| mark.say(lang)).collect()
    }
}

/// A release by number and manifest digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Id {
    /// Its number.
    pub release: u64,
    /// SHA-256 of its manifest.
    pub manifest: warifu_values::digest::Digest,
}

impl From<ReleaseRef> for Id {
    fn from(id: ReleaseRef) -> Self {
        Id { release: id.release, manifest: id.manifest }
    }
}

impl From<Id> for ReleaseRef {
    fn from(id: Id) -> Self {
        ReleaseRef { release: id.release, manifest: id.manifest }
    }
}
