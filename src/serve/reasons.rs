//! Reasons that the stages wrote down in English sentences, for readers of Chinese. Pure; what is not known stays as it is.

use crate::model::Language;

/// Why an item belongs to its story.
pub fn joining(reason: &str, language: Language) -> String {
    if language == Language::En {
        return reason.to_owned();
    }
    if reason == "opens the story" {
        return "本条目由此而起".to_owned();
    }
    in_chinese(reason).unwrap_or_else(|| reason.to_owned())
}

/// `words shared (robot, arm; meaning 0.81) with “Title” (0.52; 93 % sure)`.
fn in_chinese(reason: &str) -> Option<String> {
    let (how, rest) = reason.split_once(" “")?;
    let (title, figures) = rest.rsplit_once("” (")?;
    let (similarity, sure) = figures.strip_suffix(" sure)")?.split_once("; ")?;
    let inside = || Some(how.split_once('(')?.1.rsplit_once(')')?.0.replacen("; meaning ", "；语义 ", 1));
    let how = match how {
        "title and text nearly equal to" => "标题与正文几乎相同".to_owned(),
        _ if how.starts_with("words shared (") => format!("共有词语（{}）", inside()?),
        _ if how.starts_with("names and numbers shared (") => format!("共有名称与数字（{}）", inside()?),
        _ if how.starts_with("meaning near (") => format!("语义相近（{}）", inside()?),
        _ => return None,
    };
    Some(format!("{how}：“{title}”（相似度 {similarity}，把握 {sure}）"))
}

/// The phrases of why a model did not judge, whole ones first.
const UNSCORED: &[(&str, &str)] = &[
    ("over budget: ", "超出预算："),
    (" tokens per run", " 个 token（每次运行）"),
    (" tokens in seven days", " 个 token（七天内）"),
    (" tokens in thirty days", " 个 token（三十天内）"),
    (" of money per run", "（每次运行的费用）"),
    (" of money in seven days", "（七天内的费用）"),
    (" of money in thirty days", "（三十天内的费用）"),
    ("the model server is not there: ", "连不上模型服务器："),
    ("the model server refuses: ", "模型服务器拒绝："),
    ("the model server is busy or broken: ", "模型服务器繁忙或出错："),
    ("the model server failed: ", "模型服务器失败："),
    ("the model did not answer within ", "模型未能按时回答，时限（秒）："),
    ("the model's answer is of no use: ", "模型的回答无法使用："),
    ("the model gave no usable answer", "模型没有给出可用的回答"),
    ("the model was not asked", "没有询问模型"),
    ("it does not accept connections", "不接受连接"),
    ("the connection broke", "连接中断"),
    ("not the shape of a completion", "不是补全接口的格式"),
    (": check the key", "：请检查密钥"),
    (": it wants to be paid", "：需要付费"),
    (": check base_url and the model's name", "：请检查 base_url 与模型名称"),
    (": the quota is used up", "：配额已用完"),
    (": too many questions", "：请求过多"),
    (": not ready", "：尚未就绪"),
    (": longer than its context: lower context_tokens", "：超出上下文长度，请调低 context_tokens"),
    ("an empty answer", "回答为空"),
    ("the answer is not JSON", "回答不是 JSON"),
    ("no JSON in the answer", "回答里没有 JSON"),
    ("the answer was cut", "回答被截断"),
    ("the answer does not have the shape asked for", "回答不符合所要求的格式"),
    ("the answer is about another story", "回答说的是另一条新闻"),
    ("it did not speak of this story", "没有谈到这条新闻"),
    (
        "its answers about it were of no use; it is asked again after a day",
        "此前的回答都无法使用，一天后再问",
    ),
    ("stopped before its turn", "轮到之前已停止"),
    (" questions in a row had no answer", " 个问题连续没有回答"),
    ("no choice in it", "其中没有选项"),
];

/// Why a model did not judge.
pub fn unscored(reason: &str, language: Language) -> String {
    if language == Language::En {
        return reason.to_owned();
    }
    let said =
        UNSCORED.iter().fold(reason.to_owned(), |said, (english, chinese)| said.replace(english, chinese));
    said.trim_end_matches(" s").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_an_item_is_in_its_story_is_told_in_chinese() {
        let zh = |reason: &str| joining(reason, Language::Zh);
        assert_eq!(zh("opens the story"), "本条目由此而起");
        assert_eq!(
            zh("words shared (robot, arm; meaning 0.81) with “A “new” arm” (0.52; 93 % sure)"),
            "共有词语（robot, arm；语义 0.81）：“A “new” arm”（相似度 0.52，把握 93 %）"
        );
        assert_eq!(
            zh("title and text nearly equal to “机械臂” (0.99; 100 % sure)"),
            "标题与正文几乎相同：“机械臂”（相似度 0.99，把握 100 %）"
        );
        assert_eq!(zh("something else"), "something else");
        assert_eq!(joining("opens the story", Language::En), "opens the story");
    }

    #[test]
    fn why_the_model_did_not_judge_is_told_in_chinese() {
        let zh = |reason: &str| unscored(reason, Language::Zh);
        assert_eq!(zh("over budget: 1000 tokens in seven days"), "超出预算：1000 个 token（七天内）");
        assert_eq!(
            zh("the model server refuses: HTTP 401: check the key"),
            "模型服务器拒绝：HTTP 401：请检查密钥"
        );
        assert_eq!(zh("the model did not answer within 25 s"), "模型未能按时回答，时限（秒）：25");
    }
}
