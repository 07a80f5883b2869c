//! The fronts of the sites: feeds of every kind, and a list page.

use chrono::{DateTime, Duration, Utc};

use super::data::Sample;
use super::escape;
use super::sites::Site;

/// Sites whose feed carries the whole text.
const FULL_TEXT: [&str; 3] = ["lumen", "qinghe", "wire"];
/// A site that writes HTML entities into XML.
const CARELESS: &str = "seed-round";

/// RSS 2.0, with the habits of real ones: CDATA, markup in titles, entities that XML does not know.
pub fn rss(site: &Site, items: &[Sample], base: &str) -> String {
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n\
         <channel><title>{}</title><link>{base}/{}</link><description>{0}</description>\n",
        escape(site.name),
        site.slug
    );
    for item in items {
        let title = match (site.slug, item.title.contains('<')) {
            (CARELESS, _) => escape(&item.title).replace("&amp;nbsp;", "&nbsp;"),
            (_, true) => format!("<![CDATA[{}]]>", item.title),
            _ => escape(&item.title),
        };
        let content = match FULL_TEXT.contains(&site.slug) {
            true => format!("<content:encoded><![CDATA[{}]]></content:encoded>", paragraphs(item)),
            false => String::new(),
        };
        feed.push_str(&format!(
            "<item><title>{title}</title><link>{base}/{}/{}?utm_source=rss</link><guid isPermaLink=\"false\">{0}-{1}</guid>\
             <pubDate>{}</pubDate><description><![CDATA[<p>{}</p>]]></description>{content}</item>\n",
            site.slug, item.slug, item.at.to_rfc2822(), escape(item.teaser())
        ));
    }
    feed + "</channel></rss>\n"
}

/// Atom 1.0
pub fn atom(site: &Site, items: &[Sample], base: &str) -> String {
    let entries = items.iter().map(|item| {
        format!(
            "<entry><id>tag:{slug},2026:{item}</id><title>{title}</title><link rel=\"alternate\" href=\"{base}/{slug}/{item}\"/>\
             <published>{at}</published><updated>{at}</updated><author><name>{name}</name></author>\
             <content type=\"html\">{text}</content></entry>\n",
            slug = site.slug,
            item = item.slug,
            title = escape(&item.title),
            at = item.at.to_rfc3339(),
            name = escape(site.name),
            text = escape(&paragraphs(item)),
        )
    });
    atom_of(site.name, &entries.collect::<String>(), &format!("{base}/{}", site.slug))
}

/// As arXiv's API answers: <https://info.arxiv.org/help/api/user-manual.html>.
pub fn arxiv(items: &[Sample], base: &str, slug: &str) -> String {
    let entries = items.iter().map(|item| {
        format!(
            "<entry><id>{base}/abs/{item}</id><updated>{at}</updated><published>{at}</published><title>{title}</title>\
             <summary>  {text}\n</summary><author><name>{author}</name></author>\
             <link href=\"{base}/abs/{item}\" rel=\"alternate\" type=\"text/html\"/></entry>\n",
            item = item.slug,
            at = item.at.to_rfc3339(),
            title = escape(&item.title),
            text = escape(&item.paragraphs.join("\n")),
            author = escape(&item.author),
        )
    });
    atom_of("arXiv Query: cat:cs.CL", &entries.collect::<String>(), &format!("{base}/{slug}/query"))
}

fn atom_of(title: &str, entries: &str, id: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>{}</title><id>{id}</id>\n{entries}</feed>\n",
        escape(title)
    )
}

/// As a search for links answers: <https://hn.algolia.com/api>. A line of the data is points, comments, path, title.
pub fn links(data: &str, base: &str, now: DateTime<Utc>) -> String {
    let hits = data.lines().enumerate().filter_map(|(n, line)| {
        let [points, comments, path, title] = line.split(" | ").collect::<Vec<_>>()[..] else { return None };
        let (points, comments): (i64, i64) = (points.parse().ok()?, comments.parse().ok()?);
        Some(serde_json::json!({
            "objectID": n.to_string(), "title": title, "url": format!("{base}/{path}"), "points": points,
            "num_comments": comments, "created_at": (now - Duration::days(9)).to_rfc3339(),
        }))
    });
    serde_json::json!({ "hits": hits.collect::<Vec<_>>() }).to_string()
}

/// JSON Feed 1.1
pub fn json(site: &Site, items: &[Sample], base: &str) -> String {
    let rows: Vec<serde_json::Value> = items
        .iter()
        .map(|item| {
            serde_json::json!({
                "id": format!("{}/{}", site.slug, item.slug),
                "url": format!("{base}/{}/{}", site.slug, item.slug),
                "title": item.title,
                "content_html": format!("<p>{}</p>", escape(item.teaser())),
                "date_published": item.at.to_rfc3339(),
            })
        })
        .collect();
    serde_json::json!({ "version": "https://jsonfeed.org/version/1.1", "title": site.name, "items": rows })
        .to_string()
}

/// A list page without a feed.
pub fn list(site: &Site, items: &[Sample]) -> String {
    let cards = items.iter().map(|item| {
        format!(
            "<article class=\"card\"><h2><a href=\"/{}/{}\">{}</a></h2><time datetime=\"{}\">{}</time><p class=\"teaser\">{}</p></article>\n",
            site.slug,
            item.slug,
            escape(&item.title),
            item.at.to_rfc3339(),
            item.at.format("%d %B %Y"),
            escape(item.teaser())
        )
    });
    format!(
        "<!doctype html><html lang=\"en\"><head><title>{0} news</title></head><body><nav><a href=\"/\">Product</a> <a href=\"/\">Pricing</a></nav>\
         <main><h1>{0} news</h1>\n{1}</main><footer>© {0}</footer></body></html>",
        site.name,
        cards.collect::<String>()
    )
}

/// What answers where a feed once was.
pub fn parked(site: &Site) -> String {
    format!(
        "<!doctype html><html><head><title>{0}</title></head><body><h1>{0}</h1><p>This address may be for sale.</p></body></html>",
        site.name
    )
}

fn paragraphs(item: &Sample) -> String {
    item.paragraphs.iter().map(|text| format!("<p>{}</p>", escape(text))).collect()
}
