//! The operator's mails: each week which sources broke, which stages failed, how the deliveries stand; and which draft waits.

use chrono::{DateTime, Datelike as _, Days, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::message::{self, Sender};
use super::outcome::{Outcome, next_attempt};
use super::relay::Relay;
use super::worker::Route;
use crate::ballot;
use crate::context::Context;
use crate::model::{DeliveryState, Language, Report};
use crate::render::said;
use crate::store::drafts::DraftRow;
use crate::store::operator_mails::{self, OperatorMail};
use crate::store::sources::SourceRow;
use crate::store::{deliveries, drafts, runs, sources};

/// States that need nobody.
const FINE: [&str; 2] = ["ok", "new"];
/// States in which a source is read all the same.
const WATCH: [&str; 4] = ["quiet", "undated", "moved", "empty"];

/// The states in Chinese, as the archive's page of sources has them.
const ZH: [(&str, &str); 10] = [
    ("quiet", "久未更新"),
    ("undated", "没有日期"),
    ("moved", "已迁移"),
    ("empty", "没有内容"),
    ("html-instead", "返回网页而非信源"),
    ("failing", "读取出错"),
    ("blocked", "被拒绝"),
    ("gone", "已关闭"),
    ("never-worked", "从未成功"),
    ("new", "尚未读取"),
];

/// Whether the operator waits for a mail that may go now.
///
/// # Errors
/// The database fails.
pub async fn is_due(ctx: &Context) -> anyhow::Result<bool> {
    let (pool, now) = (&ctx.pool, ctx.clock.now());
    let is_told = ctx.settings.mail.operator.is_some();
    Ok(is_told && (operator_mails::is_due(pool, now).await? || !drafts::to_mail(pool, now).await?.is_empty()))
}

/// Writes the mail of the last week, if an operator is configured and it is not written yet, and sends what is due.
///
/// # Errors
/// The database or the template fails; a relay that does not take it is only noted.
pub async fn run(ctx: &Context, sender: &Sender, route: &Route, report: &mut Report) -> anyhow::Result<()> {
    let Some(operator) = &ctx.settings.mail.operator else { return Ok(()) };
    tell_of_drafts(ctx, sender).await?;
    let (period, ended_at) = last_week(ctx)?;
    if operator_mails::is_wanted(&ctx.pool, &period, ended_at).await? {
        let mail = compose(ctx, sender, period).await?;
        operator_mails::queue(&ctx.pool, &mail, ctx.clock.now()).await?;
    }
    while let Some(mail) = operator_mails::take(&ctx.pool, ctx.clock.now()).await? {
        let outcome = hand_over(ctx, sender, route, (operator, &mail, "operator")).await;
        let what = format!("the operator's mail of {}", mail.period);
        let state = outcome.told(&what, report);
        let again = next_attempt(ctx.clock.now(), mail.attempts);
        operator_mails::settle(&ctx.pool, &mail.period, state, (outcome.words(), again)).await?;
        report.add("operator_mails", u64::from(state == DeliveryState::Sent));
    }
    Ok(())
}

/// Writes a mail about each draft that waits: at once, then again and again until it is closed.
async fn tell_of_drafts(ctx: &Context, sender: &Sender) -> anyhow::Result<()> {
    let now = ctx.clock.now();
    let again = now + TimeDelta::hours(i64::from(ctx.settings.digest.remind_hours));
    for draft in drafts::to_mail(&ctx.pool, now).await? {
        let mail = about_draft(ctx, sender, &draft)?;
        drafts::queue_mail(&ctx.pool, &draft, &mail, (now, again)).await?;
    }
    Ok(())
}

fn about_draft(ctx: &Context, sender: &Sender, draft: &DraftRow) -> anyhow::Result<OperatorMail> {
    let language = ctx.settings.site.language;
    let token = ballot::draft_token(draft.id, &sender.key);
    let url = |language| format!("{}{}", sender.base_url, ballot::draft_path(language, &token));
    let other = if language == Language::Zh { Language::En } else { Language::Zh };
    let zone: Tz = ctx.settings.schedule.time_zone.parse().unwrap_or(Tz::UTC);
    let data = json!({
        "zh": language == Language::Zh, "name": draft.name(), "options": draft.options(), "again": draft.n_mails > 0,
        "made_at": draft.made_at.with_timezone(&zone).format("%Y-%m-%d %H:%M %Z").to_string(),
        "url": url(language), "other_url": url(other), "hours": ctx.settings.digest.remind_hours,
    });
    let subject = match (language, draft.n_mails > 0) {
        (Language::En, false) => format!("headsup {}: the issue waits for you", draft.name()),
        (Language::En, true) => format!("headsup {}: the issue still waits for you", draft.name()),
        (Language::Zh, false) => format!("headsup {}：本期等你审阅", draft.name()),
        (Language::Zh, true) => format!("headsup {}：本期仍在等你审阅", draft.name()),
    };
    let period = format!("draft-{}-{}", draft.id, draft.n_mails + 1);
    Ok(OperatorMail {
        body: ctx.templates.render("mail/draft.txt.j2", data)?,
        message_id: format!("operator-{period}-{:016x}@{}", rand::random::<u64>(), sender.domain()),
        subject,
        period,
        attempts: 0,
    })
}

/// Name and end of the last ISO week that is over in the configured zone.
fn last_week(ctx: &Context) -> anyhow::Result<(String, DateTime<Utc>)> {
    let zone: Tz = ctx.settings.schedule.time_zone.parse().map_err(anyhow::Error::msg)?;
    let today = ctx.clock.now().with_timezone(&zone).date_naive();
    let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
    let week = (monday - Days::new(1)).iso_week();
    let start = zone.from_local_datetime(&monday.and_time(NaiveTime::MIN)).earliest();
    let ended_at = start.map_or_else(|| ctx.clock.now(), |start| start.to_utc());
    Ok((format!("{}-W{:02}", week.year(), week.week()), ended_at))
}

async fn compose(ctx: &Context, sender: &Sender, period: String) -> anyhow::Result<OperatorMail> {
    let zh = ctx.settings.site.language == Language::Zh;
    let rows: Vec<SourceRow> =
        sources::list(&ctx.pool).await?.into_iter().filter(|row| row.enabled).collect();
    let is_in = |states: &[&str], row: &&SourceRow| states.contains(&row.state.as_str());
    let watch: Vec<Value> = rows.iter().filter(|row| is_in(&WATCH, row)).map(|row| told(row, zh)).collect();
    let broken: Vec<Value> = rows
        .iter()
        .filter(|row| !is_in(&WATCH, row) && (!is_in(&FINE, row) || is_out_of_reach(row)))
        .map(|row| told(row, zh))
        .collect();
    let failed: Vec<Value> = runs::latest(&ctx.pool)
        .await?
        .into_iter()
        .filter_map(|run| Some(json!({ "stage": run.stage, "error": run.error? })))
        .collect();
    let counts = deliveries::counts(&ctx.pool).await?;
    let sent: Vec<Value> =
        counts.iter().map(|(state, n)| json!({ "state": state.as_str(), "n": n })).collect();
    let (n, n_sources) = (broken.len(), rows.len());
    let data = json!({
        "zh": zh, "period": period, "n_sources": n_sources, "broken": broken, "watch": watch,
        "failed_runs": failed, "deliveries": sent,
        "url": format!("{}/{}/status", sender.base_url, ctx.settings.site.language),
    });
    let subject = match (n, zh) {
        (0, false) => format!("headsup {period}: all {n_sources} sources can be read"),
        (0, true) => format!("headsup {period}：{n_sources} 个信源全部可读"),
        (n, false) => format!("headsup {period}: {n} of {n_sources} sources cannot be read"),
        (n, true) => format!("headsup {period}：{n_sources} 个信源中 {n} 个读取不了"),
    };
    Ok(OperatorMail {
        body: ctx.templates.render("mail/operator.txt.j2", data)?,
        message_id: format!("operator-{period}-{:016x}@{}", rand::random::<u64>(), sender.domain()),
        subject,
        period,
        attempts: 0,
    })
}

/// Not blamed, since nobody could be reached; but not read either.
fn is_out_of_reach(row: &SourceRow) -> bool {
    ["ok", "new"].contains(&row.state.as_str()) && row.last_error.is_some()
}

fn told(row: &SourceRow, zh: bool) -> Value {
    if is_out_of_reach(row) {
        return json!({
            "slug": row.slug, "state": if zh { "连不上" } else { "out of reach" },
            "says": row.last_error.as_deref().unwrap_or("–"),
            "since": null, "next": row.next_at.format("%Y-%m-%d %H:%M UTC").to_string(),
        });
    }
    let in_chinese = ZH.iter().find(|(word, _)| zh && *word == row.state).map(|(_, words)| *words);
    let language = if zh { Language::Zh } else { Language::En };
    let says = row.last_error.as_ref().map(|says| said(says, language));
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d").to_string();
    json!({
        "slug": row.slug, "state": in_chinese.unwrap_or(&row.state), "says": says.unwrap_or_else(|| "–".to_owned()),
        "since": row.failing_since.map(day), "next": row.next_at.format("%Y-%m-%d %H:%M UTC").to_string(),
    })
}

/// Hands one plain mail to the relay, or writes it as KIND-PERIOD.eml into the outbox.
pub(super) async fn hand_over(
    ctx: &Context,
    sender: &Sender,
    route: &Route,
    (to, mail, kind): (&str, &OperatorMail, &str),
) -> Outcome {
    let bytes = match message::plain(sender, to, mail, ctx.clock.now()) {
        Ok(bytes) => bytes,
        Err(error) => return Outcome::Refused(None, format!("{error:#}")),
    };
    match route {
        Route::Outbox(outbox) => outbox.put_as(format!("{kind}-{}.eml", mail.period), &bytes).await,
        Route::Smtp(settings, _) => {
            let mut relay = Relay::new(settings.clone());
            let outcome = match message::address_of(to) {
                Ok(address) => relay.send(&address, &bytes).await,
                Err(error) => Outcome::Refused(None, format!("{error:#}")),
            };
            relay.close().await;
            outcome
        }
    }
}
