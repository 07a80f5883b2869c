//! A page as a flat list of its nodes in document order: what a rule asks of a subtree is asked of a range.

use dom_query::{Attr, Document, LocalName, NodeData, NodeId, NodeRef};

use super::clean;
use super::names;

/// Stands behind a Chinese stop while readability reads: it counts commas, and only "," and "，".
pub const COMMA: &str = "，\u{2060}";

/// A page. Node 0 is the document.
#[derive(Debug)]
pub struct Tree {
    /// In document order.
    pub nodes: Vec<Node>,
    /// Weight of the text before each node; one longer than `nodes`.
    weights: Vec<usize>,
    /// The same of text in links.
    linked: Vec<usize>,
}

/// An element, or a piece of text.
#[derive(Debug)]
pub struct Node {
    /// In the document that was read, and in each copy of it.
    pub id: NodeId,
    /// Index of the element that holds it.
    pub parent: usize,
    /// Index after its last descendant.
    pub end: usize,
    /// Empty of text.
    pub name: LocalName,
    /// Of elements.
    pub attrs: Vec<Attr>,
    /// Class, id and role as [`names`] reads them.
    pub marks: String,
    /// Of a text, as written.
    pub text: String,
}

impl Node {
    /// The value of an attribute.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| &*attr.value)
    }

    /// Whether it is an element of one of these names.
    pub fn is(&self, names: &[&str]) -> bool {
        names.contains(&&*self.name)
    }

    /// Whether it is a piece of text.
    pub fn is_text(&self) -> bool {
        self.name.is_empty()
    }

    /// 1 to 6 of a headline.
    pub fn rank(&self) -> Option<u8> {
        match self.name.as_bytes() {
            [b'h', digit @ b'1'..=b'6'] => Some(digit - b'0'),
            _ => None,
        }
    }
}

impl Tree {
    /// The nodes of `document`.
    pub fn of(document: &Document) -> Self {
        let mut nodes = Vec::new();
        let mut open: Vec<(NodeRef<'_>, usize)> = vec![(document.root(), 0)];
        while let Some((reference, parent)) = open.pop() {
            let Some(node) = node(&reference, parent) else { continue };
            let index = nodes.len();
            nodes.push(node);
            open.extend(reference.children_it(true).map(|child| (child, index)));
        }
        let mut tree = Self { nodes, weights: Vec::new(), linked: Vec::new() };
        tree.close();
        tree.weigh();
        tree
    }

    /// Sets the ends: a subtree ends where the last of its children does.
    fn close(&mut self) {
        for index in (0..self.nodes.len()).rev() {
            let (end, parent) = (self.nodes[index].end.max(index + 1), self.nodes[index].parent);
            self.nodes[index].end = end;
            self.nodes[parent].end = self.nodes[parent].end.max(end);
        }
    }

    fn weigh(&mut self) {
        let mut end_of_link = 0;
        let (mut weight, mut linked) = (0, 0);
        for (index, node) in self.nodes.iter().enumerate() {
            self.weights.push(weight);
            self.linked.push(linked);
            if &*node.name == "a" && node.attr("href").is_some() {
                end_of_link = end_of_link.max(node.end);
            } else if node.is_text() {
                let own = clean::spaced_weight(&node.text);
                weight += own;
                linked += if index < end_of_link { own } else { 0 };
            }
        }
        self.weights.push(weight);
        self.linked.push(linked);
    }

    /// Weight of the text in the subtree of `index`.
    pub fn weight(&self, index: usize) -> usize {
        self.weights[self.nodes[index].end] - self.weights[index]
    }

    /// Weight of the text in links in the subtree of `index`.
    pub fn linked(&self, index: usize) -> usize {
        self.linked[self.nodes[index].end] - self.linked[index]
    }

    /// Indices of the subtree of `index`, without itself.
    pub fn below(&self, index: usize) -> std::ops::Range<usize> {
        index + 1..self.nodes[index].end
    }

    /// Indices of the children of `index`.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> {
        let end = self.nodes[index].end;
        let first = (index + 1 < end).then_some(index + 1);
        std::iter::successors(first, move |child| {
            let next = self.nodes[*child].end;
            (next < end).then_some(next)
        })
    }

    /// Indices of the elements that hold `index`, from the inside.
    pub fn ancestors(&self, index: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(index), |index| (*index > 0).then(|| self.nodes[*index].parent)).skip(1)
    }

    /// Indices of the pieces of text in `range` that are more than space.
    pub fn texts(&self, range: std::ops::Range<usize>) -> impl Iterator<Item = usize> {
        range.filter(|n| self.weights[*n + 1] > self.weights[*n])
    }

    /// Indices of all elements of this name.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        (0..self.nodes.len()).filter(move |n| &*self.nodes[*n].name == name)
    }

    /// The text below `index` in one line.
    pub fn line(&self, index: usize) -> String {
        let mut text = String::new();
        for n in self.below(index) {
            if self.nodes[n].is_text() {
                text.push_str(&self.nodes[n].text);
            } else if !super::render::is_inline(&self.nodes[n].name) {
                text.push(' ');
            }
        }
        clean::line(&text)
    }
}

fn node(reference: &NodeRef<'_>, parent: usize) -> Option<Node> {
    let made = reference.query(|node| {
        let (name, attrs, text) = match &node.data {
            NodeData::Text { contents } => (LocalName::from(""), Vec::new(), contents.replace(COMMA, "")),
            NodeData::Element(element) => (element.name.local.clone(), element.attrs.clone(), String::new()),
            NodeData::Document => (LocalName::from("#document"), Vec::new(), String::new()),
            _ => return None,
        };
        let marks = names::marks(attrs.iter().map(|attr| (&*attr.name.local, &*attr.value)));
        Some(Node { id: node.id, parent, end: 0, name, marks, attrs, text })
    });
    made.flatten()
}
