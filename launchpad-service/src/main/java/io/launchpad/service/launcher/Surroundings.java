// SPDX-License-Identifier: Apache-2.0
package io.launchpad.service.launcher;

/// What satellites run in, whatever their language.
///
/// @param othersAccounts whether they run as other users than the service
/// @param confined whether they are shut in
public record Surroundings(boolean othersAccounts, boolean confined) {}
