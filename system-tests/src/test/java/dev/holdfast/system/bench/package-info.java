@NullMarked
package dev.holdfast.system.bench;

import org.jspecify.annotations.NullMarked;
