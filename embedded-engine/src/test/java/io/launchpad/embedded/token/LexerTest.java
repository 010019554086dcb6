// SPDX-License-Identifier: Apache-2.0
package io.launchpad.embedded.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.launchpad.embedded.error.StatementFailure;
import io.launchpad.embedded.token.Lexer.Brackets;
import io.launchpad.embedded.token.Token.Kind;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LexerTest {

  private static final List<String> PIECES =
      List.of(
          "select",
          " ",
          "\n",
          "\t",
          "'it''s'",
          "N'é''ü'",
          "\"a\"\"b\"",
          "[a]]b]",
          "[ x y ]",
          "1",
          "1.5e-3",
          ".5",
          "0xAB",
          "@v",
          "@@rowcount",
          "-- c '\n",
          "/* a /* b */ ' */",
          "(",
          ")",
          ",",
          ";",
          "=",
          "<>",
          "E'\\''",
          "$$ ' $$",
          "$t$ a $$ b $t$",
          "#tmp",
          "dbo",
          ".",
          "é_x",
          "𝔘",
          "::",
          "N",
          "x",
          "''",
          "N''",
          "\"\"",
          "@",
          "?");

  private static List<Token> significant(String text, Brackets brackets) {
    return Lexer.lex(text, brackets).stream()
        .filter(t -> t.isSignificant() && t.kind() != Kind.END)
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Brackets.class)
  void lex_losesNoCharacterWhateverTheText(Brackets brackets) {
    for (int seed = 0; seed < 3_000; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder();
      for (int i = random.nextInt(30); i >= 0; i--) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      try {
        List<Token> tokens = Lexer.lex(text.toString(), brackets);
        String again = tokens.stream().map(Token::text).collect(Collectors.joining());
        assertEquals(text.toString(), again, "seed " + seed);
        for (Token token : tokens) {
          assertEquals(token.text(), text.substring(token.start(), token.end()), "seed " + seed);
        }
      } catch (StatementFailure e) {
        assertEquals(true, List.of(105, 113).contains(e.error().number()), "seed " + seed);
      }
    }
  }

  @Test
  void value_givesBackAnyStringThatWasQuoted() {
    var random = new Random(7);
    for (int i = 0; i < 2_000; i++) {
      String plain =
          random
              .ints(random.nextInt(20), 1, 0x250)
              .mapToObj(Character::toString)
              .collect(Collectors.joining());
      assertEquals(plain, only("'" + plain.replace("'", "''") + "'").value());
      assertEquals(plain, only("N'" + plain.replace("'", "''") + "'").value());
      assertEquals(plain, only("\"" + plain.replace("\"", "\"\"") + "\"").value());
      assertEquals(plain, only("[" + plain.replace("]", "]]") + "]").value());
    }
  }

  private static Token only(String text) {
    List<Token> tokens = Lexer.lex(text, Brackets.NAMES);
    assertEquals(2, tokens.size(), text);
    return tokens.getFirst();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "select | WORD",
        "'a' | STRING",
        "N'a' | NATIONAL_STRING",
        "n'a' | NATIONAL_STRING",
        "E'\\'' | FOREIGN_STRING",
        "$x$ ' $x$ | FOREIGN_STRING",
        "\"a\" | QUOTED_NAME",
        "[a b] | BRACKET_NAME",
        "12.5 | NUMBER",
        ".5 | NUMBER",
        "1e10 | NUMBER",
        "0xAB01 | BINARY",
        "0x | BINARY",
        "@a | VARIABLE",
        "@@x | SYSTEM_VARIABLE",
        "-- x | COMMENT",
        "/* /* */ */ | COMMENT",
        "#t | WORD",
        "( | SYMBOL"
      })
  void lex_tellsKinds(String text, Kind kind) {
    assertEquals(kind, only(text).kind());
  }

  @Test
  void lex_countsLinesAndColumns() {
    Token at = significant("select\n  'a\nb' @x", Brackets.NAMES).getLast();
    assertEquals("3:4", at.line() + ":" + at.column());
  }

  @ParameterizedTest
  @ValueSource(strings = {"'abc", "N'abc''", "\"abc", "E'a\\'", "$$ abc"})
  void lex_failsWithError105WhenAQuoteIsOpen(String text) {
    var failure =
        assertThrows(StatementFailure.class, () -> Lexer.lex("select " + text, Brackets.MIXED));
    assertEquals(105, failure.error().number());
    assertEquals(8, failure.error().column());
  }

  @Test
  void lex_failsWithError113WhenACommentIsOpen() {
    var failure = assertThrows(StatementFailure.class, () -> Lexer.lex("/* /* */", Brackets.MIXED));
    assertEquals(113, failure.error().number());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select [a]",
        "select t.[1]",
        "select 1 as [1]",
        "from [a, b]",
        "select x [my alias]",
        "select count(*) [n]",
        "(([a b] int",
        "select [order], 1",
        "select [2020 sales]",
        "join [t] on",
        "select distinct [a]",
        "select [it's]",
        "group by [a]",
        "select a from[t]"
      })
  void lex_readsNamesInBracketsWhereNamesStand(String text) {
    assertEquals(
        true,
        significant(text, Brackets.MIXED).stream().anyMatch(t -> t.kind() == Kind.BRACKET_NAME),
        text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "select [1, 2]",
        "select x[1]",
        "select t.x[i]",
        "select f(x)[1]",
        "select []",
        "select ['a']",
        "select [a, b]",
        "select [[1]]",
        "select [{'a': 1}]",
        "select x[1][2]",
        "select [ 1 ]",
        "select [-1]",
        "select \"a\"[1]",
        "select [x + 1 for x in l]",
        "select [@v]",
        "select [N'a']"
      })
  void lex_leavesListsAndIndexesToDuckDb(String text) {
    assertEquals(
        true,
        significant(text, Brackets.MIXED).stream().noneMatch(t -> t.kind() == Kind.BRACKET_NAME),
        text);
  }
}
