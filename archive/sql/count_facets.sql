-- How many passages and testimonies have each value.
update facet_values set passages = 0, testimonies = 0 where passages > 0 or testimonies > 0;
insert into facet_values (id, facet, key, passages, testimonies)
    select value, facet, key, sum(facet_testimonies.passages), count(*) from facet_testimonies
    join facet_values on id = value group by value
    on conflict (id) do update set passages = excluded.passages, testimonies = excluded.testimonies;
