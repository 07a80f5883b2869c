-- Why: the clock's truth stands in the database, so that a run missed while the machine was off is made up,
-- and two processes never do one job twice.

-- A row is one scheduled job and when it is next due (UTC; computed in the configured time zone).
CREATE TABLE jobs (
    name        text        PRIMARY KEY,
    cron        text        NOT NULL,
    time_zone   text        NOT NULL,
    next_run_at timestamptz NOT NULL,
    last_run_at timestamptz,
    last_error  text
);

-- A row is one run of one stage: what it did, and what went wrong.
CREATE TABLE runs (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stage      text        NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at   timestamptz,
    report     jsonb,
    error      text
);
CREATE INDEX runs_by_stage ON runs (stage, started_at DESC);

-- A row is a fact of this installation that must outlive a process (for example the key that signs links).
CREATE TABLE facts (
    name  text PRIMARY KEY,
    value text NOT NULL
);
