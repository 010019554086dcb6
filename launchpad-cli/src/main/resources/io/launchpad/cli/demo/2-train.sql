-- Train a model of late arrivals and keep it in a table.
CREATE TABLE models (name nvarchar(40) NOT NULL, trained_on int NOT NULL, model varbinary(max) NOT NULL);

INSERT INTO models (name, trained_on, model)
EXEC sp_execute_external_script
    @language = N'python-ml',
    @script = N'
import pickle
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

features = ["dep_delay", "distance", "hour", "month"]
sample = InputDataSet.sample(60_000, random_state=7)
model = make_pipeline(StandardScaler(), LogisticRegression())
model.fit(sample[features].to_numpy(), sample["arr_delay"].to_numpy() > 15)
accuracy = model.score(
    InputDataSet[features].to_numpy(), InputDataSet["arr_delay"].to_numpy() > 15
)
print(f"right for {accuracy:.1%} of {len(InputDataSet):,} flights")
OutputDataSet = pandas.DataFrame(
    {"name": ["late"], "trained_on": [len(sample)], "model": [pickle.dumps(model)]}
)
',
    @input_data_1 = N'
SELECT dep_delay, distance, hour, month, arr_delay
FROM flights WHERE dep_delay IS NOT NULL AND arr_delay IS NOT NULL';

SELECT name, trained_on, octet_length(model) AS model_bytes FROM models;
