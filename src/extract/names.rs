//! What elements are called by those who make pages: class names, ids and headlines that mean "not the article".

use std::sync::LazyLock;

use regex::Regex;

/// What an element says that it is, if not the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noise {
    /// Readers' words and galleries: may be longer than the article.
    Aside,
    /// Furniture of the site.
    Sure,
    /// Furniture if there are links in it.
    Maybe,
}

/// Hidden on some screens only.
const SHOWN: [&str; 5] = [":block", ":flex", ":grid", ":inline", ":table"];

/// A pattern, none if it cannot be compiled.
type Pattern = LazyLock<Option<Regex>>;

/// Parts of names.
static ASIDE: Pattern = LazyLock::new(|| {
    compile(&[
        r"[ -](comments|commentlist|comment-(list|form|section|area|respond|count|body|content|author|text|wrap)|nocomments|respond|disqus|replies|gallery|slideshow)[ -]",
        r" comment ",
    ])
});

/// Parts of names, and whole names.
static SURE: Pattern = LazyLock::new(|| {
    compile(&[
        r"[ -](footer|navbar|navigation|breadcrumbs?|crumbs|masthead|pagination|pager|paging|contentinfo|complementary)[ -]",
        r"[ -](related|recommended|recommendations|recirc|recirculation|read-more|more-(stories|posts|articles|news|from)|most-read|trending|you-may|up-next|also-like)[ -]",
        r"[ -]((next|prev|previous|adjacent)-(post|article|story)s?|(post|article|story)-(nav|next|prev))[ -]",
        r"[ -](share|shares|sharing|sharebar|sharedaddy|sharethis|addtoany|addthis|social|socials|social(media|links|icons|share)|follow-us)[ -]",
        r"[ -](newsletter|newsletters|subscribe|subscription|signup|sign-up|optin|opt-in|mailchimp|hs-form|mc4wp)[ -]",
        r"[ -](advert|adverts|advertisement|advertising|ad-(slot|unit|container|wrapper|banner|block|label|placeholder)|adsense|adsbygoogle|sponsor|sponsored|sponsors|outbrain|taboola|cross-?sell|upsell)[ -]",
        r"[ -](cookie|cookies|consent|gdpr|popup|pop-up|modal|lightbox|tooltip)[ -]",
        r"[ -](author-?(bio|box|info|card|profile|description|details|block|area|section)|about-(the-)?author|bio-box|byline|dateline|post-meta|entry-meta|article-meta|metadata)[ -]",
        r"[ -]((post|entry|article)-(tags|categories|footer|tools|utility|actions|terms)|tagcloud|tag-cloud|tag-links|cat-links|tags-links)[ -]",
        r"[ -](table-of-contents|toc-container|ez-toc|lwptoc|skip-link|skip-to|screen-reader|screen-reader-text|sr-only|visually-hidden|visuallyhidden|print-only|noprint|no-print)[ -]",
        r"[ -](navbox|mw-editsection|mw-jump-link|catlinks|printfriendly|yarpp|copyright|feedback|login|searchform|search-form|toolbar|edit-page|edit-link)[ -]",
    ])
});

/// Whole names.
static SURE_WORDS: Pattern = LazyLock::new(|| {
    compile(&[
        r" (nav|menu|main-menu|submenu|side-bar|right-sidebar|left-sidebar|primary-sidebar|secondary|aside|banner|widget|widgets|widget-area|ads?|tags|tag-list|taglist|categories|topics|keywords|meta|toc) ",
        r" (cta|cta-(box|block|section|banner)|search|hidden|hide|d-none|headerlink|pswp|author|authors|bio|overlay|disclaimer|action-bar|eyebrow|kicker|rate|rating|poll|survey|references) ",
    ])
});

/// Parts of names.
static MAYBE: Pattern = LazyLock::new(|| {
    compile(&[
        r"[ -](teaser|teasers|promo|promos|promotion|more|list|cards?|box|widget|sidebar|rail|links|linklist|product-card|carousel|slider|infobox|extra|info)[ -]",
    ])
});

/// Parts of names.
static DATE: Pattern = LazyLock::new(|| {
    compile(&[
        r"[ -](date|datetime|timestamp|published|pubdate|updated|last-updated|posted-on|byline|views|read-?time|reading-time)[ -]",
    ])
});

/// Parts of names.
static CAPTION: Pattern = LazyLock::new(|| {
    compile(&[
        r"[ -](caption|captions|caption-text|credit|credits|copyright|photo-credit|image-credit|photographer|image-annotation|subcaption)[ -]",
    ])
});

/// Parts of names.
static CREDIT: Pattern = LazyLock::new(|| {
    compile(&[r"[ -](credits?|copyright|photographer|photo-credit|image-credit|image-author|img-author)[ -]"])
});

/// Who made a picture.
static CREDIT_LINE: Pattern = LazyLock::new(|| {
    let start = r"\(?(foto|photo|photograph|image|picture|bild|imagen|quelle|source|credit|crédit|illustration|grafik|abbildung|kuva|图片来源|图源|图片|摄影)s?( (by|de|credits?|von|courtesy))?\s*[:：/©|].{0,70}";
    let end = r".{0,60}(?-u:\b)(getty images?|shutterstock|istock|reuters|afp|dpa|unsplash|pixabay|adobe stock|imago|wikimedia commons)(?-u:\b).{0,15}";
    compile(&[&format!(r"(?i)^({start}|{end}|©.{{0,80}})$")])
});

/// Whole names, and their beginnings.
static CONTENT: Pattern = LazyLock::new(|| {
    compile(&[
        r" ([a-z]+-)?(entry|post|article|story|news|blog|text|td-post|single|page|main|content|detail)-?(content|body|text|copy|main|bodytext)[ -]",
    ])
});

/// Headlines of what stands below an article.
static ELSEWHERE: Pattern = LazyLock::new(|| {
    let all = [
        r"(related|recommended|popular|trending|latest|recent|similar|more) (\w+ )?(articles?|stor(y|ies)|posts?|reading|news|content|topics?|pages|links|resources|products|guides|videos?)\b.*|more (from|on|in|about)\b.*|read (next|more|also)\b.*|see also|further reading|external links",
        r"you (may|might) (also )?(like|enjoy)\b.*|up next|keep reading|what to read next|(about|meet) the authors?|leave a (reply|comment)|comments?|\d+ comments?|(join|subscribe to|sign up for|get) (the|our|my) .*|newsletter|share (this|on)\b.*|follow us\b.*|stay (in touch|connected|up to date)\b.*|contact( us)?|references|footnotes|tags|categories",
        r"(weitere|mehr|ähnliche|verwandte|neueste|aktuelle) (informationen|zum thema|artikel|beiträge|themen|news|meldungen|links)\b.*|mehr (zu|aus|von|zum)\b.*|lesen sie auch.*|das könnte (sie|dich) (auch )?interessieren.*|auch interessant|kommentare?|kontakt|über (den|die) autor(in|en)?|passend(e|es)? .*|links|downloads?",
        r"(articles? (liés|similaires)|à lire aussi|lire aussi|sur le même (sujet|thème)|voir aussi|commentaires?|artículos? relacionados?|noticias relacionadas|te puede interesar|lea también|le puede interesar|comentarios?|más (noticias|información|sobre)|articoli correlati|leggi anche|potrebbe interessarti)\b.*",
        r"(czytaj także|zobacz (też|także)|polecane|powiązane)\b.*|(相关(阅读|文章|推荐|新闻|链接)|延伸阅读|推荐阅读|热门(文章|推荐|新闻)|猜你喜欢|更多(精彩|内容|文章|资讯|新闻)|参考(资料|文献)|评论|网友评论|関連記事|関連(記事|リンク)|あわせて読みたい|おすすめ(記事)?).*",
    ];
    compile(&[&format!(r"(?i)^({})[:：]?$", all.join("|"))])
});

fn compile(patterns: &[&str]) -> Option<Regex> {
    Regex::new(&patterns.join("|")).ok()
}

fn is(pattern: &Pattern, text: &str) -> bool {
    !text.is_empty() && pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

/// Class, id and role of an element in one line: lower case, hyphens between words, a space around each name, so that
/// "relatedPosts__list" and "related-posts-list" are the same.
pub fn marks<'a>(attrs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut marks = String::new();
    for (name, value) in attrs {
        // A section of a manual has its headline as its id.
        let is_headline = name == "id" && value.matches('-').count() > 2;
        if is_headline || !matches!(name, "class" | "id" | "role" | "data-component" | "data-testid") {
            continue;
        }
        for word in value.split_whitespace().filter(|word| !says_no_name(word)) {
            marks.push(' ');
            push_mark(&mut marks, word);
            marks.push(' ');
        }
    }
    marks
}

/// "has-sidebar" is no sidebar, and a word with a bracket says how something looks.
fn says_no_name(word: &str) -> bool {
    const STARTS: [&str; 7] = ["has-", "with-", "is-", "not-", "no-caption", "no-sidebar", "hide-on"];
    word.contains('(') || STARTS.iter().any(|start| word.starts_with(start))
}

fn push_mark(marks: &mut String, word: &str) {
    let mut after_lower = false;
    for c in word.chars() {
        let c = if c == '_' { '-' } else { c };
        if c.is_ascii_uppercase() && after_lower && !marks.ends_with('-') {
            marks.push('-');
        }
        if !(c == '-' && marks.ends_with('-')) {
            marks.push(c.to_ascii_lowercase());
        }
        after_lower = c.is_ascii_lowercase();
    }
}

/// What an element of these marks is, if not the article.
pub fn noise(marks: &str) -> Option<Noise> {
    if marks.is_empty() {
        None
    } else if is(&ASIDE, marks) {
        Some(Noise::Aside)
    } else if is(&SURE, marks) || (is(&SURE_WORDS, marks) && !SHOWN.iter().any(|word| marks.contains(word))) {
        Some(Noise::Sure)
    } else {
        is(&MAYBE, marks).then_some(Noise::Maybe)
    }
}

/// Whether these marks name a date or a byline.
pub fn is_date(marks: &str) -> bool {
    is(&DATE, marks)
}

/// Whether these marks name a caption or a picture's credit.
pub fn is_caption(marks: &str) -> bool {
    is(&CAPTION, marks)
}

/// Whether an element of these marks and this text says who made a picture.
pub fn is_credit(marks: &str, line: &str) -> bool {
    is(&CREDIT, marks) || is(&CREDIT_LINE, line.trim())
}

/// Whether these marks name the element that holds an article.
pub fn is_content(marks: &str) -> bool {
    is(&CONTENT, marks)
}

/// Whether a headline opens what stands below an article.
pub fn leads_elsewhere(headline: &str) -> bool {
    is(&ELSEWHERE, headline.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(class: &str) -> Option<Noise> {
        noise(&marks([("class", class)].into_iter()))
    }

    #[test]
    fn furniture_is_known_in_every_spelling() {
        for class in [
            "relatedPosts__list",
            "site-footer",
            "ShareButtons social-links",
            "post-newsletter_box",
            "sidebar ads",
        ] {
            assert_eq!(of(class), Some(Noise::Sure), "{class}");
        }
        assert_eq!(of("wp-comments commentlist"), Some(Noise::Aside));
        assert_eq!(of("news-teaser"), Some(Noise::Maybe));
    }

    #[test]
    fn names_that_only_sound_like_it_are_left_alone() {
        for class in [
            "has-sidebar-right",
            "entry-content",
            "shared-memory",
            "overflow-hidden",
            "hidden md:block",
            "newsroom",
        ] {
            assert_eq!(of(class), None, "{class}");
        }
        let section = marks([("id", "sharing-weights-between-two-layers")].into_iter());
        assert_eq!(noise(&section), None);
    }

    #[test]
    fn headlines_of_the_site_are_told_from_the_article_s() {
        for headline in [
            "Related articles",
            "See also:",
            "You might also like",
            "相关阅读",
            "Weitere Artikel",
            "3 Comments",
        ] {
            assert!(leads_elsewhere(headline), "{headline}");
        }
        for headline in ["Related work", "What the model reads", "Contact tracing with a small model", "结果"]
        {
            assert!(!leads_elsewhere(headline), "{headline}");
        }
    }
}
