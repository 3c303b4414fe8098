-- What only a published edition has.
create table edition (           -- one row: whoever meets this table knows that all of this may be shown to everybody
    id integer primary key check (id = 1),
    schema integer not null
);

create table refused_uses (      -- what may not be done with a testimony, though it may be read or heard
    testimony integer not null references testimonies(id),
    use text not null,
    primary key (testimony, use)
) without rowid;

create table tombstones (        -- what was published and is not any more: its address says so, and nothing else does
    accession text primary key
) without rowid;
