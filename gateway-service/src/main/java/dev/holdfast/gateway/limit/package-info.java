/**
 * What one client, and all clients together, may take of the gateway. This only decides and counts, for one replica; the
 * gateway asks, and answers where it is refused.
 */
@NullMarked
package dev.holdfast.gateway.limit;

import org.jspecify.annotations.NullMarked;
