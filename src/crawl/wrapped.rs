//! Addresses that stand for others: redirectors whose own address tells where they lead, pages for telephones, AMP.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::Url;

/// Redirectors: host (or its end), beginning of the path, and the parameters that may hold the target.
const REDIRECTORS: [(&str, &str, &[&str]); 15] = [
    ("google.com", "/url", &["url", "q"]),
    ("bing.com", "/news/apiclick.aspx", &["url"]),
    ("facebook.com", "/l.php", &["u"]),
    ("instagram.com", "/", &["u"]),
    ("linkedin.com", "/redir", &["url"]),
    ("reddit.com", "/", &["url"]),
    ("youtube.com", "/redirect", &["q"]),
    ("slack-redir.net", "/link", &["url"]),
    ("link.zhihu.com", "/", &["target"]),
    ("link.juejin.cn", "/", &["target"]),
    ("link.csdn.net", "/", &["target"]),
    ("jianshu.com", "/go-wild", &["url"]),
    ("oschina.net", "/action/GoToLink", &["url"]),
    ("segmentfault.com", "/link", &["url"]),
    ("sspai.com", "/link", &["target"]),
];

/// Names in front of a host that only say which form of it is meant.
const FORMS: [&str; 6] = ["www", "m", "mobile", "wap", "amp", "3g"];

/// The address inside, if this one tells it.
pub fn inner(url: &Url) -> Option<Url> {
    let host = url.host_str()?.trim_start_matches("www.");
    amp_cache(url, host).or_else(|| google_news(url, host)).or_else(|| parameter(url, host))
}

/// The host without its forms, as long as a name with a dot is left.
pub fn main_host(host: &str) -> String {
    let mut rest = host;
    while let Some((first, after)) = rest.split_once('.')
        && FORMS.contains(&first)
        && after.contains('.')
    {
        rest = after;
    }
    rest.to_owned()
}

/// The path without AMP's marks, an index page and the slash at the end.
pub fn main_path(path: &str) -> String {
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix("/amp").or_else(|| path.strip_suffix(".amp")).unwrap_or(path);
    let path = path.strip_suffix("/index.html").unwrap_or(path);
    let path = path.strip_prefix("/amp/").map_or(path.to_owned(), |rest| format!("/{rest}"));
    path.replace(".amp.html", ".html")
}

/// `?amp`, `?amp=1`, `?outputType=amp`, and what Google's cache of such pages says of its visitor (`usqp`).
pub fn is_amp_parameter(name: &str, value: &str) -> bool {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    is("amp") || is("usqp") || is("outputtype") && value == "amp"
}

/// `google.com/amp/s/…` and `….cdn.ampproject.org/c/s/…`: the address stands in the path, `s` for https.
fn amp_cache(url: &Url, host: &str) -> Option<Url> {
    let path = url.path();
    let rest = match host {
        "google.com" => path.strip_prefix("/amp/")?,
        host if host.ends_with(".cdn.ampproject.org") => {
            path.strip_prefix("/c/").or_else(|| path.strip_prefix("/v/"))?
        }
        _ => return None,
    };
    let (scheme, rest) = rest.strip_prefix("s/").map_or(("http", rest), |rest| ("https", rest));
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    web(&format!("{scheme}://{rest}{query}"))
}

/// The older ids of Google News hold the address in a protocol buffer: the bytes between its length and the next field.
fn google_news(url: &Url, host: &str) -> Option<Url> {
    let is_article = host == "news.google.com" && url.path().contains("/articles/");
    let id = url.path().rsplit('/').next().filter(|_| is_article)?;
    let bytes = URL_SAFE_NO_PAD.decode(id.trim_end_matches('=')).ok()?;
    let start = bytes.windows(4).position(|four| four == b"http")?;
    let rest = &bytes[start..];
    let printable = rest.iter().position(|byte| !byte.is_ascii_graphic()).unwrap_or(rest.len());
    let end = length_before(&bytes[..start]).filter(|length| *length <= printable).unwrap_or(printable);
    web(std::str::from_utf8(&rest[..end]).ok()?)
}

/// The length at the end of `bytes`, behind the tag of field 4. Above 127 it takes two bytes, the low seven bits first.
/// <https://protobuf.dev/programming-guides/encoding/#varints>
fn length_before(bytes: &[u8]) -> Option<usize> {
    const FIELD: u8 = 0x22;
    match bytes {
        [.., FIELD, low, high] if *low >= 0x80 && *high < 0x80 => {
            Some(usize::from(low & 0x7f) | usize::from(*high) << 7)
        }
        [.., length] if *length < 0x80 => Some(usize::from(*length)),
        _ => None,
    }
}

fn parameter(url: &Url, host: &str) -> Option<Url> {
    let is_of =
        |name: &str| host == name || host.strip_suffix(name).is_some_and(|front| front.ends_with('.'));
    let (_, _, names) =
        REDIRECTORS.iter().find(|(name, path, _)| is_of(name) && url.path().starts_with(path))?;
    let value = |name: &&str| url.query_pairs().find(|(key, _)| key == *name).map(|(_, value)| value);
    web(&names.iter().find_map(value)?)
}

fn web(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| ["http", "https"].contains(&url.scheme()) && url.host().is_some())
}
