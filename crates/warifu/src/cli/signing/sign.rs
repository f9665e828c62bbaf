//! `warifu release sign`

use std::path::PathBuf;

use warifu::advice::Advised;
use warifu::error::{Exit, Failure};
use warifu::interrupt::{self, Whole};
use warifu::release::trust_failure;
use warifu_trust::{Organisation, ReleaseRef, Tip};
use warifu_usage::Refusal;
use warifu_values::digest::Digest;
use warifu_values::lang::Lang;
use warifu_values::say;
use warifu_values::text::shown_path;

use super::confirm::Confirm;
use super::draft::who_is_next;
use super::drafted::{Drafted, Standing};
use super::key_source::UnlockedKey;
use super::past::Telling;
use super::published::published_already;
use super::reviewing::{Place, review, same_lines};
use super::told::{owed_lines, tally_lines, tell, tell_in_short};
use super::{KeySource, now};
use crate::cli::Context;

/// Review a draft and sign it: as Kikin first, then as Kokuho, as the root says of the key.
#[derive(Debug, clap::Args)]
pub(super) struct Sign {
    /// The draft's folder.
    draft: PathBuf,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    telling: Telling,
    #[command(flatten)]
    key: KeySource,
    #[command(flatten)]
    confirm: Confirm,
    /// Sign although another release of this number was signed here: the manifest's digest of that one, which
    /// is not published and thrown away; its first 12 digits are enough.
    #[arg(long, value_name = "SHA256", value_parser = digits)]
    instead_of: Option<String>,
}

impl Sign {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.telling.check(context)?;
        let draft = Drafted::read(&self.draft)?;
        let proposal = &draft.proposal;
        let tip = self.place.at.tip(context)?;
        self.not_signed_otherwise(proposal.release())?;
        // A key that cannot sign is told before the draft is recomputed, which takes long.
        let (key, side) = self.signer(context, &tip)?;
        // There is nothing left to sign.
        if tip.release() == Some(proposal.release())
            && let Standing::Published(_) = draft.standing(context, &tip)?
        {
            let told = |lang| published_already(proposal, lang);
            return Err(Failure::new(Exit::Trust, told(Lang::En), told(Lang::Ja))
                .advising(Advised::command(&["release", "show"])));
        }
        context.doing(say!(context.lang, "recomputing the draft", "草案を再計算中"));
        let published = self.place.at.published(context, &tip)?;
        let published = (&tip, published.as_ref());
        let (reviewed, reviewing) = review(context, &self.place, &self.telling, proposal, published)?;
        reviewing.stop(proposal.manifest())?;
        let floor = self.place.at.floor()?;
        floor.check(proposal.manifest()).map_err(|error| trust_failure(&error))?;
        let validity = floor.validity();
        let halves = draft.halves(context, &tip)?;
        // Asked first: a token may want to be touched, and nobody touches it for what was not read.
        if !context.json {
            tell_in_short(context, proposal, (&halves, &tip), &reviewing)?;
        }
        self.confirm.ask(context, proposal.release().manifest)?;
        let signed = match side {
            Organisation::Kikin => reviewed.sign_as_kikin(&tip, &halves, &key, now(), validity),
            Organisation::Kokuho => reviewed.sign_as_kokuho(&tip, &halves, &key, now(), validity),
        };
        let signed = signed.map_err(|error| trust_failure(&error))?;
        let whole = Whole::begin();
        // Remembered first: a signature that nobody remembers could be given twice.
        self.place.at.remember_signed(proposal.release())?;
        let file = draft.folder.write_signature(&signed.signature).map_err(|error| trust_failure(&error))?;
        interrupt::wrote(shown_path(&file));
        drop(whole);
        let (file, same) = (file.display(), same_lines(context, &self.place.repo));
        let next = who_is_next(context, signed.tally, &self.draft);
        let last =
            say!(context.lang, "{same}\nsigned: {file}\n{next}", "{same}\n署名ファイル: {file}\n{next}");
        if context.json {
            tell(context, proposal, &signed.halves, &tip, Some(&reviewing), Some(last))?;
        } else {
            let tally = tally_lines(signed.tally, context.lang);
            let manifest = proposal.manifest();
            let owed = tip.statements().owed_after(proposal.release(), manifest);
            let owed = owed_lines(context, &owed);
            context.print(&format!("{last}\n{tally}{owed}"))?;
        }
        Ok(Exit::Done)
    }

    /// The key, unlocked, and whose releases it signs.
    fn signer(&self, context: &Context, tip: &Tip) -> Result<(UnlockedKey, Organisation), Failure> {
        let key = self.key.read(context, |id| tip.root().holder(id))?;
        let side = tip.root().release_signer(&key.public()).ok_or_else(|| {
            Failure::new(
                Exit::Trust,
                "this key signs releases for neither organisation; who does is told by:",
                "この鍵はどちらの団体のリリース署名者でもありません。署名者は次のコマンドで確認できます:",
            )
            .advising(Advised::command(&["trust", "show"]))
        })?;
        Ok((key, side))
    }

    fn is_instead_of(&self, manifest: Digest) -> bool {
        self.instead_of.as_ref().is_some_and(|digits| manifest.to_string().starts_with(digits.as_str()))
    }

    /// Refuses a second, other release of a number that this side has signed: the first one may be published,
    /// and an older copy of the channel be shown.
    fn not_signed_otherwise(&self, release: ReleaseRef) -> Result<(), Failure> {
        match self.place.at.signed()? {
            Some(signed)
                if signed.release == release.release
                    && signed.manifest != release.manifest
                    && !self.is_instead_of(signed.manifest) =>
            {
                let (number, before) = (signed.release, signed.manifest);
                Err(Failure::new(
                    Exit::Trust,
                    format!(
                        "another release {number} was signed here, with manifest {before}; make sure that it \
                         is not published and its draft is thrown away, and only then sign this one:"
                    ),
                    format!(
                        "別のリリース {number}（マニフェスト {before}）に既に署名しています。それが公開されておらず破棄\
                         されたことを確認してから、次を実行してください:"
                    ),
                )
                .advising(Advised::again().word("--instead-of").word(before)))
            }
            _ => Ok(()),
        }
    }
}

/// The first digits of a digest, enough of them to tell it from any other.
fn digits(text: &str) -> Result<String, Refusal> {
    let text = text.to_ascii_lowercase();
    let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex || !(12..=64).contains(&text.len()) {
        return Err(Refusal::new(
            "12 to 64 hexadecimal digits of the manifest's SHA-256",
            "マニフェストの SHA-256 を 16 進数 12～64 桁で指定してください",
        ));
    }
    Ok(text)
}
