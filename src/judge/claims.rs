//! The strongest statements of a story's articles, each with who makes it: a number in a superlative is worth what its
//! speaker is.

use std::sync::LazyLock;

use regex::Regex;

use super::lexicon::{self, compile};
use super::sentences;
use crate::model::{Claim, Story, StoryItem, Tier};

/// Most claims of a story.
const MAX: usize = 3;
/// Longest and shortest quote, in characters.
const LENGTHS: std::ops::RangeInclusive<usize> = 20..=300;

/// Words of one who speaks for himself.
static SAYS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:(?:the )?(?:company|startup|lab|vendor|team|firm|maker|founders?|ceo|we|our) (?:\w+ )?(?:says?|said|claims?|claimed|reports?|reported|announced|found|achieve[sd]?)|according to the (?:company|startup|lab|vendor|team|firm)|we (?:show|find|report|achieve|observe|outperform))\b|(?:公司|团队|官方|创始人|CEO|负责人|我们)(?:表示|称|宣称|指出|透露|介绍)|据(?:官方|公司|团队|介绍)",
    )
});

/// Sentences that compare or measure, the ones with a number and a comparison first.
pub fn find(story: &Story) -> Vec<Claim> {
    let mut weighed: Vec<(usize, Claim)> = Vec::new();
    for item in &story.items {
        for sentence in sentences::split(&item.text).into_iter().take(60) {
            let weight = lexicon::count(&lexicon::BENCHMARK, sentence, 2)
                + 2 * lexicon::count(&lexicon::SUPERLATIVE, sentence, 1)
                + lexicon::count(&lexicon::MEASURED, sentence, 1);
            let is_known = weighed.iter().any(|(_, claim)| claim.quote == sentence);
            if weight >= 2 && LENGTHS.contains(&sentence.chars().count()) && !is_known {
                let by = speaker(item, sentence).to_owned();
                weighed.push((weight, Claim { by, quote: sentence.to_owned() }));
            }
        }
    }
    // Stable: of equals the one told first.
    weighed.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    weighed.into_iter().take(MAX).map(|(_, claim)| claim).collect()
}

fn speaker(item: &StoryItem, sentence: &str) -> &'static str {
    let says = SAYS.as_ref().is_some_and(|says| says.is_match(sentence));
    match () {
        () if lexicon::find(&lexicon::INDEPENDENT, sentence).is_some() => "independent",
        () if lexicon::find(&lexicon::ANONYMOUS, sentence).is_some() => "unnamed",
        () if item.tier == Tier::Primary || says => "maker",
        () => "press",
    }
}
