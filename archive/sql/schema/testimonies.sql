create table narrators (
    id integer primary key,
    name text not null unique check (trim(name) <> ''),  -- display name or pseudonym, never a name to be protected
    note text
);

create table testimonies (
    id integer primary key,
    accession text not null unique check (accession glob '[0-9][0-9][0-9][0-9].[0-9][0-9][0-9]*'),
    title text not null,
    kind text not null check (kind in ('interview', 'account', 'assembly')),
    language text,
    recorded_on text,
    place text,
    summary text,
    collection text,
    label text,            -- shown with the title everywhere, such as "Written for demonstration, not a testimony"
    sources text,          -- one a line
    transcript integer references transcripts(id),  -- the revision that readers see
    accessioned_at text not null
);

create table contributions (
    testimony integer not null references testimonies(id),
    narrator integer not null references narrators(id),
    role text not null check (role in ('narrator', 'interviewer')),
    position integer not null,
    primary key (testimony, narrator, role)
) without rowid;

create table recordings (
    id integer primary key,
    testimony integer not null references testimonies(id),
    sha256 text not null unique check (length(sha256) = 64),
    media_type text not null,
    suffix text not null,
    bytes integer not null,
    duration real not null,    -- seconds, decoded
    filename text not null,
    state text not null check (state in ('waiting', 'transcribed', 'failed')),
    remark text,
    accessioned_at text not null
);

create index recordings_testimony on recordings (testimony);

create table documents (
    id integer primary key,
    testimony integer not null references testimonies(id),
    sha256 text not null check (length(sha256) = 64),
    media_type text not null,
    suffix text not null,
    bytes integer not null,
    filename text not null,
    remark text,
    accessioned_at text not null,
    unique (sha256, testimony)     -- two recordings may share one transcript
);

create index documents_testimony on documents (testimony);

create table events (
    id integer primary key,
    at text not null,
    actor text not null,
    action text not null,
    testimony integer references testimonies(id),
    detail text
);

create index events_testimony on events (testimony);
