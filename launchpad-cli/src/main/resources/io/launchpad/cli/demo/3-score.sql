-- Score every flight with the stored model, 65,536 rows at a time, into a table.
CREATE TABLE scores (flight_id int NOT NULL, late_probability float NOT NULL);

DECLARE @model varbinary(max);
SELECT @model = model FROM models WHERE name = N'late';

INSERT INTO scores
EXEC sp_execute_external_script
    @language = N'python-ml',
    @script = N'
import pickle

if "scorer" not in globals():
    scorer = pickle.loads(model)
features = InputDataSet[["dep_delay", "distance", "hour", "month"]].to_numpy()
OutputDataSet = pandas.DataFrame(
    {"flight_id": InputDataSet["flight_id"], "late_probability": scorer.predict_proba(features)[:, 1]}
)
',
    @input_data_1 = N'
SELECT flight_id, dep_delay, distance, hour, month
FROM flights WHERE dep_delay IS NOT NULL',
    @params = N'@model varbinary(max), @r_rowsPerRead int',
    @model = @model,
    @r_rowsPerRead = 65536;

SELECT TOP 5 f.carrier, f.flight, f.origin, f.dest, f.dep_delay, f.arr_delay,
    CAST(s.late_probability AS decimal(5, 3)) AS late_probability
FROM scores s JOIN flights f ON f.flight_id = s.flight_id
WHERE f.dep_delay BETWEEN 0 AND 60
ORDER BY s.late_probability DESC, f.flight_id;
