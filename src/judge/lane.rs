//! Which lane of an issue a story is for.

use super::{denial, lexicon};
use crate::model::{Artifact, ArtifactKind, Funding, Lane, SourceKind, Story, StoryItem, Tier};

/// Hosts and paths of papers, and of what can be downloaded, whoever lists them.
const PAPERS: [&str; 6] = [
    "arxiv.org/",
    "openreview.net/",
    "aclanthology.org/",
    "huggingface.co/papers/",
    "papers.cool/",
    "alphaxiv.org/",
];
const PROJECTS: [&str; 4] = ["github.com/", "gitlab.com/", "huggingface.co/", "modelscope.cn/"];

/// The lane: by what the lead is, then by what its own source says, then by what others tell.
pub fn of(story: &Story, funding: Option<&Funding>, artifacts: &[Artifact]) -> Lane {
    let has_kind = |kind: SourceKind| story.items.iter().any(|item| item.kind == kind);
    let lead = story
        .items
        .first()
        .map(|item| item.link.trim_start_matches("https://").trim_start_matches("http://"));
    let leads_to =
        |places: &[&str]| lead.is_some_and(|link| places.iter().any(|place| link.starts_with(place)));
    match () {
        () if has_kind(SourceKind::Arxiv) || leads_to(&PAPERS) => Lane::Research,
        () if has_kind(SourceKind::Github) => Lane::OpenSource,
        () if funding.is_some() => Lane::Funding,
        () if leads_to(&PROJECTS) && !leads_to(&["huggingface.co/blog/", "huggingface.co/posts/"]) => {
            Lane::OpenSource
        }
        () => match story.items.iter().find(|item| item.tier == Tier::Primary) {
            Some(item) => item.lane,
            None => told_lane(story, artifacts),
        },
    }
}

/// The lane by what others tell: they write of more than the catalogue's lane of theirs.
fn told_lane(story: &Story, artifacts: &[Artifact]) -> Lane {
    let title = story.items.first().map_or(story.title.as_str(), |item| item.title.as_str());
    let head: String = story.items.first().map_or("", |item| &item.text).chars().take(400).collect();
    let gives = |kinds: &[ArtifactKind]| artifacts.iter().any(|artifact| kinds.contains(&artifact.kind));
    let is_paper =
        artifacts.iter().any(|artifact| artifact.kind == ArtifactKind::Paper && artifact.link.is_some());
    let is_studied = [title, head.as_str()].iter().any(|text| lexicon::find(&lexicon::STUDY, text).is_some());
    match () {
        () if lexicon::find(&lexicon::LAW, title).is_some() => Lane::Industry,
        () if denial::is_affirmed(&lexicon::OPENED, title)
            && gives(&[ArtifactKind::Code, ArtifactKind::Weights]) =>
        {
            Lane::OpenSource
        }
        () if is_paper && is_studied => Lane::Research,
        // A funding outlet also writes of other things.
        () if story.lane == Lane::Funding => Lane::Industry,
        () => story.lane,
    }
}

/// Whether the item is a paper.
pub fn is_paper(item: &StoryItem) -> bool {
    let link = item.link.trim_start_matches("https://").trim_start_matches("http://");
    item.kind == SourceKind::Arxiv || PAPERS.iter().any(|place| link.starts_with(place))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::artifacts;
    use crate::judge::hype::tests::story;

    #[test]
    fn the_text_says_which_lane_it_is_for() {
        let lane_of = |title: &str, text: &str| {
            let story = Story { lane: Lane::Company, ..story(title, text, Tier::Press) };
            of(&story, None, &artifacts::find(&story))
        };
        let paper = "Researchers describe it in a paper: https://arxiv.org/abs/2611.00077 has the details.";
        assert_eq!(lane_of("Small models learn to count", paper), Lane::Research);
        let code = "The code is available on the usual site under MIT.";
        assert_eq!(lane_of("Heron releases its scheduler as open source", code), Lane::OpenSource);
        assert_eq!(lane_of("苍鹭开源推理调度器", "代码已开源。"), Lane::OpenSource);
        assert_eq!(lane_of("Court rules that Quokka may train on books", ""), Lane::Industry);
        assert_eq!(lane_of("法院判决：训练数据须公开来源", ""), Lane::Industry);
        assert_eq!(lane_of("Quokka shows a phone", "It rings."), Lane::Company);
    }
}
