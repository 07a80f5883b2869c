-- Why: beside the weekly issue there may be other editions, each with numbers, a ledger and readers of its own.

-- Whose number an issue has: 'weekly', 'paper', or the slug of a configured edition. An edition's issues are of kind
-- 'weekly' whatever their period: they are digests.
ALTER TABLE issues ADD COLUMN edition text NOT NULL DEFAULT 'weekly';
UPDATE issues SET edition = kind;
ALTER TABLE issues DROP CONSTRAINT one_issue_per_period;
ALTER TABLE issues DROP CONSTRAINT one_issue_per_number;
ALTER TABLE issues ADD CONSTRAINT one_issue_per_period UNIQUE (edition, period);
ALTER TABLE issues ADD CONSTRAINT one_issue_per_number UNIQUE (edition, number);

-- Slugs of the editions that a reader gets beside the weekly issue and the paper, which have columns of their own.
ALTER TABLE subscribers ADD COLUMN editions text[] NOT NULL DEFAULT '{}';
