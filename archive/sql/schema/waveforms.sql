create table waveforms (
    recording integer primary key references recordings(id),
    peaks blob not null        -- the loudest moment of each of its equal stretches, from 0 to 255
);
