-- What readers browse of one testimony (:testimony), derived from its transcript and its tags.
delete from passage_places where passage in (select id from passages where testimony = :testimony);
insert into passage_places (passage, term)
    select distinct segment, term from counted_tags
    join terms on terms.id = term and vocabulary = 'place'
    join passages on passages.id = segment
    where counted_tags.testimony = :testimony;
delete from testimony_places where testimony = :testimony;
insert into testimony_places (testimony, term)
    select :testimony, term from passage_places join passages on passages.id = passage where testimony = :testimony
    union
    select :testimony, term from counted_tags join terms on terms.id = term and vocabulary = 'place'
    where testimony = :testimony and segment is null;
delete from passage_movements where passage in (select id from passages where testimony = :testimony);
insert into passage_movements (passage, term)
    select distinct segment, term from counted_tags
    join terms on terms.id = term and vocabulary = 'movement'
    join passages on passages.id = segment
    where counted_tags.testimony = :testimony;
delete from testimony_movements where testimony = :testimony;
insert into testimony_movements (testimony, term)
    select :testimony, term from passage_movements join passages on passages.id = passage where testimony = :testimony
    union
    select :testimony, term from counted_tags join terms on terms.id = term and vocabulary = 'movement'
    where testimony = :testimony and segment is null;
delete from passage_themes where passage in (select id from passages where testimony = :testimony);
insert into passage_themes (passage, term)
    select distinct segment, term from counted_tags
    join terms on terms.id = term and vocabulary = 'theme'
    join passages on passages.id = segment
    where counted_tags.testimony = :testimony;
delete from testimony_themes where testimony = :testimony;
insert into testimony_themes (testimony, term)
    select :testimony, term from passage_themes join passages on passages.id = passage where testimony = :testimony
    union
    select :testimony, term from counted_tags join terms on terms.id = term and vocabulary = 'theme'
    where testimony = :testimony and segment is null;
update passages set
    places = nullif((select json_group_array(preferred) from (
        select preferred from passage_places join terms on terms.id = term where passage = passages.id order by preferred)), '[]'),
    movements = nullif((select json_group_array(preferred) from (
        select preferred from passage_movements join terms on terms.id = term where passage = passages.id order by preferred)), '[]'),
    themes = nullif((select json_group_array(preferred) from (
        select preferred from passage_themes join terms on terms.id = term where passage = passages.id order by preferred)), '[]')
where testimony = :testimony;
insert or replace into catalogue (id, accession, title, kind, narrators, language, recorded_on, collection, duration,
    passages, places, movements, themes)
select id, accession, title, kind,
    nullif((select json_group_array(name) from (
        select name from contributions join narrators on narrators.id = narrator
        where testimony = testimonies.id and role = 'narrator' order by contributions.position)), '[]'),
    language, recorded_on, collection,
    (select sum(duration) from recordings where testimony = testimonies.id),
    (select count(*) from passages where testimony = testimonies.id),
    nullif((select json_group_array(preferred) from (
        select preferred from testimony_places join terms on terms.id = term where testimony = testimonies.id order by preferred)), '[]'),
    nullif((select json_group_array(preferred) from (
        select preferred from testimony_movements join terms on terms.id = term where testimony = testimonies.id order by preferred)), '[]'),
    nullif((select json_group_array(preferred) from (
        select preferred from testimony_themes join terms on terms.id = term where testimony = testimonies.id order by preferred)), '[]')
from testimonies where id = :testimony;
