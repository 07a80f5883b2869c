//! From chosen pieces of a page to blocks: paragraphs, headings, list items, tables, and code as it stands.

use std::ops::Range;

use super::clean;
use super::lists::Lists;
use super::tree::Tree;
use crate::ordinal;

/// A paragraph, or what stands like one.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Its text. Code and tables have several lines.
    pub text: String,
    /// What it is.
    pub kind: Kind,
    /// Bytes of it that are links.
    pub linked: usize,
    /// What stands before it in a list: space, and its number.
    pub lead: String,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Running text.
    Text,
    /// In a list.
    Item,
    /// A headline of any rank.
    Heading,
    /// Keeps its spaces.
    Code,
    /// A line for each row.
    Table,
}

/// Elements that do not end a line.
const INLINE: [&str; 39] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "img", "ins", "kbd", "label", "mark", "nobr", "picture", "q", "rp", "rt", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// Cells that reach further are not believed.
const MOST_ROWS: usize = 200;
const MOST_COLUMNS: usize = 100;

/// A row longer than this is no data.
const LONGEST_ROW: usize = 600;

impl Block {
    /// Of its text.
    pub fn weight(&self) -> usize {
        clean::weight(self.text.trim())
    }

    /// Whether it ends like a sentence.
    pub fn is_sentence(&self) -> bool {
        const ENDS: [char; 16] =
            ['.', '!', '?', ':', '。', '！', '？', '…', '”', '"', '：', ')', '）', '»', '“', '」'];
        self.text.trim_end().ends_with(ENDS)
    }

    /// Whether it can be the begin of an article.
    pub fn is_running(&self) -> bool {
        match self.kind {
            Kind::Code | Kind::Table => true,
            Kind::Heading => false,
            Kind::Item | Kind::Text => {
                let weight = self.weight();
                self.linked * 2 <= self.text.len() && (weight >= 80 || (weight >= 40 && self.is_sentence()))
            }
        }
    }
}

/// Whether elements of this name stand within a line.
pub fn is_inline(name: &str) -> bool {
    // MathJax sets formulas in elements of its own.
    INLINE.binary_search(&name).is_ok() || name.starts_with("mjx-")
}

/// The blocks of the text pieces in `range` that `keep` names.
pub fn blocks(tree: &Tree, range: Range<usize>, keep: &dyn Fn(usize) -> bool) -> Vec<Block> {
    let mut writer = Writer::default();
    // Ends of the elements that are open and break the line when they close.
    let mut open: Vec<usize> = Vec::new();
    let (mut end_of_formula, mut end_of_link) = (0, 0);
    for index in range {
        while open.last().is_some_and(|end| *end <= index) {
            open.pop();
            writer.end(index);
        }
        let node = &tree.nodes[index];
        match &*node.name {
            "" if keep(index) => {
                writer.lists.see(tree, index);
                writer.add(&node.text, index < end_of_link);
            }
            "" => {}
            "br" => writer.line_break(),
            "a" => end_of_link = end_of_link.max(node.end),
            "math" => end_of_formula = node.end,
            name if !is_inline(name) && index >= end_of_formula => {
                let name = if name == "tr" && !is_data(tree, index) { "div" } else { name };
                writer.begin(name, index, node.end);
                writer.lists.see(tree, index);
                if name == "li" {
                    let number = writer.lists.number(tree, index);
                    writer.number = number.map(|number| (number, node.end));
                }
                if matches!(name, "td" | "th") {
                    writer.span(node.attr("rowspan"), node.attr("colspan"));
                }
                open.push(node.end);
            }
            _ => {}
        }
    }
    writer.flush();
    writer.blocks
}

/// Tables also lay out pages: a row of data is short and holds no structure.
fn is_data(tree: &Tree, row: usize) -> bool {
    const STRUCTURE: [&str; 10] =
        ["table", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3", "article", "br"];
    tree.weight(row) <= LONGEST_ROW && !tree.below(row).any(|n| tree.nodes[n].is(&STRUCTURE))
}

struct Writer {
    blocks: Vec<Block>,
    text: String,
    linked: usize,
    kind: Kind,
    end_of_item: usize,
    /// Inside of code and rows there are no paragraphs.
    end_of_special: usize,
    /// Rows below that each column of the table is still covered from above.
    covered: Vec<usize>,
    column: usize,
    lists: Lists,
    /// Of the item that is open, until it is written, and where the item ends.
    number: Option<(String, usize)>,
}

impl Default for Writer {
    fn default() -> Self {
        Self {
            blocks: Vec::new(),
            text: String::new(),
            linked: 0,
            kind: Kind::Text,
            end_of_item: 0,
            end_of_special: 0,
            covered: Vec::new(),
            column: 0,
            lists: Lists::default(),
            number: None,
        }
    }
}

impl Writer {
    fn add(&mut self, text: &str, is_link: bool) {
        let before = self.text.len();
        if self.kind == Kind::Code {
            self.text.push_str(text);
        } else {
            for c in text.chars() {
                if !c.is_whitespace() {
                    self.text.push(c);
                } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                    self.text.push(' ');
                }
            }
        }
        self.linked += if is_link { self.text.len() - before } else { 0 };
    }

    fn line_break(&mut self) {
        if self.kind == Kind::Table {
            self.add(" ", false);
        } else if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    fn begin(&mut self, name: &str, index: usize, end: usize) {
        if index < self.end_of_special {
            match (self.kind, name) {
                (Kind::Code, "div" | "li" | "tr") if !self.text.is_empty() && !self.text.ends_with('\n') => {
                    self.text.push('\n');
                }
                (Kind::Table, "td" | "th") => self.cell(),
                (Kind::Table, _) => self.add(" ", false),
                _ => {}
            }
            return;
        }
        self.flush();
        if matches!(name, "li" | "dd" | "dt") {
            self.end_of_item = self.end_of_item.max(end);
        }
        self.kind = match name {
            "pre" | "textarea" => Kind::Code,
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading,
            "tr" => Kind::Table,
            "table" => {
                self.covered.clear();
                self.plain(index)
            }
            _ => self.plain(index),
        };
        if matches!(self.kind, Kind::Code | Kind::Table) {
            self.end_of_special = end;
            self.column = 0;
        }
    }

    fn plain(&self, index: usize) -> Kind {
        if index < self.end_of_item { Kind::Item } else { Kind::Text }
    }

    fn cell(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        if !self.text.is_empty() {
            self.text.push_str(" | ");
        }
        // A cell of a row above reaches down to here.
        while let Some(rows) = self.covered.get_mut(self.column).filter(|rows| **rows > 0) {
            *rows -= 1;
            self.column += 1;
            self.text.push_str("| ");
        }
    }

    /// How many rows and columns the cell that begins here takes.
    fn span(&mut self, rows: Option<&str>, columns: Option<&str>) {
        if self.kind != Kind::Table {
            return;
        }
        let number = |text: Option<&str>, most| {
            text.and_then(|text| text.trim().parse().ok()).unwrap_or(1).clamp(1, most)
        };
        let (rows, columns): (usize, usize) = (number(rows, MOST_ROWS), number(columns, MOST_COLUMNS));
        let end = (self.column + columns).min(MOST_COLUMNS);
        if rows > 1 && self.covered.len() < end {
            self.covered.resize(end, 0);
        }
        if let Some(covered) = self.covered.get_mut(self.column..end).filter(|_| rows > 1) {
            covered.fill(rows - 1);
        }
        self.column += columns;
    }

    fn end(&mut self, index: usize) {
        if index >= self.end_of_special {
            self.flush();
            self.number = self.number.take().filter(|(_, end)| index < *end);
            self.kind = self.plain(index);
        } else if self.kind == Kind::Table {
            self.add(" ", false);
        }
    }

    /// What stands before `text`, the next block.
    fn lead(&mut self, text: &str) -> String {
        let number = self.number.take().map(|(number, _)| number);
        let number = number.filter(|number| !ordinal::stands_before(text, number));
        let number = number.map(|number| number + ". ");
        match self.kind {
            Kind::Item => self.lists.indent() + &number.unwrap_or_default(),
            Kind::Heading => number.unwrap_or_default(),
            Kind::Text | Kind::Code | Kind::Table => String::new(),
        }
    }

    fn flush(&mut self) {
        let (text, linked) = (std::mem::take(&mut self.text), std::mem::take(&mut self.linked));
        if text.trim().is_empty() {
            return;
        }
        let lead = self.lead(&text);
        // A column covered from above stays.
        let is_covered = !self.covered.is_empty() && text.starts_with("| ");
        let row = || {
            let row = text.trim_end_matches([' ', '|']);
            if is_covered { row } else { row.trim_start_matches([' ', '|']) }
        };
        match self.blocks.last_mut() {
            Some(last) if last.kind == Kind::Table && self.kind == Kind::Table => {
                last.text.push('\n');
                last.text.push_str(row());
                last.linked += linked;
            }
            _ if self.kind == Kind::Table => {
                let text = row().to_owned();
                self.blocks.push(Block { text, kind: self.kind, linked, lead: String::new() });
            }
            _ => self.blocks.push(Block { text, kind: self.kind, linked, lead }),
        }
    }
}

#[cfg(test)]
mod tests {
    use dom_query::Document;

    use super::*;

    fn lines(html: &str) -> Vec<(Kind, String)> {
        let tree = Tree::of(&Document::from(html));
        let blocks = blocks(&tree, 0..tree.nodes.len(), &|_| true);
        blocks.into_iter().map(|block| (block.kind, block.text.trim().to_owned())).collect()
    }

    #[test]
    fn headings_lists_code_and_tables_stay_what_they_are() {
        let html = "<h2>How fast</h2><p>It <b>runs</b>\n on a laptop.</p><ul><li>one <a href=x>link</a></li><li>two</li></ul>\
            <pre><code>fn main() {\n    run();\n}</code></pre><table><tr><th>Model</th><th>GB</th></tr><tr><td>small</td><td>4</td></tr></table>";
        let expected = [
            (Kind::Heading, "How fast"),
            (Kind::Text, "It runs on a laptop."),
            (Kind::Item, "one link"),
            (Kind::Item, "two"),
            (Kind::Code, "fn main() {\n    run();\n}"),
            (Kind::Table, "Model | GB\nsmall | 4"),
        ];
        assert_eq!(lines(html), expected.map(|(kind, text)| (kind, text.to_owned())));
    }

    #[test]
    fn a_table_that_lays_out_the_page_is_no_table() {
        let html = "<table><tr><td><h3>News</h3><p>First paragraph.</p><p>Second one.</p></td></tr></table>";
        let kinds: Vec<Kind> = lines(html).into_iter().map(|line| line.0).collect();
        assert_eq!(kinds, [Kind::Heading, Kind::Text, Kind::Text]);
    }

    #[test]
    fn cells_stay_in_their_columns_below_one_that_reaches_down() {
        let html = "<table><tr><th>Model</th><th>Test</th><th>Score</th></tr>\
            <tr><td rowspan=3>small</td><td>reading</td><td>3.0</td></tr><tr><td rowspan=2>sums</td><td>4.0</td></tr>\
            <tr><td>4.5</td></tr><tr><td>large</td><td>reading</td><td>5.0</td></tr></table>\
            <table><tr><td colspan=900000000 rowspan=-1>one</td><td>two</td></tr></table>";
        let tables: Vec<String> = lines(html).into_iter().map(|line| line.1).collect();
        assert_eq!(
            tables[0].lines().take(5).collect::<Vec<_>>(),
            [
                "Model | Test | Score",
                "small | reading | 3.0",
                "| sums | 4.0",
                "| | 4.5",
                "large | reading | 5.0"
            ]
        );
    }

    #[test]
    fn names_of_inline_elements_are_sorted() {
        assert!(INLINE.is_sorted());
    }
}
