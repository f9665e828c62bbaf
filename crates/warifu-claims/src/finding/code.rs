//! The codes: what a checker can say of a claim, in one table.

use std::fmt;

use warifu_values::lang::Lang;

/// What a finding means for the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimSeverity {
    /// The publications held do not tell of the treatment day, so the item was not judged. Not the claim's
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

/// What a code is decided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DecidedBy {
    /// The form of the file alone.
    File,
    /// What an item records, whatever the masters say.
    Item,
    /// The masters: it may change when they do.
    Masters,
}

macro_rules! claim_codes {
    (
        $($variant:ident $code:literal $by:ident $severity:ident $asp:expr, en $en:literal ja $ja:literal;)+
    ) => {
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

            /// What it is decided by.
            pub fn decided_by(self) -> DecidedBy {
                match self { $(ClaimCode::$variant => DecidedBy::$by),+ }
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
    UkeTooLarge "uke/too-large" File Error None,
        en "the claim file has {found} bytes; the limit is {expected}"
        ja "請求ファイルが {found} バイトあります（上限 {expected}）";
    UkeTooManyRecords "uke/too-many-records" File Error None,
        en "the claim file has {found} records; those after the first {expected} were not read"
        ja "レコードが {found} 件あります。{expected} 件目より後は読んでいません";
    UkeNoInstitution "uke/no-institution" File Error None,
        en "the first record is not IR, so the institution is not known"
        ja "先頭が IR レコードではなく、医療機関を特定できません";
    UkeLineTooLong "uke/line-too-long" File Error None,
        en "a record of {found} bytes was not read; the limit is {expected}"
        ja "{found} バイトのレコードを読み飛ばしました（上限 {expected}）";
    UkeCharset "uke/charset" File Error None,
        en "bytes {found} are not Shift JIS (code page 932)"
        ja "バイト列 {found} は Shift JIS (CP932) ではありません";
    UkeRecord "uke/record" File Error None,
        en "no record id of two letters or digits at the beginning of the line"
        ja "行頭に 2 文字のレコード識別情報がありません";
    UkeOutsideClaim "uke/outside-claim" File Error None,
        en "a {found} record before the first RE belongs to no claim"
        ja "RE より前に {found} レコードがあり、どのレセプトにも属しません";
    UkeColumns "uke/columns" File Error None,
        en "{found} fields; this record has {expected}"
        ja "{found} 項目です（このレコードは {expected} 項目）";
    UkeMonth "uke/treatment-month" File Error None,
        en "the treatment month is not YYYYMM or GYYMM, so no item of this claim was judged"
        ja "診療年月が YYYYMM・GYYMM のいずれでもなく、このレセプトは判定していません";
    UkeDay "uke/day" File Error None,
        en "a count of times stands at day {found}, which the treatment month does not have or which is no \
            number"
        ja "算定日情報の {found} 日が診療年月にないか、回数が数字ではありません";
    UkeTotal "uke/total" File Error None,
        en "GO says {expected} claims; the file holds {found}"
        ja "GO の総件数は {expected} ですが、ファイルには {found} 件あります";
    CodeForm "claim/code-form" Item Error None,
        en "the item code is not nine digits of this kind of master"
        ja "コードがこのレコードのマスターの 9 桁コードではありません";
    DrugCodeForm "claim/drug-code-form" Item Error Some("L2361"),
        en "the drug code is not nine digits beginning with 6"
        ja "医薬品コードが 6 で始まる 9 桁ではありません";
    CodeUnknown "claim/code-unknown" Masters Error Some("L3303"),
        en "{found} is not in the master"
        ja "{found} はマスターにありません";
    CodeAbolished "claim/code-abolished" Masters Error Some("L3303"),
        en "{found} could last be used on {expected}"
        ja "{found} の使用期限は {expected} です";
    NotKnown "claim/not-yet-in-force" Masters Unjudged None,
        en "no publication that is held tells what {found} was on the treatment day, so it was not judged"
        ja "保持する公表マスターからは診療日の {found} の内容が分からないため、判定していません";
    MasterNotHeld "claim/master-not-held" Masters Unjudged None,
        en "this release holds no master of this kind for the treatment day, so {found} was not judged"
        ja "診療日に対応するマスターがこのリリースにないため、{found} は判定していません";
    QuantityMissing "claim/quantity-missing" Masters Error None,
        en "points of {found} go by quantity (きざみ値), but no quantity is recorded"
        ja "{found} はきざみ値計算ですが、数量データがありません";
    QuantityNeedless "claim/quantity-needless" Masters Error None,
        en "points of {found} do not go by quantity, but one is recorded"
        ja "{found} はきざみ値計算ではありませんが、数量データがあります";
    QuantityForm "claim/quantity-form" Masters Error None,
        en "the quantity is not a whole number above zero"
        ja "数量データが 1 以上の整数ではありません";
    Points "claim/points" Masters Error None,
        en "{found} points are claimed; the master gives {expected}"
        ja "{found} 点の請求ですが、マスターでは {expected} 点です";
    CommentTextMissing "claim/comment-text-missing" Masters Error None,
        en "comment {found} needs text after it"
        ja "コメント {found} には文字データが必要です";
    CommentTextNeedless "claim/comment-text-needless" Masters Error None,
        en "comment {found} is complete by itself, but text follows"
        ja "コメント {found} は定型文のみですが、文字データがあります";
    IncludedDay "claim/included-day" Masters Error Some("L7111"),
        en "{found} is included in {expected} on the same day and is not billed beside it: leave it out"
        ja "{found} は同一日の {expected} に包括され、別に算定できません。除いてください";
    IncludedMonth "claim/included-month" Masters Error Some("L7111"),
        en "{found} is included in {expected} in the same month and is not billed beside it: leave it out"
        ja "{found} は同一月の {expected} に包括され、別に算定できません。除いてください";
    IncludedOnce "claim/included-at-once" Masters Unjudged Some("L7111"),
        en "{found} is included in {expected} where both are done at once; both are billed on this day: see \
            whether they were"
        ja "{found} は同時に行った {expected} に包括されます。同一日に両方が算定されています。同時かどうか確認してください";
    ExclusionDay "claim/exclusion-day" Masters Error Some("L7112"),
        en "{found} is not billed on a day with {expected}, which stays: leave it out"
        ja "{found} は {expected} と同一日に算定できません（{expected} を算定）。除いてください";
    ExclusionDayEither "claim/exclusion-day-either" Masters Error Some("L7112"),
        en "{found} and {expected} are not billed on one day: leave out one of them"
        ja "{found} と {expected} は同一日に併せて算定できません。いずれか一方にしてください";
    ExclusionWeek "claim/exclusion-week" Masters Error Some("L7112"),
        en "{found} is not billed in a week with {expected}, which stays: leave it out"
        ja "{found} は {expected} と同一週に算定できません（{expected} を算定）。除いてください";
    ExclusionWeekEither "claim/exclusion-week-either" Masters Error Some("L7112"),
        en "{found} and {expected} are not billed in one week: leave out one of them"
        ja "{found} と {expected} は同一週に併せて算定できません。いずれか一方にしてください";
    ExclusionMonth "claim/exclusion-month" Masters Error Some("L7112"),
        en "{found} is not billed in a month with {expected}, which stays: leave it out"
        ja "{found} は {expected} と同一月に算定できません（{expected} を算定）。除いてください";
    ExclusionMonthEither "claim/exclusion-month-either" Masters Error Some("L7112"),
        en "{found} and {expected} are not billed in one month: leave out one of them"
        ja "{found} と {expected} は同一月に併せて算定できません。いずれか一方にしてください";
    ExclusionOnce "claim/exclusion-at-once" Masters Unjudged Some("L7112"),
        en "{found} is not billed at once with {expected}; both are billed on this day: see whether they were"
        ja "{found} は {expected} と同時には算定できません。同一日に両方が算定されています。同時かどうか確認してください";
    CountDay "claim/count-day" Masters Error Some("L7113"),
        en "{found} times on one day; at most {expected} may be billed"
        ja "1 日に {found} 回の算定ですが、1 日につき {expected} 回までです";
    CountWeek "claim/count-week" Masters Error Some("L7113"),
        en "{found} times in one week; at most {expected} may be billed"
        ja "1 週に {found} 回の算定ですが、週 {expected} 回までです";
    CountMonth "claim/count-month" Masters Error Some("L7113"),
        en "{found} times in the month; at most {expected} may be billed"
        ja "月に {found} 回の算定ですが、月 {expected} 回までです";
    CountPeriod "claim/count-period" Masters Error Some("L7113"),
        en "{found} times in this month alone; at most {expected} may be billed in a longer period"
        ja "この月だけで {found} 回の算定ですが、月より長い期間で {expected} 回までです";
    AdditionOfOther "claim/addition-of-other-fee" Masters Error None,
        en "{found} is no addition to {expected} nor to another basic fee of the day: leave it out"
        ja "{found} は {expected} など同日の入院基本料等に加算できません。除いてください";
    AdditionTwice "claim/addition-of-one-class" Masters Error None,
        en "{found} and {expected} are additions of one class, of which one is billed a day: leave out \
            one of them"
        ja "{found} と {expected} は加算識別が同じで、同一日に併せて算定できません。いずれか一方にしてください";
}

impl ClaimCode {
    /// The code that is written `text`.
    pub fn parse(text: &str) -> Option<ClaimCode> {
        ClaimCode::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// Whether it depends on the masters, and so may change when they do.
    pub fn asks_masters(self) -> bool {
        self.decided_by() == DecidedBy::Masters
    }
}

impl fmt::Display for ClaimCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
            assert_eq!(code.as_str().starts_with("uke/"), code.decided_by() == DecidedBy::File);
        }
    }
}
