//! Pages as trees, however they were made: what is looked at is bounded, so that a page costs no more than reading it.

use scraper::{ElementRef, Html, Selector};

use super::text;
use crate::markup;

/// Nodes inside an element that are looked at: a card of a list has a few dozen.
const MAX_INSIDE: usize = 2_000;

/// Elements of one kind that are looked at: no list page has more.
pub const MAX_ROWS: usize = 5_000;

/// Reads a page.
///
/// # Errors
/// It is made as no author makes a page, nested without end or the like: the tree would take hours.
pub fn document(html: &str) -> Result<Html, String> {
    if let Some(why) = markup::why_hostile(html) {
        return Err(why.to_owned());
    }
    Ok(Html::parse_document(html))
}

/// The first element inside that the selector finds.
pub fn first<'a>(element: ElementRef<'a>, selector: &Selector) -> Option<ElementRef<'a>> {
    find(element, |inner| selector.matches_with_scope(&inner, Some(element)))
}

/// The first element inside that fits.
pub fn find<'a>(element: ElementRef<'a>, fits: impl Fn(ElementRef<'a>) -> bool) -> Option<ElementRef<'a>> {
    element.descendent_elements().take(MAX_INSIDE).find(|inner| *inner != element && fits(*inner))
}

/// The text inside, in one line of at most `max_chars`.
pub fn words(element: ElementRef<'_>, max_chars: usize) -> String {
    if element.descendants().nth(MAX_INSIDE).is_none() {
        return text::line(&element.inner_html(), max_chars);
    }
    let words: Vec<&str> = element.text().take(MAX_INSIDE).collect();
    text::cap(&text::squeeze(&words.join(" ")), max_chars)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(html: &str) -> Html {
        document(html).unwrap()
    }

    #[test]
    fn what_is_looked_for_is_found_near_and_not_endlessly_far() {
        let link = Selector::parse("a").unwrap();
        let near = body("<div><p>x</p><a href='/1'>One</a></div>");
        assert_eq!(words(first(near.root_element(), &link).unwrap(), 9), "One");
        let far = body(&format!("<div>{}<a href='/1'>One</a></div>", "<p>x</p>".repeat(MAX_INSIDE)));
        assert!(first(far.root_element(), &link).is_none());
        assert_eq!(words(far.root_element(), 5), "x x…");
    }

    #[test]
    fn endless_nesting_is_no_page() {
        assert!(document(&"<div>".repeat(50_000)).is_err());
        assert!(document(&"<div class='card'><p>x".repeat(500)).is_ok());
    }
}
