//! A fake internet on loopback: answers by path, and what was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use tower_http::compression::CompressionLayer;

/// What a path answers.
#[derive(Clone)]
pub enum Answer {
    /// Status, headers and body.
    Says(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// 200 with a body to who has not seen it, 304 to who shows this `ETag`.
    Tagged(&'static str, Vec<u8>),
    /// This many bytes of spaces.
    Endless(usize),
    /// Headers, and then silence.
    Stalls,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub headers: HeaderMap,
}

/// A host.
#[derive(Clone, Default)]
pub struct Web {
    pub base: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    answers: HashMap<String, Answer>,
    seen: Vec<Seen>,
    now: usize,
    most: usize,
}

impl Web {
    /// A host without pages.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let web = Self { base: format!("http://{}", listener.local_addr().unwrap()), inner: Arc::default() };
        let router =
            Router::new().fallback(answer).with_state(web.clone()).layer(CompressionLayer::new().gzip(true));
        tokio::spawn(async move { axum::serve(listener, router).await });
        web
    }

    /// A host with these feeds.
    pub async fn with(answers: impl IntoIterator<Item = (&str, String)>) -> Self {
        let web = Self::start().await;
        for (path, text) in answers {
            web.put(path, ok(text));
        }
        web
    }

    /// From now on, `path` answers this.
    pub fn put(&self, path: &str, answer: Answer) {
        self.inner.lock().unwrap().answers.insert(path.to_owned(), answer);
    }

    /// Everything that was asked, and forgets it.
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut self.inner.lock().unwrap().seen)
    }

    /// The paths that were asked, sorted, and forgets them.
    pub fn take_paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.take_seen().into_iter().map(|seen| seen.path).collect();
        paths.sort();
        paths
    }

    /// Most requests that were open at the same time.
    pub fn most_at_once(&self) -> usize {
        self.inner.lock().unwrap().most
    }
}

/// 200 with a body.
pub fn ok(body: impl Into<Vec<u8>>) -> Answer {
    Answer::Says(200, Vec::new(), body.into())
}

/// 200 with a body of this type.
pub fn typed(content_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    Answer::Says(200, vec![("content-type", content_type.to_owned())], body.into())
}

/// A bare status.
pub fn status(status: u16) -> Answer {
    Answer::Says(status, Vec::new(), Vec::new())
}

/// A status that names a time or a place.
pub fn told(status: u16, header: &'static str, value: impl Into<String>) -> Answer {
    Answer::Says(status, vec![(header, value.into())], Vec::new())
}

async fn answer(State(web): State<Web>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path_and_query().unwrap().to_string();
    let answer = {
        let mut inner = web.inner.lock().unwrap();
        inner.now += 1;
        inner.most = inner.most.max(inner.now);
        inner.seen.push(Seen { path: path.clone(), headers: headers.clone() });
        inner.answers.get(&path).cloned().unwrap_or_else(|| status(404))
    };
    tokio::time::sleep(Duration::from_millis(5)).await;
    let response = respond(answer, &headers);
    web.inner.lock().unwrap().now -= 1;
    response
}

fn respond(answer: Answer, asked: &HeaderMap) -> Response {
    match answer {
        Answer::Says(status, headers, body) => {
            let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
            for (name, value) in headers {
                let value = HeaderValue::from_str(&value).unwrap();
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
            response
        }
        Answer::Tagged(etag, body) => {
            let known = asked.get("if-none-match").is_some_and(|sent| sent.as_bytes() == etag.as_bytes());
            let body = if known { Vec::new() } else { body };
            let status = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
            (status, [("etag", etag)], body).into_response()
        }
        Answer::Endless(n_bytes) => {
            const PIECE: usize = 1 << 16;
            let pieces = futures::stream::iter(0..n_bytes / PIECE)
                .map(|_| Ok::<_, std::convert::Infallible>(vec![b' '; PIECE]));
            Body::from_stream(pieces).into_response()
        }
        Answer::Stalls => {
            Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>()).into_response()
        }
    }
}
