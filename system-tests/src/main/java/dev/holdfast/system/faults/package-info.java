/** The short fault run: broker bounces and kill -9 of each service under load, then the count of what was lost, stuck or charged twice. Run by hand or by {@code ./holdfast faults}. */
@NullMarked
package dev.holdfast.system.faults;

import org.jspecify.annotations.NullMarked;
