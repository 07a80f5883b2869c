-- Why: which paper a month is told to read is a choice that must be seen: who else stood on the shortlist, what spoke for
-- each, who compared them. And the operator may decide otherwise.

-- A row is a place on the shortlist of a paper issue: place 1 is the chosen one. Frozen with its issue.
CREATE TABLE paper_choices (
    issue_id  bigint      NOT NULL REFERENCES issues,
    place     integer     NOT NULL CONSTRAINT place_counts_from_one CHECK (place > 0),
    -- arXiv id without version, else the paper's address
    paper     text        NOT NULL,
    story_id  bigint      NOT NULL REFERENCES stories,
    n_won     integer     NOT NULL,
    outcome   text        NOT NULL
        CONSTRAINT known_paper_outcome CHECK (outcome IN ('chosen', 'beaten', 'same-group', 'thin', 'pinned')),
    -- flag, points and words of each reason
    reasons   jsonb       NOT NULL,
    -- "rules", "operator" or a model's name
    judge     text        NOT NULL,
    PRIMARY KEY (issue_id, place)
);

-- A row is the operator's wish for a month.
CREATE TABLE paper_pins (
    period    text        NOT NULL CONSTRAINT one_pin_per_period PRIMARY KEY,
    paper     text        NOT NULL,
    pinned_at timestamptz NOT NULL
);
