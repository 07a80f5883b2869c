//! A paper as arXiv's HTML gives it (LaTeXML): sections, captions and tables, formulas as TeX, no references.

use dom_query::Document;

use super::body;
use super::clean;
use super::page;
use super::render;
use super::tree::Tree;
use crate::markup;

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
    if !is_one || markup::is_hostile(html) {
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
    if markup::is_hostile(html) {
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

    #[test]
    fn sections_captions_tables_and_formulas_of_a_whole_paper_are_kept_in_their_order() {
        let html = "<html><head><title>Small Robots</title></head><body><header class=desktop_header><a>Report issue</a></header>\
            <nav class='ltx_page_navbar'><nav class='ltx_TOC'><ol class=ltx_toclist><li>1 Method</li></ol></nav></nav>\
            <div class=ltx_page_main><div class='package-alerts ltx_document'>HTML conversions sometimes fail</div>\
            <div class=ltx_page_content><article class='ltx_document ltx_authors_1line'><h1 class='ltx_title ltx_title_document'>Small Robots</h1>\
            <div class=ltx_authors><span class='ltx_creator ltx_role_author'>Mei Lin</span></div><div class=ltx_abstract><h6>Abstract</h6><p>We walk.</p></div>\
            <section class=ltx_section id=S1><h2 class='ltx_title ltx_title_section'><span class='ltx_tag ltx_tag_section'>1 </span>Method</h2>\
            <div class='ltx_para'><p class=ltx_p>A robot of mass <math alttext='m_{r}' class=ltx_Math><semantics><msub><mi>m</mi><mi>r</mi></msub>\
            <annotation encoding='application/x-tex'>m_{r}</annotation></semantics></math> walks <cite class=ltx_cite>[<a href=#bib.1>1</a>]</cite>.</p></div>\
            <section class=ltx_subsection><h3 class='ltx_title'><span class=ltx_tag>1.1 </span>Training</h3><p class=ltx_p>It falls often.</p></section>\
            <figure class=ltx_table><figcaption class='ltx_caption'><span class=ltx_tag>Table 1: </span>Falls per hour.</figcaption>\
            <table class='ltx_tabular'><tr class=ltx_tr><td class=ltx_td>small</td><td class=ltx_td>3</td></tr></table></figure></section>\
            <section class=ltx_bibliography id=bib><h2>References</h2><ul class=ltx_biblist><li class=ltx_bibitem>Someone (2020)</li></ul></section>\
            <section class=ltx_appendix><h2>Appendix A Floors</h2><p class=ltx_p>Wood is hard.</p></section></article></div>\
            <footer class=ltx_page_footer>Generated by LaTeXML</footer></div></body></html>";
        let (text, _) = read(html).unwrap();
        assert_eq!(
            text,
            "1 Method\n\nA robot of mass m_{r} walks [1].\n\n1.1 Training\n\nIt falls often.\n\n\
             Table 1: Falls per hour.\n\nsmall | 3\n\nAppendix A Floors\n\nWood is hard."
        );
    }

    #[test]
    fn a_paper_that_no_parser_survives_is_none() {
        assert_eq!(
            read(&format!("<article class=ltx_document>{}", "<p>a &amp; b</p>".repeat(600_000))),
            None
        );
        assert_eq!(read(&format!("<article class=ltx_document>{}", "<math>".repeat(5_000))), None);
    }
}
