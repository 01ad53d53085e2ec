/** Places orders through the gateway as fast as asked, and keeps what was answered and how long it took. One event loop, so that the generator costs little beside what it measures. */
@NullMarked
package dev.holdfast.bench.load;

import org.jspecify.annotations.NullMarked;
