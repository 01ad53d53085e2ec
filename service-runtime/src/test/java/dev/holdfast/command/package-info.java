@NullMarked
package dev.holdfast.command;

import org.jspecify.annotations.NullMarked;
