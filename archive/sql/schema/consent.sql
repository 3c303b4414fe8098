create table consents (
    id integer primary key,
    testimony integer not null references testimonies(id),
    narrator integer references narrators(id),
    event text not null,
    detail text not null,      -- JSON
    at text not null,
    actor text not null,
    previous_hash text not null,
    hash text not null unique
);

create index consents_testimony on consents (testimony);

create trigger consents_are_never_changed before update on consents begin
    select raise(abort, 'consent is a history: add an event, never change one');
end;

create trigger consents_are_never_deleted before delete on consents begin
    select raise(abort, 'consent is a history: add an event, never delete one');
end;

create table redactions (
    id integer primary key,
    testimony integer not null references testimonies(id),
    segment integer references segments(id),
    start_char integer,
    end_char integer,
    start real,
    "end" real,
    reason text not null,
    replacement text,
    state text not null check (state in ('proposed', 'approved', 'rejected')),
    actor text not null,
    at text not null
);

create index redactions_testimony on redactions (testimony);

create table publications (
    id integer primary key,
    built_at text not null,
    sha256 text not null,
    contents text not null     -- JSON: accession numbers and what of each was published
);
