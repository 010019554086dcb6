// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class PolicyDocumentTest {

  private static final Path SANDBOX = Path.of(System.getProperty("launchpad.root"), "sandbox");

  @Test
  void document_saysWhatThePoliciesSay() throws IOException {
    String made = PolicyDocument.of(PolicyFile.readAll(SANDBOX.resolve("policy")));
    Path file = SANDBOX.resolve("POLICY.md");
    if (Boolean.getBoolean("launchpad.rewrite")) {
      Files.writeString(file, made);
    }
    assertEquals(Files.readString(file), made);
  }

  @Test
  void policies_giveAReasonForEachRule() throws IOException {
    for (PolicyFile policy : PolicyFile.readAll(SANDBOX.resolve("policy"))) {
      assertTrue(policy.rules().size() > 50, policy.family());
      policy.rules().forEach(rule -> assertTrue(rule.reason().length() > 3, rule::toString));
    }
  }
}
