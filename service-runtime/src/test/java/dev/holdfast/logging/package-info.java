@NullMarked
package dev.holdfast.logging;

import org.jspecify.annotations.NullMarked;
