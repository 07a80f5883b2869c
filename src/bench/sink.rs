//! A relay on loopback that takes everything and keeps nothing, in a process of its own so that its cost is not ours.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use memchr::memmem;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// End of a text.
const DOT: &[u8] = b"\r\n.\r\n";

/// Read at a time.
const CHUNK: usize = 1 << 16;

#[derive(Default)]
struct Counts {
    messages: AtomicUsize,
    open: AtomicUsize,
    most_open: AtomicUsize,
}

/// Serves until standard input ends. Prints its address, and at the end messages and the most connections at a time.
///
/// # Errors
/// No port is free.
pub async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let counts = Arc::new(Counts::default());
    let shared = Arc::clone(&counts);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let counts = Arc::clone(&shared);
            let _ = stream.set_nodelay(true);
            tokio::spawn(async move {
                let n = counts.open.fetch_add(1, Ordering::SeqCst) + 1;
                counts.most_open.fetch_max(n, Ordering::SeqCst);
                // A client that hangs up in the middle is no fault of the sink.
                let _ = session(stream, &counts).await;
                counts.open.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    let mut rest = Vec::new();
    tokio::io::stdin().read_to_end(&mut rest).await?;
    let number = |count: &AtomicUsize| count.load(Ordering::SeqCst);
    println!("{} {}", number(&counts.messages), number(&counts.most_open));
    Ok(())
}

async fn session(mut stream: impl AsyncRead + AsyncWrite + Unpin, counts: &Counts) -> io::Result<()> {
    stream.write_all(b"220 sink\r\n").await?;
    let (mut buffer, mut in_text) = (Vec::with_capacity(2 * CHUNK), false);
    while stream.read_buf(&mut buffer).await? > 0 {
        loop {
            let end: &[u8] = if in_text { DOT } else { b"\r\n" };
            let Some(at) = memmem::find(&buffer, end) else { break };
            let word = buffer[..at.min(4)].to_ascii_uppercase();
            buffer.drain(..at + end.len());
            let answer: &[u8] = match (in_text, word.as_slice()) {
                (true, _) => {
                    counts.messages.fetch_add(1, Ordering::SeqCst);
                    b"250 2.0.0 taken\r\n"
                }
                (false, b"DATA") => b"354 go on\r\n",
                (false, b"QUIT") => return stream.write_all(b"221 bye\r\n").await,
                (false, _) => b"250 ok\r\n",
            };
            in_text = !in_text && word == b"DATA";
            stream.write_all(answer).await?;
        }
        // Of a text only its end matters.
        if in_text && buffer.len() > CHUNK {
            buffer.drain(..buffer.len() - DOT.len());
        }
    }
    Ok(())
}
