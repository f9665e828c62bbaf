//! The kinds of risk, in the order in which a review takes them, with their texts in both languages.

use std::fmt;

use warifu_values::lang::Lang;

/// How much a risk asks of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Both organisations look at every record before they sign.
    High,
    /// Look at it; it may well be meant.
    Medium,
    /// Worth knowing.
    Low,
}

impl Level {
    /// The level as programs write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::High => "high",
            Level::Medium => "medium",
            Level::Low => "low",
        }
    }

    /// One or two words for people.
    pub fn word(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Level::High, Lang::En) => "check each",
            (Level::Medium, Lang::En) => "look at",
            (Level::Low, Lang::En) => "know",
            (Level::High, Lang::Ja) => "要確認",
            (Level::Medium, Lang::Ja) => "注意",
            (Level::Low, Lang::Ja) => "参考",
        }
    }
}

macro_rules! kinds {
    ($($variant:ident $id:literal $level:ident
        en $en:literal because $why_en:literal
        ja $ja:literal because $why_ja:literal;)+) => {
        /// A stable name for one way in which changes can be wrong. Declared riskiest first: that is their order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RiskKind { $(#[doc = $en] $variant),+ }

        impl RiskKind {
            /// Every kind, riskiest first.
            pub const ALL: &'static [RiskKind] = &[$(RiskKind::$variant),+];

            /// The id as programs write it.
            pub fn as_str(self) -> &'static str {
                match self { $(RiskKind::$variant => $id),+ }
            }

            /// How much it asks of the reader.
            pub fn level(self) -> Level {
                match self { $(RiskKind::$variant => Level::$level),+ }
            }

            /// What the records have in common.
            pub fn title(self, lang: Lang) -> &'static str {
                match (self, lang) { $((RiskKind::$variant, Lang::En) => $en, (RiskKind::$variant, Lang::Ja) => $ja),+ }
            }

            /// Why that is worth a look, and what to compare it with.
            pub fn reason(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((RiskKind::$variant, Lang::En) => $why_en, (RiskKind::$variant, Lang::Ja) => $why_ja),+
                }
            }
        }
    };
}

kinds! {
    ReferenceLost "reference/lost" High
        en "Still referenced, but abolished or gone"
            because "Other records name these codes. A claim that follows the reference ends at a code that is not there."
        ja "廃止・削除されたのに参照が残るコード"
            because "他のレコードがこれらのコードを参照しています。参照をたどる請求は存在しないコードに行き着きます。";
    AmountTenfold "amount/tenfold" High
        en "Ten times as much or more, or a tenth or less"
            because "Movements of this size are more often a slipped decimal point or another unit than a decision."
        ja "10 倍以上または 10 分の 1 以下"
            because "この大きさの変動は、決定よりも桁ずれや単位違いであることの多いものです。";
    AmountZero "amount/zero" High
        en "Became zero, or is zero no more"
            because "A price or points of zero pay nothing; from zero, something is paid that was not."
        ja "0 になった、または 0 でなくなった"
            because "0 であれば何も支払われません。0 でなくなれば、これまでなかった支払いが生じます。";
    AmountKind "amount/kind" High
        en "The amount is read in another way"
            because "The kind says whether the number is points, yen, a percentage or a reduction. The same number now means something else."
        ja "点数・金額の読み方（識別・種別）の変更"
            because "識別は、数値が点数・金額・割合・減算のどれかを示します。同じ数値でも意味が変わります。";
    UnitChanged "amount/unit" High
        en "Counted in another unit"
            because "The amount is for one unit, and claims carry quantities in it."
        ja "単位の変更"
            because "点数・金額は 1 単位あたりであり、請求の数量もこの単位で記録されます。";
    ValueUnknown "value/unknown" High
        en "Values that the code list does not have"
            because "The layout gives these values no meaning. The list is older than the master, or the value is wrong."
        ja "コード表にない値"
            because "レイアウトに意味の定義がない値です。コード表が古いか、値が誤っています。";
    RuleBroken "rule/broken" High
        en "Breaks a rule between records that held before"
            because "The old state follows this rule in these places and the new one does not."
        ja "これまで守られていたレコード間の規則に反する"
            because "旧では守られ、新では守られていません。";
    ColumnEmptied "column/emptied" High
        en "A column that now is blank everywhere"
            because "The old state has values in it and the new one has none. It was retired, or left out by mistake."
        ja "全件で空になった項目"
            because "旧には値があり、新には一つもありません。項目の廃止か、設定漏れです。";
    AmountLarge "amount/large" High
        en "1.5 times as much or more, or two thirds or less"
            because "Compare each with the notice that sets it."
        ja "1.5 倍以上または 3 分の 2 以下"
            because "告示の点数・価格と 1 件ずつ照合してください。";
    NameReplaced "name/replaced" High
        en "The same code, another name"
            because "The names have little in common: the code may have been given to something else. Claims of before keep the code."
        ja "同じコードで別の名称"
            because "名称に共通する部分がほとんどなく、コードが別のものに使われた可能性があります。過去の請求は同じコードを指します。";
    SameChange "column/same-change" Medium
        en "The same change in many records"
            because "One decision or one slip, many times over. Check one record, then whether the set of records is right."
        ja "多数のレコードの同じ変更"
            because "一つの決定か一つの誤りが繰り返されたものです。1 件を確かめ、次に対象の範囲を確かめてください。";
    ManyChanges "column/many-changes" Medium
        en "A column that changed in a large part of the records"
            because "At a revision this is expected; in a monthly change it is not."
        ja "多くのレコードで変わった項目"
            because "改定時には想定されますが、月次の変更では想定されません。";
    AmountNotable "amount/notable" Medium
        en "1.2 times as much or more, or five sixths or less"
            because "Above what a revision moves on average."
        ja "1.2 倍以上または 6 分の 5 以下"
            because "改定の平均的な変動を上回ります。";
    AmountOldDiffers "amount/old-differs" Medium
        en "Another old amount than it had"
            because "The new record names the amount before it, and the old state has another one: there were states in between, or this is not its base."
        ja "「旧」点数・価格の不一致"
            because "新レコードが示す旧の値が、実際の旧と異なります。間に別の版があるか、比較する旧が正しくありません。";
    Unannounced "record/unannounced" Medium
        en "Gone without having been announced"
            because "A record is abolished in one publication and leaves with the next. These left at once, or publications lie between the two states."
        ja "廃止の予告なく消えたレコード"
            because "廃止は一度公表され、次の更新で削除されます。予告なく消えたか、間に別の公表があります。";
    Revived "record/revived" Medium
        en "Abolished, and valid again"
            because "An abolition was taken back."
        ja "廃止が取り消されたレコード"
            because "廃止とされたものが再び有効になりました。";
    DateEarlier "date/earlier" Medium
        en "A date moved to an earlier day"
            because "Validity that began later, or ended later, now covers other treatment days: claims already checked may be judged differently."
        ja "日付の繰り上げ"
            because "有効期間の始まりや終わりが早まり、審査済みの診療日の判定が変わることがあります。";
    ValueNew "value/new" Medium
        en "Values of a code list that no record had before"
            because "Checkers that have never met the value may not know what to do with it."
        ja "コード表にあるが初めて使われる値"
            because "この値を処理したことのない点検側が対応しているか確かめてください。";
    ColumnFirstUsed "column/first-used" Medium
        en "A column that is used for the first time"
            because "It was blank in every record, or not in the layout. Checkers must know it."
        ja "初めて使われる項目"
            because "旧では全件が空か、レイアウトにありませんでした。点検側の対応を確かめてください。";
    NameChanged "name/changed" Medium
        en "Renamed"
            because "The code stays. The marks show what differs in the name."
        ja "名称の変更"
            because "コードは同じです。名称の違いは印で示します。";
    Abolished "record/abolished" Low
        en "Abolished by this change"
            because "They stay in the master, marked, until the next publication."
        ja "今回廃止されるレコード"
            because "廃止の印が付き、次の公表までマスターに残ります。";
    Rewritten "column/rewritten" Low
        en "The same numbers, written with other zeros"
            because "Equal as numbers. A program that compares texts sees a change."
        ja "数値は同じで桁数だけの変更"
            because "数値としては等しく、文字列として比較すると変更に見えます。";
    Bookkeeping "column/bookkeeping" Low
        en "Dates, order numbers and flags set anew in many records"
            because "The accounts that a publication keeps of itself; nothing is paid or refused by them."
        ja "多数のレコードの管理項目（日付・順序・変更区分）の更新"
            because "公表に伴う管理情報で、支払いや可否の判定には使われません。";
}

impl fmt::Display for RiskKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
