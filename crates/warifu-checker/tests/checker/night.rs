//! Releases one after the other in a checker without a service, and what its status says of them in Japanese.

use std::path::Path;
use std::sync::Arc;

use warifu_checker::log::now;
use warifu_checker::service::{Doors, Queue, Requests, Status};
use warifu_checker::swap::{Swapper, Wanted};
use warifu_values::lang::{Lang, Speak as _};

use crate::line::{Line, release};
use crate::masters::good;
use crate::world::{Shelf, Source, alone_at};

/// Good rows and one more, so that each number is a release of its own.
pub(crate) fn rows(more: u64) -> Vec<(u32, &'static str)> {
    let mut rows = good();
    rows.push((190_000_010 + u32::try_from(more).unwrap(), "5.00"));
    rows
}

/// Releases up to `last`, each confirmed before the next.
pub(crate) fn confirmed(at: &Path, last: u64) -> (Arc<Shelf>, Swapper) {
    let shelf = Arc::new(Shelf::after(Line::default()));
    let swapper = alone_at(at, Source(Arc::clone(&shelf)));
    for number in 1..=last {
        shelf.offer(release(number, &rows(number)));
        swapper.poll(now(), Wanted::ByItself);
        if number > 1 {
            swapper.confirm(number, "試験".parse().unwrap(), now()).unwrap();
        }
    }
    (shelf, swapper)
}

/// What the status says.
pub(crate) fn said(swapper: &Swapper) -> String {
    let status = Status::of(swapper, Requests::default(), Queue::default(), Doors::default(), now());
    status.say(Lang::Ja)
}
