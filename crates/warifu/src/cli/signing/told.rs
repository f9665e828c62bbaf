//! What the commands about drafts tell: what must be known, what is signed, who has signed and who has not.

use serde_json::{Value, json};
use warifu::caution::Caution;
use warifu::error::Failure;
use warifu::release::{post_review, trust_failure};
use warifu_trust::{Halves, Owed, PerOrganisation, Proposal, Signers, Tally, Tip, UnixSeconds};
use warifu_usage::coded;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::phrase::Phrase;
use warifu_values::say;

use super::drafted::Taking;
use super::head::Head;
use super::reviewing::{Reviewing, against_withdrawn};
use super::seen::{file_lines, manifest_lines, risk_lines, signer_lines};
use crate::cli::{Context, terminal};

pub(super) fn tally(
    halves: &Halves,
    proposal: &Proposal,
    tip: &Tip,
) -> Result<PerOrganisation<Tally>, Failure> {
    halves.tally(proposal, tip).map_err(|error| trust_failure(&error))
}

/// Notes which release the act is about.
pub(super) fn note(context: &Context, proposal: &Proposal) {
    let release = proposal.release();
    context.acts.note("release", release.release);
    context.acts.note("manifest", release.manifest);
}

/// What a release is, and a last line: on a terminal one screen, where not all is asked for, otherwise all.
pub(super) fn tell(
    context: &Context,
    proposal: &Proposal,
    halves: &Halves,
    tip: &Tip,
    reviewing: Option<&Reviewing<'_>>,
    last: Option<String>,
) -> Result<(), Failure> {
    let Some(reviewing) = reviewing else {
        return tell_whole(context, proposal, halves, tip, None, last);
    };
    if context.json || reviewing.telling.is_verbose() || !terminal::is_read_at_once() {
        return tell_whole(context, proposal, halves, tip, Some(reviewing), last);
    }
    note(context, proposal);
    reviewing.page(context, proposal.manifest())?;
    let lang = context.lang;
    let mut below = tally_lines(tally(halves, proposal, tip)?, lang);
    if let Some(last) = last {
        below.push_str(&last);
        below.push('\n');
    }
    below.push_str(&say!(
        lang,
        "all that is signed: --verbose; a page to look at, print and compare: --html FILE\n",
        "署名される内容の全て: --verbose、閲覧・印刷・照合用のページ: --html ファイル\n"
    ));
    context.print(&head_lines(context, proposal, reviewing, &below))
}

/// What must be known first, what a release holds, every file and digest that is signed, who has signed and
/// who has not, and a last line.
pub(super) fn tell_whole(
    context: &Context,
    proposal: &Proposal,
    halves: &Halves,
    tip: &Tip,
    reviewing: Option<&Reviewing<'_>>,
    last: Option<String>,
) -> Result<(), Failure> {
    note(context, proposal);
    let (manifest, tally) = (proposal.manifest(), tally(halves, proposal, tip)?);
    let signers = halves.signers(proposal, tip).map_err(|error| trust_failure(&error))?;
    let terms = halves.terms(proposal, tip).map_err(|error| trust_failure(&error))?;
    let alone: Vec<Caution> = against_withdrawn(tip, proposal).into_iter().collect();
    let cautions = reviewing.map_or(&alone[..], |reviewing| reviewing.cautions.as_slice());
    let lang = context.lang;
    if let Some(reviewing) = reviewing {
        reviewing.page(context, manifest)?;
    }
    if context.json {
        let digest = manifest.digest().map_err(|error| trust_failure(&error))?;
        let half = |half: Option<(u64, UnixSeconds)>| {
            half.map(|(version, expires)| json!({ "version": version, "expires": expires }))
        };
        return context.print_json(&json!({
            "manifest": manifest, "manifest_sha256": digest, "phrase": Phrase::of(&digest),
            "kikin": side(tally.kikin, &signers.kikin), "kokuho": side(tally.kokuho, &signers.kokuho),
            "targets": half(terms.targets), "snapshot": half(terms.snapshot),
            "fallback": terms.falls_back_to, "note": last,
            "warnings": cautions.iter().map(|caution| coded(caution.code(), caution)).collect::<Vec<_>>(),
        }));
    }
    let mut text = caution_lines(cautions, lang);
    if let Some(reviewing) = reviewing {
        let (schemas, comparison) = (&context.library.schemas, &reviewing.comparison);
        let before = manifest.head().past_before();
        text.push_str(&reviewing.telling.changed_lines(schemas, &comparison.changed, before, lang));
        text.push_str(&risk_lines(&comparison.risks, lang));
    }
    text.push_str(&manifest_lines(manifest, lang));
    text.push_str(&file_lines(manifest, lang));
    text.push_str(&signer_lines(&terms, &signers, lang));
    text.push_str(&tally_lines(tally, lang));
    if let Some(last) = last {
        text.push_str(&last);
        text.push('\n');
    }
    context.print(&text)
}

/// What somebody reads who is about to sign: one screen, and every file and digest above it where all is
/// asked for.
pub(super) fn tell_in_short(
    context: &Context,
    proposal: &Proposal,
    (halves, tip): (&Halves, &Tip),
    reviewing: &Reviewing<'_>,
) -> Result<(), Failure> {
    let (lang, digest) = (context.lang, proposal.release().manifest);
    if reviewing.telling.is_verbose() {
        tell_whole(context, proposal, halves, tip, Some(reviewing), None)?;
        context.print("\n")?;
    } else {
        note(context, proposal);
        reviewing.page(context, proposal.manifest())?;
    }
    let below = say!(
        lang,
        "your signature covers every file and digest of the manifest {digest} (all of them: --verbose)\n",
        "署名の対象はマニフェスト（ダイジェスト {digest}）の全ファイルです（全て表示: --verbose）\n"
    );
    context.print(&head_lines(context, proposal, reviewing, &below))
}

/// The release on one screen, with what stands `below` it.
fn head_lines(context: &Context, proposal: &Proposal, reviewing: &Reviewing<'_>, below: &str) -> String {
    let head = Head {
        manifest: proposal.manifest(),
        comparison: &reviewing.comparison,
        cautions: &reviewing.cautions,
        published: reviewing.published,
        schemas: &context.library.schemas,
        lang: context.lang,
    };
    head.lines(below, terminal::columns(), terminal::rows())
}

pub(super) fn caution_lines(cautions: &[Caution], lang: Lang) -> String {
    let line = |one: &Caution| say!(lang, "WARNING: {}\n", "警告: {}\n", one.say(lang));
    cautions.iter().map(line).collect()
}

/// Whose turn it is once the emergency `release` is published, and with which command; blank of what asks for
/// no post-review.
pub(super) fn owed_lines(context: &Context, owed: &[Owed]) -> String {
    let lang = context.lang;
    let mut text = String::new();
    for Owed { release, by } in owed {
        let number = release.release;
        let by: Vec<String> = by.iter().map(|one| one.say(lang)).collect();
        let by = by.join(&say!(lang, ", ", "・"));
        let review = context.advise(&post_review(number).by_another());
        text.push_str(&say!(
            lang,
            "the emergency release {number} is to be reviewed afterwards by {by}; the next normal \
             release waits for it:\n  {review}\n",
            "緊急リリース {number} の公開後は、{by}が事後確認を表明します（次の通常リリースまでに必要）\n  {review}\n"
        ));
    }
    text
}

/// Who has signed and who has not, and what became of the signatures that were brought.
pub(super) fn tell_signers(
    context: &Context,
    proposal: &Proposal,
    halves: &Halves,
    tip: &Tip,
    brought: &[Taking],
) -> Result<(), Failure> {
    let signers = halves.signers(proposal, tip).map_err(|error| trust_failure(&error))?;
    let terms = halves.terms(proposal, tip).map_err(|error| trust_failure(&error))?;
    let tally = tally(halves, proposal, tip)?;
    if context.json {
        let (refused, taken): (Vec<_>, Vec<_>) = brought.iter().partition(|one| one.why_not.is_some());
        let taken: Vec<_> = taken.into_iter().map(|one| &one.file).collect();
        let refused: Vec<_> = refused
            .into_iter()
            .filter_map(|one| Some((&one.file, one.why_not.as_ref()?)))
            .map(|(file, [en, ja])| json!({ "file": file, "en": en, "ja": ja }))
            .collect();
        return context.print_json(&json!({
            "taken": taken, "refused": refused,
            "release": proposal.release(),
            "kikin": side(tally.kikin, &signers.kikin), "kokuho": side(tally.kokuho, &signers.kokuho),
        }));
    }
    let lang = context.lang;
    context.print(&format!("{}{}", signer_lines(&terms, &signers, lang), tally_lines(tally, lang)))
}

/// Who of a side has signed and who has not, as JSON.
fn side(tally: Tally, signers: &Signers) -> Value {
    json!({
        "have": tally.have, "need": tally.need, "holds": tally.holds(),
        "signed": signers.have, "not_signed": signers.have_not,
    })
}

pub(super) fn tally_lines(tally: PerOrganisation<Tally>, lang: Lang) -> String {
    let (kikin, kokuho) = (tally.kikin, tally.kokuho);
    say!(
        lang,
        "signed: Kikin {} of {}, Kokuho {} of {}\n",
        "署名: 支払基金 {}/{}、国保中央会 {}/{}\n",
        kikin.have,
        kikin.need,
        kokuho.have,
        kokuho.need
    )
}
