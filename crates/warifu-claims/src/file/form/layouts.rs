//! The layouts: every record whose fields are looked into, field by field.
//!
//! Source: 記録条件仕様(医科用) and 電子レセプトの作成手引き(医科): position, name, mode, bytes, fixed or up to. Which
//! fields may not be left out is told only where a claim means nothing without them.

use super::field::{Field, Values};
use super::layout::{Layout, Run};

/// Every record whose fields are looked into, in the order of a file.
pub const LAYOUTS: &[&Layout] = &[&IR, &RE, &HO, &KO, &SN, &JD, &MF, &SY, &SI, &IY, &TO, &CO, &SJ, &GO];

const fn one(field: Field) -> Run {
    Run { field, times: 1 }
}

/// A field for each day of a month: another check judges them.
const fn days(name: &'static str) -> Run {
    Run { field: Field::open(name, 3), times: 31 }
}

const COMMENT_CODE: Run = one(Field::open("コメントコード", 9));
const COMMENT_TEXT: Run = one(Field::text("文字データ", 100));
const SECTION: Run = one(Field::digits("診療識別", 2).fixed());
const BURDEN: Run = one(Field::latin("負担区分", 1).fixed().required().one_of(Values::Burden));
const POINTS: Run = one(Field::digits("点数", 7));
const TIMES: Run = one(Field::digits("回数", 3).required());
const DAY_COUNTS: Run = days("算定日情報");
const PAYER_KIND: Run = one(Field::digits("負担者種別", 1).fixed().required().one_of(Values::Numbers(1, 5)));

pub(super) const IR: Layout = Layout::of(
    *b"IR",
    "医療機関情報",
    &[
        one(Field::digits("審査支払機関", 1).fixed().required().one_of(Values::Numbers(1, 2))),
        one(Field::digits("都道府県", 2).fixed().required().one_of(Values::Numbers(1, 47))),
        one(Field::digits("点数表", 1).fixed().required().one_of(Values::OneOf(&["1"]))),
        one(Field::digits("医療機関コード", 7).fixed().required()),
        one(Field::reserved(2)),
        one(Field::kanji("医療機関名称", 40)),
        one(Field::month("請求年月").required()),
        one(Field::digits("マルチボリューム識別情報", 2).fixed().required()),
        one(Field::latin("電話番号", 15)),
    ],
);

pub(super) const RE: Layout = Layout::of(
    *b"RE",
    "レセプト共通",
    &[
        one(Field::digits("レセプト番号", 6).required()),
        one(Field::digits("レセプト種別", 4).fixed().required().one_of(Values::ClaimClass)),
        one(Field::open("診療年月", 6)),
        one(Field::text("氏名", 40).required()),
        one(Field::digits("男女区分", 1).fixed().required().one_of(Values::Numbers(1, 2))),
        one(Field::day("生年月日").required()),
        one(Field::digits("給付割合", 3)),
        one(Field::day("入院年月日")),
        one(Field::latin("病棟区分", 8)),
        one(Field::digits("一部負担金・食事療養費・生活療養費標準負担額区分", 1)),
        one(Field::latin("レセプト特記事項", 10)),
        one(Field::digits("病床数", 4)),
        one(Field::latin("カルテ番号等", 20)),
        one(Field::digits("割引点数単価", 2)),
        one(Field::reserved(1)),
        one(Field::reserved(1)),
        one(Field::reserved(2)),
        one(Field::digits("検索番号", 30)),
        one(Field::reserved(5)),
        one(Field::text("請求情報", 40)),
        one(Field::latin("診療科1 診療科名", 2)),
        one(Field::latin("診療科1 人体の部位等", 3)),
        one(Field::latin("診療科1 性別等", 3)),
        one(Field::latin("診療科1 医学的処置", 3)),
        one(Field::latin("診療科1 特定疾病", 3)),
        one(Field::latin("診療科2 診療科名", 2)),
        one(Field::latin("診療科2 人体の部位等", 3)),
        one(Field::latin("診療科2 性別等", 3)),
        one(Field::latin("診療科2 医学的処置", 3)),
        one(Field::latin("診療科2 特定疾病", 3)),
        one(Field::latin("診療科3 診療科名", 2)),
        one(Field::latin("診療科3 人体の部位等", 3)),
        one(Field::latin("診療科3 性別等", 3)),
        one(Field::latin("診療科3 医学的処置", 3)),
        one(Field::latin("診療科3 特定疾病", 3)),
        one(Field::kanji("カタカナ氏名", 80)),
        one(Field::digits("患者の状態", 60)),
    ],
);

pub(super) const HO: Layout = Layout::of(
    *b"HO",
    "保険者",
    &[
        one(Field::latin("保険者番号", 8).fixed().required()),
        one(Field::text("被保険者証等の記号", 38)),
        one(Field::text("被保険者証等の番号", 38)),
        one(Field::digits("診療実日数", 2).required()),
        one(Field::digits("合計点数", 8).required()),
        one(Field::reserved(5)),
        one(Field::digits("食事療養・生活療養 回数", 2)),
        one(Field::digits("食事療養・生活療養 合計金額", 8)),
        one(Field::digits("職務上の事由", 1)),
        one(Field::digits("証明書番号", 3)),
        one(Field::digits("負担金額 医療保険", 9)),
        one(Field::digits("負担金額 減免区分", 1)),
        one(Field::digits("負担金額 減額割合", 3)),
        one(Field::digits("負担金額 減額金額", 6)),
    ],
);

pub(super) const KO: Layout = Layout::of(
    *b"KO",
    "公費",
    &[
        one(Field::latin("公費負担者番号", 8).fixed().required()),
        one(Field::digits("公費受給者番号", 7)),
        one(Field::digits("任意給付区分", 1)),
        one(Field::digits("診療実日数", 2)),
        one(Field::digits("合計点数", 8)),
        one(Field::digits("負担金額 公費", 8)),
        one(Field::digits("公費給付対象外来一部負担金", 6)),
        one(Field::digits("公費給付対象入院一部負担金", 6)),
        one(Field::reserved(5)),
        one(Field::digits("食事療養・生活療養 回数", 2)),
        one(Field::digits("食事療養・生活療養 合計金額", 8)),
    ],
);

pub(super) const SN: Layout = Layout::of(
    *b"SN",
    "資格確認",
    &[
        PAYER_KIND,
        one(Field::digits("確認区分", 2).fixed().required()),
        one(Field::latin("保険者番号等", 8)),
        one(Field::text("被保険者証等の記号", 38)),
        one(Field::text("被保険者証等の番号", 38)),
        one(Field::digits("枝番", 2)),
        one(Field::digits("受給者番号", 7)),
        one(Field::reserved(1)),
    ],
);

pub(super) const JD: Layout =
    Layout::of(*b"JD", "受診日等", &[PAYER_KIND, Run { field: DAY_OF_VISIT, times: 31 }]);

const DAY_OF_VISIT: Field = Field::digits("受診等区分", 1);

pub(super) const MF: Layout = Layout::of(
    *b"MF",
    "窓口負担額",
    &[
        one(Field::digits("窓口負担額区分", 2).fixed().required()),
        Run { field: Field::reserved(9), times: 31 },
    ],
);

pub(super) const SY: Layout = Layout::of(
    *b"SY",
    "傷病名",
    &[
        one(Field::open("傷病名コード", 7)),
        one(Field::day("診療開始日").required()),
        one(Field::digits("転帰区分", 1).one_of(Values::Numbers(1, 4))),
        one(Field::latin("修飾語コード", 80)),
        one(Field::kanji("傷病名称", 40)),
        one(Field::digits("主傷病", 2).one_of(Values::OneOf(&["01"]))),
        one(Field::kanji("補足コメント", 40)),
    ],
);

pub(super) const SI: Layout = Layout::of(
    *b"SI",
    "診療行為",
    &[
        SECTION,
        BURDEN,
        one(Field::open("診療行為コード", 9)),
        one(Field::digits("数量データ", 8)),
        POINTS,
        TIMES,
        COMMENT_CODE,
        COMMENT_TEXT,
        COMMENT_CODE,
        COMMENT_TEXT,
        COMMENT_CODE,
        COMMENT_TEXT,
        DAY_COUNTS,
    ],
);

pub(super) const IY: Layout = Layout::of(
    *b"IY",
    "医薬品",
    &[
        SECTION,
        BURDEN,
        one(Field::open("医薬品コード", 9)),
        one(Field::latin("使用量", 11)),
        POINTS,
        TIMES,
        COMMENT_CODE,
        COMMENT_TEXT,
        COMMENT_CODE,
        COMMENT_TEXT,
        COMMENT_CODE,
        COMMENT_TEXT,
        DAY_COUNTS,
    ],
);

pub(super) const TO: Layout = Layout::of(
    *b"TO",
    "特定器材",
    &[
        SECTION,
        BURDEN,
        one(Field::open("特定器材コード", 9)),
        one(Field::latin("使用量", 9)),
        POINTS,
        TIMES,
        one(Field::digits("単位コード", 3)),
        one(Field::latin("単価", 11)),
        one(Field::kanji("特定器材名称", 40)),
        one(Field::text("商品名及び規格又はサイズ", 300)),
        COMMENT_CODE,
        COMMENT_TEXT,
        COMMENT_CODE,
        COMMENT_TEXT,
        COMMENT_CODE,
        COMMENT_TEXT,
        DAY_COUNTS,
    ],
);

pub(super) const CO: Layout = Layout::of(
    *b"CO",
    "コメント",
    &[SECTION, BURDEN, one(Field::open("コメントコード", 9)), one(Field::text("文字データ", 400))],
);

pub(super) const SJ: Layout = Layout::of(
    *b"SJ",
    "症状詳記",
    &[one(Field::digits("症状詳記区分", 2)), one(Field::text("症状詳記データ", 2400))],
);

pub(super) const GO: Layout = Layout::of(
    *b"GO",
    "診療報酬請求書",
    &[
        one(Field::digits("総件数", 6).required()),
        one(Field::digits("総合計点数", 10).required()),
        one(Field::digits("マルチボリューム識別情報", 2).fixed().required().one_of(Values::OneOf(&["99"]))),
    ],
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_have_as_many_fields_as_the_layout_says() {
        let widths = LAYOUTS.iter().map(|layout| (std::str::from_utf8(&layout.id).unwrap(), layout.width()));
        let said = [
            ("IR", 10),
            ("RE", 38),
            ("HO", 15),
            ("KO", 12),
            ("SN", 9),
            ("JD", 33),
            ("MF", 33),
            ("SY", 8),
            ("SI", 44),
            ("IY", 44),
            ("TO", 48),
            ("CO", 5),
            ("SJ", 3),
            ("GO", 4),
        ];
        assert_eq!(widths.collect::<Vec<_>>(), said);
    }
}
