-- Why: whether a story mattered shows months later. What was told and what was left out is looked at again at fixed ages,
-- against the judgement as it was when the issue was published, so that the score can be held against what came.

-- A row is one story that is followed, as it stood when an issue was published. Nothing in it changes later.
CREATE TABLE watched (
    story_id    bigint      PRIMARY KEY REFERENCES stories,
    issue_id    bigint      NOT NULL REFERENCES issues,
    watched_at  timestamptz NOT NULL,
    -- 'told' in the issue, 'named' in it as left out, 'loud': left out although many told it, 'sample': left out, by lot
    why         text        NOT NULL CONSTRAINT known_watching CHECK (why IN ('told', 'named', 'loud', 'sample')),
    -- order of reading; NULL where it was not told
    place       integer,
    score       real        NOT NULL,
    -- why it was left out; NULL where it was told
    dropped     text,
    -- who speaks in its lead item: later mentions count from others only
    owner       text        NOT NULL,
    n_owners    integer     NOT NULL,
    -- ages count from here
    happened_at timestamptz NOT NULL,
    -- by language, as published
    headline    jsonb       NOT NULL,
    -- what is asked for to see whether it is still there
    link        text,
    -- what later texts call it by: a name and its version or sum
    name        text,
    number      text,
    CONSTRAINT told_has_place CHECK ((why = 'told') = (place IS NOT NULL)),
    CONSTRAINT left_out_has_reason CHECK ((why = 'told') = (dropped IS NULL))
);
CREATE INDEX watched_by_time ON watched (happened_at);
CREATE INDEX watched_by_issue ON watched (issue_id);

-- A row is one look at a followed story's link.
CREATE TABLE artifact_looks (
    story_id  bigint      NOT NULL REFERENCES watched,
    looked_at timestamptz NOT NULL,
    state     text        NOT NULL CONSTRAINT known_artifact_state CHECK (state IN ('alive', 'gone', 'unknown')),
    -- what the host said, for people
    says      text        NOT NULL,
    -- false: it may be asked again on another day
    is_final  boolean     NOT NULL,
    PRIMARY KEY (story_id, looked_at)
);

-- A row is what had become of a followed story at one age. Written once, when the story reaches that age.
CREATE TABLE afterlives (
    story_id          bigint      NOT NULL REFERENCES watched,
    age_days          integer     NOT NULL CONSTRAINT known_age CHECK (age_days IN (30, 90, 180)),
    written_at        timestamptz NOT NULL,
    -- when it was written: mentions are counted as of age_days, link and popularity are as late as this
    real_age_days     integer     NOT NULL,
    -- other owners that mentioned it after its first 72 hours, and in how many items
    n_owners          integer     NOT NULL,
    n_mentions        integer     NOT NULL,
    -- those of the owners in the second half of the age
    n_late_owners     integer     NOT NULL,
    -- stories that go on from it
    n_updates         integer     NOT NULL,
    -- day of the last mention or update
    last_day          integer,
    -- NULL: it has no link
    artifact          text        CONSTRAINT known_artifact CHECK (artifact IN ('alive', 'gone', 'unknown')),
    artifact_says     text,
    -- [{kind, first, last, day}] as sources counted
    popularity        jsonb       NOT NULL,
    outcome           text        NOT NULL CONSTRAINT known_outcome CHECK (outcome IN ('lasted', 'faded', 'early')),
    points            integer     NOT NULL,
    -- [{sign, points, count}]: why
    signs             jsonb       NOT NULL,
    PRIMARY KEY (story_id, age_days)
);
