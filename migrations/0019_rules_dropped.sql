-- Why: a story that one model screened out is still read by another: what counts is what the rules think of it.

-- why the rules alone would screen it out; NULL: they would not, or it was judged before this column
ALTER TABLE verdicts ADD COLUMN rules_dropped text;
