//! Work on foreign bytes that must end: whoever waits for it gives up in time, whatever the bytes do to the parser.

use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

/// No honest page takes a hundredth of it.
const LONGEST: Duration = Duration::from_secs(30);

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Overrun {
    /// It goes on in a thread of its own, and nobody listens any more.
    #[error("reading it took longer than {} s and was given up", LONGEST.as_secs())]
    Late,
    /// The parser panicked.
    #[error("the parser gave up on it")]
    Broken,
}

/// What `work` gives, done off the runtime's own threads.
///
/// # Errors
/// It does not end in time, or panics.
pub async fn within<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Overrun> {
    within_limit(LONGEST, work).await
}

async fn within_limit<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Overrun> {
    let (tell, told) = oneshot::channel();
    // Not a thread of the runtime's, which waits for all of its own when it ends.
    let spawned = thread::Builder::new().name("parser".to_owned()).spawn(move || tell.send(work()).is_ok());
    if spawned.is_err() {
        return Err(Overrun::Broken);
    }
    match timeout(limit, told).await {
        Ok(done) => done.map_err(|_| Overrun::Broken),
        Err(_) => Err(Overrun::Late),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_gives_up_in_time() {
        let slow = || std::thread::sleep(Duration::from_millis(300));
        assert_eq!(within_limit(Duration::from_millis(20), slow).await, Err(Overrun::Late));
        assert_eq!(within(|| 7).await, Ok(7));
    }

    #[tokio::test]
    async fn a_panic_is_told_from_a_delay() {
        #[expect(clippy::panic, reason = "what is tested is that a panic stays inside")]
        let broken = || panic!("broken");
        assert_eq!(within::<()>(broken).await, Err(Overrun::Broken));
    }
}
