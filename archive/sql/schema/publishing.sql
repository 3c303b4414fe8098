-- What is decided about publishing, besides consent: what is cut, generalised, accepted, said beforehand, and was published.
drop table redactions;

create table redactions (      -- one mark for text, words, sound and picture's sound
    id integer primary key,
    testimony integer not null references testimonies(id),
    recording integer references recordings(id),
    segment integer references segments(id),   -- null: only sound is cut
    start_char integer,
    end_char integer,
    words text,                -- what was marked, to find it again in a later revision
    start real,                -- seconds of the recording, without the padding; null where the words have no times
    "end" real,
    reason text not null,
    replacement text,          -- null: a sign that something was left out
    source text not null check (source in ('member', 'rule', 'vault', 'model')),
    state text not null check (state in ('proposed', 'approved', 'rejected')),
    proposed_by text not null,
    proposed_at text not null,
    decided_by text,
    decided_at text,
    check ((segment is null) = (start_char is null) and (segment is null) = (end_char is null)),
    check (end_char > start_char),
    check ("end" >= start),
    check (segment is not null or start is not null)
);

create index redactions_testimony on redactions (testimony);

create unique index redactions_once on redactions (testimony, coalesce(segment, 0), coalesce(start_char, -1),
    coalesce(end_char, -1), coalesce(start, -1), coalesce("end", -1));

create table generalisations (   -- what is published in place of a term or a year that would single somebody out
    testimony integer not null references testimonies(id),
    facet text not null check (facet in ('place', 'movement', 'theme', 'teller', 'language', 'recorded')),
    key text not null,
    broader text,              -- the key of the same facet that is published instead; null: it is left out
    actor text not null,
    at text not null,
    primary key (testimony, facet, key)
) without rowid;

create table accepted_risks (    -- what singles a narrator out and is published all the same, as somebody decided by name
    narrator integer not null, -- of narrators; below zero the number of a testimony that names nobody
    combination text not null, -- JSON: [[facet, key], ...] in their order
    actor text not null,
    at text not null,
    primary key (narrator, combination)
) without rowid;

create table content_notes (     -- shown before a testimony is read or played; written by the community, never by the program
    id integer primary key,
    testimony integer not null references testimonies(id),
    kind text not null check (kind in ('note', 'label')),
    language text,
    text text not null check (trim(text) <> ''),
    actor text not null,
    at text not null
);

create index content_notes_testimony on content_notes (testimony);

create table publication_key (   -- from it the names of published files are made, so that nobody can guess them
    id integer primary key check (id = 1),
    key blob not null
);
