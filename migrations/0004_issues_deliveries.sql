-- Why: a published issue is frozen and a delivery is a promise; both outlive every re-computation of what is above them.

-- A row is one weekly digest or one paper of the month. Content and renderings never change once published_at is set.
CREATE TABLE issues (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind         text        NOT NULL CONSTRAINT known_issue_kind CHECK (kind IN ('weekly', 'paper')),
    number       integer     NOT NULL,
    -- ISO week '2026-W47', or month '2026-11'
    period       text        NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    published_at timestamptz NOT NULL,
    -- the whole IssueContent of model.rs as JSON, and its SHA-256
    content      jsonb       NOT NULL,
    sha256       text        NOT NULL,
    n_recipients integer     NOT NULL DEFAULT 0,
    CONSTRAINT one_issue_per_period UNIQUE (kind, period),
    CONSTRAINT one_issue_per_number UNIQUE (kind, number)
);

-- A row is an issue in one language, as bytes: mail and archive show the same. Placeholders stand where a reader's own links go.
CREATE TABLE issue_renderings (
    issue_id  bigint NOT NULL REFERENCES issues,
    language  text   NOT NULL CONSTRAINT known_language CHECK (language IN ('en', 'zh')),
    subject   text   NOT NULL,
    body_text text   NOT NULL,
    body_html text   NOT NULL,
    sha256    text   NOT NULL,
    PRIMARY KEY (issue_id, language)
);

-- A row says where a story stood in an issue: the ledger that keeps an event from being told twice.
CREATE TABLE issue_stories (
    issue_id bigint  NOT NULL REFERENCES issues,
    story_id bigint  NOT NULL REFERENCES stories,
    section  text    NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (issue_id, story_id)
);
CREATE INDEX issue_stories_by_story ON issue_stories (story_id);

-- A row is a reader. Leaving marks the row; it is not deleted.
CREATE TABLE subscribers (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email      text        NOT NULL CONSTRAINT one_subscriber_per_email UNIQUE,
    language   text        NOT NULL CONSTRAINT known_reader_language CHECK (language IN ('en', 'zh')),
    weekly     boolean     NOT NULL DEFAULT true,
    monthly    boolean     NOT NULL DEFAULT true,
    state      text        NOT NULL DEFAULT 'confirmed' CONSTRAINT known_reader_state CHECK (state IN ('confirmed', 'left')),
    -- 128 random bits in hex: the unsubscribe link, which works for ever
    token      text        NOT NULL CONSTRAINT one_token_per_subscriber UNIQUE,
    created_at timestamptz NOT NULL,
    left_at    timestamptz,
    CONSTRAINT left_has_time CHECK ((state = 'left') = (left_at IS NOT NULL))
);

-- A row is one issue for one reader. It is marked, never deleted.
CREATE TABLE deliveries (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    issue_id      bigint      NOT NULL REFERENCES issues,
    subscriber_id bigint      NOT NULL REFERENCES subscribers,
    address       text        NOT NULL,
    language      text        NOT NULL,
    message_id    text        NOT NULL CONSTRAINT one_message_id_per_delivery UNIQUE,
    state         text        NOT NULL DEFAULT 'queued'
        CONSTRAINT known_delivery_state CHECK (state IN ('queued', 'claimed', 'sending', 'sent', 'deferred', 'failed', 'uncertain', 'skipped', 'expired')),
    attempts      integer     NOT NULL DEFAULT 0,
    queued_at     timestamptz NOT NULL,
    next_at       timestamptz NOT NULL,
    lease_owner   text,
    lease_until   timestamptz,
    smtp_code     integer,
    reply         text,
    relay         text,
    sent_at       timestamptz,
    CONSTRAINT one_delivery_per_reader UNIQUE (issue_id, subscriber_id),
    CONSTRAINT sent_has_time CHECK (state <> 'sent' OR sent_at IS NOT NULL)
);
CREATE INDEX deliveries_due ON deliveries (next_at) WHERE state IN ('queued', 'deferred');
CREATE INDEX deliveries_leased ON deliveries (lease_until) WHERE state IN ('claimed', 'sending');
