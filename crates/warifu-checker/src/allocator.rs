//! What gives memory, and its settings. A swap holds the masters of two releases for a moment, and thousands
//! of connections may be open for another: what they leave goes back to the system within seconds.
//!
//! As it is installed, the program has jemalloc (the feature `jemalloc`; it wants a C compiler and `make`): a
//! page that nobody uses goes back wherever it lies. The system's allocator gives back what lies at the end
//! of its arena, so that a few small things kept from a busy minute hold all of it.

use std::ffi::OsString;

#[cfg(feature = "jemalloc")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What jemalloc reads before `main`. What is free goes back within a moment, by a thread of its own: an idle
/// checker frees nothing else that would remind it. A thread keeps a few small pieces for itself and nothing
/// large; one arena for all is enough for as many judges as there are processors.
#[cfg(feature = "jemalloc")]
const SETTINGS: [(&str, &str); 1] = [(
    "_RJEM_MALLOC_CONF",
    "background_thread:true,dirty_decay_ms:50,muzzy_decay_ms:0,narenas:1,tcache_max:512,\
     tcache_nslots_small_min:2,tcache_nslots_small_max:8",
)];

/// What glibc reads before `main`: one arena for all threads, and whatever is larger than some pages lies in
/// a mapping of its own, which is given back when it is freed.
#[cfg(not(feature = "jemalloc"))]
const SETTINGS: [(&str, &str); 4] = [
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_MMAP_THRESHOLD_", "32768"),
    ("MALLOC_TRIM_THRESHOLD_", "65536"),
    ("MALLOC_TOP_PAD_", "16384"),
];

/// The variables of [`SETTINGS`], which are for no other program.
pub(crate) fn variables() -> impl Iterator<Item = &'static str> {
    SETTINGS.into_iter().map(|(name, _)| name)
}

/// Begins this program again with [`SETTINGS`], in the same process, unless the environment has settings of
/// its own. Where that cannot be, it goes on as it is: it only takes more memory.
pub(crate) fn settle(arguments: impl Iterator<Item = OsString>) {
    #[cfg(all(target_os = "linux", any(feature = "jemalloc", target_env = "gnu")))]
    {
        use std::os::unix::process::CommandExt as _;
        if SETTINGS.iter().any(|(name, _)| std::env::var_os(name).is_some()) {
            return;
        }
        let mut arguments = arguments;
        let name = arguments.next().unwrap_or_else(|| "warifu-checker".into());
        let mut again = std::process::Command::new("/proc/self/exe");
        // It only returns when it could not be done.
        let _ = again.arg0(name).args(arguments).envs(SETTINGS).exec();
    }
    #[cfg(not(all(target_os = "linux", any(feature = "jemalloc", target_env = "gnu"))))]
    drop(arguments);
}
