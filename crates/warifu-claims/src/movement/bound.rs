//! What numbers bound: how often something may happen that was not seen, and what is missing to say more.

use serde::{Deserialize, Serialize};
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

/// How much must be seen before nothing seen is worth anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enough {
    /// Claim files.
    pub files: u64,
    /// Institutions; at most 1,024 are told apart.
    pub institutions: u64,
    /// Uses of codes that both judged.
    pub uses: u64,
}

/// Something that is missing before a verdict can be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
#[serde(tag = "missing", rename_all = "kebab-case")]
pub enum Missing {
    /// Claim files.
    Files {
        /// So many were there.
        seen: u64,
        /// So many are needed.
        needed: u64,
    },
    /// Institutions.
    Institutions {
        /// So many were there.
        seen: u64,
        /// So many are needed.
        needed: u64,
    },
    /// Uses of codes that both judged.
    Uses {
        /// So many were there.
        seen: u64,
        /// So many are needed.
        needed: u64,
    },
    /// There were uses, and not one that both could judge.
    Judged {
        /// So many could not be.
        unjudged: u64,
    },
    /// Codes that turned without an explanation, each too seldom or at too few institutions to tell whether a
    /// master is at fault.
    Unclear {
        /// So many codes.
        codes: u64,
    },
    /// Most uses were of more codes than are counted apart, or in claims with too many findings.
    Compared {
        /// So many were not compared.
        left_out: u64,
    },
    /// Claims about codes that the release says it changes: more of them than synthetic claims are made of.
    Claimed {
        /// So many codes.
        codes: u64,
    },
}

impl Speak for Missing {
    fn say(&self, lang: Lang) -> String {
        match *self {
            Missing::Files { seen, needed } => {
                let files = counted(needed, "claim file");
                say!(lang, "{seen} of {files}", "請求ファイル {seen}/{needed} 件")
            }
            Missing::Institutions { seen, needed } => {
                let institutions = counted(needed, "institution");
                say!(lang, "{seen} of {institutions}", "医療機関 {seen}/{needed} か所")
            }
            Missing::Uses { seen, needed } => {
                let uses = counted(needed, "use");
                say!(
                    lang,
                    "{seen} of {uses} of codes that both releases judge",
                    "両リリースで判定できた項目 {seen}/{needed} 件"
                )
            }
            Missing::Judged { unjudged } => {
                let uses = counted(unjudged, "use");
                say!(
                    lang,
                    "{uses} of codes, and none that both releases can judge",
                    "項目 {unjudged} 件のうち両リリースで判定できたものがありません"
                )
            }
            Missing::Unclear { codes } => {
                let codes_en = counted(codes, "code");
                say!(
                    lang,
                    "more uses of {codes_en} that turned otherwise than what is declared explains: too few \
                     to tell whether the master is at fault",
                    "変更一覧では説明できない差異が出た {codes} コードの使用例（マスターの誤りかどうか\
                     これまでの使用例では判断できません）"
                )
            }
            Missing::Compared { left_out } => {
                let uses = counted(left_out, "use");
                say!(
                    lang,
                    "a comparison of {uses} beyond what is counted by code",
                    "コード別集計の上限を超えた {left_out} 件の比較"
                )
            }
            Missing::Claimed { codes } => {
                let codes_en = counted(codes, "code");
                say!(
                    lang,
                    "synthetic claims about {codes_en} that it says it changes, beyond as many as are made",
                    "変更一覧にある {codes} コードの合成請求（作成数の上限に達しました）"
                )
            }
        }
    }
}

/// So many of so many uses turned: what that bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Bound {
    /// Uses that turned, and no change that was accepted or announced explains it.
    pub moved: u64,
    /// Uses that both judged.
    pub uses: u64,
}

impl Bound {
    /// When none of the uses moved: at most so many thousandths of all do, with 95 % confidence. The rule of
    /// three: 3 / n.
    pub fn at_most_thousandths(self) -> Option<u64> {
        // Rounded half up.
        (self.moved == 0 && self.uses > 0).then(|| ((6000 + self.uses) / (2 * self.uses)).min(1000))
    }
}

impl Bound {
    /// What is bounded, when besides `explained` uses turned as was declared.
    pub(super) fn say_beside(self, explained: u64, lang: Lang) -> String {
        let bound = self.say(lang);
        if explained == 0 {
            return bound;
        }
        say!(
            lang,
            "{bound}; besides, {explained} moved as declared",
            "{bound}。ほかに変更一覧どおりの変化 {explained} 件"
        )
    }
}

impl Speak for Bound {
    fn say(&self, lang: Lang) -> String {
        let Bound { moved, uses } = *self;
        let uses_en = counted(uses, "use");
        match self.at_most_thousandths() {
            Some(thousandths) => {
                let (whole, tenth) = (thousandths / 10, thousandths % 10);
                say!(
                    lang,
                    "{moved} of {uses_en} moved: at most {whole}.{tenth} % (95 %)",
                    "{uses} 件中、変更一覧で説明できない変化は {moved} 件: 多くても {whole}.{tenth} %（信頼度 95 %）"
                )
            }
            None => say!(
                lang,
                "{moved} of {uses_en} moved",
                "{uses} 件中、変更一覧で説明できない変化は {moved} 件"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_seen_is_bounded_by_the_rule_of_three() {
        let bound = Bound { moved: 0, uses: 412 };
        assert_eq!(bound.say(Lang::En), "0 of 412 uses moved: at most 0.7 % (95 %)");
        assert_eq!(Bound { moved: 0, uses: 1 }.at_most_thousandths(), Some(1000));
        assert_eq!(Bound { moved: 0, uses: 0 }.say(Lang::En), "0 of 0 uses moved");
        assert_eq!(Bound { moved: 2, uses: 412 }.say(Lang::En), "2 of 412 uses moved");
    }
}
