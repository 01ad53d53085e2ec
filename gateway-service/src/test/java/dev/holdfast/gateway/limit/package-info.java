@NullMarked
package dev.holdfast.gateway.limit;

import org.jspecify.annotations.NullMarked;
