//! The archive: issues, stories with the parts of their score, papers, what was dropped, search, sources, status; a feed;
//! the links to leave and to vote; the operator's drafts. Rendered here, in two languages, without JavaScript. GET never changes state.

mod chart;
mod client;
mod corrections;
mod draft;
mod draft_view;
mod draft_words;
mod feed;
mod hindsight;
mod issues;
mod learn;
mod me;
mod page;
mod reader_words;
mod readers;
mod reasons;
mod sign_up;
mod status;
mod stories;
mod votes;
mod wish;
mod words;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

use crate::context::Context;
use crate::store;

/// Nothing but our own stylesheet; pages that need more say so themselves.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Largest body of a request: a vote with its comment; and a story's lines in a draft.
const MAX_BODY: usize = 16 * 1024;
const MAX_LINES: usize = 64 * 1024;

/// Longest time for a page.
const PATIENCE: Duration = Duration::from_secs(20);

/// Open connections are cut so long after Ctrl-C.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Serves until `ctx.cancel`.
///
/// # Errors
/// The web server fails.
pub async fn run(ctx: Context, listener: TcpListener) -> anyhow::Result<()> {
    let cancel = ctx.cancel.clone();
    let service = router(ctx).into_make_service_with_connect_info::<SocketAddr>();
    let stopping = cancel.clone();
    let server =
        axum::serve(listener, service).with_graceful_shutdown(async move { stopping.cancelled().await });
    let cut = async {
        cancel.cancelled().await;
        tokio::time::sleep(LAST_WORDS).await;
    };
    tokio::select! {
        outcome = async { server.await } => outcome?,
        () = cut => {}
    }
    Ok(())
}

/// All pages.
pub fn router(ctx: Context) -> Router {
    Router::new()
        .route("/", get(page::choose_language))
        .route("/healthz", get(health))
        .route(
            "/robots.txt",
            get(|| async {
                "User-agent: *\nDisallow: /u/\nDisallow: /v/\nDisallow: /*/confirm/\nDisallow: /*/me/\n"
            }),
        )
        .route("/assets/{file}", get(page::stylesheet))
        .route("/feed/{file}", get(feed::atom))
        .route("/u/{token}", get(readers::ask).post(readers::leave))
        .route("/api/subscribe", post(sign_up::ask))
        .route("/{lang}/subscribe", get(sign_up::form))
        .route("/{lang}/confirm/{token}", get(sign_up::look).post(sign_up::confirm))
        .route("/{lang}/me/{token}", get(me::look).post(me::act))
        .route("/{lang}/me/{token}/export", get(me::export))
        .route("/v/story/{lang}/{id}/{kind}", get(votes::enter))
        .route("/v/{token}", get(votes::ask).post(votes::vote))
        .route("/v/{token}/{kind}", get(votes::ask_kind))
        .route("/{lang}", get(issues::home))
        .route("/{lang}/", get(issues::home))
        .route("/{lang}/issues", get(issues::list))
        .route("/{lang}/issues/{kind}/{number}", get(issues::one))
        .route("/{lang}/issues/{kind}/{number}/mail", get(issues::mail))
        .route("/{lang}/issues/{kind}/{number}/text", get(issues::text))
        .route("/{lang}/story/{id}", get(stories::one))
        .route("/{lang}/papers", get(stories::papers))
        .route("/{lang}/learn", get(learn::page))
        .route("/{lang}/learn/{step}", get(learn::one))
        .route("/{lang}/dropped", get(stories::dropped))
        .route("/{lang}/hindsight", get(hindsight::page))
        .route("/{lang}/search", get(stories::search))
        .route("/{lang}/sources", get(status::sources))
        .route("/{lang}/outbox", get(status::outbox))
        .route("/{lang}/status", get(status::status))
        .route("/{lang}/about", get(status::about))
        .fallback(page::no_such_page)
        .layer(RequestBodyLimitLayer::new(MAX_BODY))
        .merge(drafts())
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(CatchPanicLayer::new())
        .layer(header_unless_set(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(header_unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header_unless_set(header::REFERRER_POLICY, "no-referrer"))
        .layer(header_unless_set(header::CACHE_CONTROL, "no-cache"))
        .with_state(ctx)
}

/// The operator's pages.
fn drafts() -> Router<Context> {
    Router::new()
        .route("/{lang}/draft/{token}", get(draft::look).post(draft::act))
        .route("/{lang}/draft/{token}/mail", get(draft::mail))
        .route("/{lang}/draft/{token}/text", get(draft::text))
        .layer(RequestBodyLimitLayer::new(MAX_LINES))
}

fn header_unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

async fn health(State(ctx): State<Context>) -> Response {
    match store::server_version(&ctx.pool).await {
        Ok(_) => "ok\n".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

/// A redirect that a browser may not keep.
fn redirect(to: &str) -> Response {
    Redirect::to(to).into_response()
}
