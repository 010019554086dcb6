-- A script that would never end; the demo cancels it after its third line.
EXEC sp_execute_external_script
    @language = N'Python',
    @script = N'
import itertools, time

for step in itertools.count(1):
    print(f"step {step}")
    time.sleep(0.2)
';
