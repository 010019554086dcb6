-- A script with a mistake: which line, which function, which value.
EXEC sp_execute_external_script
    @language = N'Python',
    @script = N'
def speed(flights):
    hours = flights["air_time"] / 60
    return flights["distance"] / flights["hours"]

OutputDataSet = InputDataSet.assign(speed=speed(InputDataSet))
',
    @input_data_1 = N'SELECT carrier, distance, air_time FROM flights';
