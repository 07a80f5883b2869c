-- Why: a judgement is only worth something if it says who made it, from what, and what it cost.

-- A row is one judgement of a story. A newer one supersedes it; none is deleted.
CREATE TABLE verdicts (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    story_id    bigint      NOT NULL REFERENCES stories,
    judged_at   timestamptz NOT NULL,
    current     boolean     NOT NULL DEFAULT true,
    -- 'rules', or the configured name of the model
    judge       text        NOT NULL,
    prompt_hash text,
    input_hash  text        NOT NULL,
    lane        text        NOT NULL,
    focus       text[]      NOT NULL DEFAULT '{}',
    rumour      boolean     NOT NULL DEFAULT false,
    score       real        NOT NULL,
    -- NULL: may enter an issue; else why it was screened out
    dropped     text,
    -- why the model did not judge although one is configured (down, refused, over budget, rubbish)
    unscored    text,
    -- the whole Verdict of model.rs as JSON
    verdict     jsonb       NOT NULL
);
CREATE UNIQUE INDEX one_current_verdict_per_story ON verdicts (story_id) WHERE current;
CREATE INDEX verdicts_by_score ON verdicts (score DESC) WHERE current;

-- A row is one call of a model, also a failed one: every token is booked.
CREATE TABLE model_calls (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    called_at         timestamptz NOT NULL,
    purpose           text        NOT NULL,
    model             text        NOT NULL,
    host              text        NOT NULL,
    story_id          bigint      REFERENCES stories,
    prompt_hash       text        NOT NULL,
    prompt_tokens     integer     NOT NULL DEFAULT 0,
    completion_tokens integer     NOT NULL DEFAULT 0,
    -- millionths of the currency in headsup.toml's prices
    cost_micros       bigint      NOT NULL DEFAULT 0,
    millis            integer     NOT NULL DEFAULT 0,
    outcome           text        NOT NULL,
    error             text
);
CREATE INDEX model_calls_by_time ON model_calls (called_at);

-- A row is an answer that was accepted, by what was asked: the same question is never paid for twice.
CREATE TABLE model_answers (
    input_hash  text        NOT NULL,
    prompt_hash text        NOT NULL,
    model       text        NOT NULL,
    answer      jsonb       NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (input_hash, prompt_hash, model)
);
