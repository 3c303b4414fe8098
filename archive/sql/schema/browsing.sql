-- Everything here is derived from the other tables and can be rebuilt from them.
create table passages (
    id integer primary key references segments(id),
    testimony integer not null references testimonies(id),
    position integer not null,
    start real,
    "end" real,
    narrator integer references narrators(id),
    language text,
    text text not null,
    spaced text,               -- the text with U+200B between characters of scripts that do not separate words, else null
    places text,               -- JSON arrays of preferred names
    movements text,
    themes text
);

create index passages_testimony on passages (testimony, position);

create index passages_language on passages (language);

create view passage_words as select id, coalesce(spaced, text) as text from passages;

-- vowel signs (Mn, Mc) belong to their word, or else Hindi words would fall into pieces
create virtual table passages_fts using fts5 (
    text, content = 'passage_words', content_rowid = 'id',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'"
);

create trigger passages_inserted after insert on passages begin
    insert into passages_fts (rowid, text) values (new.id, coalesce(new.spaced, new.text));
end;

create trigger passages_deleted after delete on passages begin
    insert into passages_fts (passages_fts, rowid, text) values ('delete', old.id, coalesce(old.spaced, old.text));
end;

create trigger passages_reworded after update of text, spaced on passages begin
    insert into passages_fts (passages_fts, rowid, text) values ('delete', old.id, coalesce(old.spaced, old.text));
    insert into passages_fts (rowid, text) values (new.id, coalesce(new.spaced, new.text));
end;

create table catalogue (
    id integer primary key references testimonies(id),
    accession text not null,
    title text not null,
    kind text not null,
    narrators text,            -- JSON array of names
    language text,
    recorded_on text,
    collection text,
    duration real,
    passages integer not null,
    places text,
    movements text,
    themes text
);

create table passage_places (
    passage integer not null references passages(id) on delete cascade,
    term integer not null references terms(id),
    primary key (passage, term)
) without rowid;

create index passage_places_term on passage_places (term, passage);

create table passage_movements (
    passage integer not null references passages(id) on delete cascade,
    term integer not null references terms(id),
    primary key (passage, term)
) without rowid;

create index passage_movements_term on passage_movements (term, passage);

create table passage_themes (
    passage integer not null references passages(id) on delete cascade,
    term integer not null references terms(id),
    primary key (passage, term)
) without rowid;

create index passage_themes_term on passage_themes (term, passage);

create table testimony_places (
    testimony integer not null references testimonies(id),
    term integer not null references terms(id),
    primary key (testimony, term)
) without rowid;

create index testimony_places_term on testimony_places (term, testimony);

create table testimony_movements (
    testimony integer not null references testimonies(id),
    term integer not null references terms(id),
    primary key (testimony, term)
) without rowid;

create index testimony_movements_term on testimony_movements (term, testimony);

create table testimony_themes (
    testimony integer not null references testimonies(id),
    term integer not null references terms(id),
    primary key (testimony, term)
) without rowid;

create index testimony_themes_term on testimony_themes (term, testimony);

create table term_counts (
    term integer primary key references terms(id),
    testimonies integer not null,
    passages integer not null
);
