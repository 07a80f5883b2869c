-- Why: an issue can be rebuilt byte for byte from what it was made of, and no event is told twice, also where grouping left
-- it as two stories.

-- A row is all that an issue was composed from, as JSON (edition::Inputs).
CREATE TABLE issue_inputs (
    issue_id bigint PRIMARY KEY REFERENCES issues,
    inputs   jsonb  NOT NULL
);

-- A row says that an issue told an event: a round, a paper, a release, a wording. Keys are made by edition/event.rs.
CREATE TABLE issue_events (
    issue_id bigint NOT NULL REFERENCES issues,
    story_id bigint NOT NULL REFERENCES stories,
    key      text   NOT NULL,
    PRIMARY KEY (key, issue_id, story_id)
);
