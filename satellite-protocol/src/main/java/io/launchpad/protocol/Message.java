// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import java.util.List;
import java.util.Optional;

/// A control message. Each variant is one frame type; PROTOCOL.md says when it may be sent.
public sealed interface Message
    permits Execute,
        Message.Hello,
        Message.Welcome,
        Message.Authenticate,
        Message.Authenticated,
        Message.Refused,
        Message.Queued,
        Message.Started,
        Message.Terminal,
        Message.Exited,
        Message.Cancel,
        Message.Credit,
        Message.Output,
        Message.Ping,
        Message.Pong {

  FrameType type();

  /// The opener's first frame.
  ///
  /// @param languages of a satellite: the language it runs
  /// @param runtime of a satellite: the runtime it was started for
  /// @param tzdata version of the time zone data, empty if unknown
  record Hello(
      int versionMin,
      int versionMax,
      Role role,
      String software,
      List<String> capabilities,
      long initialCredit,
      Bytes nonce,
      List<String> languages,
      String runtime,
      String tzdata)
      implements Message {
    public Hello {
      capabilities = List.copyOf(capabilities);
      languages = List.copyOf(languages);
    }

    @Override
    public FrameType type() {
      return FrameType.HELLO;
    }
  }

  /// The answer to [Hello].
  record Welcome(
      int version,
      Role role,
      String software,
      List<String> capabilities,
      long initialCredit,
      Bytes nonce,
      AuthMethod auth,
      String launchpadId,
      String tzdata)
      implements Message {
    public Welcome {
      capabilities = List.copyOf(capabilities);
    }

    @Override
    public FrameType type() {
      return FrameType.WELCOME;
    }
  }

  /// An engine's proof that it holds the shared secret.
  record Authenticate(String engineId, Bytes proof) implements Message {
    @Override
    public FrameType type() {
      return FrameType.AUTHENTICATE;
    }
  }

  /// The end of an engine's handshake.
  ///
  /// @param proof empty unless the method was [AuthMethod#SHARED_SECRET]
  record Authenticated(String engineId, Bytes proof, List<String> languages, List<String> runtimes)
      implements Message {
    public Authenticated {
      languages = List.copyOf(languages);
      runtimes = List.copyOf(runtimes);
    }

    @Override
    public FrameType type() {
      return FrameType.AUTHENTICATED;
    }
  }

  /// The handshake failed; the sender closes.
  record Refused(ErrorInfo error) implements Message {
    @Override
    public FrameType type() {
      return FrameType.REFUSED;
    }
  }

  /// The request waits for a slot.
  record Queued(int position, int waiting) implements Message {
    @Override
    public FrameType type() {
      return FrameType.QUEUED;
    }
  }

  /// A satellite has the script.
  ///
  /// @param parked false when the satellite had to be started for this session
  record Started(
      String sessionId,
      String account,
      String runtime,
      long queueMicros,
      long leaseMicros,
      boolean parked)
      implements Message {
    @Override
    public FrameType type() {
      return FrameType.STARTED;
    }
  }

  /// The message that ends a session: exactly one is sent.
  sealed interface Terminal extends Message permits Completed, Failed, Cancelled {}

  /// The results are complete.
  ///
  /// @param usage measured by launchpad
  /// @param advisory what the satellite says of itself
  /// @param runs how many times the script ran, as the satellite says: nobody checks it
  record Completed(
      List<StreamTotal> outputs,
      Times times,
      Optional<Usage> usage,
      Optional<Usage> advisory,
      long runs)
      implements Terminal {
    public Completed {
      outputs = List.copyOf(outputs);
    }

    @Override
    public FrameType type() {
      return FrameType.COMPLETED;
    }
  }

  /// The session failed; results received before must be thrown away.
  record Failed(ErrorInfo error, Times times, Optional<Usage> usage) implements Terminal {
    @Override
    public FrameType type() {
      return FrameType.FAILED;
    }
  }

  /// The session was cancelled on request.
  ///
  /// @param forced the satellite had to be killed after the grace time
  record Cancelled(String reason, boolean forced, Times times) implements Terminal {
    @Override
    public FrameType type() {
      return FrameType.CANCELLED;
    }
  }

  /// The final report of the satellite's process.
  record Exited(ErrorInfo.Exit exit, Optional<Usage> usage) implements Message {
    @Override
    public FrameType type() {
      return FrameType.EXITED;
    }
  }

  /// Asks for the end of the session.
  record Cancel(String reason) implements Message {
    @Override
    public FrameType type() {
      return FrameType.CANCEL;
    }
  }

  /// Grants bytes on a stream, or says that nothing more of it is wanted.
  record Credit(int stream, long bytes, boolean discard) implements Message {
    @Override
    public FrameType type() {
      return FrameType.CREDIT;
    }
  }

  /// What the script printed.
  ///
  /// @param number counts from 0 in each session
  /// @param droppedBytes more than 0 when the volume limit was reached
  record Output(
      long number, OutputChannel channel, OutputSource source, String text, long droppedBytes)
      implements Message {
    @Override
    public FrameType type() {
      return FrameType.OUTPUT;
    }
  }

  /// Asks whether the peer is there.
  record Ping(Bytes payload) implements Message {
    @Override
    public FrameType type() {
      return FrameType.PING;
    }
  }

  /// Answers [Ping] with the same bytes.
  record Pong(Bytes payload) implements Message {
    @Override
    public FrameType type() {
      return FrameType.PONG;
    }
  }

  /// What was sent on one output stream, end frame included.
  record StreamTotal(int stream, long frames, long rows, long bytes) {}

  /// Where the time of a session went.
  record Times(
      long queueMicros, long leaseMicros, long startMicros, long runMicros, long drainMicros) {
    public static final Times ZERO = new Times(0, 0, 0, 0, 0);
  }

  /// What a process used.
  record Usage(
      long cpuUserMicros,
      long cpuSystemMicros,
      long memoryPeakBytes,
      long pageFaultsMinor,
      long pageFaultsMajor) {}

  /// Where the script printed to.
  enum OutputChannel {
    STDOUT,
    STDERR
  }

  /// Whether the interpreter's stream object wrote it or it came raw through the descriptor.
  enum OutputSource {
    INTERPRETER,
    RAW
  }
}
