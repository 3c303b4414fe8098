-- What all passages of one testimony (:testimony) can be chosen by: facet, key.
select 'recorded', substr(recorded_on, 1, 4) from testimonies where id = :testimony
    and (recorded_on glob '[0-9][0-9][0-9][0-9]' or recorded_on glob '[0-9][0-9][0-9][0-9]-*')  -- no decade
union all
select 'collection', collection from testimonies where id = :testimony and collection is not null
union all
select 'kind', kind from testimonies where id = :testimony;
-- What each of its passages can be chosen by besides, terms and years apart: passage, facet, key.
select id, 'narrator', cast(narrator as text) from passages where testimony = :testimony and narrator is not null
union all
select id, 'teller', described from passages join tellers using (narrator) where testimony = :testimony
union all
select passages.id, 'language', coalesce(passages.language, testimonies.language) from passages
    join testimonies on testimonies.id = testimony
    where testimony = :testimony and coalesce(passages.language, testimonies.language) is not null;
-- The terms of each of its passages: passage, term.
select passage, term from passages join passage_places on passage = passages.id where testimony = :testimony
union all
select passage, term from passages join passage_movements on passage = passages.id where testimony = :testimony
union all
select passage, term from passages join passage_themes on passage = passages.id where testimony = :testimony;
-- What a passage of it with one of these terms can be chosen by: the term and all above it.
select spoken.term, vocabulary, slug from (
    select term from testimony_places where testimony = :testimony
    union select term from testimony_movements where testimony = :testimony
    union select term from testimony_themes where testimony = :testimony
) spoken join term_ancestors on term_ancestors.term = spoken.term join terms on terms.id = ancestor
    where not retired or ancestor = spoken.term;
