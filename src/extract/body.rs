//! The second reading: what a page's own structure calls its content, without what calls itself something else.

use super::furniture;
use super::names::{self, Noise};
use super::tree::Tree;

/// A piece of running text is at least this heavy.
const PARAGRAPH: usize = 40;

/// An article is at least this heavy beside what stands around it.
pub const LEAST_ARTICLE: usize = 600;

/// A form lighter than this is one to fill in; some sites wrap the whole page in one.
const FORM: usize = 400;

/// Most weight between the headline and the element that holds the text.
const LONGEST_LEAD: usize = 2500;

/// Not text.
const NEVER: [&str; 19] = [
    "head",
    "script",
    "style",
    "template",
    "select",
    "option",
    "input",
    "textarea",
    "svg",
    "iframe",
    "object",
    "embed",
    "audio",
    "video",
    "canvas",
    "map",
    "datalist",
    "button",
    "annotation",
];

/// Not a part of an article, unless most of the page stands there by mistake.
const OUTSIDE: [&str; 6] = ["nav", "aside", "footer", "dialog", "menu", "noscript"];

/// Elements whose names do not decide about them.
const TRUSTED: [&str; 14] =
    ["body", "html", "main", "article", "code", "pre", "em", "strong", "table", "h1", "h2", "a", "b", "i"];

/// Elements below which the search for the article's holder does not go.
const PIECES: [&str; 9] = ["p", "ul", "ol", "table", "tbody", "tr", "li", "pre", "blockquote"];

/// A reading: where the article stands, and what in there is no part of it.
#[derive(Debug)]
pub struct Body {
    /// Where its text begins: with the lead, before the element that holds the rest.
    pub first: usize,
    /// Index after its last node.
    pub end: usize,
    /// For each node of the page whether it is left out.
    pub dead: Vec<bool>,
    /// For each node whether a headline before it says that it is none of the article.
    pub elsewhere: Vec<bool>,
    /// For each node whether it is a caption, or a date alone.
    pub caption: Vec<bool>,
}

impl Body {
    /// Whether the node is a part of the article.
    pub fn holds(&self, index: usize) -> bool {
        (self.first..self.end).contains(&index) && !self.dead[index] && !self.caption[index]
    }
}

/// Reads `tree` by its own structure.
pub fn read(tree: &Tree) -> Body {
    let mut dead = never(tree);
    let gross = mass(tree, &dead);
    kill(tree, &mut dead, |index| is_outside(tree, index, &gross));
    let net = mass(tree, &dead);
    kill_noise(tree, &net, &mut dead);
    let net = mass(tree, &dead);
    let root = root(tree, &net, &dead);
    furniture::other_articles(tree, root, &net, &mut dead);
    furniture::lists(tree, root, &mut dead);
    kill(tree, &mut dead, |index| !is_around(tree, index, root) && furniture::is_credit(tree, index));
    let mut caption = vec![false; tree.nodes.len()];
    kill(tree, &mut caption, |index| !is_around(tree, index, root) && furniture::is_caption(tree, index));
    let mut elsewhere = vec![false; tree.nodes.len()];
    furniture::elsewhere(tree, root, &dead, &mut elsewhere);
    dead.iter_mut().zip(&elsewhere).for_each(|(dead, elsewhere)| *dead |= *elsewhere);
    furniture::lone_headings(tree, root, &caption, &mut dead);
    Body { first: lead(tree, root), end: tree.nodes[root].end, dead, elsewhere, caption }
}

/// For each node whether it is no text at all: scripts, controls, drawings.
pub fn never(tree: &Tree) -> Vec<bool> {
    let mut dead = vec![false; tree.nodes.len()];
    kill(tree, &mut dead, |index| tree.nodes[index].is(&NEVER));
    dead
}

/// Leaves out each subtree at whose head `is_out` holds.
pub fn kill(tree: &Tree, dead: &mut [bool], is_out: impl Fn(usize) -> bool) {
    for (index, node) in tree.nodes.iter().enumerate().skip(1) {
        dead[index] = dead[index] || dead[node.parent] || (!node.is_text() && is_out(index));
    }
}

fn is_around(tree: &Tree, index: usize, root: usize) -> bool {
    index <= root && tree.nodes[index].end > root
}

fn is_outside(tree: &Tree, index: usize, mass: &[usize]) -> bool {
    let node = &tree.nodes[index];
    if &*node.name == "form" {
        return mass[index] < FORM;
    }
    let rest = mass[0] - mass[index];
    let may_go = mass[index] * 2 < mass[0] || (rest >= LEAST_ARTICLE && mass[index] * 4 < mass[0] * 3);
    (node.is(&OUTSIDE) && may_go) || (mass[index] * 3 < mass[0] * 2 && is_hidden(tree, index))
}

fn is_hidden(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    // A tab is there to be opened, and what React streams is put into its place by a script.
    let is_waiting =
        || node.attr("role") == Some("tabpanel") || node.attr("id").is_some_and(|id| id.starts_with("S:"));
    if node.attrs.is_empty() || is_waiting() {
        return false;
    }
    let style = || node.attr("style").map(|style| style.to_ascii_lowercase().replace(' ', ""));
    node.attr("hidden").is_some_and(|value| value != "until-found")
        || node.attr("aria-hidden") == Some("true")
        || style().is_some_and(|style| style.contains("display:none") || style.contains("visibility:hidden"))
}

/// Weight of running text below each node: text out of links, in pieces that can be sentences.
fn mass(tree: &Tree, dead: &[bool]) -> Vec<usize> {
    let mut mass = vec![0; tree.nodes.len()];
    for (index, node) in tree.nodes.iter().enumerate().rev() {
        if dead[index] {
            mass[index] = 0;
            continue;
        }
        let is_piece = node.is(&["p", "li", "blockquote", "pre", "td", "dd"])
            || (node.is(&["div", "section", "article", "span"]) && has_own_text(tree, index));
        if is_piece {
            let free = tree.weight(index).saturating_sub(tree.linked(index));
            mass[index] = mass[index].max(if free >= PARAGRAPH { free } else { 0 });
        }
        if index > 0 {
            mass[node.parent] += mass[index];
        }
    }
    mass
}

fn has_own_text(tree: &Tree, index: usize) -> bool {
    tree.children(index).any(|child| tree.nodes[child].is_text() && tree.weight(child) >= PARAGRAPH / 2)
}

/// Leaves out elements whose names say that they are something else, if they are not much of the page.
fn kill_noise(tree: &Tree, mass: &[usize], dead: &mut [bool]) {
    let total = mass[0];
    let titles: Vec<usize> = tree.named("h1").collect();
    let holds_title = |index: usize| match titles.as_slice() {
        [title] => tree.below(index).contains(title) && mass[index] >= LEAST_ARTICLE,
        _ => false,
    };
    kill(tree, dead, |index| {
        let node = &tree.nodes[index];
        if &*node.name == "pre" {
            return node.marks.contains(" hidden ") && mass[index] * 3 < total;
        }
        if node.marks.is_empty() || node.is(&TRUSTED) || holds_title(index) {
            return false;
        }
        match names::noise(&node.marks) {
            Some(Noise::Aside) => total >= mass[index] + LEAST_ARTICLE,
            Some(Noise::Sure) => mass[index] * 3 < total,
            Some(Noise::Maybe) => mass[index] * 3 < total && tree.linked(index) * 4 > tree.weight(index),
            None => false,
        }
    });
}

/// The innermost element that still holds nearly all running text.
fn root(tree: &Tree, mass: &[usize], dead: &[bool]) -> usize {
    let heaviest = |nodes: &mut dyn Iterator<Item = usize>| nodes.max_by_key(|n| (mass[*n], usize::MAX - *n));
    let body = tree.named("body").next().unwrap_or(0);
    let mut marked = (0..tree.nodes.len()).filter(|n| !dead[*n] && is_main(tree, *n));
    let mut root = heaviest(&mut marked).filter(|n| mass[*n] * 2 > mass[body]).unwrap_or(body);
    let mut named = tree
        .below(root)
        .filter(|n| !dead[*n] && mass[*n] * 4 > mass[root] && names::is_content(&tree.nodes[*n].marks));
    root = heaviest(&mut named).unwrap_or(root);
    loop {
        let next = tree.children(root).filter(|child| !dead[*child]).max_by_key(|child| mass[*child]);
        match next {
            Some(child) if mass[child] * 100 >= mass[root] * 92 && !tree.nodes[child].is(&PIECES) => {
                root = child
            }
            _ => return root,
        }
    }
}

fn is_main(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    node.is(&["article", "main"])
        || node.attr("role") == Some("main")
        || node.attr("itemprop").is_some_and(|value| value.contains("articleBody"))
}

/// Where the text begins: a lead may stand between the headline and the element that holds the rest.
fn lead(tree: &Tree, root: usize) -> usize {
    let Some(title) = tree.named("h1").take_while(|n| *n < root).last() else { return root };
    let first = tree.nodes[title].end;
    if first >= root {
        return root;
    }
    let between: usize = tree.texts(first..root).map(|n| tree.nodes[n].text.trim().len()).sum();
    if between < LONGEST_LEAD { first } else { root }
}
