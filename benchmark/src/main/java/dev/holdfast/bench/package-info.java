/** The benchmark behind {@code ./holdfast bench}: warm-up, a bounded measured run, drain, summary, invariants. It also meters what each process of the stack costs. */
@NullMarked
package dev.holdfast.bench;

import org.jspecify.annotations.NullMarked;
