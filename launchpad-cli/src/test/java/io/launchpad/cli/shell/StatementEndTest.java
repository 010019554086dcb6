// SPDX-License-Identifier: Apache-2.0
package io.launchpad.cli.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatementEndTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1;",
        "SELECT 1;  \n",
        "SELECT 1\nGO",
        "SELECT 1\n go ",
        "SELECT ';' ;",
        "SELECT 'it''s';",
        "SELECT [a;b] ;",
        "SELECT 1; -- done\n;",
        "/* a /* nested */ ; */ SELECT 1;"
      })
  void end_isFound(String text) {
    assertEquals(true, StatementEnd.of(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SELECT 1",
        "SELECT ';",
        "EXEC p N'x = 1;\n",
        "SELECT [a;",
        "SELECT 1 -- ;",
        "/* SELECT 1;",
        "/* /* */ SELECT 1;",
        "SELECT 'x\nGO\n",
        "SELECT 1 AS go",
      })
  void end_isNotFoundInsideOrWithout(String text) {
    assertEquals(false, StatementEnd.of(text));
  }
}
