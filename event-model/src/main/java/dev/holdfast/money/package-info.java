/** What an amount of money is, wherever one is read, kept or written. */
@NullMarked
package dev.holdfast.money;

import org.jspecify.annotations.NullMarked;
