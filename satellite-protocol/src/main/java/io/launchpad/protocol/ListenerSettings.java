// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

/// How a listener introduces itself and what it lets in.
///
/// @param launchpadId names this launchpad in the authentication of engines
/// @param connectionsMax connections at once, authenticated or not
public record ListenerSettings(
    LocalInfo local, String launchpadId, EngineAuthenticator authenticator, int connectionsMax) {}
