-- Why: the readable text of an item, and the story it tells, are derived: they can be made again from items and pages.

-- A row is the readable text of one item. An item whose page could not be read still gets one, from its feed.
CREATE TABLE articles (
    item_id      bigint      PRIMARY KEY REFERENCES items,
    title        text        NOT NULL,
    author       text,
    language     text        NOT NULL,
    body         text        NOT NULL,
    how          text        NOT NULL CONSTRAINT known_origin CHECK (how IN ('page', 'feed', 'abstract', 'title')),
    complete     boolean     NOT NULL,
    n_chars      integer     NOT NULL,
    extracted_at timestamptz NOT NULL,
    note         text
);

-- A row is one event. Its items are in story_items; a merged story keeps its row and address.
CREATE TABLE stories (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lead_item_id  bigint      NOT NULL REFERENCES items,
    title         text        NOT NULL,
    language      text        NOT NULL,
    lane          text        NOT NULL,
    happened_at   timestamptz NOT NULL,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    n_items       integer     NOT NULL DEFAULT 1,
    n_owners      integer     NOT NULL DEFAULT 1,
    merged_into   bigint      REFERENCES stories,
    follows       bigint      REFERENCES stories,
    -- grows with each item that joins; judge looks again when its verdict is older than this
    changed_at    timestamptz NOT NULL
);
CREATE INDEX stories_by_time ON stories (happened_at) WHERE merged_into IS NULL;

-- A row puts an item into its story, with the reason.
CREATE TABLE story_items (
    item_id    bigint      PRIMARY KEY REFERENCES items,
    story_id   bigint      NOT NULL REFERENCES stories,
    reason     text        NOT NULL,
    similarity real        NOT NULL DEFAULT 1,
    joined_at  timestamptz NOT NULL
);
CREATE INDEX story_items_by_story ON story_items (story_id);
