//! One article from two readings of a page: readability's, put right by the page's own structure where the two agree
//! on the place, and the structure's where readability took too little.

use super::body::Body;
use super::render::{self, Block, Kind};
use super::tree::Tree;

/// Two readings that share less than this are about different parts of the page.
const ALIKE: f64 = 0.75;

/// Readability is not contradicted about more than this part of what it took.
const MOST_TAKEN_OUT: f64 = 0.2;

/// What stands below headlines that lead elsewhere is not more than this part of it.
const MOST_ELSEWHERE: f64 = 0.45;

/// Leads are not more than this part of the text.
const MOST_LEADS: f64 = 0.3;

/// A page of which more than this is short lines at either end is made of them.
const MOST_EDGE: f64 = 0.12;

/// A text of this weight is found by chance nowhere.
const SURE_TEXT: usize = 1000;

/// A paragraph that can be a lead.
const LEAD: usize = 60;

/// So many blocks of code, lists of terms or tables make a manual, of which each line counts.
const MANUAL: usize = 2;

/// Blocks of the article. `first` says which nodes readability kept.
pub fn blocks(tree: &Tree, first: &[bool], body: &Body) -> Vec<Block> {
    let sums = Sums::of(tree, first, body);
    if first.iter().all(|kept| !kept) || sums.prefers_body() {
        return finished(render::blocks(tree, body.first..body.end, &|n| body.holds(n)));
    }
    let may_take_out = sums.contradicted as f64 <= MOST_TAKEN_OUT * sums.first as f64;
    let added = additions(tree, first, body, &sums);
    let is_out =
        |n: usize| body.dead[n] && (may_take_out || (sums.may_lose_elsewhere() && body.elsewhere[n]));
    let keep = |n: usize| (first[n] && !is_out(n)) || added[n];
    finished(render::blocks(tree, 0..tree.nodes.len(), &keep))
}

fn finished(mut blocks: Vec<Block>) -> Vec<Block> {
    trim(&mut blocks);
    blocks
}

/// Weights of the two readings.
struct Sums {
    first: usize,
    body: usize,
    both: usize,
    /// Of what readability kept, what the structure leaves out.
    contradicted: usize,
    /// The part of it that stands below a headline that leads elsewhere.
    elsewhere: usize,
    /// Headlines that only the structure has, and how many of them are links.
    headlines: (usize, usize),
}

impl Sums {
    fn of(tree: &Tree, first: &[bool], body: &Body) -> Self {
        let mut sums = Self { first: 0, body: 0, both: 0, contradicted: 0, elsewhere: 0, headlines: (0, 0) };
        for n in tree.texts(0..tree.nodes.len()) {
            let weight = tree.weight(n);
            let in_body = body.holds(n);
            sums.first += if first[n] { weight } else { 0 };
            sums.body += if in_body { weight } else { 0 };
            sums.both += if in_body && first[n] { weight } else { 0 };
            sums.contradicted += if first[n] && body.dead[n] { weight } else { 0 };
            sums.elsewhere += if first[n] && body.elsewhere[n] { weight } else { 0 };
            if in_body && !first[n] {
                let is_in = |test: &dyn Fn(usize) -> bool| tree.ancestors(n).any(test);
                if is_in(&|n| tree.nodes[n].rank().is_some_and(|rank| rank <= 4)) {
                    sums.headlines.0 += 1;
                    sums.headlines.1 += usize::from(is_in(&|n| &*tree.nodes[n].name == "a"));
                }
            }
        }
        sums
    }

    /// A headline is a sure sign, but not against most of a text.
    fn may_lose_elsewhere(&self) -> bool {
        self.elsewhere as f64 <= MOST_ELSEWHERE * self.first as f64
    }

    /// Whether readability took too little: much stands beside it, and that is not a list of other articles.
    fn prefers_body(&self) -> bool {
        let is_elsewhere = self.both * 5 < self.first && self.first >= SURE_TEXT;
        let alike = 2.0 * self.both as f64 >= ALIKE * (self.first + self.body) as f64;
        let (headlines, linked) = self.headlines;
        !is_elsewhere && !alike && self.body > self.first && linked * 2 <= headlines
    }
}

/// What the structure adds to readability's text: leads before it, and in manuals whatever stands in between.
fn additions(tree: &Tree, first: &[bool], body: &Body, sums: &Sums) -> Vec<bool> {
    let mut added = vec![false; tree.nodes.len()];
    let long = |n: &usize| first[*n] && tree.weight(*n) > LEAD;
    let Some(start) = tree.texts(0..tree.nodes.len()).find(long) else { return added };
    let last = tree.texts(start..tree.nodes.len()).filter(long).last().unwrap_or(start);
    let title = tree.named("h1").next().unwrap_or(0);
    let in_paragraph = |n: usize| {
        let mut around = tree.ancestors(n);
        let holder = around.find(|a| tree.nodes[*a].is(&["p", "div", "h2", "h3", "li", "section", "td"]));
        holder.is_some_and(|holder| tree.weight(holder) >= LEAD)
    };
    let leads: Vec<usize> =
        tree.texts(title + 1..start.max(title + 1)).filter(|n| body.holds(*n) && in_paragraph(*n)).collect();
    let weight: usize = leads.iter().map(|n| tree.weight(*n)).sum();
    if weight as f64 > MOST_LEADS * sums.first as f64 {
        return added;
    }
    let parts = (body.first..body.end)
        .filter(|n| !body.dead[*n] && tree.nodes[*n].is(&["pre", "dl", "table"]) && tree.weight(*n) >= 20);
    if parts.count() >= MANUAL {
        tree.texts(start..last).filter(|n| body.holds(*n)).for_each(|n| added[n] = true);
    }
    leads.into_iter().for_each(|n| added[n] = true);
    added
}

/// Takes away short lines around the text that say who, when and where else.
fn trim(blocks: &mut Vec<Block>) {
    let Some(first) = blocks.iter().position(Block::is_running) else { return };
    let end = blocks.iter().rposition(|block| !is_tail(block)).map_or(0, |n| n + 1).max(first + 1);
    let weight = |blocks: &[Block]| blocks.iter().map(Block::weight).sum::<usize>();
    let most = (MOST_EDGE * weight(blocks) as f64) as usize;
    if weight(&blocks[end..]) <= most {
        blocks.truncate(end);
    }
    let is_head =
        |block: &Block| block.kind != Kind::Heading && !block.is_sentence() && block.weight() < LEAD;
    let head: usize = blocks[..first].iter().filter(|block| is_head(block)).map(Block::weight).sum();
    if head <= most {
        let mut n = 0;
        blocks.retain(|block| {
            n += 1;
            n > first || !is_head(block)
        });
    }
}

fn is_tail(block: &Block) -> bool {
    let is_link = || block.weight() < 80 && block.linked * 2 > block.text.len();
    match block.kind {
        Kind::Code | Kind::Table => false,
        Kind::Heading => true,
        Kind::Item => is_link(),
        Kind::Text => is_link() || (block.weight() < 40 && !block.is_sentence()),
    }
}
