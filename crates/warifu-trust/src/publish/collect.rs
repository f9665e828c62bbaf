//! Collecting signatures: files that people made apart from each other become the two halves.

use std::collections::{BTreeMap, BTreeSet};

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::keys::KeyId;
use crate::metadata::{Envelope, Listing, ReleaseRef, Use};
use crate::organisation::{Organisation, PerOrganisation};
use crate::publish::sign::{Halves, begun_targets, snapshot_payload, unsigned, version_and_expiry};
use crate::publish::sign_error::SignError;
use crate::publish::signature_file::{Over, Seal, SignatureFile};
use crate::publish::tip::Tip;
use crate::refusal::Refusal;
use crate::release::Proposal;
use crate::time::UnixSeconds;

/// The halves, and the signatures that are in neither.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "what was left out must be told"]
pub struct Collected {
    /// As far as they are signed.
    pub halves: Halves,
    /// What does not count.
    pub left_out: Vec<LeftOut>,
}

/// A signature that does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its [`SignatureFile::file_name`].
    pub file: String,
    /// Why.
    pub why: WhyLeftOut,
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyLeftOut {
    /// It is over another draft.
    OtherDraft,
    /// It does not hold, or its key is no signer's of that side.
    DoesNotHold,
    /// It seals signatures of Kikin other than those here, or than those that most of Kokuho's seal.
    SealsOther,
    /// It came after Kokuho had sealed those of the others.
    AfterTheSeal,
}

impl Speak for LeftOut {
    fn say(&self, lang: Lang) -> String {
        let file = &self.file;
        match self.why {
            WhyLeftOut::OtherDraft => {
                say!(lang, "{file} signs another draft", "{file} は別の草案への署名です")
            }
            WhyLeftOut::DoesNotHold => say!(
                lang,
                "{file} does not hold, or its key is no signer's of that side",
                "{file} は成立しないか、その団体の署名者の鍵ではありません"
            ),
            WhyLeftOut::SealsOther => say!(
                lang,
                "{file} seals other signatures of Kikin than those here, or than the others of Kokuho do; \
                 collect Kikin's together with it, or sign again with all that are collected",
                "{file} は、ここにある支払基金の署名（または国保中央会の他の署名が封じたもの）と異なる署名を封じています。支払基金の\
                 署名と一緒に取り込むか、揃えてから署名し直してください"
            ),
            WhyLeftOut::AfterTheSeal => say!(
                lang,
                "{file} came after Kokuho had sealed the signatures of the others; it is not needed",
                "{file} は国保中央会が封じた後に届きました。必要ありません"
            ),
        }
    }
}

/// Who has signed a half and who has not, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Signers {
    /// Whose signatures hold.
    pub have: Vec<String>,
    /// Who else could sign.
    pub have_not: Vec<String>,
}

/// What the halves say beside the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Version and expiry of Kikin's half, when it has begun.
    pub targets: Option<(u64, UnixSeconds)>,
    /// The same of Kokuho's.
    pub snapshot: Option<(u64, UnixSeconds)>,
    /// What checkers may fall back to.
    pub falls_back_to: Option<ReleaseRef>,
}

impl SignatureFile {
    /// Whether it is of somebody who may sign that side's half of a release on `tip`.
    pub fn may_count(&self, tip: &Tip) -> bool {
        tip.table().release.of(self.side()).keys.contains_key(&self.keyid)
    }
}

impl Halves {
    /// What the halves say beside the manifest.
    ///
    /// # Errors
    ///
    /// As [`Halves::tally`].
    pub fn terms(&self, proposal: &Proposal, tip: &Tip) -> Result<Terms, SignError> {
        self.tally(proposal, tip)?;
        let read = |name, file: &Option<Vec<u8>>| {
            let envelope = file.as_deref().and_then(|file| Envelope::parse(file).ok());
            envelope.map(|envelope| version_and_expiry(name, &envelope.signed, None)).transpose()
        };
        let manifest = proposal.manifest();
        let carried: BTreeMap<_, _> =
            tip.carried(manifest).into_iter().map(|entry| (entry.name.clone(), entry)).collect();
        let fallback = Listing::manifest_of(&carried, Use::Fallback);
        let falls_back_to = fallback
            .map_err(|what| SignError::Malformed(Refusal::Malformed { file: "targets.json".into(), what }))?;
        Ok(Terms {
            targets: read("targets.json", &self.targets)?,
            snapshot: read("snapshot.json", &self.snapshot)?,
            falls_back_to,
        })
    }

    /// The halves with `signatures`, whatever their order. Where people of Kokuho sealed different sets of
    /// Kikin's signatures, what most of them sealed counts.
    ///
    /// # Errors
    ///
    /// [`SignError`]: the draft's own half is not of this proposal on this tip.
    pub fn collect(
        &self,
        signatures: &[SignatureFile],
        proposal: &Proposal,
        tip: &Tip,
    ) -> Result<Collected, SignError> {
        let mut collected = Collected { halves: self.clone(), left_out: Vec::new() };
        let Some(file) = &self.targets else { return Ok(collected) };
        let mut leave_out = |signature: &SignatureFile, why| {
            collected.left_out.push(LeftOut { file: signature.file_name(), why });
        };
        let release = tip.table().release;
        let mut targets = begun_targets(file, proposal, tip)?;
        let mut seals: BTreeMap<&Seal, Vec<&SignatureFile>> = BTreeMap::new();
        let mut kikin = Vec::new();
        for signature in signatures {
            if signature.release != proposal.release() {
                leave_out(signature, WhyLeftOut::OtherDraft);
                continue;
            }
            match &signature.over {
                Over::Snapshot(seal) => seals.entry(seal).or_default().push(signature),
                Over::Targets => {
                    let mut one = targets.without_signatures();
                    one.add(signature.keyid, signature.hex.clone());
                    if one.signers(&release.kikin).is_empty() {
                        leave_out(signature, WhyLeftOut::DoesNotHold);
                    } else {
                        targets.add(signature.keyid, signature.hex.clone());
                        kikin.push(signature);
                    }
                }
            }
        }
        let signed = targets.signers(&release.kikin);
        targets.keep(&signed);
        let mut sealed: Option<(usize, BTreeSet<KeyId>, Halves)> = None;
        let mut of_others = Vec::new();
        for (seal, signatures) in seals {
            let signers: BTreeSet<KeyId> = seal.signers.iter().copied().collect();
            if !signers.is_subset(&signed) {
                of_others.extend(signatures);
                continue;
            }
            let mut targets = targets.clone();
            targets.keep(&signers);
            let file = targets.to_bytes();
            let mut snapshot = unsigned(snapshot_payload(&targets, &file, seal.version, seal.expires))?;
            let mut holding = Vec::new();
            for signature in signatures {
                let before = snapshot.signers(&release.kokuho).len();
                snapshot.add(signature.keyid, signature.hex.clone());
                if snapshot.signers(&release.kokuho).len() > before {
                    holding.push(signature);
                } else {
                    leave_out(signature, WhyLeftOut::DoesNotHold);
                }
            }
            snapshot.keep_signers_of(&[&release.kokuho]);
            if sealed.as_ref().is_none_or(|(most, ..)| *most < holding.len()) && !holding.is_empty() {
                let halves = Halves { targets: Some(file), snapshot: Some(snapshot.to_bytes()) };
                sealed = Some((holding.len(), signers, halves));
            }
            of_others.extend(holding);
        }
        collected.halves.targets = Some(targets.to_bytes());
        if let Some((_, signers, halves)) = sealed {
            let snapshot = halves.snapshot.as_deref().map(Envelope::parse);
            let counted = snapshot.and_then(Result::ok).map(|file| file.signers(&release.kokuho));
            let counted = counted.unwrap_or_default();
            of_others.retain(|signature| {
                let seals_these = matches!(&signature.over, Over::Snapshot(seal)
                    if seal.signers.iter().copied().collect::<BTreeSet<_>>() == signers);
                !(seals_these && counted.contains(&signature.keyid))
            });
            for signature in kikin.into_iter().filter(|signature| !signers.contains(&signature.keyid)) {
                leave_out(signature, WhyLeftOut::AfterTheSeal);
            }
            collected.halves = halves;
        }
        for signature in of_others {
            collected.left_out.push(LeftOut { file: signature.file_name(), why: WhyLeftOut::SealsOther });
        }
        Ok(collected)
    }

    /// Why `signature` is not known to hold, beside the signatures of Kikin among `beside`; nothing when it
    /// holds. What most of Kokuho sealed says nothing of one of them.
    ///
    /// # Errors
    ///
    /// As [`Halves::collect`].
    pub fn doubt(
        &self,
        signature: &SignatureFile,
        beside: &[SignatureFile],
        proposal: &Proposal,
        tip: &Tip,
    ) -> Result<Option<LeftOut>, SignError> {
        let file = signature.file_name();
        if self.targets.is_none() {
            return Ok(Some(LeftOut { file, why: WhyLeftOut::DoesNotHold }));
        }
        let is_sealed = |one: &&SignatureFile| one.over == Over::Targets && signature.over != Over::Targets;
        let mut together: Vec<_> = beside.iter().filter(is_sealed).cloned().collect();
        together.push(signature.clone());
        let left_out = self.collect(&together, proposal, tip)?.left_out;
        Ok(left_out.into_iter().find(|left| left.file == file))
    }

    /// Who has signed and who has not, by name.
    ///
    /// # Errors
    ///
    /// As [`Halves::tally`].
    pub fn signers(&self, proposal: &Proposal, tip: &Tip) -> Result<PerOrganisation<Signers>, SignError> {
        self.tally(proposal, tip)?;
        let table = tip.table();
        let of = |file: &Option<Vec<u8>>, organisation| {
            let role = table.release.of(organisation);
            let file = file.as_deref().and_then(|file| Envelope::parse(file).ok());
            let signed = file.map(|file| file.signers(role)).unwrap_or_default();
            let names = |signed_it: bool| {
                let ids = role.keys.keys().filter(|id| signed.contains(id) == signed_it);
                let mut names: Vec<_> = ids.map(|id| table.holder_name(*id)).collect();
                names.sort();
                names
            };
            Signers { have: names(true), have_not: names(false) }
        };
        Ok(PerOrganisation::from_fn(|organisation| match organisation {
            Organisation::Kikin => of(&self.targets, organisation),
            Organisation::Kokuho => of(&self.snapshot, organisation),
        }))
    }
}
