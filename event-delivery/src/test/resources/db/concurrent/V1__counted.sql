create table counted (n bigint not null, t text);
insert into counted select n, md5(n::text) from generate_series(1, 50000) as n;
