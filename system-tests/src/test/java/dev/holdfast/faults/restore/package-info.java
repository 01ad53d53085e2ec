@NullMarked
package dev.holdfast.faults.restore;

import org.jspecify.annotations.NullMarked;
