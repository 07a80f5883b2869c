-- Why: a feed's text is kept plain; where its words lead (code, weights, papers) is kept beside it, for the article.

-- [{"text", "href"}] of summary and content, in their order
ALTER TABLE items ADD COLUMN links jsonb NOT NULL DEFAULT '[]';
