//! What a checker says of a claim: findings with stable codes, in one table.
//!
//! A finding names the claim by its number in the file and the item by its code. Nothing of the patient is
//! ever in one: values are repeated only when they are codes, dates, points or quantities.

use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeStruct, Serializer};

use warifu_values::day::{ClaimMonth, TreatmentDay};
use warifu_values::lang::Lang;

/// What a finding means for the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimSeverity {
    /// The masters held do not reach back to the treatment day, so the item was not judged. Not the claim's
    /// fault.
    Unjudged,
    /// The claim is wrong by these masters.
    Error,
}

impl ClaimSeverity {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaimSeverity::Unjudged => "unjudged",
            ClaimSeverity::Error => "error",
        }
    }
}

macro_rules! claim_codes {
    ($($variant:ident $code:literal $severity:ident $asp:expr, en $en:literal ja $ja:literal;)+) => {
        /// A stable name for one thing that a checker says of a claim.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ClaimCode { $(#[doc = $en] $variant),+ }

        impl ClaimCode {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [ClaimCode] = &[$(ClaimCode::$variant),+];

            /// The code as programs see it.
            pub fn as_str(self) -> &'static str {
                match self { $(ClaimCode::$variant => $code),+ }
            }

            /// What it means for the claim.
            pub fn severity(self) -> ClaimSeverity {
                match self { $(ClaimCode::$variant => ClaimSeverity::$severity),+ }
            }

            /// The error code of the 受付・事務点検 ASP for the same fault, where one is known.
            /// Source: 受付・事務点検ASPに係るチェック一覧(医科).
            pub fn asp(self) -> Option<&'static str> {
                match self { $(ClaimCode::$variant => $asp),+ }
            }

            /// What is wrong; `{found}` and `{expected}` stand for the evidence.
            pub fn text(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((ClaimCode::$variant, Lang::En) => $en, (ClaimCode::$variant, Lang::Ja) => $ja),+
                }
            }
        }
    };
}

claim_codes! {
    UkeTooLarge "uke/too-large" Error None,
        en "the claim file has {found} bytes; the limit is {expected}"
        ja "請求ファイルが {found} バイトあります（上限 {expected}）";
    UkeTooManyRecords "uke/too-many-records" Error None,
        en "the claim file has {found} records; those after the first {expected} were not read"
        ja "レコードが {found} 件あります。{expected} 件目より後は読んでいません";
    UkeNoInstitution "uke/no-institution" Error None,
        en "the first record is not IR, so the institution is not known"
        ja "先頭が IR レコードではなく、医療機関を特定できません";
    UkeLineTooLong "uke/line-too-long" Error None,
        en "a record of {found} bytes was not read; the limit is {expected}"
        ja "{found} バイトのレコードを読み飛ばしました（上限 {expected}）";
    UkeCharset "uke/charset" Error None,
        en "bytes {found} are not Shift JIS (code page 932)"
        ja "バイト列 {found} は Shift JIS (CP932) ではありません";
    UkeRecord "uke/record" Error None,
        en "no record id of two letters or digits at the beginning of the line"
        ja "行頭に 2 文字のレコード識別情報がありません";
    UkeOutsideClaim "uke/outside-claim" Error None,
        en "a {found} record before the first RE belongs to no claim"
        ja "RE より前に {found} レコードがあり、どのレセプトにも属しません";
    UkeColumns "uke/columns" Error None,
        en "{found} fields; this record has {expected}"
        ja "{found} 項目です（このレコードは {expected} 項目）";
    UkeMonth "uke/treatment-month" Error None,
        en "the treatment month is not YYYYMM or GYYMM, so no item of this claim was judged"
        ja "診療年月が YYYYMM・GYYMM のいずれでもなく、このレセプトは判定していません";
    UkeDay "uke/day" Error None,
        en "a count of times stands at day {found}, which the treatment month does not have or which is no number"
        ja "算定日情報の {found} 日が診療年月にないか、回数が数字ではありません";
    UkeTotal "uke/total" Error None,
        en "GO says {expected} claims; the file holds {found}"
        ja "GO の総件数は {expected} ですが、ファイルには {found} 件あります";
    CodeForm "claim/code-form" Error None,
        en "the item code is not nine digits of this kind of master"
        ja "コードがこのレコードのマスターの 9 桁コードではありません";
    DrugCodeForm "claim/drug-code-form" Error Some("L2361"),
        en "the drug code is not nine digits beginning with 6"
        ja "医薬品コードが 6 で始まる 9 桁ではありません";
    CodeUnknown "claim/code-unknown" Error Some("L3303"),
        en "{found} is not in the master"
        ja "{found} はマスターにありません";
    CodeAbolished "claim/code-abolished" Error Some("L3303"),
        en "{found} could last be used on {expected}"
        ja "{found} の使用期限は {expected} です";
    NotYetInForce "claim/not-yet-in-force" Unjudged None,
        en "the masters held know {found} only from {expected} on, so it was not judged"
        ja "保持するマスターでは {found} は {expected} 以降のみのため、判定していません";
    MasterNotHeld "claim/master-not-held" Unjudged None,
        en "this release holds no master of this kind for the treatment day, so {found} was not judged"
        ja "診療日に対応するマスターがこのリリースにないため、{found} は判定していません";
    QuantityMissing "claim/quantity-missing" Error None,
        en "points of {found} go by quantity (きざみ値), but no quantity is recorded"
        ja "{found} はきざみ値計算ですが、数量データがありません";
    QuantityNeedless "claim/quantity-needless" Error None,
        en "points of {found} do not go by quantity, but one is recorded"
        ja "{found} はきざみ値計算ではありませんが、数量データがあります";
    QuantityForm "claim/quantity-form" Error None,
        en "the quantity is not a whole number above zero"
        ja "数量データが 1 以上の整数ではありません";
    Points "claim/points" Error None,
        en "{found} points are claimed; the master gives {expected}"
        ja "{found} 点の請求ですが、マスターでは {expected} 点です";
    CommentTextMissing "claim/comment-text-missing" Error None,
        en "comment {found} needs text after it"
        ja "コメント {found} には文字データが必要です";
    CommentTextNeedless "claim/comment-text-needless" Error None,
        en "comment {found} is complete by itself, but text follows"
        ja "コメント {found} は定型文のみですが、文字データがあります";
}

impl ClaimCode {
    /// The code that is written `text`.
    pub fn parse(text: &str) -> Option<ClaimCode> {
        ClaimCode::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// Whether it depends on the masters, and so may change when they do. The others are about the file
    /// alone.
    pub fn asks_masters(self) -> bool {
        self as usize >= ClaimCode::CodeUnknown as usize && self != ClaimCode::QuantityForm
    }
}

impl fmt::Display for ClaimCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// When the item was done, as far as the claim tells; it decides which record of the master is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum When {
    /// On this day: the item's day counts say so.
    Day(TreatmentDay),
    /// Some day of this month: the item has no day counts.
    Month(ClaimMonth),
}

/// One finding: what, where and the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimFinding {
    /// What.
    pub code: ClaimCode,
    /// The release that was judged by.
    pub release: u64,
    /// The claim's number in the file (RE field 2), when it is inside a claim and a number.
    pub claim: Option<u32>,
    /// The line of the file, from 1.
    pub line: u32,
    /// The record's id (`SI`); two ASCII characters.
    pub record: Option<[u8; 2]>,
    /// The item's nine-digit code.
    pub item: Option<u32>,
    /// The item's name in the master, where it is known.
    pub name: Option<Box<str>>,
    /// The day or month that was judged for.
    pub when: Option<When>,
    /// The series of the master's record (`r06`).
    pub series: Option<Arc<str>>,
    /// What was found: a code, a number, a count. Never a text of the claim.
    pub found: String,
    /// What it is compared with.
    pub expected: String,
}

impl ClaimFinding {
    /// The message, with the evidence in it.
    pub fn message(&self, lang: Lang) -> String {
        self.code.text(lang).replace("{found}", &self.found).replace("{expected}", &self.expected)
    }

    /// The error or the notice that it is.
    pub fn severity(&self) -> ClaimSeverity {
        self.code.severity()
    }
}

/// One JSON object on one line: fields that do not apply are left out.
impl Serialize for ClaimFinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("ClaimFinding", 16)?;
        object.serialize_field("code", self.code.as_str())?;
        if let Some(asp) = self.code.asp() {
            object.serialize_field("asp", asp)?;
        }
        object.serialize_field("severity", self.severity().as_str())?;
        object.serialize_field("release", &self.release)?;
        if let Some(claim) = self.claim {
            object.serialize_field("claim", &claim)?;
        }
        object.serialize_field("line", &self.line)?;
        if let Some(record) = &self.record {
            object.serialize_field("record", std::str::from_utf8(record).unwrap_or("?"))?;
        }
        if let Some(item) = self.item {
            object.serialize_field("item", &format_args!("{item:09}").to_string())?;
        }
        if let Some(name) = &self.name {
            object.serialize_field("name", name)?;
        }
        match self.when {
            Some(When::Day(day)) => {
                object.serialize_field("day", &day.to_string())?;
                object.serialize_field("dated_by", "item days")?;
            }
            Some(When::Month(month)) => {
                object.serialize_field("month", &month.to_string())?;
                object.serialize_field("dated_by", "claim month")?;
            }
            None => {}
        }
        if let Some(series) = &self.series {
            object.serialize_field("series", &**series)?;
        }
        if !self.found.is_empty() {
            object.serialize_field("found", &self.found)?;
        }
        if !self.expected.is_empty() {
            object.serialize_field("expected", &self.expected)?;
        }
        object.serialize_field("en", &self.message(Lang::En))?;
        object.serialize_field("ja", &self.message(Lang::Ja))?;
        object.end()
    }
}

/// Findings as they are collected: all are counted, and the first ones up to a limit are kept.
#[derive(Debug, Clone)]
pub struct ClaimFindings {
    list: Vec<ClaimFinding>,
    counts: [u64; ClaimCode::ALL.len()],
    limit: usize,
}

impl ClaimFindings {
    /// None so far; the first `limit` will be kept in full. Allocates nothing.
    pub fn new(limit: usize) -> Self {
        ClaimFindings { list: Vec::new(), counts: [0; ClaimCode::ALL.len()], limit }
    }

    /// Adds one. `finding` is only made when it will be kept.
    #[cold]
    pub fn push_with(&mut self, code: ClaimCode, finding: impl FnOnce() -> ClaimFinding) {
        self.counts[code as usize] += 1;
        if self.list.len() < self.limit {
            self.list.push(finding());
        }
    }

    /// Counts `more` of `code` that nobody kept.
    pub(crate) fn count_only(&mut self, code: ClaimCode, more: u64) {
        self.counts[code as usize] += more;
    }

    /// The findings that were kept, in the order of the file.
    pub fn list(&self) -> &[ClaimFinding] {
        &self.list
    }

    /// How many of `code` there were.
    pub fn count(&self, code: ClaimCode) -> u64 {
        self.counts[code as usize]
    }

    /// How many of `severity` there were.
    pub fn count_of(&self, severity: ClaimSeverity) -> u64 {
        let of_severity = ClaimCode::ALL.iter().filter(|code| code.severity() == severity);
        of_severity.map(|code| self.count(*code)).sum()
    }

    /// Every code that occurred, with its count.
    pub fn counts(&self) -> impl Iterator<Item = (ClaimCode, u64)> + '_ {
        ClaimCode::ALL.iter().map(|code| (*code, self.count(*code))).filter(|(_, count)| *count > 0)
    }

    /// How many were only counted.
    pub fn left_out(&self) -> u64 {
        self.counts.iter().sum::<u64>() - self.list.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_read_back() {
        for (at, code) in ClaimCode::ALL.iter().enumerate() {
            assert_eq!(ClaimCode::parse(code.as_str()), Some(*code));
            assert_eq!(*code as usize, at);
        }
    }

    #[test]
    fn beyond_the_limit_findings_are_only_counted() {
        let finding = |line| ClaimFinding {
            code: ClaimCode::Points,
            release: 1,
            claim: None,
            line,
            record: None,
            item: None,
            name: None,
            when: None,
            series: None,
            found: "1".into(),
            expected: "2".into(),
        };
        let mut findings = ClaimFindings::new(2);
        (0..5).for_each(|line| findings.push_with(ClaimCode::Points, || finding(line)));
        assert_eq!((findings.list().len(), findings.left_out()), (2, 3));
        assert_eq!(findings.count_of(ClaimSeverity::Error), 5);
        assert_eq!(findings.list()[0].message(Lang::En), "1 points are claimed; the master gives 2");
    }
}
