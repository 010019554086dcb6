// SPDX-License-Identifier: Apache-2.0
package io.launchpad.satellite.session;

import io.launchpad.satellite.data.InputData;
import io.launchpad.satellite.data.OutputData;
import io.launchpad.sdk.Call;
import io.launchpad.sdk.Input;
import io.launchpad.sdk.Output;
import io.launchpad.sdk.Parameters;
import io.launchpad.sdk.SessionInfo;
import java.util.List;
import java.util.function.Function;
import org.apache.arrow.memory.BufferAllocator;

/// One execution as its script sees it.
record RunningCall(
    List<InputData> given,
    List<OutputData> wanted,
    Parameters parameters,
    SessionInfo session,
    BufferAllocator allocator)
    implements Call {

  @Override
  public Input input() {
    return given.getFirst();
  }

  @Override
  public Input input(String name) {
    return named("input", given, InputData::name, name);
  }

  @Override
  public List<Input> inputs() {
    return List.copyOf(given);
  }

  @Override
  public Output output() {
    if (wanted.isEmpty()) {
      throw new IllegalStateException("the call wants no output");
    }
    return wanted.getFirst();
  }

  @Override
  public Output output(String name) {
    return named("output", wanted, OutputData::name, name);
  }

  @Override
  public List<Output> outputs() {
    return List.copyOf(wanted);
  }

  private static <T> T named(String kind, List<T> all, Function<T, String> nameOf, String name) {
    return all.stream()
        .filter(one -> nameOf.apply(one).equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "no %s '%s'; there are %s"
                    .formatted(kind, name, all.stream().map(nameOf).toList())));
  }
}
