-- Every term with all that stand above it, itself included; a circle of parents ends where it began.
delete from term_ancestors;
insert into term_ancestors (term, ancestor)
    with recursive above (term, ancestor) as (
        select id, id from terms
        union
        select above.term, parent from above join term_parents on term_parents.term = above.ancestor
    )
    select term, ancestor from above;
