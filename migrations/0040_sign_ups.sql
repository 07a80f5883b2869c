-- Why: anybody may type any address into a form, so only who confirms by mail becomes a reader; what was agreed to is
-- kept; and who asked to be forgotten, or never to be written to, is not signed up again unasked.

-- The salt of the keys below: without it nobody can try addresses against them.
INSERT INTO secrets VALUES
    ('addresses', sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- Stands for an address that is not kept itself.
CREATE FUNCTION address_key(address text) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(value || convert_to(lower(address), 'UTF8')) FROM secrets WHERE name = 'addresses'
$$;

-- IANA name; none: the operator's.
ALTER TABLE subscribers ADD COLUMN IF NOT EXISTS time_zone text;
ALTER TABLE subscribers
    -- nothing is queued before
    ADD COLUMN paused_until timestamptz,
    -- the row is all that is left: deliveries still count it, nothing in it tells who it was
    ADD COLUMN erased_at timestamptz;
CREATE INDEX subscribers_by_address ON subscribers (lower(email));

-- A row is an address that waits for its owner's word: of somebody new, or of a reader who moves. It is deleted after seven
-- days, confirmed or not; nothing is queued for it but the question.
CREATE TABLE sign_ups (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text        NOT NULL,
    -- the reader who moves
    subscriber_id bigint      REFERENCES subscribers ON DELETE CASCADE,
    language      text        NOT NULL CONSTRAINT known_sign_up_language CHECK (language IN ('en', 'zh')),
    topics        text[]      NOT NULL DEFAULT '{}',
    weekly        boolean     NOT NULL,
    monthly       boolean     NOT NULL,
    time_zone     text,
    asked_at      timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    -- evidence: the client's network address, and the version of the words that were agreed to
    asked_from    text        NOT NULL,
    wording       text        NOT NULL,
    confirmed_at  timestamptz
);
CREATE UNIQUE INDEX one_sign_up_per_address ON sign_ups (lower(email)) WHERE subscriber_id IS NULL;
CREATE UNIQUE INDEX one_move_per_reader ON sign_ups (subscriber_id) WHERE subscriber_id IS NOT NULL;
CREATE INDEX sign_ups_by_end ON sign_ups (expires_at);

-- A row is a mail to one person outside any issue, written when it is sent. It holds no address: `mailbox_key` is what the
-- limits count by, and outlives the sign-up for a month.
CREATE TABLE letters (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- 'confirm': is this your wish? 'link': the way to one's preferences. 'welcome': it begins.
    kind          text        NOT NULL CONSTRAINT known_letter_kind CHECK (kind IN ('confirm', 'link', 'welcome')),
    sign_up_id    bigint      REFERENCES sign_ups ON DELETE SET NULL,
    subscriber_id bigint      REFERENCES subscribers ON DELETE CASCADE,
    mailbox_key   bytea       NOT NULL,
    -- SHA-256 of the token in its link
    token_hash    bytea       CONSTRAINT one_letter_per_token UNIQUE,
    state         text        NOT NULL DEFAULT 'queued'
        CONSTRAINT known_letter_state CHECK (state IN ('queued', 'sending', 'sent', 'deferred', 'failed', 'uncertain', 'skipped')),
    attempts      integer     NOT NULL DEFAULT 0,
    queued_at     timestamptz NOT NULL,
    next_at       timestamptz NOT NULL,
    reply         text
);
CREATE INDEX letters_due ON letters (next_at) WHERE state IN ('queued', 'deferred');
CREATE INDEX letters_by_mailbox ON letters (mailbox_key, queued_at);
CREATE INDEX letters_by_time ON letters (queued_at);
CREATE INDEX letters_by_sign_up ON letters (sign_up_id);

-- A row counts what one client (an IPv4 address, an IPv6 /64) asked for within an hour. It is deleted after a day.
CREATE TABLE sign_up_clients (
    client text        NOT NULL,
    hour   timestamptz NOT NULL,
    n      integer     NOT NULL,
    PRIMARY KEY (client, hour)
);

-- A row says that a reader agreed: when, to which words, from where, and when the address confirmed it.
CREATE TABLE consents (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subscriber_id  bigint      NOT NULL REFERENCES subscribers ON DELETE CASCADE,
    how            text        NOT NULL CONSTRAINT known_consent CHECK (how IN ('sign-up', 'move', 'import', 'operator')),
    asked_at       timestamptz NOT NULL,
    asked_from     text        NOT NULL,
    wording        text        NOT NULL,
    confirmed_at   timestamptz,
    confirmed_from text
);
CREATE INDEX consents_by_reader ON consents (subscriber_id);

-- A row is an address, by its key, that nobody but its owner may sign up again ('erased'), or nobody at all.
CREATE TABLE suppressions (
    address_key bytea       PRIMARY KEY,
    reason      text        NOT NULL CONSTRAINT known_suppression CHECK (reason IN ('erased', 'complaint', 'bounce', 'operator')),
    since       timestamptz NOT NULL
);

-- A row is a token of a reader who moved: an unsubscribe link works for ever, also in mails to the former address.
CREATE TABLE former_tokens (
    token         text   PRIMARY KEY,
    subscriber_id bigint NOT NULL REFERENCES subscribers ON DELETE CASCADE
);
