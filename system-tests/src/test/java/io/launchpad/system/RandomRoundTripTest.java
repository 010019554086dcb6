// SPDX-License-Identifier: Apache-2.0
package io.launchpad.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.launchpad.bxl.BxlChannels;
import io.launchpad.bxl.BxlLimits;
import io.launchpad.bxl.BxlValidator;
import io.launchpad.bxl.BxlWriterOptions;
import io.launchpad.bxl.JsonStream;
import io.launchpad.bxl.RandomStream;
import io.launchpad.client.Execution;
import io.launchpad.client.ExecutionListener;
import io.launchpad.client.ScriptException;
import io.launchpad.client.ScriptInput;
import io.launchpad.client.ScriptOutput;
import io.launchpad.client.ScriptRequest;
import io.launchpad.client.ScriptRequestBuilder;
import io.launchpad.protocol.ErrorCode;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random tables from the engine through a script and back: the same bits, or an error that
/// docs/types.md states. Types at a depth of 3, NULLs, dictionaries, batches cut anywhere (which
/// gives sliced buffers), chunks, results declared or not.
///
/// A failure names its seed; `-Dlaunchpad.round-trip.seed=N` runs that one. When it is understood,
/// the table becomes a vector (`round-trip-*`).
final class RandomRoundTripTest {
  private static final int NORMAL = 300;
  private static final int NIGHTLY = 10_000;

  /// One seed in so many draws from all types, those that the language refuses too.
  private static final int EVERYTHING = 20;

  private static ServiceUnderTest service;
  private static Engine engine;

  @BeforeAll
  static void start() throws Exception {
    service = ServiceUnderTest.start(ScriptLanguage.settings(4));
    engine = Engine.of(service.transport());
  }

  @AfterAll
  static void end() throws Exception {
    engine.close();
    service.close();
  }

  static List<ScriptLanguage> languages() {
    return ScriptLanguage.ofManyCalls();
  }

  @ParameterizedTest
  @MethodSource("languages")
  @Timeout(600)
  void randomTables_comeBackAsTheSameBits(ScriptLanguage language) throws Exception {
    Long seed = Long.getLong("launchpad.round-trip.seed");
    if (seed != null) {
      roundTrip(language, seed);
      return;
    }
    for (long each = 0; each < NORMAL; each++) {
      roundTrip(language, each);
    }
  }

  /// Other tables each night.
  @ParameterizedTest
  @MethodSource("languages")
  @Tag("nightly")
  @Timeout(3_600)
  void manyRandomTables_comeBackAsTheSameBits(ScriptLanguage language) throws Exception {
    long first = System.currentTimeMillis() * NIGHTLY;
    System.out.printf("%s: seeds from %d%n", language, first);
    for (long seed = first; seed < first + NIGHTLY; seed++) {
      roundTrip(language, seed);
    }
  }

  private static void roundTrip(ScriptLanguage language, long seed) throws Exception {
    var random = new SplittableRandom(seed);
    boolean declared = random.nextBoolean();
    boolean everything = random.nextInt(EVERYTHING) == 0;
    Set<String> left = new HashSet<>();
    if (!everything) {
      left.addAll(language.refused());
    }
    if (!declared) {
      left.addAll(language.reshaped());
    }
    ObjectNode table = RandomStream.describe(random, left);
    if (table.get("fields").isEmpty()) {
      return;
    }
    String about = "%s, seed %d, %s".formatted(language, seed, table.get("fields"));
    try {
      String expected = JsonStream.columns(table.get("fields").size(), table.get("batches"));
      assertEquals(expected, sent(language, table, declared, random), about);
    } catch (ScriptException e) {
      boolean stated =
          language.mayRefuse().test(table) || (everything && holdsRefused(language, table));
      if (!stated || e.error().code() != ErrorCode.TYPE_UNSUPPORTED) {
        throw new AssertionError(about, e);
      }
    } catch (Exception e) {
      throw new AssertionError(about, e);
    }
  }

  private static boolean holdsRefused(ScriptLanguage language, ObjectNode table) {
    String fields = table.get("fields").toString();
    boolean dictionaries = language.refused().contains(RandomStream.NESTED_DICTIONARIES);
    return language.refused().stream().anyMatch(fields::contains)
        || (dictionaries && fields.contains("\"dictionary\""));
  }

  /// What comes back of a table, column by column. That a declared output has the declared types,
  /// at every level, the service has checked.
  private static String sent(
      ScriptLanguage language, ObjectNode table, boolean declared, SplittableRandom random)
      throws Exception {
    BxlWriterOptions options =
        BxlWriterOptions.DEFAULT.withBatches(1 + random.nextInt(50), 4L << 20);
    byte[] stream = JsonStream.write(engine.allocator(), table, options);
    ScriptRequestBuilder request =
        ScriptRequest.builder("alice", language.name(), language.identity())
            .rowsPerRead(random.nextInt(3) == 0 ? 1 + random.nextInt(40) : 0);
    if (declared) {
      request.outputs(ScriptOutput.declared("OutputDataSet", JsonStream.schema(table)));
    }
    try (ArrowReader input =
            BxlChannels.reader(
                engine.allocator(),
                Channels.newChannel(new ByteArrayInputStream(stream)),
                new BxlValidator(BxlLimits.DEFAULT));
        Execution execution =
            engine
                .client()
                .execute(
                    request.build(),
                    List.of(ScriptInput.stable("InputDataSet", input)),
                    null,
                    ExecutionListener.NONE)) {
      ArrowReader output = execution.outputs().getFirst();
      String columns = JsonStream.columns(table.get("fields").size(), JsonStream.batches(output));
      execution.await();
      return columns;
    }
  }
}
