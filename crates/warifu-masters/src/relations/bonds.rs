//! Every way in which something belongs to a record.

/// In place of a field's id: the key of the record; of a name, its label.
pub(super) const KEY: &str = "";

/// One way in which something belongs to a record.
#[derive(Debug)]
pub struct Bond {
    /// As programs write it.
    pub id: &'static str,
    /// What belongs to the record, in English.
    pub en: &'static str,
    /// The same in Japanese.
    pub ja: &'static str,
    /// The kinds of master whose records have it.
    pub of: &'static [&'static str],
    /// The fields of the record that lead on.
    pub(super) by: &'static [&'static str],
    /// Over which masters: what is found in the last one belongs to the record.
    pub steps: &'static [Step],
    /// Where its code, its name and what else is said of it stand there.
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) notes: &'static [&'static str],
}

/// One master on the way.
#[derive(Debug)]
pub struct Step {
    /// Its kind.
    pub kind: &'static str,
    /// The columns in one of which the value stands.
    pub holds: &'static [&'static str],
    /// The columns whose values lead on, where this is not the last one.
    pub take: &'static [&'static str],
}

#[cfg(test)]
impl Bond {
    /// Every field that it names, with the kind of master.
    pub(super) fn fields(&self) -> Vec<(&'static str, &'static str)> {
        let of = self.of.iter().flat_map(|kind| self.by.iter().map(move |id| (*kind, *id)));
        let mut fields: Vec<_> = of.filter(|(_, id)| !id.is_empty()).collect();
        for step in self.steps {
            fields.extend(step.holds.iter().chain(step.take).map(|id| (step.kind, *id)));
        }
        let there = self.steps.last().map_or("", |step| step.kind);
        fields.extend(
            [self.code, self.name].into_iter().chain(self.notes.iter().copied()).map(|id| (there, id)),
        );
        fields
    }
}

const fn step(kind: &'static str, holds: &'static [&'static str]) -> Step {
    Step { kind, holds, take: &[] }
}

const fn over(kind: &'static str, holds: &'static [&'static str], take: &'static [&'static str]) -> Step {
    Step { kind, holds, take }
}

/// A bond by the key, to records; the rest is said over it.
const BOND: Bond = Bond {
    id: "",
    en: "",
    ja: "",
    of: &["procedure"],
    by: &[KEY],
    steps: &[],
    code: KEY,
    name: KEY,
    notes: &[],
};

/// To rows of a table that name another procedure.
const OTHER: Bond =
    Bond { code: "other_code", name: "other_name", notes: &["exclusion_class", "special_condition"], ..BOND };

/// To rows of a table that are about another procedure.
const MEMBER: Bond = Bond { code: "procedure_code", name: "name", ..BOND };

const AGE_ADDITIONS: &[&str] =
    &["age_addition_1_code", "age_addition_2_code", "age_addition_3_code", "age_addition_4_code"];
const INCLUSION_GROUPS: &[&str] = &["inclusion_group_1", "inclusion_group_2", "inclusion_group_3"];

/// Every bond, in the order in which they are told.
pub const BONDS: &[Bond] = &[
    Bond {
        id: "comments",
        en: "comments that it needs",
        ja: "記載が必要なコメント",
        of: &["procedure", "drug"],
        steps: &[step("comment-relation", &["procedure_code"])],
        code: "comment_code",
        name: "comment_text",
        notes: &["condition_class"],
        ..BOND
    },
    Bond {
        id: "age-additions",
        en: "additions for ages",
        ja: "年齢加算",
        by: AGE_ADDITIONS,
        steps: &[step("procedure", &[KEY])],
        ..BOND
    },
    Bond {
        id: "age-addition-of",
        en: "what it is an addition for ages of",
        ja: "この年齢加算が付く診療行為",
        steps: &[step("procedure", AGE_ADDITIONS)],
        ..BOND
    },
    Bond {
        id: "note-additions",
        en: "the same group of additions (注加算)",
        ja: "同じ注加算コードの診療行為",
        by: &["note_addition_code"],
        steps: &[step("procedure", &["note_addition_code"])],
        notes: &["note_addition_seq"],
        ..BOND
    },
    Bond {
        id: "former-code",
        en: "the code before",
        ja: "異動前のコード",
        by: &["transfer_related_code"],
        steps: &[step("procedure", &[KEY])],
        ..BOND
    },
    Bond {
        id: "later-code",
        en: "the code after",
        ja: "異動後のコード",
        steps: &[step("procedure", &["transfer_related_code"])],
        ..BOND
    },
    Bond {
        id: "excluded-day",
        en: "not on the same day (電子点数表)",
        ja: "背反（１日につき）",
        steps: &[step("points-exclusion-day", &["procedure_code"])],
        ..OTHER
    },
    Bond {
        id: "excluded-week",
        en: "not in the same week (電子点数表)",
        ja: "背反（１週間につき）",
        steps: &[step("points-exclusion-week", &["procedure_code"])],
        ..OTHER
    },
    Bond {
        id: "excluded-month",
        en: "not in the same month (電子点数表)",
        ja: "背反（同一月内）",
        steps: &[step("points-exclusion-month", &["procedure_code"])],
        ..OTHER
    },
    Bond {
        id: "excluded-simultaneous",
        en: "not at the same time (電子点数表)",
        ja: "背反（同時）",
        steps: &[step("points-exclusion-simultaneous", &["procedure_code"])],
        ..OTHER
    },
    Bond {
        id: "counted-at-most",
        en: "counted at most (電子点数表)",
        ja: "算定回数の上限",
        steps: &[step("points-count-limit", &["procedure_code"])],
        code: "unit_code",
        name: "unit_name",
        notes: &["max_times", "special_condition"],
        ..BOND
    },
    Bond {
        id: "includes",
        en: "what is included in it (電子点数表)",
        ja: "包括する診療行為",
        steps: &[
            over("points-auxiliary", &["procedure_code"], INCLUSION_GROUPS),
            step("points-inclusion", &["group"]),
        ],
        notes: &["special_condition"],
        ..MEMBER
    },
    Bond {
        id: "included-in",
        en: "what it is included in (電子点数表)",
        ja: "包括される先の診療行為",
        steps: &[
            over("points-inclusion", &["procedure_code"], &["group"]),
            step("points-auxiliary", INCLUSION_GROUPS),
        ],
        ..MEMBER
    },
    Bond {
        id: "inpatient-additions",
        en: "additions to this inpatient basic fee (電子点数表)",
        ja: "この入院基本料の加算",
        steps: &[
            over("points-auxiliary", &["procedure_code"], &["inpatient_group"]),
            step("points-inpatient-basic", &["group"]),
        ],
        ..MEMBER
    },
    Bond {
        id: "inpatient-fees",
        en: "inpatient basic fees that it adds to (電子点数表)",
        ja: "この加算が付く入院基本料",
        steps: &[
            over("points-inpatient-basic", &["procedure_code"], &["group"]),
            step("points-auxiliary", &["inpatient_group"]),
        ],
        ..MEMBER
    },
    Bond {
        id: "same-generic-name",
        en: "the same generic name",
        ja: "同じ一般名の医薬品",
        of: &["drug"],
        by: &["generic_name_code"],
        steps: &[step("drug", &["generic_name_code"])],
        ..BOND
    },
    Bond {
        id: "related-product",
        en: "the related product",
        ja: "商品名等関連の医薬品",
        of: &["drug"],
        by: &["related_product_code"],
        steps: &[step("drug", &[KEY])],
        ..BOND
    },
    Bond {
        id: "related-product-of",
        en: "products that name it as related",
        ja: "これを商品名等関連とする医薬品",
        of: &["drug"],
        steps: &[step("drug", &["related_product_code"])],
        ..BOND
    },
    Bond {
        id: "long-listed",
        en: "the long-listed product",
        ja: "長期収載品",
        of: &["drug"],
        by: &["long_listed_related_code"],
        steps: &[step("drug", &[KEY])],
        ..BOND
    },
    Bond {
        id: "elective-care",
        en: "for elective care (選定療養)",
        ja: "選定療養の医薬品",
        of: &["drug"],
        steps: &[step("drug", &["long_listed_related_code"])],
        ..BOND
    },
    Bond {
        id: "succession",
        en: "abolished or new in its place",
        ja: "廃止・新設関連の特定器材",
        of: &["material"],
        by: &["succession_code"],
        steps: &[step("material", &[KEY])],
        ..BOND
    },
    Bond {
        id: "succession-of",
        en: "materials that name it as abolished or new",
        ja: "これを廃止・新設関連とする特定器材",
        of: &["material"],
        steps: &[step("material", &["succession_code"])],
        ..BOND
    },
    Bond {
        id: "successor",
        en: "the disease in its place",
        ja: "移行先の傷病名",
        of: &["disease", "former-disease"],
        by: &["successor_code"],
        steps: &[step("disease", &[KEY])],
        ..BOND
    },
    Bond {
        id: "replaced",
        en: "diseases that it takes the place of",
        ja: "移行元の傷病名",
        of: &["disease"],
        steps: &[step("disease", &["successor_code"])],
        ..BOND
    },
    Bond {
        id: "replaced-former",
        en: "former diseases that it takes the place of",
        ja: "移行元の旧傷病名",
        of: &["disease"],
        steps: &[step("former-disease", &["successor_code"])],
        ..BOND
    },
    Bond {
        id: "needed-by",
        en: "what needs this comment",
        ja: "このコメントが必要な診療行為・医薬品",
        of: &["comment"],
        steps: &[step("comment-relation", &["comment_code"])],
        code: "procedure_code",
        name: "procedure_name",
        notes: &["condition_class"],
        ..BOND
    },
];
