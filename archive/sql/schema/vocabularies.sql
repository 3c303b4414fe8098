create table vocabularies (
    name text primary key check (name in ('place', 'movement', 'theme')),
    version integer not null,
    sha256 text not null,
    loaded_at text not null
) without rowid;

create table terms (
    id integer primary key,
    vocabulary text not null references vocabularies(name),
    slug text not null check (slug glob '[a-z0-9]*'),
    preferred text not null,
    scope_note text,
    kind text,
    latitude real,
    longitude real,
    precision_km real,
    from_year integer,
    until_year integer,
    match_case integer not null default 0,
    exact_match text,          -- JSON array of addresses
    retired integer not null default 0,   -- no longer in the file, kept for the tags that people confirmed
    unique (vocabulary, slug)
);

create table variants (
    term integer not null references terms(id) on delete cascade,
    language text not null,    -- 'mul' where every language uses it
    text text not null,
    label integer not null,    -- 1 for the preferred label in this language
    primary key (term, language, text)
) without rowid;

create table term_parents (
    term integer not null references terms(id) on delete cascade,
    parent integer not null references terms(id) on delete cascade,
    primary key (term, parent)
) without rowid;

create index term_parents_parent on term_parents (parent, term);

create table stop_phrases (
    vocabulary text not null references vocabularies(name),
    language text not null,
    text text not null,
    primary key (vocabulary, language, text)
) without rowid;

create table tags (
    id integer primary key,
    testimony integer not null references testimonies(id),
    segment integer references segments(id),   -- null: said of the testimony as a whole
    term integer not null references terms(id),
    start_char integer,
    end_char integer,
    source text not null check (source in ('rule', 'model', 'member', 'import')),
    state text not null check (state in ('suggested', 'confirmed', 'rejected')),
    needs_review integer not null default 0,
    vocabulary_version integer not null,
    tagger text,
    made_at text not null,
    check ((segment is null) = (start_char is null) and (start_char is null) = (end_char is null)),
    check (start_char is null or end_char > start_char)
);

create unique index tags_once on tags (testimony, coalesce(segment, 0), term, coalesce(start_char, -1), source);

create index tags_segment on tags (segment, term);

create index tags_term on tags (term);

create view counted_tags as   -- the tags that facets count: confirmed, or found by a rule or import and not in doubt
    select * from tags
    where state = 'confirmed' or (state = 'suggested' and source in ('rule', 'import') and not needs_review);
