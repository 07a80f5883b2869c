-- Why: an operator who wants to see an issue before its readers do gets it as a draft. It is no issue yet: it has no number,
-- no rendering and no delivery, and nothing of it is told until it is approved.

-- A row is what an issue of a period will be made from. It is marked when it is closed, never deleted.
CREATE TABLE drafts (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- which series of issues: 'weekly'
    edition      text        NOT NULL,
    period       text        NOT NULL,
    starts_at    timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    -- edition::Inputs with the operator's edits
    inputs       jsonb       NOT NULL,
    -- earlier edits, the newest last: what can be undone
    undo         jsonb       NOT NULL DEFAULT '[]',
    -- counts the changes: a change to an older revision is refused
    revision     integer     NOT NULL DEFAULT 1,
    state        text        NOT NULL DEFAULT 'held'
        CONSTRAINT known_draft_state CHECK (state IN ('held', 'published', 'discarded')),
    made_at      timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    closed_at    timestamptz,
    issue_id     bigint REFERENCES issues,
    -- mails to the operator so far, and when the next is due
    n_mails      integer     NOT NULL DEFAULT 0,
    next_mail_at timestamptz NOT NULL,
    CONSTRAINT closed_has_time CHECK ((state = 'held') = (closed_at IS NULL)),
    CONSTRAINT published_has_issue CHECK ((state = 'published') = (issue_id IS NOT NULL))
);
CREATE UNIQUE INDEX one_held_draft_per_period ON drafts (edition, period) WHERE state = 'held';
