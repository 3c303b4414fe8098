create table transcripts (
    id integer primary key,
    testimony integer not null references testimonies(id),
    recording integer references recordings(id),
    document integer references documents(id),
    parent integer references transcripts(id),
    kind text not null check (kind in ('imported', 'machine', 'corrected', 'translation')),
    language text,
    engine text,
    model text,
    options text,              -- JSON
    state text not null check (state in ('running', 'complete')),
    heard_until real not null default 0,   -- seconds of the recording already transcribed
    sha256 text,               -- of the text, once complete
    tagged_with text,          -- the vocabularies' versions, once tagged
    remark text,
    made_at text not null
);

create index transcripts_testimony on transcripts (testimony);

create table segments (
    id integer primary key,
    transcript integer not null references transcripts(id),
    position integer not null,
    start real,
    "end" real,
    speaker text,
    narrator integer references narrators(id),
    text text not null check (trim(text) <> ''),
    confidence real check (confidence between 0 and 1),
    reviewed integer not null default 0,
    unique (transcript, position)
);

create table word_timings (
    segment integer primary key references segments(id) on delete cascade,
    words text not null        -- JSON: [[start, end, text, probability], ...]
);

create trigger transcripts_are_immutable before update of position, start, "end", text on segments
when (select state from transcripts where id = old.transcript) = 'complete'
begin
    select raise(abort, 'a complete transcript is never changed: make a new revision');
end;
