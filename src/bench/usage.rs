//! What this process has used so far.

use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::{TimeVal, TimeValLike as _};

/// CPU time of this process, all threads, user and system.
pub fn cpu() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Duration::ZERO };
    let of =
        |time: TimeVal| Duration::from_micros(u64::try_from(time.num_microseconds()).unwrap_or_default());
    of(usage.user_time()) + of(usage.system_time())
}

/// The most memory that it ever held, in bytes.
pub fn peak_bytes() -> u64 {
    // Linux counts in KiB, macOS in bytes: getrusage(2).
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    getrusage(UsageWho::RUSAGE_SELF)
        .map_or(0, |usage| u64::try_from(usage.max_rss()).unwrap_or_default() * unit)
}

/// The CPU time that `work` takes.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let before = cpu();
    let result = work();
    (result, cpu() - before)
}
