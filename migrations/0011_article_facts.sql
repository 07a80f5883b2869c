-- Why: what a page says of itself (when, where, which picture) is part of the article, and a paper that may become the
-- month's pick is read as a whole while its abstract stays what is grouped and judged.

ALTER TABLE articles
    -- as the page states it
    ADD COLUMN published_at   timestamptz,
    ADD COLUMN site           text,
    ADD COLUMN canonical_link text,
    ADD COLUMN image          text,
    ADD COLUMN image_alt      text,
    -- the whole text of a paper, without references
    ADD COLUMN paper          text;
