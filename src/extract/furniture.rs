//! What stands in an article's place and is not it: other articles, lists of links, captions, headlines of nothing.

use super::body::{LEAST_ARTICLE, kill};
use super::names;
use super::tree::Tree;

/// A teaser is lighter than this.
const LONGEST_TEASER: usize = 500;

/// A caption is lighter than this.
const LONGEST_CAPTION: usize = 400;

/// A picture's credit is lighter than this.
const LONGEST_CREDIT: usize = 90;

/// A date or a headline that leads elsewhere is lighter than this.
const LONGEST_LABEL: usize = 60;

/// Some write whole paragraphs as headlines.
const LONGEST_HEADING: usize = 90;

/// A list of links may hold so much else.
const MOST_FREE: usize = 200;

/// Other articles shown in one are teasers, if they are not together most of it.
pub fn other_articles(tree: &Tree, root: usize, mass: &[usize], dead: &mut [bool]) {
    let inner: Vec<usize> =
        tree.below(root).filter(|n| !dead[*n] && &*tree.nodes[*n].name == "article").collect();
    let Some(largest) = inner.iter().copied().max_by_key(|n| mass[*n]) else { return };
    let sum: usize = inner.iter().map(|n| mass[*n]).sum();
    let is_inner = |index: usize| inner.binary_search(&index).is_ok();
    if mass[largest] > 3 * (sum - mass[largest]) {
        let holds = |a: usize, b: usize| tree.below(a).contains(&b);
        kill(tree, dead, |n| n != largest && is_inner(n) && !holds(n, largest) && !holds(largest, n));
    } else if inner.len() >= 2 && sum * 10 < mass[root] * 7 {
        kill(tree, dead, is_inner);
    }
}

/// Teasers and blocks of links; a page that is nothing else keeps them.
pub fn lists(tree: &Tree, root: usize, dead: &mut [bool]) {
    let before = dead.to_vec();
    teasers(tree, root, dead);
    link_lists(tree, root, dead);
    let weight = |dead: &[bool]| -> usize {
        tree.texts(tree.below(root)).filter(|n| !dead[*n]).map(|n| tree.weight(n)).sum()
    };
    let (left, all) = (weight(dead), weight(&before));
    if left * 2 < all || (left < LEAST_ARTICLE && left * 3 < all * 2) {
        dead.copy_from_slice(&before);
    }
}

/// Rows of the same element, each with a linked title and little more, show other articles.
fn teasers(tree: &Tree, root: usize, dead: &mut [bool]) {
    for parent in tree.below(root) {
        if dead[parent] || tree.nodes[parent].is_text() {
            continue;
        }
        let shown = tree.children(parent).filter(|n| !dead[*n] && tree.weight(*n) > 0);
        let items: Vec<usize> = shown.filter(|n| is_teaser(tree, *n)).collect();
        let weight: usize = items.iter().map(|n| tree.weight(*n)).sum();
        if items.len() >= 3 && weight * 10 > tree.weight(parent) * 7 {
            for item in items {
                dead[item..tree.nodes[item].end].fill(true);
            }
        }
    }
}

fn is_teaser(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    if !node.is(&["li", "div", "article", "section", "a", "td"]) || tree.weight(index) > LONGEST_TEASER {
        return false;
    }
    let link = (index..node.end).find(|n| &*tree.nodes[*n].name == "a" && tree.weight(*n) >= 15);
    let Some(link) = link else { return false };
    let around = tree.below(link).chain(tree.ancestors(link).take_while(|n| *n >= index));
    let mut around = around.map(|n| &tree.nodes[n]);
    let before: usize = tree.texts(index..link).map(|n| tree.nodes[n].text.trim().len()).sum();
    before < LONGEST_LABEL && around.any(|node| node.rank().is_some() || node.is(&["div", "p"]))
}

/// Blocks that are mostly links.
fn link_lists(tree: &Tree, root: usize, dead: &mut [bool]) {
    for index in tree.below(root) {
        let node = &tree.nodes[index];
        if dead[node.parent] && node.parent != root {
            dead[index] = true;
        } else if !dead[index] && node.is(&["ul", "ol", "div", "section", "table", "dl"]) {
            let (weight, linked) = (tree.weight(index), tree.linked(index));
            dead[index] = weight > 0 && linked * 100 > weight * 66 && weight - linked < MOST_FREE;
        }
    }
}

/// Whether an element is a caption, or a date alone.
pub fn is_caption(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    let weight = tree.weight(index);
    &*node.name == "figcaption"
        || (weight < LONGEST_CAPTION && names::is_caption(&node.marks))
        || (weight < LONGEST_LABEL && (&*node.name == "time" || names::is_date(&node.marks)))
}

/// Whether an element says who made a picture, and nothing else.
pub fn is_credit(tree: &Tree, index: usize) -> bool {
    let node = &tree.nodes[index];
    let weight = tree.weight(index);
    let may_be = weight > 0
        && weight < LONGEST_CREDIT
        && node.is(&["figcaption", "p", "div", "span", "small", "em", "cite", "i"]);
    may_be && names::is_credit(&node.marks, &tree.line(index))
}

/// What a headline says that it leads elsewhere: what follows in the same element, up to the next of its rank.
pub fn elsewhere(tree: &Tree, root: usize, dead: &[bool], elsewhere: &mut [bool]) {
    // "Links" and "Contact" may be about the matter where an article begins.
    let third = root + (tree.nodes[root].end - root) / 3;
    for index in tree.below(root) {
        let Some(own) = tree.nodes[index].rank() else { continue };
        let is_out = dead[index] || elsewhere[index];
        let may_lead = own > 1 && index >= third && !is_out && tree.weight(index) <= LONGEST_LABEL;
        if !may_lead || !names::leads_elsewhere(&tree.line(index)) {
            continue;
        }
        let end = end_of_section(tree, root, index);
        let next =
            (tree.nodes[index].end..end).find(|n| tree.nodes[*n].rank().is_some_and(|rank| rank <= own));
        elsewhere[index..next.unwrap_or(end)].fill(true);
    }
}

/// A headline often stands in a box of its own, before what it names.
fn end_of_section(tree: &Tree, root: usize, heading: usize) -> usize {
    let weight = tree.weight(heading);
    let holder = tree.ancestors(heading).take_while(|n| *n >= root).find(|n| tree.weight(*n) > weight);
    holder.map_or(tree.nodes[heading].end, |holder| tree.nodes[holder].end)
}

/// A headline below which nothing is left.
pub fn lone_headings(tree: &Tree, root: usize, caption: &[bool], dead: &mut [bool]) {
    let mut rank_below = 1;
    let mut text_follows = false;
    let mut start_of_heading = usize::MAX;
    // Backwards: the text of a headline comes before the headline itself.
    for index in tree.below(root).rev() {
        if dead[index] || caption[index] {
            continue;
        }
        let node = &tree.nodes[index];
        if let Some(rank) = node.rank() {
            if !text_follows && rank >= rank_below && tree.weight(index) < LONGEST_HEADING {
                dead[index..node.end].fill(true);
            } else {
                rank_below = rank;
                text_follows = false;
            }
        } else if node.is_text() && tree.weight(index) > 0 && index < start_of_heading {
            let mut around = tree.ancestors(index).take_while(|n| *n != root);
            match around.find(|n| tree.nodes[*n].rank().is_some()) {
                Some(heading) => start_of_heading = heading,
                None => text_follows = true,
            }
        }
    }
}

/// Empties what counts the lines of code beside it.
pub fn drop_line_numbers(tree: &mut Tree) {
    const NAMES: [&str; 9] = [
        " ln ",
        " lnt ",
        " lineno",
        " line-number",
        "gutter",
        "hljs-ln-n",
        " linenumber",
        " line-num ",
        " blob-num ",
    ];
    let counts = |tree: &Tree, n: usize| {
        let node = &tree.nodes[n];
        let is_named = !node.marks.is_empty() && NAMES.iter().any(|name| node.marks.contains(name));
        is_named
            && tree
                .below(n)
                .all(|n| tree.nodes[n].text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace()))
    };
    for n in 0..tree.nodes.len() {
        if counts(tree, n) {
            for inner in tree.below(n) {
                tree.nodes[inner].text.clear();
            }
        }
    }
}
