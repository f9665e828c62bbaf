//! Where the other organisation says what its fleet runs. What lies there is believed by its signature alone,
//! and decides nothing.

use std::fmt;
use std::sync::Arc;

use warifu_channels::{Address, Channel};
use warifu_trust::{AreaRuns, ChannelPath, KeyCard, Receivers, limits};

use crate::said::Said;

/// A place, and whose word counts there.
#[derive(Clone)]
pub struct OtherFleet {
    place: Arc<dyn Channel + Send + Sync>,
    speakers: Receivers,
    name: String,
}

impl fmt::Debug for OtherFleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtherFleet").field("name", &self.name).finish_non_exhaustive()
    }
}

impl OtherFleet {
    /// At `place`, signed by the holder of `card`.
    pub fn new(place: &Address, card: KeyCard) -> OtherFleet {
        let name = card.name.clone();
        // One card is there once.
        let speakers = Receivers::of(vec![card]).unwrap_or_default();
        OtherFleet { place: Arc::from(place.channel()), speakers, name }
    }

    /// Whose fleet it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it says now. It takes as long as a network does.
    ///
    /// # Errors
    /// Why nothing can be said of it.
    pub fn hear(&self) -> Result<AreaRuns, Said> {
        let read = self.place.read(&ChannelPath::area(), limits::STATEMENT_BYTES);
        let bytes = read.map_err(|error| Said::of(&error))?.ok_or_else(|| {
            Said::new("there is no area.json in that place", "その場所に area.json がありません")
        })?;
        let runs = AreaRuns::verify(&bytes, &self.speakers);
        runs.map(|(runs, _)| runs).ok_or_else(|| {
            Said::new(
                "what lies there is not signed by the key of --fleet-other-key",
                "置かれている内容が --fleet-other-key の鍵で署名されていません",
            )
        })
    }
}
