-- Why: a new item must find what tells the same event without reading the archive, in two languages too; and whatever
-- grouping decided, also later and otherwise, must stay explainable.

-- A row says that a telling term (its hash) stands in an item of a story. Only ever asked for by term, latest first.
CREATE TABLE item_terms (
    term    bigint      NOT NULL,
    at      timestamptz NOT NULL,
    item_id bigint      NOT NULL,
    PRIMARY KEY (term, at, item_id)
);

-- A row counts the grouped items that hold a term, and those of them that write it with a small letter. Term 0 counts all items.
CREATE TABLE term_counts (
    term    bigint  PRIMARY KEY,
    n_items integer NOT NULL,
    n_small integer NOT NULL
);

-- A row is what a text means to a model. Another model makes vectors of its own; they are never compared with each other.
CREATE TABLE embeddings (
    item_id     bigint      NOT NULL REFERENCES items ON DELETE CASCADE,
    model       text        NOT NULL,
    dimension   integer     NOT NULL,
    vector      real[]      NOT NULL,
    embedded_at timestamptz NOT NULL,
    CONSTRAINT vector_has_dimension CHECK (cardinality(vector) = dimension),
    PRIMARY KEY (item_id, model)
);

ALTER TABLE story_items
    -- the item of the same story whose text this one repeats: syndicated copies corroborate nothing
    ADD COLUMN copy_of bigint REFERENCES items,
    -- whether its terms stand in item_terms and are counted
    ADD COLUMN indexed boolean NOT NULL DEFAULT false;
CREATE INDEX story_items_to_index ON story_items (item_id) WHERE NOT indexed;
CREATE INDEX stories_by_followed ON stories (follows) WHERE follows IS NOT NULL;

-- A row is one decision about a story, with its reason.
CREATE TABLE story_decisions (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    story_id       bigint      NOT NULL REFERENCES stories,
    kind           text        NOT NULL CONSTRAINT known_decision
        CHECK (kind IN ('opened', 'joined', 'left', 'merged', 'follows', 'lead')),
    item_id        bigint      REFERENCES items,
    other_story_id bigint      REFERENCES stories,
    reason         text        NOT NULL,
    decided_at     timestamptz NOT NULL
);
CREATE INDEX story_decisions_by_story ON story_decisions (story_id);

-- Which articles are new to grouping, and which were read again since, is found without looking at all others.
ALTER TABLE articles ADD COLUMN grouped_at timestamptz;
UPDATE articles a SET grouped_at = a.extracted_at FROM story_items si WHERE si.item_id = a.item_id;
CREATE INDEX articles_to_group ON articles (item_id) WHERE grouped_at IS NULL;
CREATE INDEX articles_read_again ON articles (item_id) WHERE grouped_at < extracted_at;
