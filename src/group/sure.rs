//! What proves by itself that two items of two sources tell one event.

use chrono::TimeDelta;

use super::candidate::Candidate;
use super::rarity::Rarity;

/// One version comes out once, and is told within these days.
const LAUNCH_WINDOW: TimeDelta = TimeDelta::days(3);

/// A name in more documents than this is not one paper's alone.
const MOST_COINED: f32 = 8.0;

/// The proof, for people, without the name of the other item; or `None`.
pub fn proof(a: &Candidate, b: &Candidate, rarity: &Rarity) -> Option<String> {
    same_round(a, b).or_else(|| same_launch(a, b)).or_else(|| same_coinage(a, b, rarity))
}

/// Both are about one paper, which no veto overrules.
pub fn same_paper(a: &Candidate, b: &Candidate) -> Option<String> {
    let paper = a.print.paper.as_ref().filter(|paper| b.print.paper.as_ref() == Some(*paper))?;
    Some(format!("same paper arXiv:{paper} as"))
}

fn same_round(a: &Candidate, b: &Candidate) -> Option<String> {
    let (x, y) = (a.print.round.as_ref()?, b.print.round.as_ref()?);
    let name = x.company.intersection(&y.company).next()?;
    let same_sum = x.sums.intersection(&y.sums).next().is_some();
    let same_round = x.round.is_some() && x.round == y.round;
    (same_sum || same_round).then(|| format!("same round of {name} as"))
}

/// Both tell that one version of one product came out.
fn same_launch(a: &Candidate, b: &Candidate) -> Option<String> {
    let agree = |v: &&super::fingerprint::Version| {
        b.print.launched.iter().any(|w| w.is_kin_of(v) && w.number == v.number)
    };
    let version = a.print.launched.iter().find(agree)?;
    let near = (a.document.at - b.document.at).abs() <= LAUNCH_WINDOW;
    near.then(|| format!("same release of {} {} as", version.name, version.number))
}

/// One is a paper that gives its subject a name, and the title of the other says that name, which few do.
fn same_coinage(a: &Candidate, b: &Candidate, rarity: &Rarity) -> Option<String> {
    let says = |paper: &Candidate, other: &Candidate| {
        let name = paper.print.coined.clone()?;
        let is_said = other.print.bridges.get(&name) == Some(&true) && rarity.count(&name) <= MOST_COINED;
        is_said.then_some(name)
    };
    let name = says(a, b).or_else(|| says(b, a))?;
    Some(format!("the paper's own name ({name}) shared with"))
}
