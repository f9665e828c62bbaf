//! `docs/claims.md`: every check of claims, the records that are read, and the official list beside them.

#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test reads the document")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use warifu_claims::form::{Field, LAYOUTS, Mode};
use warifu_claims::lookup::KINDS;
use warifu_claims::{About, AskedOf, ClaimCode, ItemKind, Judges, Level, Snapshot, catalogue};
use warifu_masters::schema::Schemas;
use warifu_values::lang::Lang;

/// The document, beside the crates.
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/claims.md");

/// The official codes that are known: code, targets, category, and why none is judged where none is.
/// Source: 受付・事務点検ASPに係るチェック一覧, as far as it could be had.
const OFFICIAL: &str = include_str!("asp_checks.tsv");

const HEAD: &str = "# Checks of claims\n\n\
    What a checker says of a claim file (RECEIPTC.UKE), by stable code. This file is written by the\n\
    tests from the programs' own tables (`WARIFU_WRITE_DOCS=1 cargo test -p warifu-claims --test\n\
    documents`) and compared with them in every run.\n\n\
    チェッカーが請求ファイルについて述べることの一覧です。テストがプログラムの表から書き出し、毎回照合します。\n\n\
    ## Codes\n\n\
    *Level* is what becomes of a claim, as the 受付・事務点検 ASP ranks it: L1 the whole file is sent again,\n\
    L2 the claim is sent again, L3 it is returned (返戻), L4 it is assessed, returned or corrected, L48\n\
    it is only told, L7 is a check by the 電子点数表. *ASP* is the official code for the same fault, where\n\
    one is known; without one, the level is ours, by what the fault makes useless. A *notice* is\n\
    processed as right; *unjudged* is not the claim's fault. *Reads* gives the fields of the claim\n\
    file and, after an arrow, the columns of the master by the number they have in the published\n\
    layout. *Judges* gives the treatment days on which a check is asked. `{field}`, `{found}` and\n\
    `{expected}` stand for the evidence, which is never a text, a name, a number or the day of birth\n\
    of a patient.\n\n\
    | code | level | ASP | severity | meaning | 意味 | asked of | reads | judges | source |\n\
    |---|---|---|---|---|---|---|---|---|---|\n";

const MASTERS: &str = "\n## Kinds of masters\n\n\
    The masters that checks ask, by kind. Others do not change an answer.\n\n";

const RECORDS: &str = "\n## Records\n\n\
    The form that each record is held against: position, name, characters, bytes (*=* exactly, *≤* at\n\
    most), whether it may not be left out, and the values that the layout lists. Positions count from\n\
    1 with the record id. *Any*: reserved, or judged by a check of its own (codes, days of treatment).\n\
    A day or month may also be written with the year of an era. Which fields may not be left out is\n\
    told only where a claim means nothing without them.\n\n\
    | record | field | name | characters | bytes | required | values |\n\
    |---|---|---|---|---|---|---|\n";

const LISTED: &str = "\n## The official list\n\n\
    Every code of the 受付・事務点検ASP that is known by number, and what judges it here. Codes with no check\n\
    say why. The list at hand gives the numbers and categories of 83 of about 570 codes; the messages\n\
    of most are not public, so a fault that is judged here may have an official code that is not\n\
    named.\n\n\
    | ASP | level | claims | category | judged by, or why not | 判定・判定しない理由 |\n\
    |---|---|---|---|---|---|\n";

/// `docs/claims.md` is this text. Set `WARIFU_WRITE_DOCS=1` to write it anew.
#[test]
fn every_check_of_claims_is_documented() {
    let text = HEAD.to_owned() + &codes() + MASTERS + &masters() + RECORDS + &records() + LISTED + &listed();
    if std::env::var_os("WARIFU_WRITE_DOCS").is_some() {
        std::fs::write(DOCUMENT, &text).unwrap();
    }
    let written = std::fs::read_to_string(DOCUMENT).unwrap();
    assert!(written == text, "docs/claims.md is not what the programs have; see its head");
}

/// A check that says an official code says one that is listed.
#[test]
fn every_official_code_of_a_check_is_listed() {
    let listed: Vec<&str> = official().map(|row| row[0]).collect();
    for code in ClaimCode::ALL {
        assert!(code.asp().is_none_or(|asp| listed.contains(&asp)), "{code}: {:?}", code.asp());
    }
}

/// Each official code that is known is judged by a check, or says why none can judge it: never that one
/// could.
#[test]
fn every_official_code_is_judged_or_says_why_not() {
    let mut listed: Vec<&str> = official().map(|row| row[0]).collect();
    assert!(listed.iter().all(|asp| Level::of_asp(asp).is_some()));
    listed.sort_unstable();
    listed.dedup();
    assert_eq!(listed.len(), 83, "the list at hand has 83 codes");
    for [asp, _, _, reason] in official() {
        let is_judged = ClaimCode::ALL.iter().any(|code| code.asp() == Some(asp));
        assert!(is_judged || !why(reason).0.is_empty(), "{asp}: {reason}");
        assert!(is_judged || reason != "judged", "{asp}: no check says it, and no reason is given");
    }
}

fn official() -> impl Iterator<Item = [&'static str; 4]> {
    OFFICIAL.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        fields.try_into().unwrap_or_else(|_| panic!("asp_checks.tsv: {line}"))
    })
}

fn codes() -> String {
    let (schemas, mut text) = (Schemas::built_in().unwrap(), String::new());
    for code in ClaimCode::ALL {
        let (asked_of, about) = catalogue().find(|(_, about)| about.codes.contains(code)).unwrap();
        writeln!(
            text,
            "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            code.as_str(),
            code.level().map_or("–", Level::as_str),
            code.asp().unwrap_or("–"),
            code.severity().as_str(),
            code.text(Lang::En),
            code.text(Lang::Ja),
            asked(asked_of),
            reads(asked_of, about, &schemas),
            judges(about.judges),
            about.source,
        )
        .unwrap();
    }
    text
}

fn masters() -> String {
    KINDS.iter().fold(String::new(), |text, kind| text + &format!("- `{kind}`\n"))
}

fn records() -> String {
    let mut text = String::new();
    for layout in LAYOUTS {
        let id = std::str::from_utf8(&layout.id).unwrap();
        let mut position = 2;
        for run in layout.runs {
            let last = position + usize::from(run.times) - 1;
            let at = if run.times == 1 { position.to_string() } else { format!("{position}–{last}") };
            let Field { name, mode, bytes, is_fixed, is_required, values } = run.field;
            writeln!(
                text,
                "| {id} {} | {at} | {name} | {} | {} {bytes} | {} | {} |",
                layout.name,
                characters(mode),
                if is_fixed { "=" } else { "≤" },
                if is_required { "yes" } else { "" },
                values.shown(),
            )
            .unwrap();
            position = last + 1;
        }
    }
    text
}

fn characters(mode: Mode) -> &'static str {
    match mode {
        Mode::Digits => "digits 数字",
        Mode::Latin => "half-width 英数",
        Mode::Kanji => "full-width 漢字",
        Mode::Text => "either 英数・漢字",
        Mode::Day => "day 年月日",
        Mode::Month => "month 年月",
        Mode::Open => "any",
    }
}

fn listed() -> String {
    let mut checks: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for code in ClaimCode::ALL {
        if let Some(asp) = code.asp() {
            checks.entry(asp).or_default().push(format!("`{code}`"));
        }
    }
    let mut text = String::new();
    for [asp, targets, category, reason] in official() {
        let level = Level::of_asp(asp).unwrap().as_str();
        let (judged, ja) = match checks.get(asp) {
            Some(codes) => (codes.join(", "), codes.join(", ")),
            None => {
                let (en, ja) = why(reason);
                (format!("– {en}"), format!("– {ja}"))
            }
        };
        writeln!(text, "| {asp} | {level} | {targets} | {category} | {judged} | {ja} |").unwrap();
    }
    text
}

/// Why no check judges an official code.
fn why(reason: &str) -> (&'static str, &'static str) {
    match reason {
        "eligibility" => (
            "insurers, payers and who is insured are not held here",
            "保険者・公費・資格の情報を持たないため",
        ),
        "dpc" => ("DPC claims: their coding and bundling are not judged", "DPC レセプトは対象外のため"),
        "notified" => (
            "what the institution notified (施設基準, beds) is not held here",
            "施設基準の届出や病床の情報を持たないため",
        ),
        "institution" => ("the institution master is not held here", "医療機関マスターを持たないため"),
        "counts-of-others" => (
            "tells of the number of other errors, not of a fault",
            "他のエラーの件数による判定であり、誤りそのものではないため",
        ),
        "corrected" => (
            "tells what the receiver put in its place, which a checker does not",
            "受付側が置き換えた内容の通知であり、チェッカーは置き換えないため",
        ),
        "section-number" => (
            "what it holds against 点数表区分番号 (procedure 117) stands in no record that is known here",
            "点数表区分番号（診療行為 117）と照合する項目が、入手できた記録条件仕様にないため",
        ),
        "days" => (
            "one of three codes for first visits and for times beyond days, and which is not public: the \
             latter are judged without it (`claim/times-beyond-days`, `claim/visits-beyond-days`, \
             `claim/stays-beyond-days`); whether a visit is the first one no claim tells",
            "初診の要件と実日数を超える回数に関する 3 コードの 1 つで、対応を公表資料で確認できないため。後者はこのコードなしで\
             判定する（`claim/times-beyond-days`, `claim/visits-beyond-days`, `claim/stays-beyond-days`）。初診か否かは\
             レセプトからは分からない",
        ),
        "together" => (
            "fees that are not billed together are judged by the 電子点数表, with its code (L7112)",
            "併算定できない管理料は電子点数表により L7112 として判定するため",
        ),
        "unknown" => (
            "only its number and category could be had, not its message",
            "番号と分類のみ判明しており、内容を入手できないため",
        ),
        other => panic!("asp_checks.tsv: no such reason: {other}"),
    }
}

/// What a check of claims is asked of.
fn asked(of: AskedOf) -> String {
    match of {
        AskedOf::File => "file".to_owned(),
        AskedOf::Record => "each record".to_owned(),
        AskedOf::Claim => "claim".to_owned(),
        AskedOf::Payer => "HO, KO".to_owned(),
        AskedOf::Items(kinds) => {
            let records = kinds.iter().map(|kind| String::from_utf8(kind.record().to_vec()).unwrap());
            let mut records: Vec<_> = records.collect();
            records.dedup();
            records.join(", ")
        }
    }
}

/// The treatment days that a check of claims judges.
fn judges(days: Judges) -> String {
    match days {
        Judges::Always => "every day".to_owned(),
        Judges::Days { first, last: None } => format!("from {first}"),
        Judges::Days { first, last: Some(last) } => format!("{first} to {last}"),
    }
}

/// What a check of claims reads: fields, and of each kind of master the columns by their numbers.
fn reads(of: AskedOf, about: &About, schemas: &Schemas) -> String {
    let kinds: Vec<&str> = match of {
        AskedOf::Items(kinds) => kinds.iter().map(|kind| kind.master()).collect(),
        AskedOf::File | AskedOf::Record | AskedOf::Claim | AskedOf::Payer => tables(about.columns),
    };
    let mut columns: Vec<(Vec<&str>, String)> = Vec::new();
    for kind in kinds {
        let layout = *schemas.editions(kind).last().unwrap();
        let numbers = about.columns.iter().filter_map(|id| Some((layout.position(id)? + 1).to_string()));
        let numbers = numbers.collect::<Vec<_>>().join(", ");
        match columns.iter_mut().find(|(_, of)| *of == numbers) {
            // Tables of one layout.
            Some((kinds, _)) => kinds.push(kind),
            None if numbers.is_empty() => {}
            None => columns.push((vec![kind], numbers)),
        }
    }
    let columns = columns.iter().map(|(kinds, numbers)| format!("{} {numbers}", kinds.join(" / ")));
    let columns = columns.collect::<Vec<_>>().join("; ");
    let arrow = if columns.is_empty() { "" } else { " -> " };
    format!("{}{arrow}{columns}", about.fields.join("; "))
}

/// The masters of which a check of claims reads `columns`: those that have most of them, then those with most
/// of the others, until none is left.
fn tables(columns: &[&'static str]) -> Vec<&'static str> {
    let items = ItemKind::ALL.into_iter().map(|kind| (kind.master(), Snapshot::columns(kind)));
    let tables = Snapshot::table_columns().map(|(kind, columns)| (kind, columns.to_vec()));
    let all: Vec<(&str, Vec<&str>)> = items.chain(tables).collect();
    let (mut left, mut chosen) = (columns.to_vec(), Vec::new());
    while !left.is_empty() {
        let of =
            |held: &[&'static str]| left.iter().copied().filter(|id| held.contains(id)).collect::<Vec<_>>();
        // The first of those that have as many.
        let most = all.iter().map(|(_, held)| of(held)).rev().max_by_key(Vec::len).unwrap();
        assert!(!most.is_empty(), "{left:?} are in no master");
        chosen.extend(all.iter().filter(|(_, held)| of(held) == most).map(|(kind, _)| *kind));
        left.retain(|id| !most.contains(id));
    }
    chosen
}
