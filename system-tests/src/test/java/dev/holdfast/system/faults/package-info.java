@NullMarked
package dev.holdfast.system.faults;

import org.jspecify.annotations.NullMarked;
