-- What readers browse of one testimony (:testimony) that nobody may read any more: nothing.
delete from catalogue where id = :testimony;
delete from testimony_places where testimony = :testimony;
delete from testimony_movements where testimony = :testimony;
delete from testimony_themes where testimony = :testimony;
