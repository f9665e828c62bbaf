//! The allocator's settings. A swap holds the masters of two releases for a moment, a hundred megabytes that
//! the system's allocator would keep for every thread that ever did so; with these it gives them back.

use std::ffi::OsString;

/// What glibc reads before `main`: one arena for all threads, and whatever is larger than some pages lies in
/// a mapping of its own, which is given back when it is freed.
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
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
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
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    drop(arguments);
}
