//! Words of dates, in the languages that feeds are written in.

/// Hours and minutes east of Greenwich, in minutes. CST is not among them: it depends on the source.
const ZONES: [(&str, i32); 42] = [
    ("utc", 0),
    ("gmt", 0),
    ("ut", 0),
    ("z", 0),
    ("wet", 0),
    ("est", -300),
    ("edt", -240),
    ("et", -300),
    ("cdt", -300),
    ("ct", -360),
    ("mst", -420),
    ("mdt", -360),
    ("mt", -420),
    ("pst", -480),
    ("pdt", -420),
    ("pt", -480),
    ("ast", -240),
    ("adt", -180),
    ("at", -240),
    ("akst", -540),
    ("hst", -600),
    ("brt", -180),
    ("bst", 60),
    ("ist", 330),
    ("west", 60),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("eest", 180),
    ("msk", 180),
    ("hkt", 480),
    ("sgt", 480),
    ("jst", 540),
    ("kst", 540),
    ("aest", 600),
    ("aedt", 660),
    ("nzst", 720),
    ("nzdt", 780),
];

/// How the names of months begin, small and without accents: English, German, French, Spanish, Italian, Portuguese,
/// Dutch, Hungarian, Scandinavian, Polish, Greek, Russian.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "sty", "ιαν", "янв"],
    &["feb", "fev", "feu", "lut", "φεβ", "фев"],
    &["mar", "mae", "mrt", "maa", "marz", "μαρ", "мар"],
    &["apr", "avr", "abr", "kwi", "απρ", "апр"],
    &["may", "mai", "maj", "mei", "mag", "μαι", "мая", "май"],
    &["jun", "juin", "giu", "cze", "ιουν", "июн"],
    &["jul", "juil", "lug", "lip", "ιουλ", "июл"],
    &["aug", "aou", "ago", "sie", "αυγ", "авг"],
    &["sep", "set", "sze", "wrz", "σεπ", "сен"],
    &["oct", "okt", "out", "ott", "paz", "οκτ", "окт"],
    &["nov", "lis", "νοε", "ноя"],
    &["dec", "dez", "dic", "des", "gru", "δεκ", "дек"],
];

/// How the names of weekdays begin that tell which of two readings of "03/04" is meant. Monday is 0.
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Minutes east of a named zone, small letters.
pub fn zone(word: &str) -> Option<i32> {
    ZONES.iter().find(|(name, _)| *name == word).map(|(_, minutes)| *minutes)
}

/// 1 to 12, of a folded word.
pub fn month(word: &str) -> Option<u32> {
    let begins = |names: &&[&str]| names.iter().any(|name| word.starts_with(name));
    let at = MONTHS.iter().position(begins)?;
    u32::try_from(at + 1).ok()
}

/// 0 to 6, of a folded word.
pub fn weekday(word: &str) -> Option<u32> {
    let at = WEEKDAYS.iter().position(|name| word.starts_with(name))?;
    u32::try_from(at).ok()
}

/// Small letters without accents.
pub fn fold(text: &str) -> String {
    let plain = |c: char| match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ź' | 'ż' => 'z',
        'ś' => 's',
        'ć' | 'ç' => 'c',
        'ά' => 'α',
        'έ' => 'ε',
        'ί' | 'ϊ' | 'ΐ' => 'ι',
        'ύ' | 'ϋ' => 'υ',
        'ό' => 'ο',
        other => other,
    };
    text.to_lowercase().chars().map(plain).collect()
}
