/** What the product is made of, and where that comes from. */
@NullMarked
package dev.holdfast.system.supply;

import org.jspecify.annotations.NullMarked;
