//! What stands before the items of a list: the numbers of an ordered one, and the space that a list in a list is set in.

use super::tree::Tree;

/// Lists in lists beyond this are set no deeper.
const DEEPEST: usize = 6;

/// Lists that are open at some place of a page.
#[derive(Debug, Default)]
pub struct Lists(Vec<List>);

#[derive(Debug)]
struct List {
    end: usize,
    /// Of an ordered one.
    count: Option<Count>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    next: i64,
    step: i64,
    letters: Letters,
}

#[derive(Clone, Copy, Debug)]
enum Letters {
    Digits,
    Latin(u8),
    Roman(bool),
}

impl Lists {
    /// To be told of each element, in order.
    pub fn see(&mut self, tree: &Tree, index: usize) {
        while self.0.last().is_some_and(|list| list.end <= index) {
            self.0.pop();
        }
        let node = &tree.nodes[index];
        if node.is(&["ol", "ul"]) {
            let count = Some(index).filter(|_| node.is(&["ol"])).and_then(|list| Count::of(tree, list));
            self.0.push(List { end: node.end, count });
        }
    }

    /// The space before what stands here.
    pub fn indent(&self) -> String {
        "  ".repeat(self.0.len().saturating_sub(1).min(DEEPEST))
    }

    /// The number of the item that begins at `index`; none in a list without.
    pub fn number(&mut self, tree: &Tree, index: usize) -> Option<String> {
        let count = self.0.last_mut()?.count.as_mut()?;
        let own = tree.nodes[index].attr("value").and_then(|value| value.trim().parse::<i32>().ok());
        let number = own.map_or(count.next, i64::from);
        count.next = number + count.step;
        if is_teaser(tree, index) {
            return None;
        }
        Some(count.letters.write(number))
    }
}

impl Count {
    /// A list of one item that says nothing of its number has none.
    fn of(tree: &Tree, list: usize) -> Option<Self> {
        let node = &tree.nodes[list];
        let start = node.attr("start").and_then(|start| start.trim().parse::<i32>().ok()).map(i64::from);
        let is_reversed = node.attr("reversed").is_some();
        let n_items = tree.children(list).filter(|n| tree.nodes[*n].is(&["li"])).count() as i64;
        if n_items < 2 && ["start", "type"].iter().all(|name| node.attr(name).is_none()) {
            return None;
        }
        let first = start.unwrap_or(if is_reversed { n_items } else { 1 });
        let letters = match node.attr("type").map(str::trim) {
            Some("a") => Letters::Latin(b'a'),
            Some("A") => Letters::Latin(b'A'),
            Some("i") => Letters::Roman(false),
            Some("I") => Letters::Roman(true),
            _ => Letters::Digits,
        };
        Some(Self { next: first, step: if is_reversed { -1 } else { 1 }, letters })
    }
}

impl Letters {
    fn write(self, number: i64) -> String {
        match (self, u8::try_from(number)) {
            (Self::Latin(first), Ok(n @ 1..=26)) => char::from(first + n - 1).to_string(),
            (Self::Roman(is_upper), Ok(n @ 1..=49)) => {
                let numeral = roman(n);
                if is_upper { numeral.to_uppercase() } else { numeral }
            }
            _ => number.to_string(),
        }
    }
}

fn roman(mut n: u8) -> String {
    const PARTS: [(u8, &str); 6] = [(40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")];
    let mut numeral = String::new();
    for (value, letters) in PARTS {
        while n >= value {
            n -= value;
            numeral.push_str(letters);
        }
    }
    numeral
}

/// Whether an item is another article's headline: nobody sees the numbers of such a list.
fn is_teaser(tree: &Tree, item: usize) -> bool {
    tree.below(item).any(|n| {
        let is_linked = || tree.weight(n) > 0 && tree.linked(n) * 2 > tree.weight(n);
        tree.nodes[n].is(&["article"]) || (tree.nodes[n].rank().is_some() && is_linked())
    })
}
