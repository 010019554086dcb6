// SPDX-License-Identifier: Apache-2.0
package io.launchpad.pool;

/// A configured bound a request can run into.
public enum Limit {
  SLOTS,
  ACCOUNTS,
  SESSIONS,
  SESSIONS_PER_IDENTITY,
  SESSIONS_PER_RESOURCE_POOL,
  QUEUE,
  QUEUE_PER_IDENTITY
}
