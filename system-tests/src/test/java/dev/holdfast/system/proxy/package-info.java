@NullMarked
package dev.holdfast.system.proxy;

import org.jspecify.annotations.NullMarked;
