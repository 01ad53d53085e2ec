@NullMarked
package dev.holdfast.metrics;

import org.jspecify.annotations.NullMarked;
