//! Lists of feeds as other readers exchange them: OPML 2.0, <http://opml.org/spec2.opml>. Folders are lanes.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer, XmlVersion};

use super::{Feeds, SourceConfig};
use crate::model::{Lane, Language, SourceKind};

/// Words that name a lane in a folder's title, in small letters.
const FOLDERS: [(Lane, &[&str]); 5] = [
    (Lane::Company, &["company", "companies", "model", "laborator", "公司", "厂商", "模型"]),
    (Lane::Funding, &["funding", "venture", "startup", "融资", "投资", "创投"]),
    (Lane::Research, &["research", "paper", "arxiv", "academic", "论文", "研究", "学术"]),
    (Lane::OpenSource, &["open-source", "open source", "github", "release", "开源"]),
    (Lane::Industry, &["industry", "news", "press", "行业", "新闻", "资讯", "媒体"]),
];

/// What only we know of a feed stands in a namespace of its own, as OPML asks.
const NAMESPACE: &str = "https://github.com/headsup-digest/headsup/opml";
const KIND: &str = "headsup:kind";

/// A feed of another reader's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Its name there.
    pub title: String,
    /// The feed.
    pub url: String,
    /// The folders it lies in, the outermost first.
    pub folders: Vec<String>,
    /// If stated and one of ours.
    pub language: Option<Language>,
    /// If we wrote it.
    pub kind: Option<SourceKind>,
    /// Kept, but not read.
    pub is_off: bool,
}

impl Outline {
    /// The lane that its nearest folder stands for whose name says one.
    pub fn lane(&self) -> Option<Lane> {
        let lane = |folder: &String| {
            let folder = folder.to_lowercase();
            let found = FOLDERS.iter().find(|(_, words)| words.iter().any(|word| folder.contains(word)));
            found.map(|(lane, _)| *lane)
        };
        self.folders.iter().rev().find_map(lane)
    }
}

/// Reads the feeds of an OPML file, in its order.
///
/// # Errors
/// One line with the place: not XML, or no OPML.
pub fn read(text: &str) -> Result<Vec<Outline>, String> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    // Lists are also written by hand: an end tag too few loses nothing.
    reader.config_mut().check_end_names = false;
    let (mut feeds, mut folders, mut is_opml) = (Vec::new(), Vec::new(), false);
    loop {
        let event = reader.read_event();
        let event = event.map_err(|error| {
            let line = text[..usize::try_from(reader.error_position()).unwrap_or_default().min(text.len())]
                .matches('\n')
                .count();
            format!("line {}: {error}", line + 1)
        })?;
        match event {
            Event::Start(tag) if is_named(&tag, "opml") => is_opml = true,
            Event::Start(tag) if is_named(&tag, "outline") => {
                feeds.extend(outline(&tag, &folders));
                let name = attribute(&tag, &["text", "title"]).unwrap_or_default();
                folders.push((name, is_comment(&tag)));
            }
            Event::Empty(tag) if is_named(&tag, "outline") => feeds.extend(outline(&tag, &folders)),
            Event::End(tag) if tag.name().as_ref().eq_ignore_ascii_case("outline") => {
                folders.pop();
            }
            Event::Eof if is_opml => return Ok(feeds),
            Event::Eof => return Err("is no OPML: there is no <opml> in it".to_owned()),
            _ => {}
        }
    }
}

/// Writes the sources that other readers can read, by lane; the slugs of the others come back.
pub fn write(feeds: &Feeds, title: &str) -> std::io::Result<(String, Vec<String>)> {
    let is_feed = |source: &&SourceConfig| match source.kind {
        SourceKind::Feed | SourceKind::Arxiv => true,
        // Releases and tags, not what is looked for.
        SourceKind::Github => source.url.ends_with(".atom"),
        _ => false,
    };
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer
        .create_element("opml")
        .with_attributes([("version", "2.0"), ("xmlns:headsup", NAMESPACE)])
        .write_inner_content(|writer| {
            writer.create_element("head").write_inner_content(|writer| {
                let text = quick_xml::events::BytesText::new(title);
                writer.create_element("title").write_text_content(text).map(drop)
            })?;
            writer.create_element("body").write_inner_content(|writer| {
                for lane in Lane::ALL {
                    let of = || feeds.sources.iter().filter(is_feed).filter(|source| source.lane == *lane);
                    if of().next().is_some() {
                        write_folder(writer, *lane, of())?;
                    }
                }
                Ok(())
            })?;
            Ok(())
        })?;
    let left = feeds.sources.iter().filter(|source| !is_feed(source)).map(|source| source.slug.clone());
    let xml = String::from_utf8_lossy(&writer.into_inner()).into_owned();
    Ok((format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{xml}\n"), left.collect()))
}

fn write_folder<'a>(
    writer: &mut Writer<Vec<u8>>,
    lane: Lane,
    sources: impl Iterator<Item = &'a SourceConfig>,
) -> std::io::Result<()> {
    let folder = writer.create_element("outline").with_attribute(("text", lane.as_str()));
    folder.write_inner_content(|writer| {
        for source in sources {
            let mut attributes = vec![
                ("type", "rss"),
                ("text", source.name.as_str()),
                ("title", source.name.as_str()),
                ("xmlUrl", source.url.as_str()),
                ("language", source.language.as_str()),
            ];
            if source.kind != SourceKind::Feed {
                attributes.push((KIND, source.kind.as_str()));
            }
            if !source.enabled {
                attributes.push(("isComment", "true"));
            }
            writer.create_element("outline").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// `None`: a folder.
fn outline(tag: &BytesStart<'_>, folders: &[(String, bool)]) -> Option<Outline> {
    let url = web_address(attribute(tag, &["xmlUrl", "xmlurl", "url"])?.trim());
    let kind = attribute(tag, &[KIND]).unwrap_or_default();
    let language = attribute(tag, &["language"]).unwrap_or_default().to_lowercase();
    let title = attribute(tag, &["title", "text"]).map(|title| title.trim().to_owned());
    Some(Outline {
        title: title.filter(|title| !title.is_empty()).unwrap_or_else(|| url.clone()),
        folders: folders.iter().map(|(name, _)| name.clone()).collect(),
        language: Language::ALL.iter().copied().find(|ours| language.starts_with(ours.as_str())),
        kind: SourceKind::ALL.iter().copied().find(|ours| kind == ours.as_str()),
        // What lies in a folder that is a comment is one too.
        is_off: is_comment(tag) || folders.iter().any(|(_, is_off)| *is_off),
        url,
    })
}

/// Programs that open feeds put their own scheme before an address, or in place of http.
pub fn web_address(url: &str) -> String {
    let rest = url.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("feed:")).map(|_| &url[5..]);
    match rest {
        Some(rest) if rest.starts_with("//") => format!("http:{rest}"),
        Some(rest) => rest.to_owned(),
        None => url.to_owned(),
    }
}

fn is_comment(tag: &BytesStart<'_>) -> bool {
    attribute(tag, &["isComment"]).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
}

fn is_named(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.name().as_ref().eq_ignore_ascii_case(name)
}

fn attribute(tag: &BytesStart<'_>, names: &[&str]) -> Option<String> {
    let value = |name: &&str| {
        let found =
            tag.html_attributes().flatten().find(|one| one.key.as_ref().eq_ignore_ascii_case(name))?;
        found.normalized_value(XmlVersion::Implicit1_0).map_or_else(
            // A bare & in an address is the commonest mistake in such files.
            |_| Some(found.value.to_string()),
            |value| Some(value.into_owned()),
        )
    };
    names.iter().find_map(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_readers_list_is_read_with_its_folders() {
        let text = r#"<?xml version="1.0"?><opml version="1.0"><head><title>x</title></head><body>
            <outline text="AI 论文"><outline type="rss" text="A &amp; B" xmlUrl="https://a.example/feed?x=1&y=2" language="zh-CN"/></outline>
            <outline text="Misc"><outline text="Startup funding"><outline title="C" text="c" xmlUrl="https://c.example/rss"></outline></outline></outline>
            <outline xmlUrl="https://d.example/rss"/></body></opml>"#;
        let feeds = read(text).unwrap();
        let told: Vec<(&str, &str, Option<Lane>)> =
            feeds.iter().map(|one| (one.title.as_str(), one.url.as_str(), one.lane())).collect();
        assert_eq!(
            told,
            [
                ("A & B", "https://a.example/feed?x=1&y=2", Some(Lane::Research)),
                ("C", "https://c.example/rss", Some(Lane::Funding)),
                ("https://d.example/rss", "https://d.example/rss", None),
            ]
        );
        assert_eq!(feeds[0].language, Some(Language::Zh));
    }

    #[test]
    fn what_is_no_list_is_refused_with_its_place() {
        assert!(read("<html></html>").unwrap_err().contains("no OPML"));
        assert!(read("<opml>\n<body>\n<outline text=\"").unwrap_err().starts_with("line 3"));
        assert!(read("").is_err());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let of = |slug: &str, kind, lane| SourceConfig {
            slug: slug.into(),
            name: format!("{slug} <&> \"q\" 机器"),
            kind,
            lane,
            ..SourceConfig::of_url(&format!("https://{slug}.example/feed?a=1&b=2"))
        };
        let atom = |source: SourceConfig| SourceConfig { url: "https://c.example/r.atom".into(), ..source };
        let sources = vec![
            of("one", SourceKind::Feed, Lane::Funding),
            of("two", SourceKind::Page, Lane::Company),
            SourceConfig { enabled: false, ..atom(of("three", SourceKind::Github, Lane::OpenSource)) },
            of("four", SourceKind::Github, Lane::OpenSource),
        ];
        let feeds = Feeds { sources, ..Feeds::default() };
        let (text, left) = write(&feeds, "headsup").unwrap();
        let read = read(&text).unwrap();
        assert_eq!(left, ["two", "four"]);
        let back: Vec<_> = read.iter().map(|one| (one.title.clone(), one.url.clone(), one.lane())).collect();
        let want = |source: &SourceConfig| (source.name.clone(), source.url.clone(), Some(source.lane));
        assert_eq!(back, [want(&feeds.sources[0]), want(&feeds.sources[2])]);
        let kinds: Vec<_> = read.iter().map(|one| (one.kind, one.is_off)).collect();
        assert_eq!(kinds, [(None, false), (Some(SourceKind::Github), true)]);
    }

    #[test]
    fn a_folder_that_names_no_lane_hides_none() {
        let text = "<opml><body><outline text='Research'><outline text='inner' isComment='true'>\
            <outline xmlUrl='feed://a.example/rss'/></outline><outline xmlUrl='feed:https://b.example/rss'/></outline>\
            <outline text='x'><outline xmlUrl='https://c.example/rss'/></outline></body></opml>";
        let feeds = read(text).unwrap();
        let told: Vec<_> = feeds.iter().map(|one| (one.url.as_str(), one.lane(), one.is_off)).collect();
        assert_eq!(
            told,
            [
                ("http://a.example/rss", Some(Lane::Research), true),
                ("https://b.example/rss", Some(Lane::Research), false),
                ("https://c.example/rss", None, false),
            ]
        );
    }
}
