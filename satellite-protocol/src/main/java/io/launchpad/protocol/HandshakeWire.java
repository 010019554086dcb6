// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static io.launchpad.protocol.WireRules.count;
import static io.launchpad.protocol.WireRules.name;
import static io.launchpad.protocol.WireRules.names;
import static io.launchpad.protocol.WireRules.unspecified;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.launchpad.protocol.wire.Authenticate;
import io.launchpad.protocol.wire.Authenticated;
import io.launchpad.protocol.wire.Hello;
import io.launchpad.protocol.wire.Welcome;

/// Maps the messages of the handshake.
final class HandshakeWire {
  private HandshakeWire() {}

  static Hello write(Message.Hello m) {
    return Hello.newBuilder()
        .setVersionMin(m.versionMin())
        .setVersionMax(m.versionMax())
        .setRole(write(m.role()))
        .setSoftware(m.software())
        .addAllCapabilities(m.capabilities())
        .setInitialCredit(m.initialCredit())
        .setNonce(bytes(m.nonce()))
        .addAllLanguages(m.languages())
        .setRuntime(m.runtime())
        .setTzdata(m.tzdata())
        .build();
  }

  static Message.Hello read(Hello m) {
    return new Message.Hello(
        WireRules.smallCount("Hello.version_min", m.getVersionMin()),
        WireRules.smallCount("Hello.version_max", m.getVersionMax()),
        read(m.getRole()),
        name("Hello.software", m.getSoftware()),
        names("Hello.capabilities", m.getCapabilitiesList()),
        credit("Hello.initial_credit", m.getInitialCredit()),
        nonce("Hello.nonce", m.getNonce()),
        names("Hello.languages", m.getLanguagesList()),
        name("Hello.runtime", m.getRuntime()),
        name("Hello.tzdata", m.getTzdata()));
  }

  static Welcome write(Message.Welcome m) {
    return Welcome.newBuilder()
        .setVersion(m.version())
        .setRole(write(m.role()))
        .setSoftware(m.software())
        .addAllCapabilities(m.capabilities())
        .setInitialCredit(m.initialCredit())
        .setNonce(bytes(m.nonce()))
        .setAuth(
            switch (m.auth()) {
              case NONE -> io.launchpad.protocol.wire.AuthMethod.AUTH_METHOD_NONE;
              case SHARED_SECRET -> io.launchpad.protocol.wire.AuthMethod.AUTH_METHOD_SHARED_SECRET;
            })
        .setLaunchpadId(m.launchpadId())
        .setTzdata(m.tzdata())
        .build();
  }

  static Message.Welcome read(Welcome m) {
    AuthMethod auth =
        switch (m.getAuth()) {
          case AUTH_METHOD_NONE -> AuthMethod.NONE;
          case AUTH_METHOD_SHARED_SECRET -> AuthMethod.SHARED_SECRET;
          case AUTH_METHOD_UNSPECIFIED, UNRECOGNIZED -> throw unspecified("Welcome.auth");
        };
    return new Message.Welcome(
        WireRules.smallCount("Welcome.version", m.getVersion()),
        read(m.getRole()),
        name("Welcome.software", m.getSoftware()),
        names("Welcome.capabilities", m.getCapabilitiesList()),
        credit("Welcome.initial_credit", m.getInitialCredit()),
        nonce("Welcome.nonce", m.getNonce()),
        auth,
        name("Welcome.launchpad_id", m.getLaunchpadId()),
        name("Welcome.tzdata", m.getTzdata()));
  }

  static Authenticate write(Message.Authenticate m) {
    return Authenticate.newBuilder().setEngineId(m.engineId()).setProof(bytes(m.proof())).build();
  }

  static Message.Authenticate read(Authenticate m) {
    return new Message.Authenticate(
        name("Authenticate.engine_id", m.getEngineId()), proof("Authenticate.proof", m.getProof()));
  }

  static Authenticated write(Message.Authenticated m) {
    return Authenticated.newBuilder()
        .setEngineId(m.engineId())
        .setProof(bytes(m.proof()))
        .addAllLanguages(m.languages())
        .addAllRuntimes(m.runtimes())
        .build();
  }

  static Message.Authenticated read(Authenticated m) {
    return new Message.Authenticated(
        name("Authenticated.engine_id", m.getEngineId()),
        proof("Authenticated.proof", m.getProof()),
        names("Authenticated.languages", m.getLanguagesList()),
        names("Authenticated.runtimes", m.getRuntimesList()));
  }

  private static io.launchpad.protocol.wire.Role write(Role role) {
    return switch (role) {
      case ENGINE -> io.launchpad.protocol.wire.Role.ROLE_ENGINE;
      case SATELLITE -> io.launchpad.protocol.wire.Role.ROLE_SATELLITE;
      case LAUNCHPAD -> io.launchpad.protocol.wire.Role.ROLE_LAUNCHPAD;
    };
  }

  private static Role read(io.launchpad.protocol.wire.Role role) {
    return switch (role) {
      case ROLE_ENGINE -> Role.ENGINE;
      case ROLE_SATELLITE -> Role.SATELLITE;
      case ROLE_LAUNCHPAD -> Role.LAUNCHPAD;
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> throw unspecified("role");
    };
  }

  /// 0 is the default, since proto3 does not tell 0 from absent.
  private static long credit(String field, long value) {
    if (value == 0) {
      return Limits.INITIAL_CREDIT_DEFAULT;
    }
    if (count(field, value) < Limits.INITIAL_CREDIT_MIN || value > Limits.INITIAL_CREDIT_MAX) {
      throw ProtocolException.violation(
          "%s is %d; it must be %d to %d",
          field, value, Limits.INITIAL_CREDIT_MIN, Limits.INITIAL_CREDIT_MAX);
    }
    return value;
  }

  private static Bytes nonce(String field, ByteString value) {
    if (value.size() != Limits.NONCE_BYTES) {
      throw ProtocolException.violation("%s has %d bytes instead of 32", field, value.size());
    }
    return Bytes.of(value.toByteArray());
  }

  private static Bytes proof(String field, ByteString value) {
    if (!value.isEmpty() && value.size() != SharedSecret.PROOF_BYTES) {
      throw ProtocolException.violation("%s has %d bytes instead of 32", field, value.size());
    }
    return Bytes.of(value.toByteArray());
  }

  static ByteString bytes(Bytes value) {
    return UnsafeByteOperations.unsafeWrap(value.asReadOnlyBuffer());
  }
}
