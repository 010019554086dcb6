// SPDX-License-Identifier: Apache-2.0
/// How a column or parameter of a SQL type is carried in Arrow.
///
/// Internal: what is public here is so for the packages of this module.
@NullMarked
package io.launchpad.embedded.arrow;

import org.jspecify.annotations.NullMarked;
