-- What each narrator of an edition can be looked for by: narrator, facet, key, accession number.
-- Words of nobody known may be anybody's who tells in the testimony. A testimony in which nobody is named counts as one
-- narrator, with the testimony's number below zero.
with tells as (
    select testimony, narrator from contributions where role = 'narrator'
    union
    select testimony, narrator from passages where narrator is not null
    union
    select id, -id from testimonies where id not in (
        select testimony from contributions where role = 'narrator'
        union select testimony from passages where narrator is not null)
),
told as (
    select id as passage, testimony, narrator, language from passages where narrator is not null
    union all
    select id, testimony, tells.narrator, language from passages join tells using (testimony)
    where passages.narrator is null
),
of_passages as (
    select passage, term from passage_places
    union all select passage, term from passage_movements
    union all select passage, term from passage_themes
),
of_the_whole as (
    select testimony, term from testimony_places
    union all select testimony, term from testimony_movements
    union all select testimony, term from testimony_themes
    except select testimony, term from of_passages join passages on passages.id = passage
),
recorded_in as (    -- the term of the place of recording, where the vocabulary knows it
    select testimonies.id as testimony, place, (
        select slug from variants join terms on terms.id = term
        where text = place and vocabulary = 'place' order by label desc, term limit 1) as slug
    from testimonies where place is not null
),
found as (
    select narrator, vocabulary as facet, slug as key, testimony from told
        join of_passages using (passage) join terms on terms.id = term
    union
    select narrator, vocabulary, slug, testimony from tells join of_the_whole using (testimony)
        join terms on terms.id = term
    union
    select narrator, 'place', coalesce(slug, place), testimony from tells join recorded_in using (testimony)
    union
    select narrator, 'language', coalesce(told.language, testimonies.language), testimony from told
        join testimonies on testimonies.id = testimony
    union
    select narrator, 'language', language, testimony from tells join testimonies on testimonies.id = testimony
    union
    select narrator, 'recorded', recorded_on, testimony from tells join testimonies on testimonies.id = testimony
    union
    select narrator, 'teller', described, testimony from tells join tellers using (narrator)
)
select narrator, facet, key, accession from found join testimonies on testimonies.id = testimony
where key is not null order by narrator, facet, key, testimony;
