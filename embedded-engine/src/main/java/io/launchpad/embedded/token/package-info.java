// SPDX-License-Identifier: Apache-2.0
/// SQL text cut into pieces that know their place.
///
/// Internal: what is public here is so for the packages of this module.
@NullMarked
package io.launchpad.embedded.token;

import org.jspecify.annotations.NullMarked;
