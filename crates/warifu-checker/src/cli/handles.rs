//! Open files: as many as the connections that are asked for, as far as the system gives them.

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::state::OPEN_AT_ONCE;

/// What a checker opens besides connections: files of its state, and of channels.
const BESIDES: u64 = 128;

// Its own files take no more than half of these.
const _: () = assert!(OPEN_AT_ONCE as u64 * 2 <= BESIDES);

/// How many of `connections` there are handles for, once the system was asked for more.
pub(super) fn connections(connections: usize) -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = (connections as u64).saturating_add(BESIDES);
    if let Some(current) = limit.current
        && current < wanted
    {
        let raised = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
        limit.current = Some(raised.max(current));
        // Where it is not given, there are as many as there were.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    let current = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    connections.min(usize::try_from(current.saturating_sub(BESIDES)).unwrap_or(usize::MAX)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_than_handles() {
        assert_eq!(connections(16), 16);
        let had = connections(usize::MAX);
        let current = getrlimit(Resource::Nofile).current;
        assert!(current.is_none_or(|current| had as u64 + BESIDES <= current), "{had} of {current:?}");
    }
}
