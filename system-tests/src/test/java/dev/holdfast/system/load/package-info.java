@NullMarked
package dev.holdfast.system.load;

import org.jspecify.annotations.NullMarked;
