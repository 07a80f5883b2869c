//! How well the stage group finds events in a labelled set.

use super::Scores;
use super::gold::{self, Line};
use super::partition::compare;
use crate::group::Cutoffs;

/// What was found in a labelled set.
#[derive(Debug)]
pub struct Outcome {
    /// How it compares with the labels.
    pub scores: Scores,
    /// For each wrong group: its titles with their labels.
    pub mistakes: Vec<Vec<(String, String)>>,
}

/// Groups `lines` by the code of the stage and compares the stories with the labels. `meanings` has a vector for each
/// line, or none at all. Ignored items take part, and are not counted.
pub fn evaluate(lines: &[Line], meanings: Vec<Vec<f32>>, cutoffs: Cutoffs) -> Outcome {
    let found = groups(lines, meanings, cutoffs);
    let counted: Vec<usize> = (0..lines.len()).filter(|n| !lines[*n].ignore).collect();
    let labels: Vec<String> = counted.iter().map(|n| lines[*n].cluster.clone()).collect();
    let groups: Vec<usize> = counted.iter().map(|n| found[*n]).collect();
    let scores = compare(&labels, &groups);
    let all: Vec<(&Line, usize)> = counted.iter().map(|n| (&lines[*n], found[*n])).collect();
    Outcome { scores, mistakes: mistakes(&all) }
}

/// The number of its story for each line.
pub fn groups(lines: &[Line], meanings: Vec<Vec<f32>>, cutoffs: Cutoffs) -> Vec<usize> {
    let mut meanings = meanings.into_iter();
    let documents = gold::documents(lines).into_iter().map(|one| (one, meanings.next())).collect();
    let mut found = vec![0; lines.len()];
    for (group, items) in crate::group::events(documents, cutoffs).iter().enumerate() {
        for item in items {
            found[usize::try_from(item.0).unwrap_or_default()] = group;
        }
    }
    found
}

/// Groups that hold items of two labels, then labels that stand in two groups.
fn mistakes(all: &[(&Line, usize)]) -> Vec<Vec<(String, String)>> {
    let titled = |part: &[&(&Line, usize)]| {
        let one =
            |(line, found): &&(&Line, usize)| (format!("{}/{found}", line.cluster), gold::heading(line).0);
        part.iter().map(one).collect::<Vec<_>>()
    };
    let mut groups: Vec<usize> = all.iter().map(|(_, found)| *found).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut labels: Vec<&str> = all.iter().map(|(line, _)| line.cluster.as_str()).collect();
    labels.sort_unstable();
    labels.dedup();
    let of_group = groups.iter().map(|group| all.iter().filter(|(_, found)| found == group).collect());
    let of_label = labels.iter().map(|label| all.iter().filter(|(line, _)| line.cluster == *label).collect());
    let mixed = of_group
        .filter(|part: &Vec<&(&Line, usize)>| part.iter().any(|(line, _)| line.cluster != part[0].0.cluster));
    let torn =
        of_label.filter(|part: &Vec<&(&Line, usize)>| part.iter().any(|(_, found)| *found != part[0].1));
    mixed.chain(torn).map(|part| titled(&part)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_labelled_set_gives_its_figures_and_a_bad_line_its_number() {
        let set = r#"{"cluster":"a","title":"Quokka raises $120 million Series B","text":"Quokka raised $120 million.","source":"X"}
{"cluster":"a","title":"Startup Quokka secures $120M in Series B","text":"Quokka secured $120 million.","source":"Y"}
{"cluster":"b","title":"Regulator opens inquiry into voice cloning","text":"It asks for records.","source":"X"}"#;
        let lines: Vec<Line> = gold::lines(set.as_bytes()).unwrap();
        let outcome = evaluate(&lines, Vec::new(), Cutoffs { same: 0.9, across: 0.86 });
        assert_eq!((outcome.scores.pair_f1, outcome.scores.items), (1.0, 3));
        assert!(outcome.mistakes.is_empty());
        for bad in ["rubbish", "{\"cluster\":\"a\"}", "{\"x\":1}"] {
            let set = format!("{{\"cluster\":\"a\",\"title\":\"T\"}}\n{bad}");
            let error = gold::lines::<Line>(set.as_bytes()).unwrap_err();
            assert!(format!("{error:#}").contains("line 2"), "{bad}: {error:#}");
        }
    }

    #[test]
    fn labels_alone_take_their_texts_from_a_corpus() {
        let labels = gold::lines(r#"{"cluster":"a","url":"https://x.example/1"}"#.as_bytes()).unwrap();
        let corpus = r#"{"url":"https://x.example/1","title":"Quokka raises money","text":"It did."}
{"url":"https://x.example/2","title":"Another","text":"Text."}"#;
        let lines = gold::joined(labels, gold::lines(corpus.as_bytes()).unwrap());
        assert_eq!(lines.len(), 1);
        assert_eq!((lines[0].cluster.as_str(), lines[0].title.as_str()), ("a", "Quokka raises money"));
    }
}
