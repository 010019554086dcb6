// SPDX-License-Identifier: Apache-2.0
/// Measurements: JMH benchmarks of the parts and a harness for whole calls. Nothing depends on this
/// module.
@NullMarked
package io.launchpad.benchmarks;

import org.jspecify.annotations.NullMarked;
