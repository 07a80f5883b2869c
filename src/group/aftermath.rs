//! What follows from an event, and is news of its own: who appeals, resigns, blames, inquires.

use std::sync::LazyLock;

use regex::RegexSet;

use super::candidate::Candidate;

/// Each with its forms in both languages.
static DEEDS: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new([
        r"(?i)\bappeal(s|ed|ing)?\b|上诉",
        r"(?i)\b(resign(s|ed|ation)?|steps? down|stepped down|ousted)\b|辞职|下台|卸任",
        r"(?i)\b(blam(e|es|ed|ing)|apologi[sz](e|es|ed))\b|归咎|致歉|道歉",
        r"(?i)\b(inquiry|probe[sd]?|probing|investigat(e|es|ed|ing|ion|ions))\b|调查",
        r"(?i)\b(settl(e|es|ed|ing|ement))\b|和解",
        r"(?i)\b(recalls?|recalled|pulls|pulled|suspend(s|ed)?|revokes?|revoked)\b|下架|召回|撤回",
        r"(?i)\b(compensat(e|es|ed|ion)|refunds?|offers? credits)\b|赔偿|退款",
        r"(?i)\b(arrest(s|ed)?|charged|indict(s|ed|ment)?|convicted|sentenced)\b|逮捕|被捕",
    ])
    .unwrap_or_else(|_| RegexSet::empty())
});

/// Whether the headline of `later` tells such a deed, of which `earlier` knows nothing.
pub fn is_new(earlier: &Candidate, later: &Candidate) -> bool {
    let told = DEEDS.matches(&later.document.title);
    if !told.matched_any() {
        return false;
    }
    let known = [&earlier.document.title, &earlier.document.text].map(|text| DEEDS.matches(text));
    !told.iter().any(|deed| known.iter().any(|known| known.matched(deed)))
}
