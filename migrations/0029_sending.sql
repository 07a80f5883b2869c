-- Why: a resent message must be the same bytes, limits and pauses must hold for all senders on one database, and a reader
-- far away wants the issue in the morning too.

-- Domains of one provider share their limits: gmail.com and googlemail.com are one door. Others stand for themselves.
CREATE FUNCTION domain_group(address text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN domain IN ('gmail.com', 'googlemail.com') THEN 'gmail'
        WHEN domain ~ '^(outlook|hotmail|live|msn)(\.[a-z]{2,3}){1,2}$' THEN 'outlook'
        WHEN domain ~ '^(yahoo|ymail|rocketmail|aol)(\.[a-z]{2,3}){1,2}$' THEN 'yahoo'
        WHEN domain IN ('icloud.com', 'me.com', 'mac.com') THEN 'icloud'
        WHEN domain IN ('qq.com', 'vip.qq.com', 'foxmail.com') THEN 'qq'
        WHEN domain IN ('163.com', '126.com', 'yeah.net', 'vip.163.com') THEN 'netease'
        WHEN domain IN ('sina.com', 'sina.cn', 'vip.sina.com') THEN 'sina'
        ELSE domain
    END
    FROM (SELECT lower(substring(address FROM '[^@]*$')) AS domain) AS of_address
$$;

ALTER TABLE deliveries
    ADD COLUMN domain_group   text GENERATED ALWAYS AS (domain_group(address)) STORED,
    -- the message's Date: that of the first attempt, for every attempt
    ADD COLUMN dated_at       timestamptz,
    -- of the bytes of the first attempt: what is sent again must be the same
    ADD COLUMN message_sha256 text,
    ADD COLUMN uncertain_at   timestamptz,
    -- when an uncertain one was queued once more, by rule
    ADD COLUMN resent_at      timestamptz,
    -- when the operator wished it sent all the same: it is not too late before so many hours after this
    ADD COLUMN approved_at    timestamptz;
UPDATE deliveries SET uncertain_at = queued_at WHERE state = 'uncertain';

-- Rows of one issue are due at one moment: taking the first fifty must not sort a million.
DROP INDEX deliveries_due;
CREATE INDEX deliveries_due ON deliveries (next_at, id) WHERE state IN ('queued', 'deferred');
CREATE INDEX deliveries_uncertain ON deliveries (uncertain_at) WHERE state = 'uncertain';

-- IANA name; none: the operator's.
ALTER TABLE subscribers ADD COLUMN time_zone text;

-- A row says that nothing goes a certain way for a while: 'all' (the operator's switch), 'relay HOST:PORT', 'domain GROUP'.
CREATE TABLE send_holds (
    scope      text        PRIMARY KEY,
    until      timestamptz NOT NULL,
    reason     text        NOT NULL,
    -- failures in a row: each makes the next pause longer; a success ends the row
    n_failures integer     NOT NULL DEFAULT 0,
    set_at     timestamptz NOT NULL
);

-- A row is how much of a limit is left, shared by all senders: tokens for a second or minute; for a day what was used of it.
CREATE TABLE send_buckets (
    scope    text             NOT NULL,
    span     text             NOT NULL CONSTRAINT known_span CHECK (span IN ('second', 'minute', 'day')),
    level    double precision NOT NULL,
    as_of    timestamptz      NOT NULL,
    PRIMARY KEY (scope, span)
);
