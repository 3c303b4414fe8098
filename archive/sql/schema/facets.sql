-- What passages can be chosen by, derived from everything else; it can be rebuilt at any time.
create table term_ancestors (  -- every term with all that stand above it, and itself
    term integer not null references terms(id) on delete cascade,
    ancestor integer not null references terms(id) on delete cascade,
    primary key (term, ancestor)
) without rowid;

create index term_ancestors_ancestor on term_ancestors (ancestor, term);

create table term_names (      -- every name of every term as a reader may type it: small letters, no accents
    folded text not null,
    term integer not null references terms(id) on delete cascade,
    language text not null,
    text text not null,
    primary key (folded, term, language, text)
) without rowid;

create index term_names_term on term_names (term);

create table facet_values (
    id integer primary key,
    facet text not null,       -- place, movement, theme, narrator, teller, year, recorded, language, collection, kind
    key text not null,         -- a term's slug, a narrator's number, a year, a decade such as 1910s, a code, or words
    passages integer not null default 0,
    testimonies integer not null default 0,
    unique (facet, key)
);

create table passage_facets (  -- the values of each passage, and of the broader terms above them
    passage integer primary key,
    testimony integer not null,
    chosen blob not null       -- numbers of facet_values, 32 bits each, the lowest byte first
);

create index passage_facets_testimony on passage_facets (testimony, passage);

create table facet_passages (
    value integer not null,
    passage integer not null,
    primary key (value, passage)
) without rowid;

create table facet_testimonies (
    value integer not null,
    testimony integer not null,
    passages integer not null,
    primary key (value, testimony)
) without rowid;

create index facet_testimonies_testimony on facet_testimonies (testimony);

create table facet_pairs (     -- in how many passages two values stand together; the smaller number first
    value integer not null,
    other integer not null,
    passages integer not null,
    primary key (value, other)
) without rowid;

create index facet_pairs_other on facet_pairs (other, value);

create table tellers (         -- how narrators describe themselves: woman, docker, tenant
    narrator integer not null references narrators(id),
    described text not null check (trim(described) <> ''),
    primary key (narrator, described)
) without rowid;

create virtual table passages_vocabulary using fts5vocab(passages_fts, 'row');
