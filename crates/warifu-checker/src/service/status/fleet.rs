//! What a member of a fleet says of its area.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_values::lang::{Lang, Speak};

use crate::area_seen::{InArea, Trouble};
use crate::said::Said;
use crate::swap::{NotReady, Swapper};

/// A checker in its area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InFleet {
    /// What it knows of its area.
    #[serde(flatten)]
    pub area: InArea,
    /// Why it may judge nothing now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_ready: Option<NotReady>,
}

impl InFleet {
    /// The checker of `swapper`; none where it is alone.
    pub(super) fn of(swapper: &Swapper) -> Option<InFleet> {
        Some(InFleet { area: swapper.in_area()?, not_ready: swapper.not_ready() })
    }

    /// That it is out of service, where it is.
    pub fn out_of_service(&self) -> Option<Trouble> {
        let why = &self.not_ready.as_ref()?.why;
        Some(Trouble {
            word: Said::new("Out of service", "受付停止"),
            what: Said::new(
                "this checker may not judge in its area now: every claim file is turned away",
                "このチェッカーは現在エリア内で点検できません。請求ファイルはすべて受付不可になります",
            ),
            why: Some(why.clone()),
            next: Said::new(
                "it takes claims again by itself; where it does not, look at the store and at the way to \
                 other members",
                "自動で復帰します。復帰しない場合は、保管先（etcd）とほかのメンバーへの接続を確認してください",
            ),
            is_alarm: true,
        })
    }
}

impl Speak for InFleet {
    fn say(&self, lang: Lang) -> String {
        let out = self.out_of_service().map(|trouble| trouble.line(lang));
        out.into_iter().chain([self.area.say(lang)]).collect::<Vec<_>>().join("\n")
    }
}
