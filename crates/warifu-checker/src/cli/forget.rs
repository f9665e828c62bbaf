//! `forget-claims`: by the checker that runs, or here on its state directory where none does.

use crate::acts::Acts;
use crate::cli::arguments::Remote;
use crate::cli::client::ClientError;
use crate::cli::failure::Failure;
use crate::log::{Log, now};
use crate::said::Said;
use crate::state::{Forgotten, Recent, StateDirectory};

/// Deletes every claim file that is kept to be replayed.
pub(super) fn forget_claims(remote: &Remote, log: Log) -> Result<Forgotten, Failure> {
    let unreachable = match remote.client().forget_claims() {
        Ok(forgotten) => return Ok(forgotten),
        Err(ClientError::Unreachable(why)) => why,
        Err(refused) => return Err(refused.into()),
    };
    // Only where there is something: nothing is made here.
    let Some(state) = remote.state().filter(|state| state.join("checker.json").exists()) else {
        return Err(Failure::could_not(unreachable));
    };
    // Its lock says whether a checker runs that does not answer.
    let directory = StateDirectory::open(state).map_err(|error| Failure::could_not(Said::of(&error)))?;
    let forgotten = Recent::at_rest(directory.recent()).and_then(|recent| recent.forget());
    let told = forgotten.as_ref().map_or_else(Clone::clone, Said::both);
    Acts::open(directory.path(), now(), log).claims_forgotten(&told, forgotten.is_ok(), now());
    forgotten.map_err(Failure::could_not)
}
