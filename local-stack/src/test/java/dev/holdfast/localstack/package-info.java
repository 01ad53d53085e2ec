@NullMarked
package dev.holdfast.localstack;

import org.jspecify.annotations.NullMarked;
