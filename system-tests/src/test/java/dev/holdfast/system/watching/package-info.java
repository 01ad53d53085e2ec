/** What observability/ says, and a real Prometheus that does as it says. */
@NullMarked
package dev.holdfast.system.watching;

import org.jspecify.annotations.NullMarked;
