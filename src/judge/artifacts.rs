//! What a reader can touch: paper, code, weights, API, price; each with the link or the words that the article gives.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::lexicon::{self, Pattern, compile};
use super::{denial, sentences};
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
            r"(?i)\b(?:open[- ]weights?|weights (?:are|is|were|have been|can be)? ?(?:now |freely )?(?:available|released|published|open|on|downloaded)|download the (?:model|weights|checkpoints?)|checkpoints? (?:are|is) (?:available|released|public)|datasets? (?:is|are) (?:now )?(?:available|released|public)|(?:releas(?:es|ed|ing)|publish(?:es|ed|ing)|shar(?:es|ed|ing)|open[- ]sourc(?:es?|ed|ing)) (?:[^\s.,;]+ ){0,6}(?:weights|checkpoints?)|open[- ]sourc(?:es?|ed|ing) (?:[^\s.,;]+ ){0,6}models?|(?:free|available) (?:to|for) download|downloadable)\b|权重.{0,16}(?:开源|开放下载|可下载|下载|公开|上传)|模型(?:已|现已|均已|全部)?(?:开源|开放下载|可下载)|开源[^，。；！？]{0,14}(?:权重|模型)|开放(?:权重|下载)|数据集(?:已|现已|均已)?(?:开源|公开|发布)",
        ),
        (
            ArtifactKind::Code,
            r"(?i)\b(?:code (?:is|are|and \w+ are|has been)? ?(?:now )?(?:available|released|published|open[- ]sourced?|on|at)|(?:releas(?:es|ed|ing)|publish(?:es|ed|ing)) (?:[^\s.,;]+ ){0,4}code|open[- ]sourc(?:es|ed|ing)|open[- ]source (?:the|its|our|under)|(?:releas|launch|introduc|publish|announc|present|unveil)\w*[^.;,]{0,60} open[- ]source|(?:is|are|now|fully) open[- ]source|(?:released|licensed|available) under (?:the |an? )?(?:apache|mit|bsd|gpl|agpl|mpl)|pip install|npm install|cargo (?:add|install)|docker (?:pull|run))\b|代码(?:已|现已|均已|和[^，。]{1,8})?(?:开源|公开|发布|上线|托管|上传)|(?:宣布|正式|现已|已|全面|同步|今日|将其|完全|均)开源|开源(?:了|其|自研|旗下|地址|仓库|推理|训练|框架|工具|项目)|(?:采用|基于|遵循).{0,8}(?:Apache|MIT|BSD|GPL).{0,6}(?:协议|许可)",
        ),
        (
            ArtifactKind::Api,
            r"(?i)\b(?:(?:available|accessible|live|offered) (?:now )?(?:via|through|in|on) (?:the |its |our |an? )?(?:\w+ ){0,2}api|api (?:is|access is) (?:now )?(?:available|open|live)|generally available|in (?:public )?(?:preview|beta) (?:today|now))\b|API.{0,6}(?:已|现已|正式|同步|全面)?(?:开放|上线|可用)|(?:开放|上线|提供)(?:了)?.{0,6}(?:API|接口)",
        ),
        (
            ArtifactKind::Price,
            r"(?i)(?:[$€£¥]\s?\d[\d.,]*|\d[\d.,]*\s?(?:dollars|euros|cents)).{0,24}\b(?:per|a|for (?:each|a)) (?:million|1m|thousand|1k|month|seat|user|hour|image|minute|second|token)|[\d.]+\s?(?:元|美元|人民币)\s?(?:/|每)\s?(?:百万|千|月|年|次|秒|张)|每(?:百万|千).{0,10}\d[\d.]*\s?(?:元|美元)",
        ),
        (
            ArtifactKind::Paper,
            r"(?i)\b(?:technical report|tech report|white ?paper|pre-?print|(?:the|our|a|their|its) (?:new )?paper (?:is|was|describes|shows|reports)|in (?:a|the|our|their|its) (?:new |recent )?paper|publish(?:es|ed) (?:a|the|its|their) (?:new )?paper|model card)\b|技术报告|论文(?:已|地址|链接|发表|中|显示|指出|提出)|(?:发表|发布|公开)(?:了)?[^，。；]{0,8}论文",
        ),
    ];
    rows.into_iter().filter_map(|(kind, pattern)| Some((kind, compile(pattern)?))).collect()
});

/// Promised, wanted or asked for, and not there yet.
static LATER: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:will|would|may|might|could|should|promis\w+|plan\w*|wants?|intends?|aims?|hopes?|considers?|considering|pledg\w+|urg\w+|asks?|calls?|expected|once|if|when)\b[^,;]{0,40}|(?:^|\s)to open[- ]sourc|将(?:会|于|在|把|对外|陆续|开源|公开)|计划|即将|预计|打算|考虑|有望|承诺|呼吁|如果|若",
    )
});
/// Somebody else's: what it is built on or compared with.
static SOMEBODYS: Pattern = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:based on|built on|using|uses?|compared (?:to|with)|than|like|rivals?|other|existing|such as)\s(?:\w+\s){0,2}$|(?:基于|使用|采用|依托|主流|其他|现有|同类|相比|对比|超越|超过)[^，。；]{0,4}$",
    )
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

/// The sentence that offers it: not one that denies it, and not one that speaks of some day.
fn said(item: &StoryItem, pattern: &Regex) -> Option<String> {
    let is_offer = |sentence: &&str| {
        lexicon::find(&lexicon::FUTURE, sentence).is_none()
            && pattern.find_iter(sentence).any(|found| is_given(sentence, found.range()))
    };
    let sentence =
        sentences::split(&item.title).into_iter().chain(sentences::split(&item.text)).find(is_offer)?;
    Some(sentence.chars().take(MAX_QUOTE).collect())
}

/// Whether the words at `at` are said of what is there now: nothing in their clause takes them back.
fn is_given(sentence: &str, at: Range<usize>) -> bool {
    let (said, before) = denial::clause(sentence, at.clone());
    let is = |pattern: &Pattern, text: &str| lexicon::find(pattern, text).is_some();
    !denial::is_denied(sentence, at) && !is(&LATER, said) && !is(&SOMEBODYS, before)
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

    fn kinds(text: &str) -> Vec<ArtifactKind> {
        let offered = |(kind, pattern): &(ArtifactKind, Regex)| {
            let item = crate::judge::hype::tests::story("", text, crate::model::Tier::Press).items.remove(0);
            said(&item, pattern).map(|_| *kind)
        };
        WORDS.iter().filter_map(offered).collect()
    }

    #[test]
    fn what_is_offered_is_an_artifact_in_both_languages() {
        for (text, kind) in [
            ("Quokka Lab released the full weights of its small model.", ArtifactKind::Weights),
            ("Quokka Lab open-sources a speech model.", ArtifactKind::Weights),
            ("The code is available on the usual site.", ArtifactKind::Code),
            ("Heron is not a framework but the code is available.", ArtifactKind::Code),
            ("It describes the method in a new paper.", ArtifactKind::Paper),
            ("袋熊实验室开源语音大模型。", ArtifactKind::Weights),
            ("训练代码已开源。", ArtifactKind::Code),
            ("团队在论文中给出细节。", ArtifactKind::Paper),
        ] {
            assert!(kinds(text).contains(&kind), "{text}: {:?}", kinds(text));
        }
    }

    #[test]
    fn what_is_denied_or_promised_or_anothers_is_none() {
        for text in [
            "There is no technical report and no model card.",
            "The lab never released the weights.",
            "The code has not been released.",
            "Its weights aren't available and the code isn't on any site.",
            "Code will not be released.",
            "The team will have its code released in spring.",
            "Quokka plans to open-source its model.",
            "It is built on open-source models.",
            "袋熊实验室表示不会开源该模型。",
            "模型权重尚未公开。",
            "没有论文，也没有技术报告。",
            "公司将于明年开源模型权重。",
            "产品基于开源模型搭建。",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

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
