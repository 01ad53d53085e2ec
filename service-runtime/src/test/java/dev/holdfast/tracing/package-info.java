@NullMarked
package dev.holdfast.tracing;

import org.jspecify.annotations.NullMarked;
