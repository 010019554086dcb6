// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.launchpad.embedded.error.EngineError;
import io.launchpad.embedded.error.SqlError;
import io.launchpad.embedded.script.ScriptCall;
import io.launchpad.embedded.script.ScriptRunner.Printer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Calls with several inputs and outputs.
class SeveralDataSetsTest {

  private static final String EXEC = "EXEC sp_execute_external_script N'Python', N's'";
  private static final String TWO = ", @input_data_1 = N'select 1 as a', @input_data_2 = N'";

  private final EngineFixture fixture =
      new EngineFixture(new EngineConfig(Optional.empty(), 4, 1, Optional.empty()));

  /// Gives input *k* back as output *k*, or nothing.
  @BeforeEach
  void giveEachBack() {
    fixture.runner.script =
        new FakeRunner.Script() {
          @Override
          public ArrowReader run(ScriptCall call, Optional<ArrowReader> input, Printer printer) {
            throw new IllegalStateException("not called");
          }

          @Override
          public ArrowReader output(
              ScriptCall call, List<ArrowReader> inputs, int output, Printer printer) {
            return output < inputs.size()
                ? new FakeRunner.Passed(fixture.allocator, inputs.get(output))
                : Rows.none(fixture.allocator);
          }
        };
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  private ScriptCall lastCall() {
    return fixture.runner.calls.getLast();
  }

  @Test
  void inputs_areAllGivenUnderTheirNames() {
    fixture.run(
        EXEC
            + TWO
            + "select 2 as b', @input_data_3 = N'select 3 as c', @input_data_3_name = N'third',"
            + " @output_data_2_name = N'more', @output_data_3_name = N'most'");
    assertEquals(List.of("InputDataSet", "InputDataSet2", "third"), lastCall().inputNames());
    assertEquals(List.of("OutputDataSet", "more", "most"), lastCall().outputNames());
  }

  @Test
  void outputs_areResultSetsInTheirOrder() {
    Recorder recorder =
        fixture.run(EXEC + TWO + "select 2 as b, 3 as c', @output_data_2_name = N'more'");
    assertEquals(List.of(List.of(1L)), recorder.results.get(0).rows());
    assertEquals(List.of(List.of(2L, 3L)), recorder.results.get(1).rows());
  }

  @Test
  void outputs_areConvertedAsTheirResultSetsDeclare() {
    Recorder recorder =
        fixture.run(
            EXEC
                + TWO
                + "select 2 as b, 3 as c', @output_data_2_name = N'more' WITH RESULT SETS ((x"
                + " varchar(3)), (y int, z decimal(4,1)))");
    assertEquals(List.of(List.of("1")), recorder.results.get(0).rows());
    assertEquals("[[2, 3.0]]", recorder.results.get(1).rows().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "'((x int))', RESULT_SET_COUNT",
    "'((x int), (b int), (c int))', RESULT_SET_COUNT",
    "NONE, UNWANTED_RESULT_SET",
    "'((x int), (b int, c int))', RESULT_COLUMN_COUNT",
    "'((x int), (b date))', RESULT_TYPE",
  })
  void outputs_thatAreNotAsDeclared_areErrors(String declared, EngineError expected) {
    SqlError error =
        fixture.fail(
            EXEC
                + TWO
                + "select 2 as b', @output_data_2_name = N'more' WITH RESULT SETS "
                + declared);
    assertEquals(expected.number(), error.number(), error.message());
  }

  @Test
  void outputThatIsNotAssigned_isNoResultSet() {
    Recorder recorder =
        fixture.run(
            EXEC
                + ", @input_data_1 = N'select 1 as a', @output_data_2_name = N'none', @output_data_3_name"
                + " = N'neither' WITH RESULT SETS ((x int))");
    assertEquals(1, recorder.results.size());
  }

  @Test
  void insertExec_takesTheRowsOfAllResultSets() {
    fixture.run("create table t (i int)");
    String call = EXEC + TWO + "select 2 as b', @output_data_2_name = N'more'";
    fixture.run("insert into t " + call);
    assertEquals(
        List.of(List.of(1L), List.of(2L)), fixture.run("select i from t order by i").rows());
    fixture.fail(
        "insert into t " + EXEC + TWO + "select ''x'' as b', @output_data_2_name = N'more'");
    assertEquals(List.of(List.of(2L)), fixture.run("select count(*) from t").rows());
  }

  @Test
  void parallel_givesEveryTaskTheWholeOfFurtherInputs() {
    var seen = new ArrayList<List<List<Object>>>();
    fixture.runner.script =
        new FakeRunner.Script() {
          @Override
          public ArrowReader run(ScriptCall call, Optional<ArrowReader> input, Printer printer) {
            throw new IllegalStateException("not called");
          }

          @Override
          public ArrowReader output(
              ScriptCall call, List<ArrowReader> inputs, int output, Printer printer)
              throws IOException {
            var further = new FakeRunner.Passed(fixture.allocator, inputs.get(1));
            seen.add(Rows.all(further));
            return new FakeRunner.Passed(fixture.allocator, inputs.getFirst());
          }
        };
    Recorder recorder =
        fixture.run(
            EXEC
                + ", @parallel = 1, @input_data_1 = N'select i from range(1000) r(i)', @input_data_2"
                + " = N'select i from range(3) r(i)'");
    assertEquals(1_000, recorder.rows().size());
    assertEquals(4, seen.size());
    seen.forEach(rows -> assertEquals(List.of(List.of(0L), List.of(1L), List.of(2L)), rows));
  }

  @Test
  void furtherInput_seesParametersAndTheOpenTransaction() {
    fixture.run("create table t (i int)");
    fixture.run("begin transaction");
    fixture.run("insert into t values (7)");
    Recorder recorder =
        fixture.run(
            EXEC
                + TWO
                + "select i + @p from t', @output_data_2_name = N'more', @params = N'@p int', @p = 1");
    assertEquals("[[8]]", recorder.results.get(1).rows().toString());
    fixture.run("rollback");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "@input_data_2 = N'select 1' | MISSING_ARGUMENT",
        "@input_data_1 = N'select 1', @input_data_2_name = N'x' | MISSING_ARGUMENT",
        "@input_data_1 = N'select 1', @input_data_2 = N'delete from t' | INPUT_NOT_SELECT",
        "@input_data_1 = N'select 1', @input_data_2 = N'select 1', @input_data_2_name = N'inputdataset' | NAME_CLASH",
        "@output_data_2_name = N'OutputDataSet' | NAME_CLASH",
        "@output_data_2_name = N'x', @params = N'@X int', @X = 1 | NAME_CLASH",
        "@output_data_1 = N'x' | UNKNOWN_ARGUMENT",
        "@input_data_65 = N'x' | UNKNOWN_ARGUMENT",
        "@type_mapping = N'loose' | BAD_REQUEST",
        "@output_data_2_name = N'x', @input_data_1 = N'select 1 as a', @input_data_1_partition_by_columns = N'a' | BAD_REQUEST",
      })
  void arguments_thatDoNotGoTogether_areErrors(String arguments, EngineError expected) {
    SqlError error = fixture.fail(EXEC + ", " + arguments);
    assertEquals(expected.number(), error.number(), error.message());
  }

  @Test
  void errorOfAFurtherInput_saysWhichOneItIsOf() {
    SqlError error = fixture.fail(EXEC + TWO + "select @q'");
    assertTrue(error.message().contains("@input_data_2"), error.message());
  }

  @Test
  void declaredParameter_goesBeforeAnArgumentOfThatName() {
    fixture.run(
        EXEC
            + ", @params = N'@type_mapping int, @input_data_2 int', @type_mapping = 1, @input_data_2 = 2");
    assertEquals(2, lastCall().parameters().size());
    assertEquals("", lastCall().typeMapping());
  }

  @Test
  void waysOfSeeingValues_areHandedOn() {
    fixture.run(EXEC + ", @type_mapping = N'Compat', @input_format = N'arrow'");
    assertEquals("compat", lastCall().typeMapping());
    assertEquals("arrow", lastCall().inputFormat());
  }
}
