-- Why: a reader may ask for some topics; the frozen mail is cut to them, and a second attempt must cut it alike.

-- Empty: all of them.
ALTER TABLE subscribers ADD COLUMN topics text[] NOT NULL DEFAULT '{}';

-- As the reader had asked when the issue was published.
ALTER TABLE deliveries ADD COLUMN topics text[] NOT NULL DEFAULT '{}';

-- Which bytes of text and HTML are about which topics (model/topic.rs).
ALTER TABLE issue_renderings ADD COLUMN parts jsonb NOT NULL DEFAULT '{"text": [], "html": []}';
