// SPDX-License-Identifier: Apache-2.0
package io.launchpad.protocol;

import static io.launchpad.protocol.WireRules.count;
import static io.launchpad.protocol.WireRules.cut;
import static io.launchpad.protocol.WireRules.name;
import static io.launchpad.protocol.WireRules.smallCount;
import static io.launchpad.protocol.WireRules.stream;
import static io.launchpad.protocol.WireRules.unspecified;

import io.launchpad.protocol.Message.StreamTotal;
import io.launchpad.protocol.Message.Times;
import io.launchpad.protocol.Message.Usage;
import io.launchpad.protocol.wire.Cancel;
import io.launchpad.protocol.wire.Cancelled;
import io.launchpad.protocol.wire.Completed;
import io.launchpad.protocol.wire.Credit;
import io.launchpad.protocol.wire.Exited;
import io.launchpad.protocol.wire.Failed;
import io.launchpad.protocol.wire.Output;
import io.launchpad.protocol.wire.OutputChannel;
import io.launchpad.protocol.wire.OutputSource;
import io.launchpad.protocol.wire.Queued;
import io.launchpad.protocol.wire.Started;
import java.util.Optional;

/// Maps the messages of a session but the request itself.
final class SessionWire {
  private SessionWire() {}

  static Queued write(Message.Queued m) {
    return Queued.newBuilder().setPosition(m.position()).setWaiting(m.waiting()).build();
  }

  static Message.Queued read(Queued m) {
    return new Message.Queued(
        smallCount("Queued.position", m.getPosition()),
        smallCount("Queued.waiting", m.getWaiting()));
  }

  static Started write(Message.Started m) {
    return Started.newBuilder()
        .setSessionId(m.sessionId())
        .setAccount(m.account())
        .setRuntime(m.runtime())
        .setQueueUs(m.queueMicros())
        .setLeaseUs(m.leaseMicros())
        .setParked(m.parked())
        .build();
  }

  static Message.Started read(Started m) {
    return new Message.Started(
        name("Started.session_id", m.getSessionId()),
        name("Started.account", m.getAccount()),
        name("Started.runtime", m.getRuntime()),
        count("Started.queue_us", m.getQueueUs()),
        count("Started.lease_us", m.getLeaseUs()),
        m.getParked());
  }

  static Completed write(Message.Completed m) {
    Completed.Builder out = Completed.newBuilder().setTimes(write(m.times())).setRuns(m.runs());
    for (StreamTotal total : m.outputs()) {
      out.addOutputsBuilder()
          .setStream(total.stream())
          .setFrames(total.frames())
          .setRows(total.rows())
          .setBytes(total.bytes());
    }
    m.usage().ifPresent(usage -> out.setUsage(write(usage)));
    m.advisory().ifPresent(usage -> out.setAdvisory(write(usage)));
    return out.build();
  }

  static Message.Completed read(Completed m) {
    return new Message.Completed(
        WireRules.list("Completed.outputs", m.getOutputsList()).stream()
            .map(total ->
                new StreamTotal(
                    stream("StreamTotal.stream", total.getStream()),
                    count("StreamTotal.frames", total.getFrames()),
                    count("StreamTotal.rows", total.getRows()),
                    count("StreamTotal.bytes", total.getBytes())))
            .toList(),
        read(m.getTimes()),
        m.hasUsage() ? Optional.of(read(m.getUsage())) : Optional.empty(),
        m.hasAdvisory() ? Optional.of(read(m.getAdvisory())) : Optional.empty(),
        count("Completed.runs", m.getRuns()));
  }

  static Failed write(Message.Failed m) {
    Failed.Builder out =
        Failed.newBuilder().setError(ErrorWire.write(m.error())).setTimes(write(m.times()));
    m.usage().ifPresent(usage -> out.setUsage(write(usage)));
    return out.build();
  }

  static Message.Failed read(Failed m) {
    if (!m.hasError()) {
      throw unspecified("Failed.error");
    }
    return new Message.Failed(
        ErrorWire.read(m.getError()),
        read(m.getTimes()),
        m.hasUsage() ? Optional.of(read(m.getUsage())) : Optional.empty());
  }

  static Cancelled write(Message.Cancelled m) {
    return Cancelled.newBuilder()
        .setReason(cut(m.reason(), Limits.ERROR_MESSAGE_BYTES))
        .setForced(m.forced())
        .setTimes(write(m.times()))
        .build();
  }

  static Message.Cancelled read(Cancelled m) {
    return new Message.Cancelled(
        WireRules.text("Cancelled.reason", m.getReason(), Limits.ERROR_MESSAGE_BYTES),
        m.getForced(),
        read(m.getTimes()));
  }

  static Exited write(Message.Exited m) {
    Exited.Builder out = Exited.newBuilder();
    switch (m.exit()) {
      case ErrorInfo.Exit.Status(int value) -> out.setStatus(value);
      case ErrorInfo.Exit.Signal(int number) -> out.setSignal(number);
    }
    m.usage().ifPresent(usage -> out.setUsage(write(usage)));
    return out.build();
  }

  static Message.Exited read(Exited m) {
    ErrorInfo.Exit exit =
        switch (m.getHowCase()) {
          case STATUS -> new ErrorInfo.Exit.Status(m.getStatus());
          case SIGNAL -> new ErrorInfo.Exit.Signal(m.getSignal());
          case HOW_NOT_SET -> throw unspecified("Exited.how");
        };
    return new Message.Exited(
        exit, m.hasUsage() ? Optional.of(read(m.getUsage())) : Optional.empty());
  }

  static Cancel write(Message.Cancel m) {
    return Cancel.newBuilder().setReason(cut(m.reason(), Limits.ERROR_MESSAGE_BYTES)).build();
  }

  static Message.Cancel read(Cancel m) {
    return new Message.Cancel(
        WireRules.text("Cancel.reason", m.getReason(), Limits.ERROR_MESSAGE_BYTES));
  }

  static Credit write(Message.Credit m) {
    return Credit.newBuilder()
        .setStream(m.stream())
        .setBytes(m.bytes())
        .setDiscard(m.discard())
        .build();
  }

  static Message.Credit read(Credit m) {
    return new Message.Credit(
        stream("Credit.stream", m.getStream()),
        count("Credit.bytes", m.getBytes()),
        m.getDiscard());
  }

  static Output write(Message.Output m) {
    return Output.newBuilder()
        .setNumber(m.number())
        .setChannel(
            switch (m.channel()) {
              case STDOUT -> OutputChannel.OUTPUT_CHANNEL_STDOUT;
              case STDERR -> OutputChannel.OUTPUT_CHANNEL_STDERR;
            })
        .setSource(
            switch (m.source()) {
              case INTERPRETER -> OutputSource.OUTPUT_SOURCE_INTERPRETER;
              case RAW -> OutputSource.OUTPUT_SOURCE_RAW;
            })
        .setText(m.text())
        .setDroppedBytes(m.droppedBytes())
        .build();
  }

  static Message.Output read(Output m) {
    return new Message.Output(
        count("Output.number", m.getNumber()),
        switch (m.getChannel()) {
          case OUTPUT_CHANNEL_STDOUT -> Message.OutputChannel.STDOUT;
          case OUTPUT_CHANNEL_STDERR -> Message.OutputChannel.STDERR;
          case OUTPUT_CHANNEL_UNSPECIFIED, UNRECOGNIZED -> throw unspecified("Output.channel");
        },
        switch (m.getSource()) {
          case OUTPUT_SOURCE_INTERPRETER -> Message.OutputSource.INTERPRETER;
          case OUTPUT_SOURCE_RAW -> Message.OutputSource.RAW;
          case OUTPUT_SOURCE_UNSPECIFIED, UNRECOGNIZED -> throw unspecified("Output.source");
        },
        WireRules.text("Output.text", m.getText(), Limits.OUTPUT_TEXT_BYTES),
        count("Output.dropped_bytes", m.getDroppedBytes()));
  }

  private static io.launchpad.protocol.wire.Times write(Times times) {
    return io.launchpad.protocol.wire.Times.newBuilder()
        .setQueueUs(times.queueMicros())
        .setLeaseUs(times.leaseMicros())
        .setStartUs(times.startMicros())
        .setRunUs(times.runMicros())
        .setDrainUs(times.drainMicros())
        .build();
  }

  private static Times read(io.launchpad.protocol.wire.Times times) {
    return new Times(
        count("Times.queue_us", times.getQueueUs()),
        count("Times.lease_us", times.getLeaseUs()),
        count("Times.start_us", times.getStartUs()),
        count("Times.run_us", times.getRunUs()),
        count("Times.drain_us", times.getDrainUs()));
  }

  private static io.launchpad.protocol.wire.Usage write(Usage usage) {
    return io.launchpad.protocol.wire.Usage.newBuilder()
        .setCpuUserUs(usage.cpuUserMicros())
        .setCpuSystemUs(usage.cpuSystemMicros())
        .setMemoryPeakBytes(usage.memoryPeakBytes())
        .setPageFaultsMinor(usage.pageFaultsMinor())
        .setPageFaultsMajor(usage.pageFaultsMajor())
        .build();
  }

  private static Usage read(io.launchpad.protocol.wire.Usage usage) {
    return new Usage(
        count("Usage.cpu_user_us", usage.getCpuUserUs()),
        count("Usage.cpu_system_us", usage.getCpuSystemUs()),
        count("Usage.memory_peak_bytes", usage.getMemoryPeakBytes()),
        count("Usage.page_faults_minor", usage.getPageFaultsMinor()),
        count("Usage.page_faults_major", usage.getPageFaultsMajor()));
  }
}
