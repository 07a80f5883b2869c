-- Why: rules judge everything and a model only what could enter an issue, so a verdict keeps what the rules thought of it;
-- and the ledger says what left the machine, not only how much.

-- the score as the rules alone gave it: by it stories compete for the model's time
ALTER TABLE verdicts ADD COLUMN rules_score real;
-- hash of the rules and their weights: a verdict by others is made anew while its story is young
ALTER TABLE verdicts ADD COLUMN rules_hash text NOT NULL DEFAULT '';

-- what of the texts was sent: full, extract or titles; '' where it was booked before this column
ALTER TABLE model_calls ADD COLUMN sent text NOT NULL DEFAULT '';
ALTER TABLE model_calls ADD COLUMN n_stories integer NOT NULL DEFAULT 1;
