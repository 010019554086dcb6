-- The first summary again, in R with data.table.
EXEC sp_execute_external_script
    @language = N'R',
    @script = N'
library(data.table)
flights <- as.data.table(InputDataSet)
OutputDataSet <- flights[, .(
  flights = .N,
  mean_delay = mean(arr_delay),
  worst = max(arr_delay),
  late_share = mean(arr_delay > 15)
), by = carrier][order(-late_share)]
cat(format(nrow(flights), big.mark = ","), "flights of", nrow(OutputDataSet), "carriers\n")
',
    @input_data_1 = N'SELECT carrier, arr_delay FROM flights WHERE arr_delay IS NOT NULL'
WITH RESULT SETS ((
    carrier varchar(2) NOT NULL,
    flights int NOT NULL,
    mean_delay decimal(6, 1),
    worst int,
    late_share decimal(5, 3)
));
