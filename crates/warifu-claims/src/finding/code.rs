//! The codes: what a checker can say of a claim, in one table.

use std::fmt;

use warifu_values::lang::Lang;

use super::level::Level;

/// What a finding means for the claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClaimSeverity {
    /// Told, and processed as right: the claim is not returned for it.
    Notice,
    /// The publications held do not tell of the treatment day, so the item was not judged. Not the claim's
    /// fault.
    Unjudged,
    /// The claim is wrong by these masters.
    Error,
}

impl ClaimSeverity {
    /// All of them, the weakest first.
    pub const ALL: [ClaimSeverity; 3] =
        [ClaimSeverity::Notice, ClaimSeverity::Unjudged, ClaimSeverity::Error];

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ClaimSeverity::Unjudged => "unjudged",
            ClaimSeverity::Notice => "notice",
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
    (@level None) => { None };
    (@level $level:ident) => { Some(Level::$level) };
    (
        $(
            $variant:ident $code:literal $by:ident $severity:ident $level:ident $asp:expr,
            en $en:literal ja $ja:literal;
        )+
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

            /// What becomes of a claim for it; none where the claim is not at fault.
            pub fn level(self) -> Option<Level> {
                match self { $(ClaimCode::$variant => claim_codes!(@level $level)),+ }
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
    UkeTooLarge "uke/too-large" File Error L1 None,
        en "the claim file has {found} bytes; the limit is {expected}: send it in parts"
        ja "請求ファイルが {found} バイトあります（上限 {expected}）。分割して送ってください";
    UkeTooManyRecords "uke/too-many-records" File Error L1 None,
        en "the claim file has {found} records; those after the first {expected} were not read: send it \
            in parts"
        ja "レコードが {found} 件あります。{expected} 件目より後は読んでいません。分割して送ってください";
    UkeNoInstitution "uke/no-institution" File Error L1 None,
        en "the first record is not IR, so the institution is not known: record IR first"
        ja "先頭が IR レコードではなく、医療機関を特定できません。IR を先頭に記録してください";
    UkeLineTooLong "uke/line-too-long" File Error L1 None,
        en "a record of {found} bytes was not read; the limit is {expected}: check where it ends"
        ja "{found} バイトのレコードを読み飛ばしました（上限 {expected}）。レコードの終わりの改行を確認してください";
    UkeCharset "uke/charset" File Error L1 None,
        en "the record is not Shift JIS (code page 932) from byte {found} on: write the file anew as that"
        ja "レコードの {found} バイト目から Shift JIS（CP932）ではありません。CP932 でファイルを書き出し直してください";
    UkeRecord "uke/record" File Error L1 None,
        en "no record id of two letters or digits at the beginning of the line: check the line before too"
        ja "行頭に 2 文字のレコード識別情報がありません。前の行も含めて確認してください";
    UkeOutsideClaim "uke/outside-claim" File Error L1 None,
        en "a {found} record before the first RE, or after GO, belongs to no claim: put it between them, \
            or take it out"
        ja "RE より前、または GO より後に {found} レコードがあり、どのレセプトにも属しません。位置を直すか、取り除いてください";
    UkeColumns "uke/columns" File Error L2 None,
        en "{found} fields; this record has {expected}: check the commas"
        ja "{found} 項目です（このレコードは {expected} 項目）。カンマの数を確認してください";
    UkeMonth "uke/treatment-month" File Error L2 None,
        en "the treatment month is not YYYYMM or GYYMM, so no item of this claim was judged: mend it"
        ja "診療年月が YYYYMM・GYYMM のいずれでもなく、このレセプトは判定していません。直してください";
    UkeDay "uke/day" File Error L2 None,
        en "a count of times stands at day {found}, which the treatment month does not have or which is \
            no number: check both"
        ja "算定日情報の {found} 日が診療年月にないか、回数が数字ではありません。両方を確認してください";
    UkeTotal "uke/total" File Error L1 None,
        en "GO says {expected} claims; the file holds {found}: check that none is missing"
        ja "GO の総件数は {expected} ですが、ファイルには {found} 件あります。不足がないか確認してください";
    UkeTotalPoints "uke/total-points" File Error L1 None,
        en "GO says {expected} points in all; the claims' HO (without one, KO) have {found}: check both sums"
        ja "GO の総合計点数は {expected} 点ですが、各レセプトの HO（なければ KO）の合計点数の和は {found} 点です。\
            両方を確認してください";
    UkeNoTotal "uke/no-total" File Error L1 None,
        en "the file has no GO record after its claims, so it may have been cut: send it whole"
        ja "レセプトの後に GO レコードがありません。途中で切れている可能性があるため、ファイル全体を送り直してください";
    UkeUnknownRecord "uke/unknown-record" File Error L1 None,
        en "a medical claim file has no {found} record, so it was not read: check its id"
        ja "{found} は医科の記録条件仕様にないレコードのため読んでいません。レコード識別情報を確認してください";
    UkeOrder "uke/order" File Error L2 None,
        en "the record comes after {found}, before which it belongs: keep the order of the layout"
        ja "{found} レコードより前に記録するレコードです。記録条件仕様の順に並べてください";
    UkeClaimHead "uke/claim-head" File Error L2 None,
        en "the RE of this claim is missing or cannot be read: check the record before"
        ja "このレコードからのレセプトに RE レコードがないか、読めません。直前のレコードを確認してください";
    UkeRecordCount "uke/record-count" File Error L2 None,
        en "the claim has {found} records of this kind; it may have {expected}: take out what is too much"
        ja "このレコードが 1 レセプトに {found} 件あります（{expected} 件まで）。余分なものを取り除いてください";
    UkeClaimNumber "uke/claim-number" File Error L1 None,
        en "the claim has number {found}; by its place it is {expected}: number from 1 without gaps"
        ja "レセプト番号が {found} ですが、順番では {expected} です。1 からの連番で記録してください";
    UkeFieldMissing "uke/field-missing" File Error L2 None,
        en "{field} is missing: record it"
        ja "{field} が記録されていません。記録してください";
    UkeFieldWidth "uke/field-width" File Error L2 None,
        en "{field} has {found} bytes; it may have {expected}: shorten it"
        ja "{field} が {found} バイトあります（{expected} バイトまで）。短くしてください";
    UkeFieldLength "uke/field-length" File Error L2 None,
        en "{field} has {found} bytes; it must have {expected}: record it whole"
        ja "{field} が {found} バイトです（{expected} バイト固定）。桁数どおりに記録してください";
    UkeFieldDigits "uke/field-digits" File Error L2 None,
        en "{field} holds something else than half-width digits: write digits alone"
        ja "{field} に半角数字以外の文字があります。半角数字のみで記録してください";
    UkeFieldHalfWidth "uke/field-half-width" File Error L2 None,
        en "{field} holds something else than half-width characters: write it in half width"
        ja "{field} に半角以外の文字があります。半角で記録してください";
    UkeFieldFullWidth "uke/field-full-width" File Error L2 None,
        en "{field} holds something else than full-width characters: write it in full width"
        ja "{field} に全角以外の文字があります。全角で記録してください";
    UkeFieldMixed "uke/field-mixed" File Error L2 None,
        en "{field} mixes half-width and full-width characters: use one of both"
        ja "{field} に半角と全角が混在しています。どちらかに統一してください";
    UkeFieldValue "uke/field-value" File Error L2 None,
        en "{field} holds a value that the layout does not have; it may be {expected}: choose one of these"
        ja "{field} が記録条件仕様にない値です。記録できるのは {expected} です。いずれかを記録してください";
    UkeQuote "uke/quote" File Error L2 None,
        en "a quotation mark stands in the record, which no field may hold: take it out"
        ja "レコードに引用符（\"）があります。項目には記録できないため、取り除いてください";
    UkeDate "uke/date" File Error L2 None,
        en "{field} is no day or month of the calendar: check it"
        ja "{field} が暦にない年月日・年月です。確認してください";
    UkeEraDate "uke/era-date" File Notice L48 Some("L4800"),
        en "{field} counts the year by era and was read so: since 2021, record the western year"
        ja "{field} が和暦のため、西暦に読み替えました。2021 年以降は西暦で記録してください";
    UkeDateAfterMonth "uke/date-after-month" File Error L2 None,
        en "{field} is {found}, after the treatment month {expected}: check both"
        ja "{field} が {found} で、診療年月 {expected} より後です。両方を確認してください";
    UkeBirthAfterMonth "uke/birth-after-month" File Error L2 None,
        en "the patient was born after the treatment month {expected}: check both"
        ja "生年月日が診療年月 {expected} より後です。両方を確認してください";
    UkeCommentPairs "uke/comment-pairs" File Error L2 None,
        en "comment {found} is recorded though one before it is blank: fill the pairs from the first"
        ja "コメント {found} 組目より前に空欄の組があります。1 組目から詰めて記録してください";
    UkeTimes "uke/times" File Error L2 None,
        en "{found} times are recorded (回数), but the days have {expected} together: check both"
        ja "回数が {found} ですが、算定日情報の合計は {expected} です。両方を確認してください";
    UkeUnitTimes "uke/unit-times" File Error L2 None,
        en "{found} times are recorded, but {expected} in the records before of the same unit \
            (点数・回数算定単位): record the same times"
        ja "回数が {found} ですが、同じ点数・回数算定単位の前のレコードでは {expected} です。同じ回数を記録してください";
    UkePayerRecords "uke/payer-records" File Error L2 Some("L2900"),
        en "the claim has {found} records; by its class (レセプト種別) it must have {expected}: check both"
        ja "レコードが {found} 件ですが、レセプト種別からは {expected} 件です。両方を確認してください";
    UkePayerPoints "uke/payer-points" File Error L2 None,
        en "{found} points are recorded for this payer; its items (負担区分) come to {expected}: check both"
        ja "この負担者の合計点数は {found} 点ですが、負担区分が一致する項目の合計は {expected} 点です。両方を確認してください";
    UkePayerDays "uke/payer-days" File Error L2 None,
        en "{found} days are recorded for this payer (診療実日数); there are {expected}: check both"
        ja "この負担者の診療実日数は {found} 日ですが、{expected} 日しかありません。両方を確認してください";
    CodeForm "claim/code-form" Item Error L2 None,
        en "the item code is not nine digits of this kind of master: check the code and the record"
        ja "コードがこのレコードのマスターの 9 桁コードではありません。コードとレコードの種類を確認してください";
    DrugCodeForm "claim/drug-code-form" Item Error L2 Some("L2361"),
        en "the drug code is not nine digits beginning with 6: check the code"
        ja "医薬品コードが 6 で始まる 9 桁ではありません。コードを確認してください";
    CodeUnknown "claim/code-unknown" Masters Error L3 Some("L3303"),
        en "{found} is not in the master: check the code"
        ja "{found} はマスターにありません。コードを確認してください";
    CodeAbolished "claim/code-abolished" Masters Error L3 Some("L3303"),
        en "{found} could last be used on {expected}: choose the code of the treatment day"
        ja "{found} の使用期限は {expected} です。診療日に使用できるコードを記録してください";
    DiseaseCodeForm "claim/disease-code-form" Item Error L2 Some("L2257"),
        en "the disease code is not seven digits: record the code of the disease master (0000999 where it \
            has none)"
        ja "傷病名コードが 7 桁の数字ではありません。傷病名マスターのコードを記録してください（ないものは 0000999）";
    ModifierCodeForm "claim/modifier-code-form" Item Error L2 None,
        en "the modifiers are not four digits each, one directly after another: check the codes"
        ja "修飾語コードが 4 桁の数字の並びになっていません。コードを確認してください";
    DiseaseUnknown "claim/disease-unknown" Masters Error L3 Some("L3204"),
        en "disease {found} is neither in the disease master nor among the former ones: check the code"
        ja "傷病名コード {found} は傷病名マスターにも旧傷病名管理ファイルにもありません。コードを確認してください";
    DiseaseAbolished "claim/disease-abolished" Masters Error L3 Some("L3204"),
        en "disease {found} could last be used on {expected}, and no code took its place: choose another"
        ja "傷病名コード {found} の使用期限は {expected} で、移行先コードはありません。別の傷病名を選んでください";
    DiseaseSucceeded "claim/disease-succeeded" Masters Error L3 Some("L3204"),
        en "disease {found} is not used any more in this treatment month: record {expected}, which took its \
            place"
        ja "傷病名コード {found} はこの診療年月では使用できません。移行先の {expected} を記録してください";
    ModifierUnknown "claim/modifier-unknown" Masters Error L3 None,
        en "modifier {found} is not in the modifier master: check the code"
        ja "修飾語コード {found} は修飾語マスターにありません。コードを確認してください";
    ModifierAbolished "claim/modifier-abolished" Masters Error L3 None,
        en "modifier {found} could last be used on {expected}: choose another"
        ja "修飾語コード {found} の使用期限は {expected} です。別の修飾語を選んでください";
    DiseaseNameMissing "claim/disease-name-missing" Item Error L3 None,
        en "the disease is recorded as one without a code ({found}), but its name is not recorded: record it"
        ja "未コード化傷病名（{found}）ですが、傷病名称が記録されていません。記録してください";
    DiseaseNameNeedless "claim/disease-name-needless" Item Notice L48 None,
        en "a name is recorded beside disease {found}, whose code says it: leave it out"
        ja "傷病名コード {found} には傷病名称の記録は不要です。省いてください";
    DiseaseModifierMissing "claim/disease-modifier-missing" Masters Error L3 None,
        en "disease {found} is never named alone (単独使用禁止): record where it is with a modifier (SY 5)"
        ja "傷病名コード {found} は単独で使用できません（単独使用禁止）。修飾語コードで部位等を記録してください";
    DiseaseAlone "claim/disease-alone" Masters Error L3 None,
        en "disease {found} is none that insurance covers (保険請求外), and the claim names no other: record \
            the disease that was treated"
        ja "傷病名コード {found} は保険請求の対象外の傷病名で、ほかに傷病名がありません。診療した傷病名を併せて記録してください";
    DiseaseHasCode "claim/disease-has-code" Masters Notice L48 None,
        en "a disease is named without a code ({found}), but the master has its name: record {expected}"
        ja "未コード化傷病名（{found}）ですが、同じ名称が傷病名マスターにあります。{expected} を記録してください";
    NotKnown "claim/not-yet-in-force" Masters Unjudged None None,
        en "no publication that is held tells what {found} was on the treatment day, so it was not \
            judged: check it by hand"
        ja "保持する公表マスターからは診療日の {found} の内容が分からないため、判定していません。別途確認してください";
    MasterNotHeld "claim/master-not-held" Masters Unjudged None None,
        en "this release holds no master of this kind for the treatment day, so {found} was not judged: \
            check it by hand"
        ja "診療日に対応するマスターがこのリリースにないため、{found} は判定していません。別途確認してください";
    QuantityMissing "claim/quantity-missing" Masters Error L2 None,
        en "points of {found} go by quantity (きざみ値), but no quantity is recorded: record it"
        ja "{found} はきざみ値計算ですが、数量データがありません。記録してください";
    QuantityNeedless "claim/quantity-needless" Masters Error L2 None,
        en "points of {found} do not go by quantity, but one is recorded: leave it out"
        ja "{found} はきざみ値計算ではありませんが、数量データがあります。省いてください";
    QuantityForm "claim/quantity-form" Masters Error L2 None,
        en "the quantity is not a whole number above zero: record one"
        ja "数量データが 1 以上の整数ではありません。記録し直してください";
    Points "claim/points" Masters Error L4 None,
        en "{found} points are claimed; the master gives {expected}: check the points and the code"
        ja "{found} 点の請求ですが、マスターでは {expected} 点です。点数を確認してください";
    QuantityBelow "claim/quantity-below" Masters Error L3 None,
        en "quantity {found}: up to {expected} nothing can be claimed: check it"
        ja "数量データが {found} です。{expected} 以下では算定できません。確認してください";
    DrugPoints "claim/drug-points" Masters Error L4 None,
        en "{found} points are claimed; the prices of these drugs give {expected}: check points and \
            amounts"
        ja "{found} 点の請求ですが、薬価からは {expected} 点です。点数と使用量を確認してください";
    MaterialPoints "claim/material-points" Masters Error L4 None,
        en "{found} points are claimed; the prices of these materials give {expected}: check points and \
            amounts"
        ja "{found} 点の請求ですが、材料価格からは {expected} 点です。点数と使用量を確認してください";
    AmountMissing "claim/amount-missing" Masters Error L2 None,
        en "no amount of {found} is recorded (使用量), though its price is one a unit: record how much was used"
        ja "{found} の使用量がありません。薬価は単位あたりのため、使用量を記録してください";
    PriceMissing "claim/price-missing" Masters Error L2 None,
        en "{found} goes by what the institution paid, but no unit price is recorded: record it"
        ja "{found} は購入価格で算定する特定器材ですが、単価がありません。単価を記録してください";
    PriceCeiling "claim/price-ceiling" Masters Error L4 None,
        en "a unit price of {found} yen is recorded; the most that may be claimed is {expected}: check \
            the price"
        ja "単価 {found} 円の請求ですが、上限価格は {expected} 円です。単価を確認してください";
    InpatientOnly "claim/inpatient-only" Masters Error L4 Some("L4421"),
        en "{found} may stand on claims of inpatients alone; this one is of an outpatient: check both"
        ja "{found} は入院レセプトに限り記録できますが、入院外のレセプトです。コードとレセプト種別を確認してください";
    OutpatientOnly "claim/outpatient-only" Masters Error L4 None,
        en "{found} may stand on claims of outpatients alone; this one is of an inpatient: check both"
        ja "{found} は入院外レセプトに限り記録できますが、入院のレセプトです。コードとレセプト種別を確認してください";
    InsuranceOnly "claim/insurance-only" Masters Error L4 None,
        en "{found} is for those of 医療保険 alone; this claim is of 後期高齢者医療: check both"
        ja "{found} は医療保険に限り適用されますが、後期高齢者医療のレセプトです。コードとレセプト種別を確認してください";
    LateElderlyOnly "claim/late-elderly-only" Masters Error L4 None,
        en "{found} is for those of 後期高齢者医療 alone; this claim is of 医療保険: check both"
        ja "{found} は後期高齢者医療に限り適用されますが、医療保険のレセプトです。コードとレセプト種別を確認してください";
    DpcOnly "claim/dpc-only" Masters Error L4 None,
        en "{found} may stand on DPC claims alone; this one has no record of such: choose another code"
        ja "{found} は DPC 専用ですが、このレセプトに DPC のレコードがありません。別のコードを記録してください";
    AgeBelow "claim/age-below" Masters Error L4 None,
        en "{found} is for those of age {expected} (column 41) and above; the patient was younger on that \
            day: check both"
        ja "{found} の下限年齢は {expected} ですが、診療日の患者の年齢は達していません。コードと生年月日を確認してください";
    AgeAbove "claim/age-above" Masters Error L4 None,
        en "{found} is for those below age {expected} (column 42); the patient had reached it on that \
            day: check both"
        ja "{found} は年齢 {expected} 未満に限られますが、診療日の患者の年齢は達しています。コードと生年月日を確認してください";
    MaterialAgeBelow "claim/material-age-below" Masters Error L4 None,
        en "{found} is for those of age {expected} (column 15) and above; the patient was younger on that \
            day: check both"
        ja "{found} の下限年齢は {expected} ですが、診療日の患者の年齢は達していません（特定器材マスター 15）。コードと生年月日を確認してください";
    MaterialAgeAbove "claim/material-age-above" Masters Error L4 None,
        en "{found} is for those below age {expected} (column 16); the patient had reached it on that \
            day: check both"
        ja "{found} は年齢 {expected} 未満に限られますが、診療日の患者の年齢は達しています（特定器材マスター 16）。コードと生年月日を確認してください";
    TimesBeyondDays "claim/times-beyond-days" Masters Error L4 None,
        en "{found} times are recorded of what is done once a day at most; the payers count {expected} \
            days: check both"
        ja "回数が {found} ですが、1 日 1 回までの診療行為で、診療実日数は {expected} 日です。両方を確認してください";
    VisitsBeyondDays "claim/visits-beyond-days" Masters Error L4 None,
        en "{found} first and later visits are recorded up to here; the payers count {expected} days: \
            check both"
        ja "初診料・再診料等の回数がここまでで {found} 回ですが、診療実日数は {expected} 日です。両方を確認してください";
    StaysBeyondDays "claim/stays-beyond-days" Masters Error L4 None,
        en "{found} days of inpatient fees are recorded up to here; the payers count {expected} days: \
            check both"
        ja "入院基本料・特定入院料の回数がここまでで {found} 回ですが、診療実日数は {expected} 日です。両方を確認してください";
    CommentTextForm "claim/comment-text-form" Masters Error L3 None,
        en "the text of comment {found} does not begin as its pattern {expected} wants it: write it so"
        ja "コメント {found} の文字データが、パターン {expected} の形式ではありません。パターンどおりに記録してください";
    CommentTextMissing "claim/comment-text-missing" Masters Error L3 None,
        en "comment {found} needs text after it: record it"
        ja "コメント {found} には文字データが必要です。記録してください";
    CommentTextNeedless "claim/comment-text-needless" Masters Error L3 None,
        en "comment {found} is complete by itself, but text follows: leave the text out"
        ja "コメント {found} は定型文のみですが、文字データがあります。文字データを省いてください";
    ManagementExcluded "claim/outpatient-management-excluded" Masters Error L4 Some("L4648"),
        en "{found} is not billed on a day with {expected}: leave it out"
        ja "{found} は {expected} を行った日には算定できません（外来管理加算を算定できない診療行為）。除いてください";
    AnesthesiaWithoutOperation "claim/long-anesthesia-without-operation" Masters Error L4 Some("L4676"),
        en "{found} is billed without any operation that it goes with: record the operation or leave it out"
        ja "{found} の算定に必要な手術がありません。手術を記録するか、加算を除いてください";
    FeverWithoutBase "claim/fever-addition-without-base" Masters Error L4 Some("L4478"),
        en "{found} is billed without anything that it is an addition to on that day: leave it out"
        ja "{found} を加算できる診療行為が同一日にありません。除いてください";
    AgeAdditionWithoutBase "claim/age-addition-without-base" Masters Error L4 None,
        en "{found} is an addition for some ages, and nothing in the claim takes it: record what it adds to, \
            or leave it out"
        ja "{found} を加算できる診療行為がレセプトにありません。診療行為を記録するか、加算を除いてください";
    CommentMissing "claim/comment-missing" Masters Error L4 None,
        en "{found} is billed without a comment that it needs: record {expected} or another one that the \
            relation table has for the same condition"
        ja "{found} の算定に必要なコメントがありません。{expected} など、コメント関連テーブルで同じ条件のコメントを記録してください";
    ElectiveCommentMissing "claim/elective-comment-missing" Masters Error L4 Some("L4438"),
        en "{found} is subject to elective care (選定療養) and is billed as none without the reason: record \
            {expected} or another comment that says why"
        ja "{found} は長期収載品の選定療養の対象ですが、選定療養としない理由のコメントがありません。{expected} などを記録して\
            ください";
    IncludedDay "claim/included-day" Masters Error L7 Some("L7111"),
        en "{found} is included in {expected} on the same day and is not billed beside it: leave it out"
        ja "{found} は同一日の {expected} に包括され、別に算定できません。除いてください";
    IncludedMonth "claim/included-month" Masters Error L7 Some("L7111"),
        en "{found} is included in {expected} in the same month and is not billed beside it: leave it out"
        ja "{found} は同一月の {expected} に包括され、別に算定できません。除いてください";
    IncludedOnce "claim/included-at-once" Masters Notice L48 None,
        en "{found} is included in {expected} where both are done at once; both are billed on this day: see \
            whether they were"
        ja "{found} は同時に行った {expected} に包括されます。同一日に両方が算定されています。同時かどうか確認してください";
    ExclusionDay "claim/exclusion-day" Masters Error L7 Some("L7112"),
        en "{found} is not billed on a day with {expected}, which stays: leave it out"
        ja "{found} は {expected} と同一日に算定できません（{expected} を算定）。除いてください";
    ExclusionDayEither "claim/exclusion-day-either" Masters Error L7 Some("L7112"),
        en "{found} and {expected} are not billed on one day: leave out one of them"
        ja "{found} と {expected} は同一日に併せて算定できません。いずれか一方にしてください";
    ExclusionWeek "claim/exclusion-week" Masters Error L7 Some("L7112"),
        en "{found} is not billed in a week with {expected}, which stays: leave it out"
        ja "{found} は {expected} と同一週に算定できません（{expected} を算定）。除いてください";
    ExclusionWeekEither "claim/exclusion-week-either" Masters Error L7 Some("L7112"),
        en "{found} and {expected} are not billed in one week: leave out one of them"
        ja "{found} と {expected} は同一週に併せて算定できません。いずれか一方にしてください";
    ExclusionMonth "claim/exclusion-month" Masters Error L7 Some("L7112"),
        en "{found} is not billed in a month with {expected}, which stays: leave it out"
        ja "{found} は {expected} と同一月に算定できません（{expected} を算定）。除いてください";
    ExclusionMonthEither "claim/exclusion-month-either" Masters Error L7 Some("L7112"),
        en "{found} and {expected} are not billed in one month: leave out one of them"
        ja "{found} と {expected} は同一月に併せて算定できません。いずれか一方にしてください";
    ExclusionOnce "claim/exclusion-at-once" Masters Notice L48 None,
        en "{found} is not billed at once with {expected}; both are billed on this day: see whether they were"
        ja "{found} は {expected} と同時には算定できません。同一日に両方が算定されています。同時かどうか確認してください";
    CountDay "claim/count-day" Masters Error L7 Some("L7113"),
        en "{found} times on one day; at most {expected} may be billed: leave out what is too much"
        ja "1 日に {found} 回の算定ですが、1 日につき {expected} 回までです。超える分を除いてください";
    CountWeek "claim/count-week" Masters Error L7 Some("L7113"),
        en "{found} times in one week; at most {expected} may be billed: leave out what is too much"
        ja "1 週に {found} 回の算定ですが、週 {expected} 回までです。超える分を除いてください";
    CountMonth "claim/count-month" Masters Error L7 Some("L7113"),
        en "{found} times in the month; at most {expected} may be billed: leave out what is too much"
        ja "月に {found} 回の算定ですが、月 {expected} 回までです。超える分を除いてください";
    CountPeriod "claim/count-period" Masters Error L7 Some("L7113"),
        en "{found} times in this month alone; at most {expected} may be billed in a longer period: leave \
            out what is too much"
        ja "この月だけで {found} 回の算定ですが、月より長い期間で {expected} 回までです。超える分を除いてください";
    AdditionOfOther "claim/addition-of-other-fee" Masters Error L4 None,
        en "{found} is no addition to {expected} nor to another basic fee of the day: leave it out"
        ja "{found} は {expected} など同日の入院基本料等に加算できません。除いてください";
    AdditionTwice "claim/addition-of-one-class" Masters Error L4 None,
        en "{found} and {expected} are additions of one class, of which one is billed a day: leave out \
            one of them"
        ja "{found} と {expected} は加算識別が同じで、同一日に併せて算定できません。いずれか一方にしてください";
}

impl ClaimCode {
    /// The code that is written `text`.
    pub fn parse(text: &str) -> Option<ClaimCode> {
        ClaimCode::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// Whether it says that no record of a code is in force, known though its master is.
    pub fn is_not_in_force(self) -> bool {
        use ClaimCode::{
            CodeAbolished, CodeUnknown, DiseaseAbolished, DiseaseSucceeded, DiseaseUnknown,
            ModifierAbolished, ModifierUnknown,
        };
        matches!(
            self,
            CodeUnknown
                | CodeAbolished
                | DiseaseUnknown
                | DiseaseAbolished
                | DiseaseSucceeded
                | ModifierUnknown
                | ModifierAbolished
        )
    }

    /// Whether it says that no master at hand lists a code.
    pub fn is_listed_nowhere(self) -> bool {
        use ClaimCode::{CodeUnknown, DiseaseUnknown, MasterNotHeld, ModifierUnknown};
        matches!(self, CodeUnknown | DiseaseUnknown | ModifierUnknown | MasterNotHeld)
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

    /// What is wrong, and what to do next.
    #[test]
    fn every_message_says_what_to_do_next() {
        for code in ClaimCode::ALL {
            let (en, ja) = (code.text(Lang::En), code.text(Lang::Ja));
            assert!(en.contains(": "), "{code}: {en}");
            assert!(ja.contains("ください"), "{code}: {ja}");
        }
    }

    /// Not judged is no fault and has no level; only told is what the ASP only tells; and where the code of
    /// the ASP is known, the level is its.
    #[test]
    fn every_fault_has_the_level_of_its_code() {
        for code in ClaimCode::ALL.iter().copied() {
            let (severity, level) = (code.severity(), code.level());
            assert_eq!(severity == ClaimSeverity::Unjudged, level.is_none(), "{code}");
            assert_eq!(severity == ClaimSeverity::Notice, level == Some(Level::L48), "{code}");
            if let Some(asp) = code.asp() {
                assert_eq!(level, Level::of_asp(asp), "{code}");
            }
        }
    }
}
