-- Why: what a publisher took back must vanish from what is still to be told also where a story was built on it already;
-- and a source whose rules were edited must be read anew, although not a byte of it changed.

-- When the publisher took the item back; its tombstone stands beside it.
ALTER TABLE items ADD COLUMN withdrawn_at timestamptz;

-- How the source was read last: kind, selectors, path, filters. NULL: before this column was there.
ALTER TABLE sources ADD COLUMN rules text;
