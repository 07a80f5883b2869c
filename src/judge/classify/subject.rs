//! Whose news a title is, what happened and to what: names and verbs of the trade as classes, so that a name that no
//! set holds yet weighs like its kind.

use std::sync::LazyLock;

use regex::Regex;

use super::{Feature, feature};
use crate::judge::lexicon;

/// Further in, a name is what the news is about and not whose it is; in bytes.
const FRONT: usize = 24;

type Rows = LazyLock<Vec<(&'static str, Regex)>>;

/// Makers in both scripts, each with its class before the dot.
static MAKERS: Rows = LazyLock::new(|| {
    compile(&[
        ("frontier.openai", "openai|chatgpt|gpt|codex|sora|奥特曼|altman"),
        ("frontier.anthropic", "anthropic|claude|opus|sonnet|mythos"),
        (
            "frontier.google",
            "google|谷歌|gemini|deepmind|notebooklm|gemma|\\bveo|nano banana|antigravity|lyria|stitch",
        ),
        ("lab.xai", "\\bxai\\b|grok|马斯克|spacex"),
        ("lab.meta", "\\bmeta\\b|llama|扎克伯格"),
        ("china.deepseek", "deepseek|深度求索"),
        ("china.zhipu", "智谱|glm|z\\.ai"),
        ("china.alibaba", "阿里|千问|qwen|通义|百炼|qoder|万相"),
        ("china.moonshot", "月之暗面|kimi"),
        ("china.minimax", "minimax|海螺|hailuo"),
        ("china.xiaomi", "小米|mimo"),
        ("giant.bytedance", "字节|豆包|火山引擎|seedance|seedream|trae|扣子|即梦|剪映|飞书"),
        ("giant.tencent", "腾讯|混元|微信|元宝|\\bqq\\b|hunyuan"),
        ("giant.baidu", "百度|文心|ernie"),
        ("giant.huawei", "华为|昇腾|盘古"),
        ("giant.kuaishou", "快手|可灵|kling"),
        ("big.microsoft", "微软|microsoft|copilot|github|vs ?code|windows"),
        ("big.nvidia", "英伟达|nvidia|nemotron|黄仁勋"),
        ("big.apple", "苹果|apple|siri"),
        ("big.amazon", "亚马逊|\\baws\\b|amazon|bedrock"),
        ("tool.cursor", "cursor|composer"),
        ("tool.openclaw", "openclaw|龙虾"),
        (
            "tool.coding",
            "opencode|windsurf|cline|kilo|devin|cognition|vercel|warp|replit|lovable|jetbrains|notion|figma|openrouter|hermes",
        ),
        ("tool.serving", "hugging ?face|ollama|llama\\.cpp|vllm|sglang|lm studio|unsloth"),
        ("other.mistral", "mistral"),
        ("other.perplexity", "perplexity"),
        ("other.stepfun", "阶跃|step[- ]?\\d|stepfun"),
        ("other.meituan", "美团|longcat"),
        ("other.ant", "蚂蚁|\\bling\\b|百灵"),
        ("other.chips", "\\bamd\\b|intel|英特尔|高通|\\barm\\b|博通|cerebras|groq|台积电|tsmc|芯片"),
        (
            "other.studio",
            "runway|\\bluma|\\bpika|elevenlabs|suno|midjourney|heygen|krea|\\bflux|stability|higgsfield",
        ),
    ])
});

/// What happened.
static ACTS: Rows = LazyLock::new(|| {
    compile(&[
        ("release", "发布|推出|releas|launch|introduc|announc"),
        ("open", "开源|开放权重|open[- ]?(?:sourc|weight)"),
        ("available", "上线|开放|接入|登陆|支持|availab"),
        ("price", "价格|计费|订阅|套餐|定价|降价|限时|额度|优惠|免费|\\bplan\\b|pric"),
        ("money", "融资|估值|投资|ipo|上市|rais|fund|valu"),
        ("buy", "收购|acqui"),
        ("trouble", "致歉|承认|回应|澄清|泄露|漏洞|攻击|异常|下架|关闭|apolog|leak|outage|breach"),
        ("says", "称|表示|透露|谈|say"),
        (
            "heard",
            "据传|据称|据报|据悉|传闻|消息称|媒体称|知情|爆料|被曝|误曝|^传|传将|传拟|泄露|疑似|reportedly|rumou?r|leak",
        ),
        (
            "soon",
            "即将|或将|将于|将推|将发|将开|将接|拟|预计|计划|筹备|筹划|下周|预告|考虑|洽谈|coming|soon|plans? to|weighs|in talks",
        ),
        ("trial", "内测|灰度|测试|beta|preview|预览|研究预览"),
        ("law", "禁止|政府|法院|监管|诉|ban|court|law"),
    ])
});

/// What it happened to.
static THINGS: Rows = LazyLock::new(|| {
    compile(&[
        ("terminal", "cli\\b|命令行|终端|claude code|codex"),
        ("editor", "\\bide\\b|插件|编辑器|cursor|copilot|trae|windsurf|vs ?code"),
        ("interface", "api|sdk|mcp|接口|开发者"),
        ("app", "app|应用|客户端|桌面|手机|网页|浏览器|ios|android|安卓|macos|windows|mac\\b"),
        ("agent", "agent|智能体|skill|workflow|工作流|助手"),
        ("media", "视频|图像|音乐|语音|图片|音频|绘画|3d|数字人"),
        ("hardware", "芯片|gpu|数据中心|算力|服务器|电力|能源"),
        ("person", "ceo|创始人|高管|负责人|离职|加入|加盟|任命|卸任"),
        (
            "research",
            "论文|研究|提出|框架|团队|大学|实验室|基准|benchmark|榜|报告|评测|数据集|方法|发现|揭示|指南|博客|访谈|教程|arena",
        ),
        ("safety", "漏洞|攻击|安全|泄露|窃取|投毒|隐私|恶意"),
        ("quota", "额度|套餐|coding plan|订阅|限额|用量|计费|退款|重置|翻倍|限速|免费|降价|涨价|价格|定价"),
        ("alliance", "企业|合作|签约|联合|携手|战略"),
        ("state", "政府|五角大楼|国防|白宫|法|监管|国会|欧盟|起诉|诉讼|工信部|条例|标准"),
        ("size", "上下文|token|推理|参数|[0-9]+b\\b|moe|架构"),
        ("sum", "亿|万美元|万元"),
        ("for-all", "全面开放|全量|所有用户|免费|正式|\\bga\\b"),
        ("dispute", "回应|争议|致歉|道歉|误|封禁|被曝|质疑|澄清|承认|抄袭|违规|故障|宕机|异常|泄漏"),
        ("update", "更新|升级|优化|改进|新增|支持|引入|调整|版本"),
        ("end", "关闭|停用|下线|退役|弃用|暂停|推迟|取消"),
    ])
});

/// What a title says of its own form: a flagship by number, a smaller or special model, hearsay, what is to come.
static FORMS: Rows = LazyLock::new(|| {
    compile(&[
        (
            "flagship",
            r"gpt[- ]?\d|claude (?:opus|sonnet|haiku|mythos)|(?:opus|sonnet) ?\d|gemini[- ]?\d|deepseek[- ]?[vr]\d|glm[- ]?\d|kimi[- ]?k\d|qwen ?\d|grok[- ]?\d|llama[- ]?\d|\bm\d\.\d|mimo[- ]?v\d|composer ?\d|gemma ?\d|nano banana|混元 ?\d|\bhy ?\d|豆包.{0,6}\d\.\d|seedance ?\d|nemotron ?\d|step[- ]?\d|文心.{0,3}\d",
        ),
        (
            "special",
            r"mini|nano|flash|lite|tts|asr|ocr|image|embed|rerank|audio|voice|live|vl\b|omni|coder|robot|语音|图像|视频|音乐|嵌入|翻译|世界模型|机器人|3d|小尺寸|量化|端侧",
        ),
        (
            "hearsay",
            "传|据称|据报|据悉|消息称|媒体称|知情|爆料|曝|疑似|或将|或于|或现|或为|或在|或推|或披露|或赴|可能|有望|reportedly",
        ),
        (
            "ahead",
            "即将|将于|将推|将发|将开|将接|将在|将向|拟|预计|计划|筹备|筹划|下周|预告|考虑|洽谈|泄露|现身|亮相|显示|代码|定档|官宣|推迟|预览|曾|正在|研发|开发中|测试",
        ),
        ("model", r"[a-z][- ]?\d+(?:\.\d+)?|模型"),
        ("version", r"\d+\.\d+\.\d+"),
        ("series", "系列"),
        ("official", "正式|官宣|宣布"),
        ("or", "或"),
        ("will", "将"),
        ("parameters", r"\d+b\b"),
        ("comma", "[，,]"),
        ("blank", " "),
    ])
});

/// Compiles a table of patterns, in which `\b` is an edge of a Latin word; one that does not compile is left out, which
/// a test forbids.
pub fn compile(rows: &[(&'static str, &str)]) -> Vec<(&'static str, Regex)> {
    rows.iter().filter_map(|(name, pattern)| Some((*name, lexicon::compile(pattern)?))).collect()
}

/// What a title is about, as classes.
#[derive(Debug)]
pub struct Subject {
    /// The class of the maker in front; `none` without one.
    pub class: &'static str,
    /// The maker in front; `none` without one.
    pub first: &'static str,
    /// All makers, from the left.
    pub makers: Vec<&'static str>,
    /// What happened.
    pub acts: Vec<&'static str>,
    things: Vec<&'static str>,
    forms: Vec<&'static str>,
}

/// Reads a title in lower case.
pub fn of(title: &str) -> Subject {
    let mut placed: Vec<(usize, &'static str)> =
        MAKERS.iter().filter_map(|(name, pattern)| Some((pattern.find(title)?.start(), *name))).collect();
    placed.sort_unstable();
    let front = placed.first().filter(|(at, _)| *at < FRONT).and_then(|(_, name)| name.split_once('.'));
    let (class, first) = front.unwrap_or(("none", "none"));
    let bare = |name: &'static str| name.split_once('.').map_or(name, |(_, maker)| maker);
    Subject {
        class,
        first,
        makers: placed.iter().map(|(_, name)| bare(name)).collect(),
        acts: matching(&ACTS, title),
        things: matching(&THINGS, title),
        forms: matching(&FORMS, title),
    }
}

fn matching(rows: &Rows, title: &str) -> Vec<&'static str> {
    rows.iter().filter(|(_, pattern)| pattern.is_match(title)).map(|(name, _)| *name).collect()
}

impl Subject {
    /// Each class by itself, and in pairs that mean more than their parts.
    pub fn features(&self) -> Vec<Feature> {
        let whole = |kind: &str, name: &str| feature(kind, name, (0, 0));
        let (class, first) = (self.class, self.first);
        let mut found = vec![
            whole("maker-first", first),
            whole("class", class),
            whole("makers", &self.makers.len().min(3).to_string()),
        ];
        found.extend(self.makers.iter().map(|name| whole("maker", name)));
        let model = format!("{}{}", self.is("flagship"), self.is("special"));
        found.extend([whole("model-kind", &model), whole("class-model-kind", &format!("{class} {model}"))]);
        for act in &self.acts {
            found.extend([
                whole("act", act),
                whole("maker-act", &format!("{first} {act}")),
                whole("class-act", &format!("{class} {act}")),
                whole("model-kind-act", &format!("{model} {act}")),
            ]);
            found.extend(self.things.iter().map(|thing| whole("act-thing", &format!("{act} {thing}"))));
        }
        for thing in &self.things {
            found.extend([whole("thing", thing), whole("class-thing", &format!("{class} {thing}"))]);
        }
        found.push(whole("sure", &self.certainty()));
        for (form, _) in FORMS.iter().skip(2) {
            let holds = self.is(form);
            found.extend([whole(form, &holds.to_string()), whole(form, &format!("{first} {holds}"))]);
        }
        found
    }

    /// Whether it is hearsay, and whether it is still to come.
    pub fn certainty(&self) -> String {
        format!("{}{}", self.is("hearsay"), self.is("ahead"))
    }

    fn is(&self, form: &str) -> bool {
        self.forms.contains(&form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_read_as_whose_what_and_of_what_kind() {
        let subject = of("谷歌发布 gemini 9.1 flash");
        assert_eq!((subject.class, subject.first), ("frontier", "google"));
        assert!(subject.acts.contains(&"release") && subject.is("flagship") && subject.is("special"));
        assert_eq!(of("某团队更新待办工具").class, "none");
    }

    #[test]
    fn a_latin_word_ends_at_a_chinese_character() {
        assert!(of("某公司推出coding plan套餐").acts.contains(&"price"));
        assert_eq!(of("马斯克的xai发布新模型").first, "xai");
        assert_eq!(of("metaverse 平台上线").first, "none");
    }

    #[test]
    fn every_pattern_compiles() {
        let n_rows = [MAKERS.len(), ACTS.len(), THINGS.len(), FORMS.len()];
        assert_eq!(n_rows, [31, 12, 19, 13]);
    }
}
