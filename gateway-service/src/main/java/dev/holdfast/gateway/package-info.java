/**
 * The one door for clients: it knows routes, limits and addresses, never payloads. A request is checked by
 * {@code RequestChecks}, finds its {@code Upstream} in the {@code RouteTable} and passes through as a {@code ForwardedRequest}.
 */
@NullMarked
package dev.holdfast.gateway;

import org.jspecify.annotations.NullMarked;
