-- Why: what broke should come to the operator once a week by itself, and never twice for one week.

-- A row is the operator's mail of one ISO week.
CREATE TABLE operator_mails (
    period      text        PRIMARY KEY,
    message_id  text        NOT NULL,
    subject     text        NOT NULL,
    body        text        NOT NULL,
    composed_at timestamptz NOT NULL,
    state       text        NOT NULL DEFAULT 'queued'
        CONSTRAINT known_operator_mail_state CHECK (state IN ('queued', 'sending', 'sent', 'deferred', 'failed', 'uncertain')),
    attempts    integer     NOT NULL DEFAULT 0,
    next_at     timestamptz NOT NULL,
    error       text
);
