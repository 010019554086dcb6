// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.call;

import io.launchpad.embedded.call.BoundCall.NamedQuery;
import io.launchpad.protocol.Limits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The arguments this engine has beyond SQL Server's: further inputs and outputs, and how values
/// look to the script. They are given by name, and a parameter that `@params` declares under one of
/// these names is that parameter: no script that runs in SQL Server is read another way.
final class MoreArguments {

  static final String TYPE_MAPPING = "@type_mapping";
  static final String INPUT_FORMAT = "@input_format";

  private static final Pattern NUMBERED =
      Pattern.compile("@(input_data|output_data)_([1-9][0-9]?)(_name)?");

  private final Function<String, Optional<String>> text;
  private final List<NamedQuery> inputs = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();

  /// @param text the value of an argument by its name in lower case; nothing when it is not given
  private MoreArguments(Function<String, Optional<String>> text) {
    this.text = text;
  }

  /// Whether an argument is one of these, by its name in lower case.
  static boolean isOne(String name) {
    if (name.equals(TYPE_MAPPING) || name.equals(INPUT_FORMAT)) {
      return true;
    }
    Matcher numbered = NUMBERED.matcher(name);
    if (!numbered.matches()) {
      return false;
    }
    int number = Integer.parseInt(numbered.group(2));
    boolean input = numbered.group(1).startsWith("input");
    return number > 1
        && number <= (input ? Limits.INPUTS : Limits.OUTPUTS)
        && (input || numbered.group(3) != null);
  }

  static MoreArguments read(
      Function<String, Optional<String>> text, String inputName, String outputName) {
    var arguments = new MoreArguments(text);
    arguments.outputs.add(outputName);
    for (int number = 2; number <= Limits.INPUTS; number++) {
      arguments.input("@input_data_" + number, "InputDataSet" + number);
    }
    for (int number = 2; number <= Limits.OUTPUTS; number++) {
      text.apply("@output_data_%d_name".formatted(number))
          .filter(name -> !name.isBlank())
          .ifPresent(arguments.outputs::add);
    }
    arguments.requireDistinct(inputName);
    return arguments;
  }

  private void input(String argument, String standardName) {
    Optional<String> name = text.apply(argument + "_name").filter(s -> !s.isBlank());
    Optional<String> query = text.apply(argument).filter(s -> !InputQuery.isBlank(s));
    if (query.isPresent()) {
      inputs.add(new NamedQuery(argument, name.orElse(standardName), query.get()));
    } else if (name.isPresent()) {
      throw CallErrors.nameWithoutInput(argument);
    }
  }

  private void requireDistinct(String inputName) {
    Set<String> names = new HashSet<>();
    names.add(inputName.toLowerCase(Locale.ROOT));
    var further = new ArrayList<String>();
    inputs.forEach(input -> further.add(input.name()));
    further.addAll(outputs);
    for (String name : further) {
      if (!names.add(name.toLowerCase(Locale.ROOT))) {
        throw CallErrors.dataSetTwice(name);
      }
    }
  }

  List<NamedQuery> inputs() {
    return inputs;
  }

  /// The main one first.
  List<String> outputs() {
    return outputs;
  }

  /// `exact`, `compat`, or empty.
  String typeMapping() {
    String mapping = text.apply(TYPE_MAPPING).orElse("").toLowerCase(Locale.ROOT);
    if (!Set.of("", "exact", "compat").contains(mapping)) {
      throw CallErrors.typeMapping(mapping);
    }
    return mapping;
  }

  String inputFormat() {
    return text.apply(INPUT_FORMAT).orElse("").toLowerCase(Locale.ROOT);
  }
}
