-- A summary of all flights by carrier, in pandas.
EXEC sp_execute_external_script
    @language = N'Python',
    @script = N'
late = InputDataSet.assign(late=InputDataSet["arr_delay"] > 15)
OutputDataSet = (
    late.groupby("carrier")
    .agg(
        flights=("carrier", "size"),
        mean_delay=("arr_delay", "mean"),
        worst=("arr_delay", "max"),
        late_share=("late", "mean"),
    )
    .sort_values("late_share", ascending=False)
    .reset_index()
)
print(f"{len(InputDataSet):,} flights of {len(OutputDataSet)} carriers")
',
    @input_data_1 = N'SELECT carrier, arr_delay FROM flights WHERE arr_delay IS NOT NULL'
WITH RESULT SETS ((
    carrier varchar(2) NOT NULL,
    flights int NOT NULL,
    mean_delay decimal(6, 1),
    worst int,
    late_share decimal(5, 3)
));
