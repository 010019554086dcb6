// SPDX-License-Identifier: Apache-2.0
package io.launchpad.sandbox;

/// The uid and gid that one satellite runs under, and the name they have in reports.
public record UnixAccount(String name, int uid, int gid) {}
