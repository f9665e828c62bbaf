//! The walk through the content of one listed release: each file whole, or by a patch to what is held.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use warifu_values::digest::Digest;

use crate::limits;
use crate::metadata::{Listing, ReleaseRef};
use crate::names::TargetName;
use crate::read::fetch_error::FetchError;
use crate::read::listed::{ListedFile, ListedManifest, Wanted};
use crate::read::on_hand::OnHand;
use crate::read::walk::{Answer, Need, Step, Walk};
use crate::refusal::Refusal;
use crate::release::{Content, Manifest, Part, Transfer, apply_patch, decompress, on_every_processor};

/// The content of one release, every byte with the digest that was signed.
pub(crate) struct ReadContent {
    pub(crate) release: ReleaseRef,
    pub(crate) manifest: Manifest,
    /// One for each part that was wanted, in the manifest's order; none for one that is held and was left
    /// where it lies.
    pub(crate) contents: Vec<Option<Vec<u8>>>,
    pub(crate) transfer: Transfer,
}

/// The walk that reads it: the manifest, then part after part; what came whole is unfolded on every processor
/// there is, as soon as [`FOLDED_BYTES`] of it came and at the end.
#[must_use = "nothing is read before the walk is at its end"]
pub(crate) struct ReadingContent {
    asked: Asked,
    so_far: SoFar,
}

/// So much is kept folded at most, beside the last blob that came: a blob may be 64 MiB, and there may be
/// hundreds.
const FOLDED_BYTES: usize = 4 << 20;

struct SoFar {
    listing: Listing,
    release: ReleaseRef,
    wanted: Wanted,
    on_hand: OnHand,
    transfer: Transfer,
    /// Once it was read, which is first.
    manifest: Option<Manifest>,
    got: Vec<Got>,
    /// What comes after what is asked for.
    left: VecDeque<Piece>,
}

/// A file that came.
enum Got {
    Content(Vec<u8>),
    /// The very blob that was signed, to be unfolded into this.
    Folded {
        name: TargetName,
        blob: Vec<u8>,
        content: Content,
    },
    /// It is held, and stays where it lies.
    Left,
}

impl Got {
    /// The content, for which a blob is unfolded; none of what was left.
    fn unfolded(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        match self {
            Got::Content(bytes) => Ok(Some(std::mem::take(bytes))),
            Got::Folded { name, blob, content } => {
                decompress(name.as_str(), &std::mem::take(blob), *content).map(Some)
            }
            Got::Left => Ok(None),
        }
    }

    /// How many bytes wait to be unfolded.
    fn folded_bytes(&self) -> usize {
        match self {
            Got::Content(_) | Got::Left => 0,
            Got::Folded { blob, .. } => blob.len(),
        }
    }
}

/// The content of each, unfolded on every processor there is.
fn unfold(got: Vec<Got>) -> Result<Vec<Option<Vec<u8>>>, Refusal> {
    let got: Vec<_> = got.into_iter().map(Mutex::new).collect();
    on_every_processor(&got, |got| got.lock().unwrap_or_else(PoisonError::into_inner).unfolded())
}

/// One file of the release, and how it is to come.
enum Piece {
    /// It is held: its bytes, unless they are left where they lie.
    OnHand(Option<Vec<u8>>),
    Asked(Box<Asked>),
}

/// A file that is asked for.
struct Asked {
    name: TargetName,
    content: Content,
    form: Form,
    way: Way,
}

/// How a file's content lies on the channel.
#[derive(Debug, Clone, Copy)]
enum Form {
    Plain,
    Compressed,
}

enum Way {
    Whole(ListedFile),
    Patched { base: Digest, patch: ListedFile, whole: ListedFile },
}

/// What came of an answer.
enum Took {
    File(Got),
    /// The patch was of no use: the whole is asked for.
    Again(Box<Asked>),
}

impl Asked {
    /// The file `whole`, by the shortest patch to what is on hand where there is one.
    fn for_content(
        (name, whole): (TargetName, ListedFile),
        (content, form): (Content, Form),
        (listing, on_hand): (&Listing, &OnHand),
    ) -> Self {
        let patch = on_hand.patch(listing, content.sha256);
        let shorter = patch.filter(|(_, patch)| patch.bytes < whole.need.limit_bytes);
        let patch = shorter.and_then(|(base, entry)| {
            Some((base, ListedFile::find(listing, &entry.name, limits::BLOB_BYTES).ok()?))
        });
        let way = match patch {
            Some((base, patch)) => Way::Patched { base, patch, whole },
            None => Way::Whole(whole),
        };
        Asked { name, content, form, way }
    }

    fn need(&self) -> &Need {
        match &self.way {
            Way::Whole(file) => &file.need,
            Way::Patched { patch, .. } => &patch.need,
        }
    }

    fn take(self, answer: Answer, on_hand: &OnHand, transfer: &mut Transfer) -> Result<Took, FetchError> {
        let Asked { name, content, form, way } = self;
        if let Answer::File(bytes) = &answer {
            transfer.bytes += bytes.len() as u64;
        }
        match way {
            Way::Whole(file) => {
                let bytes = file.take(answer)?;
                transfer.whole += 1;
                Ok(Took::File(match form {
                    Form::Plain => Got::Content(bytes),
                    Form::Compressed => Got::Folded { name, blob: bytes, content },
                }))
            }
            // Whatever is wrong with it, it is no verdict on the release.
            Way::Patched { base, patch, whole } => {
                let path = patch.need.path.clone();
                let made = on_hand
                    .by_digest(base)
                    .zip(patch.take(answer).ok())
                    .and_then(|(base, patch)| apply_patch(path.as_str(), &base, &patch, content).ok());
                match made {
                    Some(bytes) => {
                        transfer.patched += 1;
                        Ok(Took::File(Got::Content(bytes)))
                    }
                    None => {
                        transfer.useless.push(path);
                        Ok(Took::Again(Box::new(Asked { name, content, form, way: Way::Whole(whole) })))
                    }
                }
            }
        }
    }
}

impl ReadingContent {
    pub(crate) fn begin(
        listing: &Listing,
        release: ReleaseRef,
        wanted: Wanted,
        on_hand: OnHand,
    ) -> Result<Self, Refusal> {
        let whole = ListedManifest::find(listing, release)?.file;
        let (name, signed) = (TargetName::manifest(release.release), whole.signed());
        let asked = Asked::for_content((name, whole), (signed, Form::Plain), (listing, &on_hand));
        let so_far = SoFar {
            listing: listing.clone(),
            release,
            wanted,
            on_hand,
            transfer: Transfer::default(),
            manifest: None,
            got: Vec::new(),
            left: VecDeque::new(),
        };
        Ok(ReadingContent { asked, so_far })
    }
}

impl SoFar {
    /// The parts of `manifest` that are wanted, and how each is to come.
    fn pieces(&self, manifest: &Manifest) -> Result<VecDeque<Piece>, Refusal> {
        let piece = |part: Part<'_>| {
            let content = part.content;
            if self.wanted == Wanted::New && self.on_hand.has(content) {
                return Ok(Piece::OnHand(None));
            }
            if let Some(bytes) = self.on_hand.content(content) {
                return Ok(Piece::OnHand(Some(bytes.into_owned())));
            }
            let whole = ListedFile::find(&self.listing, part.blob, limits::BLOB_BYTES)?;
            let file = (part.blob.clone(), whole);
            let by = (&self.listing, &self.on_hand);
            Ok(Piece::Asked(Box::new(Asked::for_content(file, (content, Form::Compressed), by))))
        };
        self.wanted.of(manifest).map(piece).collect()
    }

    /// Takes in what was asked for; on to what is not held, or to the end.
    fn with(mut self, mut got: Got) -> Result<Step<ReadingContent>, FetchError> {
        let manifest = match self.manifest.take() {
            Some(manifest) => {
                self.got.push(got);
                if self.got.iter().map(Got::folded_bytes).sum::<usize>() > FOLDED_BYTES {
                    let contents = unfold(std::mem::take(&mut self.got))?;
                    self.got = contents.into_iter().map(|it| it.map_or(Got::Left, Got::Content)).collect();
                }
                manifest
            }
            None => {
                let bytes = got.unfolded()?.unwrap_or_default();
                let manifest = ListedManifest::parsed(self.release, &bytes)?;
                self.left = self.pieces(&manifest)?;
                manifest
            }
        };
        while let Some(piece) = self.left.pop_front() {
            match piece {
                Piece::OnHand(bytes) => {
                    self.got.push(bytes.map_or(Got::Left, Got::Content));
                    self.transfer.on_hand += 1;
                }
                Piece::Asked(asked) => {
                    let so_far = SoFar { manifest: Some(manifest), ..self };
                    return Ok(Step::Next(ReadingContent { asked: *asked, so_far }));
                }
            }
        }
        let SoFar { release, got, transfer, .. } = self;
        let contents = unfold(got)?;
        Ok(Step::Done(ReadContent { release, manifest, contents, transfer }))
    }
}

impl Walk for ReadingContent {
    type Done = ReadContent;
    type Error = FetchError;

    fn need(&self) -> &Need {
        self.asked.need()
    }

    fn ahead(&self) -> Vec<Need> {
        let need = |piece: &Piece| match piece {
            Piece::OnHand(_) => None,
            Piece::Asked(asked) => Some(asked.need().clone()),
        };
        self.so_far.left.iter().filter_map(need).collect()
    }

    fn feed(self, answer: Answer) -> Result<Step<Self>, FetchError> {
        let ReadingContent { asked, mut so_far } = self;
        match asked.take(answer, &so_far.on_hand, &mut so_far.transfer)? {
            Took::File(got) => so_far.with(got),
            Took::Again(asked) => Ok(Step::Next(ReadingContent { asked: *asked, so_far })),
        }
    }
}
