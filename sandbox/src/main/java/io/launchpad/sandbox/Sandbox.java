// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

import java.util.concurrent.CompletionStage;

/// Starts zygotes and parks satellites, and is told how each of them ends.
///
/// Its processes belong to the broker, not to this JVM: when the broker dies, so does the JVM, and
/// when the JVM dies or closes this, the broker ends everything. Stages complete on the sandbox's
/// own threads, so what hangs on them must not block.
public interface Sandbox extends AutoCloseable {

  /// What the broker said it can do on this machine.
  SandboxFacts facts();

  /// Starts a warm process of one runtime. Completes when it is ready to be forked, or
  /// exceptionally with a {@link SandboxException} that carries its last output.
  CompletionStage<Zygote> startZygote(ZygoteSpec spec);

  /// Makes a resource pool. Fails with a [SandboxException] when one of its limits cannot be kept
  /// on this machine.
  CompletionStage<ResourcePool> resourcePool(ResourcePoolSpec spec);

  /// Forks one satellite. Completes when its process exists and its channels are connected; that it
  /// is warm it says itself, with its first frame. Fails with a {@link SandboxException}.
  CompletionStage<ParkedSatellite> park(ParkRequest request);

  /// Completes when the connection to the broker has ended, always normally; the text says why.
  /// Every zygote and satellite is reported as ended right after.
  CompletionStage<String> ended();

  /// Ends every zygote and satellite. Idempotent.
  @Override
  void close();
}
