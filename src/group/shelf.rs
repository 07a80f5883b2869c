//! Items that were grouped before, in memory: what the database is for the stage, for measuring without one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::arrange::{Limits, Plan, Print};
use super::rarity::Rarity;
use super::relations::probes;
use crate::model::{ItemId, StoryId};

/// Everything that was put here.
#[derive(Default)]
pub struct Shelf {
    prints: Vec<Print>,
    by_probe: HashMap<i64, Vec<usize>>,
    counts: Rarity,
    n_stories: i64,
}

impl Shelf {
    /// Counts of all terms so far.
    pub fn counts(&self) -> &Rarity {
        &self.counts
    }

    /// Items that share probes with one of `new`, those that share most, and others of their stories.
    pub fn near(&self, new: &[Print], rarity: &Rarity, limits: Limits) -> Vec<Print> {
        let mut found: BTreeSet<usize> = BTreeSet::new();
        for one in new {
            let at = one.document.at;
            let is_near = |n: &usize| {
                let other = self.prints[*n].document.at;
                other >= at - limits.before && other <= at + limits.after
            };
            let mut shares: BTreeMap<usize, usize> = BTreeMap::new();
            for probe in probes(&one.print, rarity) {
                let holders = self.by_probe.get(&probe).into_iter().flatten().rev();
                for n in holders.copied().filter(is_near).take(limits.per_probe) {
                    *shares.entry(n).or_default() += 1;
                }
            }
            let mut best: Vec<(usize, usize)> = shares.into_iter().collect();
            best.sort_by_key(|(n, shared)| (usize::MAX - shared, usize::MAX - n));
            found.extend(best.into_iter().take(limits.per_item).map(|(n, _)| n));
        }
        let stories: BTreeSet<StoryId> =
            found.iter().filter_map(|n| self.prints[*n].document.story_id).collect();
        let mut mates: HashMap<StoryId, usize> = HashMap::new();
        for (n, print) in self.prints.iter().enumerate().rev() {
            let Some(story) = print.document.story_id.filter(|story| stories.contains(story)) else {
                continue;
            };
            let n_mates = mates.entry(story).or_default();
            if *n_mates < limits.per_story {
                *n_mates += 1;
                found.insert(n);
            }
        }
        found.into_iter().map(|n| self.prints[n].clone()).collect()
    }

    /// Does what `plan` says with the items of `new`.
    pub fn put(&mut self, new: Vec<Print>, plan: &Plan, rarity: &Rarity) {
        self.counts.add(&Rarity::of(new.iter().map(|one| &one.print)));
        let mut story_of: HashMap<ItemId, StoryId> = HashMap::new();
        for group in &plan.groups {
            let story = group.stories.first().copied().unwrap_or_else(|| {
                self.n_stories += 1;
                StoryId(self.n_stories)
            });
            group.items.iter().for_each(|item| {
                story_of.insert(*item, story);
            });
            for print in &mut self.prints {
                if print.document.story_id.is_some_and(|old| group.stories.contains(&old)) {
                    print.document.story_id = Some(story);
                }
            }
        }
        for mut print in new {
            print.document.story_id = story_of.get(&print.document.item_id).copied();
            for probe in probes(&print.print, rarity) {
                self.by_probe.entry(probe).or_default().push(self.prints.len());
            }
            self.prints.push(print);
        }
    }

    /// The items of each story.
    pub fn stories(&self) -> Vec<Vec<ItemId>> {
        let mut stories: BTreeMap<Option<StoryId>, Vec<ItemId>> = BTreeMap::new();
        for print in &self.prints {
            stories.entry(print.document.story_id).or_default().push(print.document.item_id);
        }
        stories.into_values().collect()
    }
}
