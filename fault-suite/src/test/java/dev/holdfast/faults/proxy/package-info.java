@NullMarked
package dev.holdfast.faults.proxy;

import org.jspecify.annotations.NullMarked;
