//! feeds.toml changed by the program: what it does not concern stays, byte for byte.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::config::headsup;
use crate::crawl::web::{Answer, Web, status, told, typed};

const TWO: &str = "# mine\n[[source]]\nslug = \"one\"\nurl = \"https://a.example/feed\" # kept\nlane = \"company\"\n\n\
                   # the second\n[[source]]\nslug = \"two\"\nurl = \"https://b.example/feed\"\nlane = \"company\"\n";

/// A feed with one entry.
fn feed() -> String {
    "<rss version=\"2.0\"><channel><title>A</title><item><title>An entry</title><link>https://a.example/1</link></item></channel></rss>".to_owned()
}

/// For servers on loopback.
const LOOPBACK: [(&str, &str); 2] =
    [("HEADSUP_CRAWL_ALLOW_PRIVATE", "true"), ("HEADSUP_CRAWL_HOST_GAP_MS", "0")];

fn switch(folder: &Path, what: &str, slug: &str) {
    let output = headsup(folder, &["feeds", what, slug], &[]);
    assert!(output.status.success(), "{output:?}");
}

fn write(folder: &Path, text: &str) -> std::path::PathBuf {
    let path = folder.join("feeds.toml");
    std::fs::write(&path, text).unwrap();
    path
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_added_at_the_same_time_are_all_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), TWO);
    let web = Web::start().await;
    let slugs: Vec<String> = (0..6).map(|n| format!("new-{n}")).collect();
    let adds = slugs.iter().map(|slug| {
        web.put(&format!("/{slug}"), typed("application/rss+xml", feed()));
        let (folder, url, slug) = (folder.path().to_owned(), format!("{}/{slug}", web.base), slug.clone());
        tokio::task::spawn_blocking(move || {
            headsup(&folder, &["feeds", "add", &url, "--slug", &slug], &LOOPBACK)
        })
    });
    for output in futures::future::join_all(adds.collect::<Vec<_>>()).await {
        let output = output.unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let now = read(&path);
    assert!(now.starts_with(TWO) && slugs.iter().all(|slug| now.contains(slug)), "{now}");
    assert_eq!(files(folder.path()), 1, "nothing else is left behind");
}

#[test]
fn a_comment_at_the_switch_stays() {
    let folder = tempfile::tempdir().unwrap();
    let off = TWO.replace(" # kept\n", "\nenabled = false   # off because it is loud\n");
    let path = write(folder.path(), &off);
    switch(folder.path(), "enable", "one");
    let on = off.replace("enabled = false ", "enabled = true ");
    assert_eq!(read(&path), on);
    switch(folder.path(), "disable", "one");
    assert_eq!(read(&path), off);
    let above = TWO.replace(" # kept\n", "\n# off because it is loud\nenabled = false\n");
    write(folder.path(), &above);
    switch(folder.path(), "enable", "one");
    assert_eq!(read(&path), above.replace("false", "true"));
}

#[test]
fn a_link_to_the_file_and_its_rights_stay() {
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("real");
    std::fs::create_dir(&real).unwrap();
    let real = write(&real, TWO);
    let named = folder.path().join("feeds.toml");
    std::os::unix::fs::symlink(&real, &named).unwrap();
    std::fs::set_permissions(&real, PermissionsExt::from_mode(0o640)).unwrap();
    switch(folder.path(), "disable", "two");
    assert!(named.symlink_metadata().unwrap().is_symlink());
    assert_eq!(read(&real), format!("{TWO}enabled = false\n"));
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o7777, 0o640);
}

#[test]
fn the_owner_of_the_file_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), TWO);
    // Only root can give files away.
    if std::os::unix::fs::chown(&path, Some(1234), Some(2345)).is_ok() {
        use std::os::unix::fs::MetadataExt as _;
        switch(folder.path(), "disable", "two");
        let data = path.metadata().unwrap();
        assert_eq!((data.uid(), data.gid()), (1234, 2345));
    }
}

#[test]
fn a_file_that_may_not_be_written_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), TWO);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o444)).unwrap();
    let output = headsup(folder.path(), &["feeds", "disable", "one"], &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("read-only"), "{said}");
    assert_eq!((read(&path).as_str(), files(folder.path())), (TWO, 1));
}

#[test]
fn line_endings_and_a_byte_order_mark_stay() {
    let folder = tempfile::tempdir().unwrap();
    let windows = format!("\u{feff}{}", TWO.replace('\n', "\r\n"));
    let path = write(folder.path(), &windows);
    switch(folder.path(), "disable", "two");
    assert_eq!(read(&path), format!("{windows}enabled = false\r\n"));
    switch(folder.path(), "enable", "two");
    assert_eq!(read(&path), windows);
    let mixed = TWO.replacen('\n', "\r\n", 3);
    write(folder.path(), mixed.trim_end());
    switch(folder.path(), "disable", "two");
    assert_eq!(read(&path), format!("{mixed}enabled = false\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_in_a_plain_array_are_switched_and_added_too() {
    let folder = tempfile::tempdir().unwrap();
    let text = "source = [\n  { slug = \"one\", url = \"https://a.example/feed\", lane = \"company\" }, # first\n  \
                { slug = \"two\", url = \"https://b.example/feed\", lane = \"company\" } # second\n]\n";
    let path = write(folder.path(), text);
    switch(folder.path(), "disable", "two");
    let off = text.replace("lane = \"company\" } # second", "lane = \"company\", enabled = false } # second");
    assert_eq!(read(&path), off);
    switch(folder.path(), "enable", "two");
    assert_eq!(read(&path), text);
    let web = Web::start().await;
    web.put("/new", typed("application/rss+xml", feed()));
    let url = format!("{}/new", web.base);
    let output = headsup(folder.path(), &["feeds", "add", &url, "--slug", "three"], &LOOPBACK);
    assert!(output.status.success(), "{output:?}");
    switch(folder.path(), "disable", "three");
    let now = read(&path);
    assert!(now.contains("# first") && now.contains("# second") && now.contains(&url), "{now}");
}

/// What `feeds discover` says of a site, as JSON.
async fn discovered(web: &Web, path: &str, gap: &str) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("{}{path}", web.base);
    let gap = gap.to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        let variables = [LOOPBACK[0], ("HEADSUP_CRAWL_HOST_GAP_MS", gap.as_str())];
        headsup(folder.path(), &["feeds", "discover", &url, "--json"], &variables)
    });
    serde_json::from_slice(&asked.await.unwrap().stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_without_a_feed_is_read_by_the_sitemap_that_its_robots_txt_names() {
    let web = Web::start().await;
    let page = |n: u32| format!("<url><loc>{}/news/{n}</loc><lastmod>2026-05-0{n}</lastmod></url>", web.base);
    let pages: String = (1..6).map(page).collect();
    web.put("/", typed("text/html", "<p>hello</p>"));
    web.put("/robots.txt", typed("text/plain", format!("Sitemap: {}/index.xml.map\n", web.base)));
    let child = format!("<sitemapindex><sitemap><loc>{}/my.map</loc></sitemap></sitemapindex>", web.base);
    web.put("/index.xml.map", typed("text/xml", child));
    web.put("/my.map", typed("text/xml", format!("<urlset>{pages}</urlset>")));
    let offer = discovered(&web, "/", "0").await;
    assert_eq!(offer["sitemap"]["url"], format!("{}/index.xml.map", web.base), "an index stays");
    assert_eq!(
        (&offer["sitemap"]["path_prefix"], &offer["sitemap"]["n_dated"]),
        (&"/news/".into(), &5.into())
    );
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), TWO);
    let (at, url) = (folder.path().to_owned(), web.base.clone());
    let added = tokio::task::spawn_blocking(move || {
        headsup(&at, &["feeds", "add", &url, "--slug", "map"], &LOOPBACK)
    });
    assert!(added.await.unwrap().status.success());
    assert!(read(&path).contains("kind = \"sitemap\"\npath_prefix = \"/news/\"\n"), "{}", read(&path));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_is_asked_with_pauses_and_not_at_all_after_it_said_no() {
    let web = Web::start().await;
    web.put("/", typed("text/html", "<p>hello</p>"));
    let began = std::time::Instant::now();
    discovered(&web, "/", "100").await;
    let n = web.take_seen().len();
    assert!(n > 9 && began.elapsed().as_millis() >= 100 * (n as u128 - 1), "{n} in {:?}", began.elapsed());
    web.put("/feed", status(429));
    web.put("/robots.txt", status(503));
    discovered(&web, "/", "0").await;
    assert_eq!(web.take_paths(), ["/", "/feed", "/robots.txt"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_shown_as_far_as_it_goes() {
    let web = Web::start().await;
    web.put(
        "/there",
        Answer::Says(
            404,
            vec![("content-type", "text/html".to_owned())],
            b"<h1>No such   page</h1>".to_vec(),
        ),
    );
    web.put("/feed", told(302, "location", "/there"));
    web.put("/login", typed("text/html", "<html><title>Sign in</title></html>"));
    let folder = tempfile::tempdir().unwrap();
    let tried = |path: &str| {
        let (at, url) = (folder.path().to_owned(), format!("{}{path}", web.base));
        tokio::task::spawn_blocking(move || headsup(&at, &["feeds", "try", &url], &LOOPBACK))
    };
    for (path, parts) in [
        ("/feed", ["/there", "HTTP 404, 23 bytes, text/html", "begins: <h1>No such page</h1>"]),
        ("/login", ["/login", "HTTP 200, 35 bytes, text/html", "begins: <html><title>Sign in"]),
    ] {
        let output = tried(path).await.unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1));
        assert!(parts.iter().all(|part| said.contains(part)), "{said}");
    }
}

#[test]
fn a_list_in_any_encoding_is_taken_in_and_kinds_and_switches_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let atom = "\n[[source]]\nslug = \"three\"\nkind = \"github\"\nurl = \"https://c.example/releases.atom\"\nlane = \"open-source\"\nenabled = false\n";
    let path = write(folder.path(), &format!("{TWO}{atom}"));
    let given = headsup(folder.path(), &["feeds", "export", "list.opml"], &[]);
    assert!(given.status.success(), "{given:?}");
    write(folder.path(), TWO);
    let taken = headsup(folder.path(), &["feeds", "import", "list.opml"], &[]);
    assert!(String::from_utf8_lossy(&taken.stdout).contains("1 of 3 feeds added"), "{taken:?}");
    let now = read(&path);
    assert!(now.contains("kind = \"github\"\nenabled = false\n"), "{now}");
    let list = "<opml><body><outline text='融资'><outline text='创投新闻' xmlUrl='https://d.example/rss'/>\
                <outline xmlUrl='https://me:word@e.example/rss'/></outline></body></opml>";
    let wide: Vec<u8> =
        std::iter::once(0xfeff_u16).chain(list.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    std::fs::write(folder.path().join("wide.opml"), wide).unwrap();
    let taken = headsup(folder.path(), &["feeds", "import", "wide.opml"], &[]);
    assert!(taken.status.success(), "{taken:?}");
    let now = read(&path);
    assert!(
        now.contains("name = \"创投新闻\"\nurl = \"https://d.example/rss\"\nlane = \"funding\"\n"),
        "{now}"
    );
    assert!(!now.contains("me:word"), "{now}");
}

#[test]
fn a_comment_at_the_end_stays_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let list = "<opml><body><outline text='N' xmlUrl='https://n.example/f'/></body></opml>";
    std::fs::write(folder.path().join("list.opml"), list).unwrap();
    for text in [format!("{TWO}\n# [[source]]\n# slug = \"three\"\n"), format!("{TWO}# the end")] {
        let path = write(folder.path(), &text);
        assert!(headsup(folder.path(), &["feeds", "import", "list.opml"], &[]).status.success());
        let now = read(&path);
        assert!(now.starts_with(&format!("{}\n\n[[source]]\nslug", text.trim_end())), "{now}");
    }
}
