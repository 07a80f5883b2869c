-- Why: what a source and its host told us of when and where to come again must outlive the process that heard it; what
-- was deleted must not come back as news; and how popular an item is can only be compared at equal ages.

ALTER TABLE sources
    -- "host:port" of the address that is asked: one request at a time, over all processes
    ADD COLUMN host               text    NOT NULL DEFAULT '',
    -- where permanent redirects lead, and how often in a row they were seen; from the third sighting on it is asked
    ADD COLUMN moved_to           text,
    ADD COLUMN n_moved            integer NOT NULL DEFAULT 0,
    -- whether a pause that another source of the same host was told holds for this one too
    ADD COLUMN heeds_host_pause   boolean NOT NULL DEFAULT true,
    -- what the last readable answer told of the source's rhythm and wishes
    ADD COLUMN rhythm             jsonb;

ALTER TABLE sources DROP CONSTRAINT known_source_state;
ALTER TABLE sources ADD CONSTRAINT known_source_state CHECK (state IN
    ('new', 'ok', 'quiet', 'undated', 'html-instead', 'empty', 'failing', 'blocked', 'gone', 'moved', 'never-worked'));
CREATE INDEX sources_by_lease ON sources (host) WHERE lease_until IS NOT NULL;

-- A row says until when a host wants to be left alone (429 or 503 with Retry-After).
CREATE TABLE hosts (
    host       text        PRIMARY KEY,
    not_before timestamptz NOT NULL
);

ALTER TABLE items ADD COLUMN doi text;

-- A row is one reading of how popular an item is somewhere.
CREATE TABLE signals (
    item_id     bigint      NOT NULL REFERENCES items ON DELETE CASCADE,
    source_id   bigint      NOT NULL REFERENCES sources,
    kind        text        NOT NULL CONSTRAINT known_signal CHECK (kind IN ('points', 'upvotes', 'likes', 'stars', 'comments', 'downloads')),
    value       bigint      NOT NULL,
    read_at     timestamptz NOT NULL,
    -- of the item: later stages compare readings of equal age
    age_minutes integer     NOT NULL,
    PRIMARY KEY (item_id, kind, source_id, read_at)
);

-- A row is an item that was deleted, by its publisher or here: it does not come back.
CREATE TABLE tombstones (
    source_id      bigint      NOT NULL REFERENCES sources,
    guid           text        NOT NULL,
    canonical_link text        NOT NULL,
    deleted_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source_id, guid)
);
CREATE INDEX tombstones_by_link ON tombstones (canonical_link);

-- Whoever deletes, by whatever way: the tombstone stands.
CREATE FUNCTION bury_item() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tombstones (source_id, guid, canonical_link)
    VALUES (old.source_id, old.guid, old.canonical_link) ON CONFLICT DO NOTHING;
    RETURN old;
END $$;
CREATE TRIGGER bury_item BEFORE DELETE ON items FOR EACH ROW EXECUTE FUNCTION bury_item();

-- What hangs on an item goes with it; what a story was built from does not go.
ALTER TABLE sightings DROP CONSTRAINT sightings_item_id_fkey,
    ADD FOREIGN KEY (item_id) REFERENCES items ON DELETE CASCADE;
ALTER TABLE item_revisions DROP CONSTRAINT item_revisions_item_id_fkey,
    ADD FOREIGN KEY (item_id) REFERENCES items ON DELETE CASCADE;
ALTER TABLE pages DROP CONSTRAINT pages_item_id_fkey,
    ADD FOREIGN KEY (item_id) REFERENCES items ON DELETE CASCADE;
ALTER TABLE articles DROP CONSTRAINT articles_item_id_fkey,
    ADD FOREIGN KEY (item_id) REFERENCES items ON DELETE CASCADE;
