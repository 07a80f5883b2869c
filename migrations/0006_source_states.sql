-- Why: a source that has never answered is a mistake in feeds.toml, not a fault of the source; the operator should see which.

ALTER TABLE sources DROP CONSTRAINT known_source_state;
ALTER TABLE sources ADD CONSTRAINT known_source_state CHECK (state IN
    ('new', 'ok', 'quiet', 'undated', 'html-instead', 'empty', 'failing', 'blocked', 'gone', 'never-worked'));
