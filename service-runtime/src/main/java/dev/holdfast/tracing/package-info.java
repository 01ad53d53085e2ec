/** Which trace a request belongs to, for all three services: problems, logs and events name it. */
@NullMarked
package dev.holdfast.tracing;

import org.jspecify.annotations.NullMarked;
