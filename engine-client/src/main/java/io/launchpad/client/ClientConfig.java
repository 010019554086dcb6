// SPDX-License-Identifier: Apache-2.0
package io.launchpad.client;

import io.launchpad.protocol.Credentials;
import io.launchpad.protocol.Limits;
import io.launchpad.protocol.Transport;
import java.time.Duration;

/// Where launchpad is and how a client uses it.
///
/// @param software name and version of the engine, for launchpad's logs
/// @param connectionsMax connections at once; each carries one execution at a time
/// @param connectTimeout until a new connection is authenticated
/// @param connectionWait how long an execution waits for one of the connections
/// @param answerTimeout how long the server may take to answer a cancel, or to notice a deadline,
///   before the client closes the connection
/// @param initialCredit memory for each output stream, in bytes
public record ClientConfig(
    Transport transport,
    Credentials credentials,
    String software,
    int connectionsMax,
    Duration connectTimeout,
    Duration connectionWait,
    Duration answerTimeout,
    long initialCredit) {

  /// The defaults for a transport whose peer is known without a secret.
  public static ClientConfig of(Transport transport) {
    return new ClientConfig(
        transport,
        new Credentials.FromTransport(),
        "engine-client",
        64,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(20),
        2 * Limits.INITIAL_CREDIT_DEFAULT);
  }

  public ClientConfig {
    if (connectionsMax < 1) {
      throw new IllegalArgumentException("connectionsMax is " + connectionsMax);
    }
  }

  public ClientConfig withCredentials(Credentials value) {
    return new ClientConfig(
        transport,
        value,
        software,
        connectionsMax,
        connectTimeout,
        connectionWait,
        answerTimeout,
        initialCredit);
  }

  public ClientConfig withSoftware(String value) {
    return new ClientConfig(
        transport,
        credentials,
        value,
        connectionsMax,
        connectTimeout,
        connectionWait,
        answerTimeout,
        initialCredit);
  }

  public ClientConfig withConnectionsMax(int value) {
    return new ClientConfig(
        transport,
        credentials,
        software,
        value,
        connectTimeout,
        connectionWait,
        answerTimeout,
        initialCredit);
  }

  /// The same configuration with other waiting times.
  public ClientConfig withTimeouts(Duration connect, Duration connection, Duration answer) {
    return new ClientConfig(
        transport,
        credentials,
        software,
        connectionsMax,
        connect,
        connection,
        answer,
        initialCredit);
  }
}
