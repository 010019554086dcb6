-- And in Java: a source file, compiled in its sandbox.
EXEC sp_execute_external_script
    @language = N'Java',
    @script = N'
import io.launchpad.sdk.*;
import java.util.*;

class Carrier {
  int flights, late, worst = Integer.MIN_VALUE;
  long delay;

  void add(int minutes) {
    flights++;
    delay += minutes;
    worst = Math.max(worst, minutes);
    if (minutes > 15) late++;
  }

  double meanDelay() { return (double) delay / flights; }

  double lateShare() { return (double) late / flights; }
}

void main() throws Exception {
  Map<String, Carrier> carriers = new HashMap<>();
  int flights = 0;
  for (Row flight : Call.current().input().rows()) {
    carriers.computeIfAbsent(flight.getString("carrier"), c -> new Carrier()).add(flight.getInt("arr_delay"));
    flights++;
  }
  var worstFirst = new ArrayList<>(carriers.entrySet());
  worstFirst.sort(Comparator.comparingDouble(entry -> -entry.getValue().lateShare()));
  try (RowWriter out = Call.current().output().rows("carrier", "flights", "mean_delay", "worst", "late_share")) {
    for (var entry : worstFirst) {
      Carrier carrier = entry.getValue();
      out.add(entry.getKey(), carrier.flights, carrier.meanDelay(), carrier.worst, carrier.lateShare());
    }
  }
  System.out.printf("%,d flights of %d carriers%n", flights, carriers.size());
}
',
    @input_data_1 = N'SELECT carrier, arr_delay FROM flights WHERE arr_delay IS NOT NULL'
WITH RESULT SETS ((
    carrier varchar(2) NOT NULL,
    flights int NOT NULL,
    mean_delay decimal(6, 1),
    worst int,
    late_share decimal(5, 3)
));
