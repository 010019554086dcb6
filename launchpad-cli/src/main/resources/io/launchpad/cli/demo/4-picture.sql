-- A histogram, returned as a PNG picture.
EXEC sp_execute_external_script
    @language = N'python-ml',
    @script = N'
import io
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(8, 4.5), dpi=110, layout="constrained")
bins = range(-60, 121, 5)
for origin, flights in InputDataSet.groupby("origin"):
    axes.hist(flights["arr_delay"], bins=bins, histtype="step", linewidth=1.6, label=origin)
axes.axvline(0, color="0.6", linewidth=0.8)
axes.set(title="Arrival delay of flights from New York, 2013", xlabel="minutes late", ylabel="flights")
axes.spines[["top", "right"]].set_visible(False)
axes.legend(title="from", frameon=False)
png = io.BytesIO()
figure.savefig(png, format="png")
OutputDataSet = pandas.DataFrame({"picture": [png.getvalue()]})
',
    @input_data_1 = N'SELECT origin, arr_delay FROM flights WHERE arr_delay IS NOT NULL'
WITH RESULT SETS ((picture varbinary(max) NOT NULL));
