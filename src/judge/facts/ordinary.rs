//! English words that are no names although a capital opens them: at the start of a sentence, in titles, as acronyms.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Short words of grammar, words that open sentences of news, acronyms of the trade, titles of people.
const WORDS: &str = "
a about above according accordingly across act additional additionally after again against agents ago all almost along already also
although always amid among an analysts and announced another any anyone apps around articles as asked at attackers audio average away
back based batch be because before behind below benchmark benchmarks besides best better between beyond big board both build built but
buyers by calls can cash chip chips cities clients co code coming commission companies company compared competition computing contents
cost costs could court courts created critics current currently customers cut cuts daily data database databases deal deals demand
despite details developers device devices did different do does doctors dollars domestic down due during each earlier early earnings
economic educational eight either eleven employees employers engineers enterprise enterprises entire even every everyone evidence
executives existing experts export fans far fast faster few fewer fifteen files finally firms first five for former founded founder
founders four free from full fully funding funds further future games generally generative girls given global globally governments
graphics green growth had half hardware has have he healthcare health her here high higher his hospitals how however human humans
hundreds i if images immediately in including income increasingly independent individual industry inference initially insiders instead
interest internal investigators investors is it items its itself jobs journalists judges just kids labs large last late later latest
launched law lawmakers lawyers lead led legal less like likely local long losses low lower made mail main mainly major makers making
many market markets maybe me meanwhile media medical members men mobile model models modern money monthly more moreover most much music
my named nearly net neither new news next night nine no nobody none nor not nothing notably now obviously of off offered officers
officials on once one online only open operators or order organizations other others our out output over overall owners page paid
papers parents part participants partly partners patients payments people per perhaps personal phone phones photos plans players plus
police policy posts power previous previously prices prior private privacy problems product production products professional profit
profits programmers project prosecutors public published purchases quarterly questions raised rates rather reached readers recent
recently regulators related released remote reportedly reported reports research researchers respondents results revenue rivals robots
rules running safety said sales same scammers schools science scientists scores search sections security sellers senior separately
servers services seven several shareholders shares she shoppers shows similarly since six small smaller so social software sold some
someone soon sources spending staff start started starting startups state states still stock stocks strong students studies study
subscribers such supply support sure talks tasks taxes teachers team teams ten tens test tests text than that the their them then there
therefore these they thieves third this those thousands three through thus to today together token tokens tools top total trade training
twelve twenty two typical under unlike unlimited until up updates upon us use used users using usually valued vendors version versions
very via video videos vision voters vulnerabilities was we weather web weekly were what when where whether which while white who whoever
whole why will with within without women words workers works world would writers yearly years yes yet you young your
earth moon mars sun planet web uncontrolled tabled
ai agi api apis app apps ar arr asi aws ceo cfo cio cli coo cpu cpus cto cv cve cves dna dns ev evs fps gdp gpu gpus gps hr html http
https id ide ides ip ipo it json kv llm llms mcp ml mo moe mvp nlp npm npu ocr ok os pc pcs pdf phd pm pr pro qa r&d ram rag rl rlhf
sdk sdks seo sota sql ssd ssh tpu tpus tts tui tv ui uk url urls usb usd ux vc vcs vlm vm vms vp vpn vr wifi wi-fi xr rmb eeg esg
cny jpy eur gbp hkd krw inr twd chf aud cad sgd hk nt
president vice chief executive officer chairman chairwoman director minister secretary senator governor mayor professor dr mr mrs ms
prime series round seed internet monday tuesday wednesday thursday friday saturday sunday january february march april may june july
august september october november december christmas english latin am pm est pst edt pdt gmt utc bc ad phase tier level chapter figure
section table street north south east west northern southern eastern western central federal national international district
department ministry university institute college school academy committee agency office bureau council center centre fund group labs
lab laboratory foundation association capital ventures partners bank holdings technologies technology systems solutions county city
state times journal post magazine conference summit forum award prize act bill law amendment order program programme initiative
";

/// Nouns that open sentences; anywhere else a capital may make names of them.
const NOUNS: &str = "
throughput latency accuracy bandwidth memory storage traffic capacity performance speed efficiency usage adoption access
ability account advice age agent algorithm amount answer application approach area argument attack attention audience availability
balance behavior behaviour belief bill boss budget bug building campaign care cause chance change character choice citizen class client
climate code comment community competition complexity concern condition consumption content contract control conversation copy corpus
country coverage crime crisis criticism culture customer damage danger dataset date day death debate debt decade decision decline
defense delay delivery density design detail difference difficulty disease distance document doubt driver economy edge effect effort
electricity energy engineer environment error event example expense experience expert eye face fact factor failure family fear feature
feedback field file film finance force form freedom fuel goal government hand harm head heat help history home hope hospital hour house
idea image impact importance improvement increase index influence innovation input insight instance insurance internet issue job
journey judge key knowledge labor labour land language law leader leak length lesson letter liability library license licence life light
line link list load loss machine maintenance manager manufacturer margin mass material matter measure medicine memory message method
mind mission mistake module month movement name nature network noise note notice number object operation opinion option order origin
output owner pace pain pair paper paragraph parameter parent participant pattern payment peak percentage period permission person
picture piece pilot pipeline place plan plant point population position possibility practice precision presence pressure price principle
priority process processing processor profile progress project promise proof property proposal protection purpose quality quantity query
question range rate ratio reason recall recovery reduction reference reliability report request requirement resolution resource response
responsibility result return reward rise risk robot role room routing rule sample scale science scope scope score screen script sector
sense sentence service session setup shape share shift shipment side sign silence simulation site size skill society source space
speech spread stability stage standard statement step strategy strength structure student subject success supply surface surprise survey
talent target task tax teacher temperature tension term testing text theory thing thought threat time timing title tone topic total
transparency travel treatment trend trial trouble trust truth turnover uptime user utilization value variety video view visibility voice
volume volumes wait war week warning waste water way wealth weight weights word work worker writer writing year yield
";

static ORDINARY: LazyLock<HashSet<&'static str>> = LazyLock::new(|| WORDS.split_whitespace().collect());

static OPENERS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| NOUNS.split_whitespace().collect());

/// Whether the lower-case `word` says nothing by its capital.
pub fn is_ordinary(word: &str) -> bool {
    ORDINARY.contains(word) || word.split('-').all(|part| ORDINARY.contains(part))
}

/// Whether the lower-case `word`, at the start of a sentence, is more likely a common word than a name.
pub fn may_open(word: &str) -> bool {
    const ENDINGS: [&str; 13] =
        ["ed", "ing", "ly", "ers", "ors", "ists", "ments", "tions", "ties", "ness", "tion", "ants", "ents"];
    is_ordinary(word)
        || OPENERS.contains(word)
        || word.strip_suffix('s').is_some_and(|stem| OPENERS.contains(stem))
        || ENDINGS.iter().any(|ending| word.len() > ending.len() + 2 && word.ends_with(ending))
}
