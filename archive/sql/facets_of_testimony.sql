-- What each passage of one testimony (:testimony) can be chosen by, years apart: passage, facet, key.
with said as (select id, narrator, language from passages where testimony = :testimony),
tagged as (
    select passage, term from said join passage_places on passage = said.id
    union all select passage, term from said join passage_movements on passage = said.id
    union all select passage, term from said join passage_themes on passage = said.id
)
select distinct passage, vocabulary, slug from tagged
    join term_ancestors using (term) join terms on terms.id = ancestor where not retired or ancestor = tagged.term
union all
select id, 'narrator', cast(narrator as text) from said where narrator is not null
union all
select id, 'teller', described from said join tellers using (narrator)
union all
select said.id, 'language', coalesce(said.language, testimonies.language) from said
    join testimonies on testimonies.id = :testimony where coalesce(said.language, testimonies.language) is not null
union all
select said.id, 'recorded', substr(recorded_on, 1, 4) from said
    join testimonies on testimonies.id = :testimony
        where recorded_on glob '[0-9][0-9][0-9][0-9]' or recorded_on glob '[0-9][0-9][0-9][0-9]-*'  -- no decade
union all
select said.id, 'collection', collection from said
    join testimonies on testimonies.id = :testimony where collection is not null
union all
select said.id, 'kind', kind from said join testimonies on testimonies.id = :testimony;
