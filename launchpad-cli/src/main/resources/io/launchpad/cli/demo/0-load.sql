-- Real data: all flights that left New York in 2013, and Fisher's irises.
CREATE TABLE flights AS
SELECT CAST(row_number() OVER () AS integer) AS flight_id, * FROM read_parquet('${data}/flights.parquet');

CREATE TABLE iris AS SELECT * FROM read_parquet('${data}/iris.parquet');

SELECT 'flights' AS "table", count(*) AS rows FROM flights UNION ALL SELECT 'iris', count(*) FROM iris;
