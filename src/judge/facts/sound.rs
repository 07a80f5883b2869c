//! Names by their sound: 马姆达尼 is Mamdani, 梁文锋 is Liang Wenfeng. For names that no table has.

use pinyin::ToPinyin;

use super::is_han;

/// Characters that seldom stand but in foreign names; two of them make a name likely.
const FOREIGN: &str = "尔斯克姆曼顿伊奥弗丹莱洛诺蒂娜莎珀德拉森维茨格扎埃菲蒙哈萨娅妮丽琳琼戴彼霍鲍劳凯杰詹罗沃韦休佐迪图布穆萝赫朗默纳沙恩";
/// Characters that foreign names are written with.
const USED: &str = "阿艾安巴班贝本比波伯布查达戴丹道德登邓迪蒂杜多俄厄恩尔法费芬佛夫弗福盖甘冈高戈哥格古瓜哈海汉豪赫黑亨胡华霍基吉加佳嘉贾简杰金卡凯坎康考科可克肯库夸昆拉莱兰朗劳勒雷里利力丽莉林琳隆卢鲁伦罗洛马玛迈麦曼梅门蒙米密明摩莫默姆穆纳娜南内尼妮宁纽努诺欧帕潘佩彭皮平珀普齐奇乔切琴琼丘冉让瑞萨塞赛桑瑟沙莎山舍申圣施史舒斯松苏索塔泰坦汤特滕提廷图托瓦万威维韦魏温沃乌武西希锡夏谢辛休许雅亚扬伊因尤尤约泽扎詹朱茨佐森顿埃奥菲贡托瓦娅萝";

/// The runs of `text` that look like foreign names.
pub fn foreign(text: &str) -> Vec<&str> {
    let mut runs = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        let is_part = USED.contains(c) || FOREIGN.contains(c) || c == '·' && start.is_some();
        match (is_part, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let run = text[from..at].trim_end_matches('·');
                let n = run.chars().filter(|c| *c != '·').count();
                let n_foreign = run.chars().filter(|c| FOREIGN.contains(*c)).count();
                // 维多利亚州
                let is_place = text[at..].starts_with(['州', '市', '县', '郡', '省']) && n_foreign > 0;
                if n >= 3 && (2 * n_foreign >= n && n_foreign >= 2 || run.contains('·') || is_place) {
                    runs.push(run);
                }
                start = None;
            }
            _ => {}
        }
    }
    runs
}

/// Whether some part of `text` that may be a foreign name sounds like the Latin `word`.
pub fn sounds_in(text: &str, word: &str) -> bool {
    let runs = text.split(|c: char| !(USED.contains(c) || FOREIGN.contains(c)));
    runs.filter(|run| run.chars().count() >= 3).any(|run| {
        let places: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
        let starts = places.iter().enumerate();
        starts
            .clone()
            .any(|(n, start)| places.iter().skip(n + 3).take(5).any(|end| alike(&run[*start..*end], word)))
    })
}

/// Whether the Chinese `name` sounds like the Latin `word`.
pub fn alike(name: &str, word: &str) -> bool {
    let (ours, theirs) = (han_skeleton(name), latin_skeleton(word));
    let longest = ours.len().max(theirs.len());
    longest >= 2 && ours.first() == theirs.first() && distance(&ours, &theirs) <= 0.26 * longest as f32
}

/// The syllables of a Chinese text in Latin letters, each between blanks; a bar for everything else.
pub fn syllables(text: &str) -> String {
    let mut all = String::from(" ");
    for c in text.chars() {
        match c.to_pinyin() {
            Some(sound) if is_han(c) => {
                all.push_str(&sound.plain().replace('ü', "v"));
                all.push(' ');
            }
            _ if all.ends_with("| ") => {}
            _ => all.push_str("| "),
        }
    }
    all
}

/// Whether `word`, as pinyin ("Wenfeng"), stands in `syllables`.
pub fn spelled(word: &str, syllables: &str) -> bool {
    let word = word.to_lowercase();
    let is_start = |at: usize| {
        let mut rest = word.as_str();
        let mut n = 0;
        for syllable in syllables[at..].split(' ').filter(|syllable| !syllable.is_empty()) {
            let Some(tail) = rest.strip_prefix(syllable) else { return false };
            (rest, n) = (tail, n + 1);
            if rest.is_empty() {
                // One syllable alone is in every text.
                return n >= 2 || word.len() >= 4;
            }
        }
        false
    };
    syllables.match_indices(' ').any(|(at, _)| is_start(at))
}

/// The consonants that a Chinese reader hears, in classes that transliteration keeps apart.
fn han_skeleton(name: &str) -> Vec<char> {
    let mut skeleton = Vec::new();
    for c in name.chars().filter(|c| *c != '·') {
        let Some(sound) = c.to_pinyin().map(pinyin::Pinyin::plain) else { continue };
        if sound == "er" {
            skeleton.push('l');
            continue;
        }
        let class = match sound.chars().next().unwrap_or_default() {
            'b' | 'p' => Some('p'),
            'd' | 't' => Some('t'),
            'g' | 'k' => Some('k'),
            'j' | 'q' | 'x' | 'z' | 'c' | 's' => Some('s'),
            'f' | 'w' => Some('f'),
            'm' => Some('m'),
            'n' => Some('n'),
            'l' | 'r' => Some('l'),
            _ => None,
        };
        skeleton.extend(class);
        if sound.ends_with('n') || sound.ends_with("ng") {
            skeleton.push('n');
        }
    }
    skeleton.dedup();
    skeleton
}

fn latin_skeleton(word: &str) -> Vec<char> {
    let lower =
        word.to_lowercase().replace("ph", "f").replace("tch", "c").replace("gh", "").replace("chr", "kr");
    let chars: Vec<char> = lower.chars().collect();
    let mut skeleton = Vec::new();
    for (n, c) in chars.iter().enumerate() {
        let is_soft = chars.get(n + 1).is_some_and(|next| "eiyh".contains(*next));
        skeleton.extend(match c {
            'b' | 'p' => Some('p'),
            'd' | 't' => Some('t'),
            'c' if is_soft => Some('s'),
            'c' | 'k' | 'q' | 'g' => Some('k'),
            's' | 'z' | 'j' | 'x' => Some('s'),
            'f' | 'v' | 'w' => Some('f'),
            'm' => Some('m'),
            'n' => Some('n'),
            'l' | 'r' => Some('l'),
            _ => None,
        });
    }
    skeleton.dedup();
    skeleton
}

/// How much must change; l, n and f come and go with the transliterator.
fn distance(a: &[char], b: &[char]) -> f32 {
    let cost = |c: char| if "lnf".contains(c) { 0.5 } else { 1.0 };
    let mut row: Vec<f32> = std::iter::once(0.0)
        .chain(b.iter().scan(0.0, |sum, c| {
            *sum += cost(*c);
            Some(*sum)
        }))
        .collect();
    for x in a {
        let mut diagonal = row[0];
        row[0] += cost(*x);
        for (n, y) in b.iter().enumerate() {
            let change = diagonal + if x == y { 0.0 } else { 1.0 };
            diagonal = row[n + 1];
            row[n + 1] = change.min(diagonal + cost(*x)).min(row[n] + cost(*y));
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_sounds_alike_in_both_scripts() {
        for (han, latin) in [
            ("马姆达尼", "Mamdani"),
            ("奥尔特曼", "Altman"),
            ("塔斯马尼亚", "Tasmania"),
            ("扎克伯格", "Zuckerberg"),
            ("布罗克曼", "Brockman"),
            ("克里斯滕森", "Christensen"),
        ] {
            assert!(alike(han, latin), "{han} {latin} {:?} {:?}", han_skeleton(han), latin_skeleton(latin));
        }
        for (han, latin) in
            [("马姆达尼", "Adams"), ("奥尔特曼", "Musk"), ("塔斯马尼亚", "Victoria"), ("扎克伯格", "Nadella")]
        {
            assert!(!alike(han, latin), "{han} {latin}");
        }
    }

    #[test]
    fn pinyin_is_found_at_syllables() {
        let syllables = syllables("创始人梁文锋表示");
        assert!(spelled("Wenfeng", &syllables) && spelled("Liang", &syllables));
        assert!(!spelled("Wenbin", &syllables) && !spelled("Enfeng", &syllables));
    }

    #[test]
    fn foreign_names_stand_out() {
        assert_eq!(foreign("市长佐兰·马姆达尼表示，这一模型的推理能力提升"), ["佐兰·马姆达尼"]);
        assert_eq!(foreign("公司发布了新的开源模型并降低了成本"), Vec::<&str>::new());
    }
}
