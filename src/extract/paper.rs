//! A paper as arXiv's HTML gives it (LaTeXML): sections, captions and tables, formulas as TeX, no references.

use dom_query::Document;

use super::body;
use super::clean;
use super::page;
use super::render;
use super::tree::Tree;

/// Parts that are not read: who, where else, and the abstract, which is known.
const LEFT_OUT: [&str; 14] = [
    "ltx-bibliography",
    "ltx-authors",
    "ltx-dates",
    "ltx-abstract",
    "ltx-title-document",
    "ltx-acknowledgements",
    "ltx-toc",
    "ltx-page-header",
    "ltx-page-footer",
    "ltx-page-logo",
    "ltx-error",
    "ltx-classification",
    "ltx-keywords",
    "package-alerts",
];

/// The text of the paper in `html`, if it is one, and whether the cap cut it.
pub fn read(html: &str) -> Option<(String, bool)> {
    let is_one = html.contains("ltx_document") || html.contains("ltx_page_main");
    let html = page::head_of(html);
    if !is_one || page::is_too_deep(html) {
        return None;
    }
    let mut tree = Tree::of(&Document::from(html));
    formulas_as_tex(&mut tree);
    let is_paper = |n: &usize| {
        tree.nodes[*n].marks.contains(" ltx-document ") || tree.nodes[*n].marks.contains(" ltx-page-main ")
    };
    let root = (0..tree.nodes.len()).find(is_paper)?;
    let mut dead = vec![false; tree.nodes.len()];
    body::kill(&tree, &mut dead, |index| {
        let node = &tree.nodes[index];
        node.is(&["script", "style", "nav", "head", "button", "svg"])
            || LEFT_OUT.iter().any(|name| node.marks.contains(&format!(" {name} ")))
    });
    let blocks = render::blocks(&tree, root..tree.nodes[root].end, &|n| !dead[n]);
    let (text, cut) = clean::assemble(&blocks);
    (!text.is_empty()).then_some((text, cut))
}

/// The abstract on the page that arXiv shows of a paper.
pub fn abstract_of(html: &str) -> Option<String> {
    let html = page::head_of(html);
    if page::is_too_deep(html) {
        return None;
    }
    let document = Document::from(html);
    let shown = document.select_single("blockquote.abstract").text();
    let text = clean::line(shown.trim().trim_start_matches("Abstract:"));
    (!text.is_empty()).then_some(text)
}

/// In the place of a formula's parts its source.
fn formulas_as_tex(tree: &mut Tree) {
    for n in 0..tree.nodes.len() {
        if &*tree.nodes[n].name != "math" {
            continue;
        }
        let Some(tex) = tree.nodes[n].attr("alttext").map(|tex| format!(" {tex} ")) else { continue };
        let texts: Vec<usize> = tree.below(n).filter(|n| tree.nodes[*n].is_text()).collect();
        let mut source = Some(tex);
        for text in texts {
            tree.nodes[text].text = source.take().unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_read_without_its_references() {
        let html = "<html><body><nav class=ltx_TOC>1 Introduction</nav><article class='ltx_document'>\
            <h1 class='ltx_title ltx_title_document'>Small Models</h1><div class=ltx_authors>Mei Lin</div>\
            <div class=ltx_abstract><p>We prune.</p></div>\
            <section><h2>1 Introduction</h2><p class=ltx_p>A loss of <math alttext='x^{2}'><mi>x</mi><mn>2</mn></math> is enough.</p>\
            <figure><figcaption class=ltx_caption>Figure 1: Loss over time.</figcaption></figure></section>\
            <section class=ltx_bibliography><h2>References</h2><ul><li>[1] Someone else.</li></ul></section></article></body></html>";
        let (text, cut) = read(html).unwrap();
        assert_eq!(text, "1 Introduction\n\nA loss of x^{2} is enough.\n\nFigure 1: Loss over time.");
        assert!(!cut);
        assert_eq!(read("<article><p>No paper.</p></article>"), None);
    }
}
