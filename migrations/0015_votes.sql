-- Why: a reader must be able to say "this was hype" or "this was wrong", and a confirmed error must come back to those who
-- read it, once.

-- A row is a key that signs links. It is made here, so that no GET ever has to make one.
CREATE TABLE secrets (
    name  text  PRIMARY KEY,
    value bytea NOT NULL
);
INSERT INTO secrets VALUES
    ('votes', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- A row is what one voter says about one story: a reader by the link in the mail, or a visitor of the archive, who is a
-- random number. Another vote replaces it; one that was taken back keeps its row, without its words.
CREATE TABLE votes (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    story_id      bigint      NOT NULL REFERENCES stories,
    subscriber_id bigint      REFERENCES subscribers ON DELETE CASCADE,
    visitor       text,
    kind          text        NOT NULL CONSTRAINT known_vote_kind CHECK (kind IN ('hype', 'solid', 'wrong')),
    comment       text        NOT NULL DEFAULT '' CONSTRAINT short_comment CHECK (char_length(comment) <= 500),
    first_at      timestamptz NOT NULL,
    voted_at      timestamptz NOT NULL,
    taken_back_at timestamptz,
    CONSTRAINT one_voter CHECK (num_nonnulls(subscriber_id, visitor) = 1),
    CONSTRAINT one_vote_per_reader UNIQUE (story_id, subscriber_id),
    CONSTRAINT one_vote_per_visitor UNIQUE (story_id, visitor)
);
CREATE INDEX votes_of_visitors ON votes (first_at) WHERE visitor IS NOT NULL;
CREATE INDEX votes_by_time ON votes (voted_at) WHERE taken_back_at IS NULL;

-- A row is a confirmed error of a story, in both languages. It stands on the story's page at once, and in one weekly issue.
CREATE TABLE errata (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    story_id bigint      NOT NULL REFERENCES stories,
    -- the vote that told of it, if one did
    vote_id  bigint      CONSTRAINT one_erratum_per_vote UNIQUE REFERENCES votes ON DELETE SET NULL,
    text_en  text        NOT NULL CONSTRAINT erratum_in_english CHECK (char_length(text_en) BETWEEN 1 AND 600),
    text_zh  text        NOT NULL CONSTRAINT erratum_in_chinese CHECK (char_length(text_zh) BETWEEN 1 AND 600),
    noted_at timestamptz NOT NULL,
    -- the issue that told it; NULL: the next one will
    told_in  bigint      REFERENCES issues,
    CONSTRAINT one_erratum_per_text UNIQUE (story_id, text_en)
);
CREATE INDEX errata_to_tell ON errata (id) WHERE told_in IS NULL;
