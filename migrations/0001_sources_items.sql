-- Why: ground state of the crawl. What a source said must survive everything that is later derived from it,
-- so sources, items and their raw pages stand first and know nothing of stories, verdicts or issues.

-- A row is one configured origin of feeds.toml. Rows are never deleted: a source taken out of the file is disabled.
CREATE TABLE sources (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug          text        NOT NULL CONSTRAINT one_source_per_slug UNIQUE,
    name          text        NOT NULL,
    kind          text        NOT NULL,
    url           text        NOT NULL,
    lane          text        NOT NULL,
    language      text        NOT NULL,
    tier          text        NOT NULL,
    owner         text        NOT NULL,
    enabled       boolean     NOT NULL DEFAULT true,
    -- validators are opaque: stored and echoed byte for byte
    etag          text,
    last_modified text,
    body_sha256   bytea,
    next_at       timestamptz NOT NULL,
    lease_owner   text,
    lease_until   timestamptz,
    state         text        NOT NULL DEFAULT 'new'
        CONSTRAINT known_source_state CHECK (state IN ('new', 'ok', 'quiet', 'undated', 'html-instead', 'empty', 'failing', 'blocked', 'gone')),
    last_fetch_at timestamptz,
    last_ok_at    timestamptz,
    last_status   integer,
    last_error    text,
    failing_since timestamptz,
    n_failures    integer     NOT NULL DEFAULT 0,
    n_entries     integer     NOT NULL DEFAULT 0,
    repairs       text[]      NOT NULL DEFAULT '{}'
);
CREATE INDEX sources_due ON sources (next_at) WHERE enabled;

-- A row is one thing that a source published: an article, a paper, a release.
CREATE TABLE items (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id      bigint      NOT NULL REFERENCES sources,
    guid           text        NOT NULL,
    link           text        NOT NULL,
    canonical_link text        NOT NULL CONSTRAINT one_item_per_canonical_link UNIQUE,
    title          text        NOT NULL,
    summary        text        NOT NULL DEFAULT '',
    content        text        NOT NULL DEFAULT '',
    authors        text[]      NOT NULL DEFAULT '{}',
    categories     text[]      NOT NULL DEFAULT '{}',
    language       text        NOT NULL,
    published_at   timestamptz,
    first_seen_at  timestamptz NOT NULL,
    revised_at     timestamptz,
    content_sha256 bytea       NOT NULL,
    -- whether the item's own page is still to be fetched, and how that went
    page_state     text        NOT NULL DEFAULT 'wanted'
        CONSTRAINT known_page_state CHECK (page_state IN ('wanted', 'fetched', 'failed', 'not-needed')),
    page_attempts  integer     NOT NULL DEFAULT 0,
    page_next_at   timestamptz,
    page_error     text,
    CONSTRAINT one_item_per_guid UNIQUE (source_id, guid)
);
CREATE INDEX items_by_first_seen ON items (first_seen_at);
CREATE INDEX items_page_wanted ON items (page_next_at) WHERE page_state = 'wanted';

-- A row says that a further source listed the same canonical link: corroboration without a copy.
CREATE TABLE sightings (
    item_id   bigint      NOT NULL REFERENCES items,
    source_id bigint      NOT NULL REFERENCES sources,
    seen_at   timestamptz NOT NULL,
    CONSTRAINT one_sighting_per_source PRIMARY KEY (item_id, source_id)
);

-- A row is the text that an item had before its publisher changed it.
CREATE TABLE item_revisions (
    item_id    bigint      NOT NULL REFERENCES items,
    revised_at timestamptz NOT NULL,
    title      text        NOT NULL,
    summary    text        NOT NULL,
    content    text        NOT NULL,
    PRIMARY KEY (item_id, revised_at)
);

-- A row is the fetched page of an item, as bytes, until extract has read it.
CREATE TABLE pages (
    item_id      bigint      PRIMARY KEY REFERENCES items,
    final_url    text        NOT NULL,
    content_type text        NOT NULL DEFAULT '',
    body         bytea       NOT NULL,
    fetched_at   timestamptz NOT NULL
);
