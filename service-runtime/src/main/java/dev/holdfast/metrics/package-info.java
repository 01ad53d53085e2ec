/** How every service offers its metrics. */
@NullMarked
package dev.holdfast.metrics;

import org.jspecify.annotations.NullMarked;
