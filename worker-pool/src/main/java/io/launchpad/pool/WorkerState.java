// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

import org.jspecify.annotations.Nullable;

/// Where a worker stands in its life.
///
/// ```text
/// Starting ──► Parked ──► Leased ──► Ending ──► Gone
///    │  │        └───────────┴─────────►┘        ▲
///    │  └─ dead on arrival ─────────────►┘       │
///    └─ deadline passed ──► Abandoned ───────────┘     (any worker may be Gone of its own)
/// ```
///
/// Starting, Parked, Leased and Ending occupy a slot. Abandoned does not, since a factory that
/// never answers must not eat up the pool; its account is in quarantine until the factory does
/// answer and what it made is gone.
sealed interface WorkerState<W extends Worker> {
  record Starting<W extends Worker>(long deadlineNanos) implements WorkerState<W> {}

  record Parked<W extends Worker>(W worker, long sinceNanos) implements WorkerState<W> {}

  record Leased<W extends Worker>(W worker) implements WorkerState<W> {}

  /// It was asked to end.
  ///
  /// @param askAgainNanos when to repeat the kill
  record Ending<W extends Worker>(W worker, EndCause cause, long sinceNanos, long askAgainNanos)
      implements WorkerState<W> {}

  /// Its start was given up.
  ///
  /// @param late the worker, once it came after all and was killed
  record Abandoned<W extends Worker>(WorkerState.@Nullable Ending<W> late)
      implements WorkerState<W> {}

  record Gone<W extends Worker>() implements WorkerState<W> {}

  default boolean mayBecome(WorkerState<W> next) {
    return switch (this) {
      case Starting<W> _ ->
          switch (next) {
            case Parked<W> _, Ending<W> _, Abandoned<W> _, Gone<W> _ -> true;
            case Starting<W> _, Leased<W> _ -> false;
          };
      case Parked<W> _ ->
          switch (next) {
            case Leased<W> _, Ending<W> _, Gone<W> _ -> true;
            case Starting<W> _, Parked<W> _, Abandoned<W> _ -> false;
          };
      case Leased<W> _, Ending<W> _ ->
          switch (next) {
            case Ending<W> _, Gone<W> _ -> true;
            case Starting<W> _, Parked<W> _, Leased<W> _, Abandoned<W> _ -> false;
          };
      case Abandoned<W> _ ->
          switch (next) {
            case Abandoned<W> _, Gone<W> _ -> true;
            case Starting<W> _, Parked<W> _, Leased<W> _, Ending<W> _ -> false;
          };
      case Gone<W> _ -> false;
    };
  }

  /// Whether the worker that stands in this state is that very one, whatever it calls equal.
  @SuppressWarnings("ReferenceEquality")
  default boolean isOf(W worker) {
    return workerOrNull() == worker;
  }

  /// The worker that stands in this state, if there is one.
  default @Nullable W workerOrNull() {
    return switch (this) {
      case Parked<W>(var worker, _) -> worker;
      case Leased<W>(var worker) -> worker;
      case Ending<W>(var worker, _, _, _) -> worker;
      case Abandoned<W>(var late) -> late == null ? null : late.worker;
      case Starting<W> _, Gone<W> _ -> null;
    };
  }
}
