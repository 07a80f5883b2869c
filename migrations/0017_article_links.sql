-- Why: a reader wants to touch what is told, so the links of a text to code, weights and papers are kept with it.
ALTER TABLE articles ADD COLUMN links text[] NOT NULL DEFAULT '{}';
