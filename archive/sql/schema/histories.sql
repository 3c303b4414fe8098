create table histories (
    id integer primary key,
    slug text not null unique,
    title text not null,
    language text,
    status text not null check (status in ('draft', 'published', 'withdrawn')),
    sha256 text not null       -- of the Markdown file
);

create table citations (
    id integer primary key,
    history integer not null references histories(id),
    position integer not null,
    testimony integer not null references testimonies(id),
    transcript integer not null references transcripts(id),
    start real,
    "end" real,
    words_sha256 text not null,
    unique (history, position)
);

create index citations_testimony on citations (testimony);
