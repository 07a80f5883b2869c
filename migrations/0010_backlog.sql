-- Why: what a new source lists without dates is its past, not this week's news.

-- Whether it stood there without a date when its source was read for the first time: nobody knows how old it is.
ALTER TABLE items ADD COLUMN is_backlog boolean NOT NULL DEFAULT false;
