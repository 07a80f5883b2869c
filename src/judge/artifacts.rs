//! What a reader can touch: paper, code, weights, API, price; each with the link or the words that the article gives.

use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::lexicon::{self, compile};
use super::sentences;
use crate::model::{Artifact, ArtifactKind, Story, StoryItem};

/// Most of one story.
const MAX: usize = 8;
/// Longest quote, in characters.
const MAX_QUOTE: usize = 200;

static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:https?://|(?:www\.)?(?:arxiv\.org|github\.com|gitlab\.com|huggingface\.co|modelscope\.cn|hf\.co)/)[\w\-./~%?=&#+:]*[\w\-/~%=&#+]",
    )
});

/// Words that offer something, where no link does.
static WORDS: LazyLock<Vec<(ArtifactKind, Regex)>> = LazyLock::new(|| {
    let rows = [
        (
            ArtifactKind::Weights,
            r"(?i)\b(?:open[- ]weights?|weights (?:are|is|were|have been)? ?(?:now )?(?:available|released|published|open|on)|download the (?:model|weights|checkpoints?)|checkpoints? (?:are|is) (?:available|released|public))\b|权重.{0,16}(?:开源|开放下载|可下载|下载|公开)|模型(?:已|现已|均已|全部)?(?:开源|开放下载|可下载)|开源(?:了)?(?:其)?(?:模型)?权重",
        ),
        (
            ArtifactKind::Code,
            r"(?i)\b(?:code (?:is|and \w+ are|has been|will be)? ?(?:now )?(?:available|released|published|open[- ]sourced?)|open[- ]sourced? (?:the|its|our|under)|(?:released|licensed|available) under (?:the |an? )?(?:apache|mit|bsd|gpl|agpl|mpl)|pip install|npm install|cargo (?:add|install)|docker (?:pull|run))\b|代码(?:已|现已|均已)?(?:开源|公开|发布|上线)|(?:采用|基于|遵循).{0,8}(?:Apache|MIT|BSD|GPL).{0,6}(?:协议|许可)",
        ),
        (
            ArtifactKind::Api,
            r"(?i)\b(?:(?:available|accessible|live|offered) (?:now )?(?:via|through|in|on) (?:the |its |our |an? )?(?:\w+ ){0,2}api|api (?:is|access is) (?:now )?(?:available|open|live)|generally available|in (?:public )?(?:preview|beta) (?:today|now))\b|API.{0,6}(?:已|现已|正式|同步|全面)?(?:开放|上线|可用)|(?:开放|上线|提供)(?:了)?.{0,6}(?:API|接口)",
        ),
        (
            ArtifactKind::Price,
            r"(?i)(?:[$€£¥]\s?\d[\d.,]*|\d[\d.,]*\s?(?:dollars|euros|cents)).{0,24}\b(?:per|a|for (?:each|a)) (?:million|1m|thousand|1k|month|seat|user|hour|image|minute|second|token)|[\d.]+\s?(?:元|美元|人民币)\s?(?:/|每)\s?(?:百万|千|月|年|次|秒|张)|每(?:百万|千).{0,10}(?:元|美元)",
        ),
        (
            ArtifactKind::Paper,
            r"(?i)\b(?:technical report|tech report|white ?paper|pre-?print|(?:the|our|a) paper (?:is|was|describes|shows|reports))\b|技术报告|论文(?:已|地址|链接|发表)",
        ),
    ];
    rows.into_iter().filter_map(|(kind, pattern)| Some((kind, compile(pattern)?))).collect()
});

/// The artifacts of a story: by links first, and by words for kinds that have no link.
pub fn find(story: &Story) -> Vec<Artifact> {
    let mut found: Vec<Artifact> = Vec::new();
    for item in &story.items {
        let own = std::iter::once(item.link.as_str());
        for link in own.chain(item.links.iter().map(String::as_str)).chain(links_in(&item.text)) {
            let Some((kind, link)) = classify(link) else { continue };
            if !found.iter().any(|known| known.link.as_deref() == Some(link.as_str())) {
                found.push(Artifact { kind, link: Some(link), quote: String::new() });
            }
        }
    }
    for (kind, pattern) in WORDS.iter() {
        if found.iter().any(|known| known.kind == *kind) {
            continue;
        }
        let quote = story.items.iter().find_map(|item| said(item, pattern));
        found.extend(quote.map(|quote| Artifact { kind: *kind, link: None, quote }));
    }
    found.truncate(MAX);
    found
}

/// The sentence that offers it, unless it speaks of some day.
fn said(item: &StoryItem, pattern: &Regex) -> Option<String> {
    let is_offer =
        |sentence: &&str| pattern.is_match(sentence) && lexicon::find(&lexicon::FUTURE, sentence).is_none();
    let sentence = sentences::split(&item.text).into_iter().find(is_offer)?;
    Some(sentence.chars().take(MAX_QUOTE).collect())
}

fn links_in(text: &str) -> impl Iterator<Item = &str> {
    LINK.iter().flat_map(move |link| link.find_iter(text)).map(|found| found.as_str())
}

/// What a link leads to, and the link in its plain form; `None` for a page like any other.
pub fn classify(link: &str) -> Option<(ArtifactKind, String)> {
    let absolute = if link.contains("://") { link.to_owned() } else { format!("https://{link}") };
    let url = Url::parse(&absolute).ok().filter(|url| ["http", "https"].contains(&url.scheme()))?;
    let host = url.host_str()?.trim_start_matches("www.").to_owned();
    let path: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let plain = |n: usize| format!("https://{host}/{}", path[..n.min(path.len())].join("/"));
    let repository = |kind| (path.len() >= 2 && !is_furniture(path[0])).then(|| (kind, plain(2)));
    match (host.as_str(), path.first().copied()) {
        ("arxiv.org" | "alphaxiv.org", Some("abs" | "pdf" | "html")) => {
            let id = path.get(1)?.trim_end_matches(".pdf");
            Some((ArtifactKind::Paper, format!("https://arxiv.org/abs/{}", without_version(id))))
        }
        ("openreview.net", Some("forum" | "pdf")) => Some((ArtifactKind::Paper, absolute.clone())),
        ("aclanthology.org" | "proceedings.mlr.press", Some(_)) => Some((ArtifactKind::Paper, plain(2))),
        ("huggingface.co" | "hf.co", Some("papers")) => Some((ArtifactKind::Paper, plain(2))),
        ("huggingface.co" | "hf.co", Some("datasets" | "spaces")) if path.len() >= 3 => {
            Some((ArtifactKind::Weights, plain(3)))
        }
        ("huggingface.co" | "hf.co" | "modelscope.cn" | "ollama.com", Some(first)) => {
            let named = ["models", "library"].contains(&first) && path.len() >= 2;
            if named { Some((ArtifactKind::Weights, plain(3))) } else { repository(ArtifactKind::Weights) }
        }
        ("github.com" | "gitlab.com" | "gitee.com" | "codeberg.org" | "bitbucket.org", Some(_)) => {
            repository(ArtifactKind::Code)
        }
        ("pypi.org" | "npmjs.com" | "crates.io", Some("project" | "package" | "crates")) => {
            Some((ArtifactKind::Code, plain(2)))
        }
        (_, Some(_)) if path.iter().any(|part| part.eq_ignore_ascii_case("pricing")) => {
            Some((ArtifactKind::Price, plain(path.len())))
        }
        (host, Some(_)) if host.starts_with("platform.") || host.starts_with("docs.") => {
            path.iter().any(|part| part.contains("api")).then(|| (ArtifactKind::Api, plain(path.len())))
        }
        _ => None,
    }
}

/// First parts of paths that name no owner.
fn is_furniture(first: &str) -> bool {
    const PARTS: [&str; 24] = [
        "about",
        "apps",
        "blog",
        "collections",
        "contact",
        "customer-stories",
        "docs",
        "enterprise",
        "events",
        "explore",
        "features",
        "join",
        "learn",
        "login",
        "marketplace",
        "new",
        "orgs",
        "posts",
        "pricing",
        "search",
        "settings",
        "site",
        "sponsors",
        "topics",
    ];
    PARTS.contains(&first)
}

fn without_version(id: &str) -> &str {
    match id.rsplit_once('v') {
        Some((bare, version)) if !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) => {
            bare
        }
        _ => id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_it_leads_to() {
        for (link, kind, plain) in [
            (
                "https://arxiv.org/pdf/2601.01234v2.pdf",
                ArtifactKind::Paper,
                "https://arxiv.org/abs/2601.01234",
            ),
            ("github.com/lumen/aurora/tree/main/src", ArtifactKind::Code, "https://github.com/lumen/aurora"),
            (
                "https://huggingface.co/lumen/aurora-8b/blob/main/x",
                ArtifactKind::Weights,
                "https://huggingface.co/lumen/aurora-8b",
            ),
            (
                "https://www.modelscope.cn/models/lumen/aurora",
                ArtifactKind::Weights,
                "https://modelscope.cn/models/lumen/aurora",
            ),
            ("https://lumen.example/pricing", ArtifactKind::Price, "https://lumen.example/pricing"),
        ] {
            assert_eq!(classify(link), Some((kind, plain.to_owned())), "{link}");
        }
        for link in [
            "https://github.com/features/copilot",
            "https://github.com/lumen",
            "https://lumen.example/news/1",
            "javascript:alert(1)",
            "https://huggingface.co/blog/x",
        ] {
            assert_eq!(classify(link), None, "{link}");
        }
    }
}
