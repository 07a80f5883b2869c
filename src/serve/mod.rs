//! serve.
use crate::context::Context;
/// Runs.
///
/// # Errors
/// Never.
pub async fn run(ctx: Context, _listener: tokio::net::TcpListener) -> anyhow::Result<()> {
    ctx.cancel.cancelled().await;
    Ok(())
}
