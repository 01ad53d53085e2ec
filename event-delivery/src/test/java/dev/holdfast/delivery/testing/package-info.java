/** What the tests of every module with a database and the broker start first: the real ones. */
@NullMarked
package dev.holdfast.delivery.testing;

import org.jspecify.annotations.NullMarked;
