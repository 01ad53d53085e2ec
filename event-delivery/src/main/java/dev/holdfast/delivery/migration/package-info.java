/** How each service makes and changes its tables when it starts, beside replicas that go on serving. */
@NullMarked
package dev.holdfast.delivery.migration;

import org.jspecify.annotations.NullMarked;
