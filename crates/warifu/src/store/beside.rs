//! Two things at once, where neither needs the other.

/// Does `aside` on another processor while `here` goes on; none when it panicked, which the caller makes up
/// for.
pub(super) fn beside<A: Send, B>(
    aside: impl FnOnce() -> A + Send,
    here: impl FnOnce() -> B,
) -> (B, Option<A>) {
    std::thread::scope(|scope| {
        let aside = scope.spawn(aside);
        (here(), aside.join().ok())
    })
}
