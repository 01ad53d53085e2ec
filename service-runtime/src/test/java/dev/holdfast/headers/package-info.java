@NullMarked
package dev.holdfast.headers;

import org.jspecify.annotations.NullMarked;
