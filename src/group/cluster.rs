//! Puts items together, surest pairs first, so that the order in which they arrived decides nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::similarity::{Bond, Candidate, Rarity, Relation, compare};
use crate::model::Language;

/// Two groups become one if their items' pairs are this sure on average.
const LEAST_MEAN: f32 = 0.45;

/// A pair of two languages that shares nothing weighs this much of a pair of one: the words that could be shared are few.
const SILENT_PAIR: f32 = 0.25;

/// A term that more items have than this finds no candidates…
const COMMON: f32 = 40.0;

/// …and each item looks for candidates by so many of its rarest terms.
const PROBES: usize = 12;

/// Groups of the indices of `candidates`, and the bond by which each item that joined came in (with whom).
#[derive(Debug, Default)]
pub struct Clusters {
    /// Each in ascending order; the groups by their first item.
    pub groups: Vec<Vec<usize>>,
    /// For items that are not the first of their group: the partner and the bond.
    pub bonds: HashMap<usize, (usize, Bond)>,
}

/// Groups of one event each. `candidates` are in order of time; those that are in a story already stay in it,
/// and two stories are never made one here.
pub fn cluster(candidates: &[Candidate], rarity: &Rarity) -> Clusters {
    let relations = relations(candidates, rarity);
    let mut state = State::new(candidates, &relations);
    while let Some((a, b)) = state.surest() {
        state.merge(a, b);
    }
    let mut groups: Vec<Vec<usize>> = state.members.into_values().collect();
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    let bonds = groups.iter().flat_map(|group| explained(group, &relations)).collect();
    Clusters { groups, bonds }
}

type Relations = BTreeMap<(usize, usize), Relation>;

/// Compares only items that share a rare term, found over an inverted index.
fn relations(candidates: &[Candidate], rarity: &Rarity) -> Relations {
    let mut index: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut relations = Relations::new();
    for (n, candidate) in candidates.iter().enumerate() {
        let probes = probes(candidate, rarity);
        let near: BTreeSet<usize> =
            probes.iter().filter_map(|term| index.get(term)).flatten().copied().collect();
        for other in near {
            // What has its story stays in it: only pairs with a new item decide anything.
            if candidates[other].document.story_id.is_some() && candidate.document.story_id.is_some() {
                continue;
            }
            let relation = compare(&candidates[other], candidate, rarity);
            if relation != Relation::None {
                relations.insert((other, n), relation);
            }
        }
        for term in probes {
            index.entry(term).or_default().push(n);
        }
    }
    relations
}

/// The rarest terms of an item, of its own language and of both.
fn probes<'a>(candidate: &'a Candidate, rarity: &Rarity) -> BTreeSet<&'a str> {
    let print = &candidate.print;
    let rarest = |terms: Vec<&'a String>| {
        let mut terms: Vec<&String> = terms.into_iter().filter(|term| rarity.count(term) <= COMMON).collect();
        terms.sort_by(|a, b| rarity.count(a).total_cmp(&rarity.count(b)).then(a.cmp(b)));
        // A term of this item alone finds nobody.
        terms.into_iter().filter(|term| rarity.count(term) > 1.0).take(PROBES).collect::<Vec<_>>()
    };
    let titles = print.title.iter().collect();
    let bridges = print.bridges.iter().filter(|(_, in_title)| **in_title).map(|(term, _)| term).collect();
    let anchors = print.paper.iter();
    let all = rarest(titles).into_iter().chain(rarest(print.terms.keys().collect())).chain(rarest(bridges));
    all.chain(anchors).map(String::as_str).collect()
}

/// Why each item but the first of a group is in it: its surest bond within.
fn explained(group: &[usize], relations: &Relations) -> Vec<(usize, (usize, Bond))> {
    let bond = |a: usize, b: usize| match relations.get(&(a.min(b), a.max(b))) {
        Some(Relation::Bond(bond)) => Some(bond),
        _ => None,
    };
    let surest = |item: usize| {
        let others = group.iter().filter(|other| **other != item);
        let bonds = others.filter_map(|other| bond(item, *other).map(|bond| (*other, bond.clone())));
        bonds.max_by(|a, b| a.1.strength.total_cmp(&b.1.strength).then(b.0.cmp(&a.0)))
    };
    group.iter().filter_map(|item| surest(*item).map(|bond| (*item, bond))).collect()
}

/// Groups under way, by a number of their own.
struct State {
    members: BTreeMap<usize, Vec<usize>>,
    /// How many items of a group are English and Chinese.
    languages: BTreeMap<usize, (f32, f32)>,
    /// Whether a group holds an existing story.
    has_story: BTreeMap<usize, bool>,
    /// Sum of the strengths between two groups and the number of bonds across languages; `None`: they must not meet.
    sums: BTreeMap<(usize, usize), Option<(f32, f32)>>,
}

impl State {
    fn new(candidates: &[Candidate], relations: &Relations) -> Self {
        let mut group_of: Vec<usize> = (0..candidates.len()).collect();
        let mut first_of = HashMap::new();
        for (n, candidate) in candidates.iter().enumerate() {
            if let Some(story) = candidate.document.story_id {
                group_of[n] = *first_of.entry(story).or_insert(n);
            }
        }
        let mut state = Self {
            members: BTreeMap::new(),
            languages: BTreeMap::new(),
            has_story: BTreeMap::new(),
            sums: BTreeMap::new(),
        };
        for (n, group) in group_of.iter().enumerate() {
            state.members.entry(*group).or_default().push(n);
            state.has_story.insert(*group, candidates[n].document.story_id.is_some());
            let languages = state.languages.entry(*group).or_default();
            match candidates[n].document.language {
                Language::En => languages.0 += 1.0,
                Language::Zh => languages.1 += 1.0,
            }
        }
        for ((a, b), relation) in relations {
            let pair = ordered(group_of[*a], group_of[*b]);
            if pair.0 != pair.1 {
                let crosses = candidates[*a].document.language != candidates[*b].document.language;
                let bond = match relation {
                    Relation::Bond(bond) => Some((bond.strength.min(1.0), f32::from(u8::from(crosses)))),
                    Relation::Forbidden | Relation::None => None,
                };
                state.add(pair, bond);
            }
        }
        state
    }

    fn add(&mut self, pair: (usize, usize), more: Option<(f32, f32)>) {
        let sum = self.sums.entry(pair).or_insert(Some((0.0, 0.0)));
        *sum = sum.zip(more).map(|(sum, more)| (sum.0 + more.0, sum.1 + more.1));
    }

    /// How many pairs of items two groups have, where a pair of two languages without a bond counts little.
    fn n_pairs(&self, (a, b): (usize, usize), n_crossing: f32) -> f32 {
        let ((en, zh), (other_en, other_zh)) = (self.languages[&a], self.languages[&b]);
        let silent = en * other_zh + zh * other_en - n_crossing;
        en * other_en + zh * other_zh + n_crossing + SILENT_PAIR * silent
    }

    /// The surest pair of groups that may become one; the earlier one of two equal.
    fn surest(&self) -> Option<(usize, usize)> {
        let mut best: Option<((usize, usize), f32)> = None;
        for (pair, sum) in &self.sums {
            let Some((sum, n_crossing)) = sum else { continue };
            if self.has_story[&pair.0] && self.has_story[&pair.1] {
                continue;
            }
            let mean = sum / self.n_pairs(*pair, *n_crossing);
            if mean >= LEAST_MEAN && best.is_none_or(|(_, most)| mean > most) {
                best = Some((*pair, mean));
            }
        }
        best.map(|(pair, _)| pair)
    }

    fn merge(&mut self, a: usize, b: usize) {
        let moved = self.members.remove(&b).unwrap_or_default();
        self.members.entry(a).or_default().extend(moved);
        let (en, zh) = self.languages.remove(&b).unwrap_or_default();
        let (old_en, old_zh) = self.languages[&a];
        self.languages.insert(a, (old_en + en, old_zh + zh));
        let has_story = self.has_story.remove(&b).unwrap_or(false) || self.has_story[&a];
        self.has_story.insert(a, has_story);
        self.sums.remove(&ordered(a, b));
        let of_b: Vec<(usize, usize)> =
            self.sums.keys().filter(|pair| pair.0 == b || pair.1 == b).copied().collect();
        for pair in of_b {
            let sum = self.sums.remove(&pair).flatten();
            let other = if pair.0 == b { pair.1 } else { pair.0 };
            self.add(ordered(a, other), sum);
        }
    }
}

fn ordered(a: usize, b: usize) -> (usize, usize) {
    (a.min(b), a.max(b))
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;
    use crate::group::fingerprint::{self, Document, Fingerprint};
    use crate::model::{ItemId, Lane, SourceId, SourceKind, StoryId, Tier};

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000, 0).unwrap() + TimeDelta::hours(hours)
    }

    fn item(id: i64, hours: i64, title: &str, text: &str) -> Document {
        let is_chinese = title.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        Document {
            item_id: ItemId(id),
            source_id: SourceId(id),
            tier: Tier::Press,
            kind: SourceKind::Feed,
            lane: Lane::Company,
            language: if is_chinese { Language::Zh } else { Language::En },
            link: format!("https://news{id}.example/{id}"),
            title: title.to_owned(),
            text: text.to_owned(),
            complete: true,
            at: at(hours),
            story_id: None,
        }
    }

    /// The ids of each story.
    fn stories(mut documents: Vec<Document>) -> Vec<Vec<i64>> {
        documents.sort_by_key(|document| (document.at, document.item_id));
        let prints: Vec<Fingerprint> = documents.iter().map(fingerprint::of).collect();
        let rarity = Rarity::of(&prints);
        let both = documents.into_iter().zip(prints);
        let candidates: Vec<Candidate> = both.map(|(d, p)| Candidate::new(d, p, &rarity)).collect();
        let clusters = cluster(&candidates, &rarity);
        let ids = |group: &Vec<usize>| {
            let mut ids: Vec<i64> = group.iter().map(|n| candidates[*n].document.item_id.0).collect();
            ids.sort_unstable();
            ids
        };
        let mut stories: Vec<Vec<i64>> = clusters.groups.iter().map(ids).collect();
        stories.sort();
        stories
    }

    fn quokka() -> Vec<Document> {
        vec![
            item(
                1,
                0,
                "Quokka raises $120 million Series B to shrink language models",
                "Quokka, which prunes models for laptops, raised $120 million in a Series B led by Harbor Capital.",
            ),
            item(
                2,
                5,
                "Model-pruning startup Quokka secures $120M",
                "The startup Quokka has secured $120 million from Harbor Capital and others for pruning language models.",
            ),
            item(
                3,
                9,
                "Quokka 完成1.2亿美元B轮融资，专注模型压缩",
                "模型压缩公司 Quokka 宣布完成1.2亿美元B轮融资，由 Harbor Capital 领投。",
            ),
        ]
    }

    #[test]
    fn one_event_in_two_languages_is_one_story() {
        assert_eq!(stories(quokka()), [[1, 2, 3]]);
    }

    #[test]
    fn a_release_told_in_chinese_joins_the_english_one() {
        let items = vec![
            item(
                1,
                0,
                "Lumen Labs releases Pharos-2, an open 34B multimodal model",
                "Lumen Labs published the weights of Pharos-2, a 34B model that reads images and video, under Apache 2.0.",
            ),
            item(
                2,
                8,
                "Lumen Labs 开源 340亿参数多模态模型 Pharos-2",
                "Lumen Labs 今天发布并开源了 Pharos-2，参数量 340亿，支持图像与视频，采用 Apache 2.0 许可。",
            ),
        ];
        assert_eq!(stories(items), [[1, 2]]);
    }

    #[test]
    fn a_release_note_a_post_and_the_press_tell_one_release() {
        let items = vec![
            item(1, 0, "Heron v2.0.0", "Breaking: the option batch is gone, see the notes."),
            item(
                2,
                3,
                "Heron 2.0: paged caches across cards, twice the throughput",
                "Heron 2.0 is here today.",
            ),
            item(3, 20, "推理引擎 Heron 2.0 发布：跨卡分页缓存", "开源推理引擎今天发布了新版本。"),
            item(4, 22, "Heron v2.0.1", "Fixes a crash on start."),
        ];
        assert_eq!(stories(items), [vec![1, 2, 3], vec![4]]);
    }

    #[test]
    fn a_paper_is_found_by_the_name_that_it_gives_its_subject() {
        let mut paper =
            item(1, 0, "OwlBench: Asking Small Models Hard Questions", "We ask small models 900 questions.");
        paper.kind = SourceKind::Arxiv;
        let chinese = item(2, 20, "OwlBench 研究：小模型也会答错", "研究者向小模型提出了难题。");
        let other = item(3, 21, "Regulator opens inquiry into voice cloning", "It asks for records.");
        assert_eq!(stories(vec![paper, chinese, other]), [vec![1, 2], vec![3]]);
    }

    #[test]
    fn the_order_of_arrival_decides_nothing() {
        let mut items = quokka();
        items.push(item(
            4,
            7,
            "Regulator opens inquiry into voice cloning",
            "The regulator asks makers of voice clones for their records.",
        ));
        let forward = stories(items.clone());
        items.reverse();
        assert_eq!(stories(items), forward);
    }

    #[test]
    fn two_events_of_one_company_stay_two_stories() {
        let items = vec![
            item(
                1,
                0,
                "Quokka opens an office in Lisbon",
                "The startup Quokka hires fifty engineers for an office in Lisbon.",
            ),
            item(
                2,
                20,
                "Quokka sued over training data",
                "Three publishers sued Quokka in New York over books in its training data.",
            ),
            item(3, 30, "Quokka 发布新的压缩工具", "Quokka 发布了一个命令行工具，用于压缩模型。"),
        ];
        assert_eq!(stories(items), [[1], [2], [3]]);
    }

    #[test]
    fn versions_rounds_and_roundups_keep_events_apart() {
        let text = "The lab says that the model is faster and cheaper than the one before it.";
        let versions = vec![
            item(1, 0, "Lab releases Pharos-5.1 model", text),
            item(2, 9, "Lab releases Pharos-5.2 model", text),
        ];
        assert_eq!(stories(versions), [[1], [2]]);
        let text = "The startup raised $50 million in a Series A led by Harbor Capital for AI agents.";
        let rounds = vec![
            item(1, 0, "Startup Alpaca raises $50 million Series A for AI agents", text),
            item(2, 3, "Startup Vicuna raises $50 million Series A for AI agents", text),
        ];
        assert_eq!(stories(rounds), [[1], [2]]);
        let mut items = quokka();
        items.push(item(
            4,
            9,
            "AI weekly: Quokka raises $120 million Series B",
            "Quokka raised $120 million in a Series B.",
        ));
        assert_eq!(stories(items), [vec![1, 2, 3], vec![4]]);
    }

    #[test]
    fn a_post_about_a_paper_joins_the_paper() {
        let mut paper =
            item(1, 0, "Sparse Attention at the Edge of Memory", "We propose a scheme for attention.");
        paper.link = "https://arxiv.org/abs/2605.01234".into();
        let post = item(
            2,
            30,
            "A trick that halves the memory of a laptop's chatbot",
            "The authors (arxiv.org/abs/2605.01234) show how.",
        );
        assert_eq!(stories(vec![paper, post]), [[1, 2]]);
    }

    #[test]
    fn one_source_tells_two_events_unless_its_texts_are_equal() {
        let mut items = quokka();
        items.truncate(2);
        items[1].source_id = items[0].source_id;
        assert_eq!(stories(items), [[1], [2]]);
    }

    #[test]
    fn a_common_word_proves_nothing() {
        let items = vec![
            item(
                1,
                0,
                "Why Software Is a Curse and a Blessing",
                "Maintainers of software say that patches written by machines help and hurt.",
            ),
            item(
                2,
                5,
                "Harbor Highlights Its Software",
                "The port of Harbor uses software to plan its cranes.",
            ),
            item(3, 6, "A Library for Software", "It sorts lists; most software sorts lists."),
        ];
        assert_eq!(stories(items), [[1], [2], [3]]);
    }

    #[test]
    fn a_week_later_it_is_another_event() {
        let mut items = quokka();
        items.truncate(2);
        items[1].at = at(24 * 8);
        assert_eq!(stories(items), [[1], [2]]);
    }

    #[test]
    fn two_stories_are_never_made_one() {
        let mut items = quokka();
        items[0].story_id = Some(StoryId(1));
        items[2].story_id = Some(StoryId(2));
        let stories = stories(items);
        assert_eq!(stories.len(), 2, "{stories:?}");
    }
}
