-- One layout of the index. A layout that changes takes another schema, which the next refresh fills: all of this is made from the records.
-- On Citus: passages, vectors, texts, tokens and postings are distributed by `document` and co-located; the others are reference tables.
CREATE SCHEMA zhengwen_index_1;

-- A passage is part of the generations in [born, died). What it says never changes; another text is another passage.
CREATE TABLE zhengwen_index_1.passages (
    document bigint NOT NULL,
    passage bigint NOT NULL,
    born bigint NOT NULL,
    died bigint NOT NULL,
    effective_on date NOT NULL,
    ends_on date,
    region text NOT NULL,
    length integer NOT NULL,
    checksum bigint NOT NULL,
    PRIMARY KEY (document, passage) INCLUDE (born, died, effective_on, ends_on, region)
);

-- `searched` after the adapter; `base` as the model made it, where that differs.
CREATE TABLE zhengwen_index_1.vectors (
    document bigint NOT NULL,
    passage bigint NOT NULL,
    searched vector NOT NULL,
    base halfvec,
    PRIMARY KEY (document, passage)
);
-- An exact scan reads them all: they stay in their rows.
ALTER TABLE zhengwen_index_1.vectors ALTER COLUMN searched SET STORAGE PLAIN, ALTER COLUMN base SET STORAGE PLAIN;

-- `body` is the passage as JSON; `terms` (int64) and how often each occurs (int32), little-endian.
CREATE TABLE zhengwen_index_1.texts (
    document bigint NOT NULL,
    passage bigint NOT NULL,
    id text NOT NULL,
    digest text NOT NULL,
    starts_at integer NOT NULL,
    ends_at integer NOT NULL,
    body bytea NOT NULL,
    terms bytea NOT NULL,
    occurrences bytea NOT NULL,
    PRIMARY KEY (document, passage)
);
ALTER TABLE zhengwen_index_1.texts ALTER COLUMN terms SET STORAGE EXTERNAL, ALTER COLUMN occurrences SET STORAGE EXTERNAL;

-- Vectors of a passage's tokens, int8 [tokens, width] row after row; only where they are used.
CREATE TABLE zhengwen_index_1.tokens (
    document bigint NOT NULL,
    passage bigint NOT NULL,
    width integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (document, passage)
);
ALTER TABLE zhengwen_index_1.tokens ALTER COLUMN content SET STORAGE EXTERNAL;

-- `length` of the passage in terms stands here too, so that a keyword search reads one index.
CREATE TABLE zhengwen_index_1.postings (
    term bigint NOT NULL,
    document bigint NOT NULL,
    passage bigint NOT NULL,
    occurrences integer NOT NULL,
    length integer NOT NULL,
    PRIMARY KEY (term, document, passage) INCLUDE (occurrences, length)
);

-- In how many passages of the generations in [born, died) a term stands.
CREATE TABLE zhengwen_index_1.terms (
    term bigint NOT NULL,
    born bigint NOT NULL,
    died bigint NOT NULL,
    containing integer NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (term, born)
);

CREATE TABLE zhengwen_index_1.generations (
    generation bigint PRIMARY KEY,
    snapshot_id text NOT NULL,
    manifest text NOT NULL,
    average_length double precision NOT NULL,
    average_cosine double precision NOT NULL,
    centre bytea NOT NULL
);

-- Files that a generation was made with: vocabulary, adapter.
CREATE TABLE zhengwen_index_1.files (
    generation bigint NOT NULL,
    name text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (generation, name)
);

-- One row each: what was written last, and what answers. A refresh writes the first, a switch the second.
CREATE TABLE zhengwen_index_1.head (
    one integer PRIMARY KEY CHECK (one = 1),
    generation bigint NOT NULL,
    last_passage bigint NOT NULL,
    made_with text NOT NULL
);
CREATE TABLE zhengwen_index_1.pointer (
    one integer PRIMARY KEY CHECK (one = 1),
    generation bigint,
    switches bigint NOT NULL
);
INSERT INTO zhengwen_index_1.head VALUES (1, 0, 0, '');
INSERT INTO zhengwen_index_1.pointer VALUES (1, NULL, 0);
