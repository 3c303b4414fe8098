-- How many testimonies and passages speak of each term.
delete from term_counts;
insert into term_counts (term, testimonies, passages)
    select term, sum(testimonies), sum(passages) from (
        select term, count(*) as testimonies, 0 as passages from testimony_places group by term
        union all
        select term, 0, count(*) from passage_places group by term
    ) group by term
    union all
    select term, sum(testimonies), sum(passages) from (
        select term, count(*) as testimonies, 0 as passages from testimony_movements group by term
        union all
        select term, 0, count(*) from passage_movements group by term
    ) group by term
    union all
    select term, sum(testimonies), sum(passages) from (
        select term, count(*) as testimonies, 0 as passages from testimony_themes group by term
        union all
        select term, 0, count(*) from passage_themes group by term
    ) group by term
;
