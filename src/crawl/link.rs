//! Links: absolute, and one canonical form for each page however it was linked.

use url::Url;

use super::wrapped;

/// Parameters that say where a reader came from, not what the page is.
const TRACKING: [&str; 37] = [
    "gbraid",
    "wbraid",
    "gad_source",
    "srsltid",
    "_ga",
    "_gl",
    "_openstat",
    "trk",
    "__twitter_impression",
    "chksm",
    "scene",
    "subscene",
    "sessionid",
    "log_from",
    "ns_campaign",
    "ns_source",
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "mc_cid",
    "mc_eid",
    "igshid",
    "yclid",
    "_hsenc",
    "_hsmi",
    "mkt_tok",
    "ref_src",
    "ref_url",
    "referrer",
    "spm",
    "scm",
    "share_token",
    "cmpid",
    "ncid",
    "guccounter",
    "ftag",
];

/// Names that may say either; they say where a reader came from if the value begins with one of [`PLACES`].
const AMBIGUOUS: [&str; 5] = ["ref", "source", "from", "f", "feature"];

/// Where readers come from.
const PLACES: [&str; 27] = [
    "rss",
    "feed",
    "atom",
    "twitter",
    "tw",
    "facebook",
    "fb",
    "linkedin",
    "reddit",
    "hackernews",
    "hn",
    "producthunt",
    "newsletter",
    "email",
    "mail",
    "digest",
    "weibo",
    "wechat",
    "weixin",
    "timeline",
    "singlemessage",
    "groupmessage",
    "qq",
    "share",
    "social",
    "youtu",
    "home",
];

/// Redirectors inside redirectors that are opened.
const MAX_WRAPPERS: usize = 3;

/// Longest address that is kept.
const MAX_LENGTH: usize = 2000;

/// The absolute `http(s)` form of `link` on the page `base`, or `None` for what is no web page.
pub fn absolute(link: &str, base: &str) -> Option<String> {
    let link = link.trim();
    if link.is_empty() || link.len() > MAX_LENGTH {
        return None;
    }
    if is_sound(link) {
        return Some(link.to_owned());
    }
    let url = match Url::parse(link) {
        Ok(url) => url,
        Err(_) => Url::parse(base).ok()?.join(link).ok()?,
    };
    let fits =
        ["http", "https"].contains(&url.scheme()) && url.host_str().is_some_and(|host| !host.is_empty());
    if !fits || url.as_str().len() > MAX_LENGTH {
        return None;
    }
    // The publisher's own spelling is what its readers and other feeds compare with.
    Some(if is_plain(link) { link.to_owned() } else { url.to_string() })
}

/// Whether every program reads an absolute address the same way as it stands.
fn is_plain(link: &str) -> bool {
    let is_safe = |byte: u8| matches!(byte, b'!' | b'#'..=b'&' | b'('..=b';' | b'=' | b'?'..=b'[' | b']' | b'_' | b'a'..=b'z' | b'~');
    let begins =
        |scheme: &str| link.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    (begins("http://") || begins("https://")) && link.bytes().all(is_safe)
}

/// An address of a common shape, so plain that no parser would find anything wrong with it: thousands of links are read.
fn is_sound(link: &str) -> bool {
    let Some(rest) = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://")) else {
        return false;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_label = |label: &str| {
        label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && !label.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("xn--"))
    };
    // A last part that begins with a digit may be meant as an address in numbers.
    let is_name =
        host.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_alphabetic()));
    is_name && host.split('.').all(is_label) && is_plain(link)
}

/// One form for all addresses of a page: https, no `www.`, not the one for telephones, no tracking, parameters sorted,
/// no fragment, no slash at the end, an arXiv paper by its id, what a redirector leads to if its address tells. Only for
/// comparing, never for fetching.
pub fn canonical(link: &str) -> String {
    let Ok(mut url) = Url::parse(link.trim()) else { return link.trim().to_owned() };
    for _ in 0..MAX_WRAPPERS {
        let Some(inner) = wrapped::inner(&url) else { break };
        url = inner;
    }
    if let Some(id) = arxiv_id(&url) {
        return format!("https://arxiv.org/abs/{id}");
    }
    url.set_fragment(None);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    let host = wrapped::main_host(url.host_str().unwrap_or_default());
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = wrapped::main_path(url.path());
    let is_wanted = |(name, value): &(String, String)| {
        !is_tracking(name, value) && !wrapped::is_amp_parameter(name, value)
    };
    let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().filter(is_wanted).collect();
    pairs.sort();
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("https://{host}{port}{path}{mark}{query}")
}

/// The id of an arXiv paper without its version.
pub fn arxiv_id(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    if host != "arxiv.org" && !host.ends_with(".arxiv.org") && !host.ends_with("alphaxiv.org") {
        return None;
    }
    let mut parts = url.path().trim_start_matches('/').splitn(2, '/');
    let kind = parts.next()?;
    if !["abs", "pdf", "html"].contains(&kind) {
        return None;
    }
    let id = parts.next()?.trim_end_matches('/').trim_end_matches(".pdf");
    let without_version = match id.rsplit_once('v') {
        Some((front, version)) if !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) => front,
        _ => id,
    };
    let is_id = without_version.len() >= 7 && without_version.bytes().any(|b| b.is_ascii_digit());
    is_id.then(|| without_version.to_owned())
}

fn is_tracking(name: &str, value: &str) -> bool {
    let (name, value) = (name.to_ascii_lowercase(), value.to_ascii_lowercase());
    let is_place = || value.is_empty() || PLACES.iter().any(|place| begins_with_word(&value, place));
    name.starts_with("utm_")
        || name.starts_with("at_")
        || name.starts_with("mtm_")
        || TRACKING.contains(&name.as_str())
        || AMBIGUOUS.contains(&name.as_str()) && is_place()
}

/// "rss", "rss-latest" and "rss_0506", but not "rssi".
fn begins_with_word(value: &str, word: &str) -> bool {
    value.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_alphabetic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_canonical_link() {
        let want = "https://example.com/a/b?id=3&x=1";
        for link in [
            "http://www.example.com/a/b/?x=1&id=3",
            "https://EXAMPLE.com/a/b?id=3&utm_source=rss&x=1#top",
            "https://example.com:443/a/b/amp?fbclid=z&id=3&x=1",
        ] {
            assert_eq!(canonical(link), want, "{link}");
        }
        assert_ne!(canonical("https://example.com/a?id=1"), canonical("https://example.com/a?id=2"));
        assert_eq!(
            canonical("https://example.com/a?from=timeline&ref=rss-2&source=hn"),
            "https://example.com/a"
        );
        for own in ["from=2026-01", "ref=v2", "source=openai"] {
            assert_eq!(
                canonical(&format!("https://example.com/a?{own}")),
                format!("https://example.com/a?{own}")
            );
        }
    }

    #[test]
    fn the_same_page_for_telephones_and_behind_redirectors() {
        let want = "https://example.com/a/b?id=3";
        for link in [
            "https://m.example.com/a/b?id=3",
            "https://mobile.example.com/a/b/?id=3&outputType=amp",
            "https://amp.example.com/amp/a/b?id=3",
            "https://www.google.com/amp/s/www.example.com/a/b?id=3",
            "https://example-com.cdn.ampproject.org/c/s/example.com/a/b.amp?id=3",
            "https://www-example-com.cdn.ampproject.org/c/s/www.example.com/a/b?id=3&usqp=mq331AQIUAKwASA%3D",
            "https://www.google.com/url?rct=j&url=https%3A%2F%2Fexample.com%2Fa%2Fb%3Fid%3D3&ct=ga",
            "https://link.zhihu.com/?target=https%3A//example.com/a/b%3Fid%3D3",
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=http%3a%2f%2fexample.com%2fa%2fb%3fid%3d3",
            "https://news.google.com/rss/articles/CBMiHGh0dHBzOi8vZXhhbXBsZS5jb20vYS9iP2lkPTPSAQA?oc=5",
        ] {
            assert_eq!(canonical(link), want, "{link}");
        }
        let long = format!("https://example.com/{}", "a".repeat(140));
        let message = [b"\x08\x13\x22\xa0\x01", long.as_bytes(), b"\xd2\x01\x00"].concat();
        let id = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, message);
        assert_eq!(canonical(&format!("https://news.google.com/rss/articles/{id}?oc=5")), long);
        // What only its server knows stays as it is; a host's own name is no prefix.
        assert_eq!(canonical("https://t.co/abc"), "https://t.co/abc");
        assert_eq!(
            canonical("https://news.google.com/rss/articles/CBMiAbc"),
            "https://news.google.com/rss/articles/CBMiAbc"
        );
        assert_eq!(canonical("https://m.media/a"), "https://m.media/a");
        assert_eq!(
            canonical("https://example.com/search?url=https://a.example/"),
            "https://example.com/search?url=https%3A%2F%2Fa.example%2F"
        );
    }

    #[test]
    fn a_paper_is_one_paper_in_all_its_forms() {
        for link in [
            "http://arxiv.org/abs/2605.01234v2",
            "https://arxiv.org/pdf/2605.01234.pdf",
            "https://export.arxiv.org/abs/2605.01234",
            "https://www.alphaxiv.org/abs/2605.01234v1",
        ] {
            assert_eq!(canonical(link), "https://arxiv.org/abs/2605.01234", "{link}");
        }
    }

    #[test]
    fn only_web_pages_are_links() {
        assert_eq!(absolute("/x", "https://a.example/feed").as_deref(), Some("https://a.example/x"));
        assert_eq!(absolute("https://a.example?y=1", "").as_deref(), Some("https://a.example?y=1"));
        assert_eq!(
            absolute("https://a.example/模 型", "").as_deref(),
            Some("https://a.example/%E6%A8%A1%20%E5%9E%8B")
        );
        assert_eq!(absolute("https:\\\\a.example", "").as_deref(), Some("https://a.example/"));
        assert_eq!(absolute("javascript:alert(1)", "https://a.example/"), None);
        assert_eq!(absolute("mailto:a@b", "https://a.example/"), None);
        assert_eq!(absolute("", "https://a.example/"), None);
    }
}
