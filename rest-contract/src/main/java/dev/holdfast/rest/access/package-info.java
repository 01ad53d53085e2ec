/**
 * Who may call an endpoint: each says so by {@code @RolesAllowed} or {@code @PermitAll}, or the service does not start. A
 * customer gets to what has the customer's own {@code user_id}, and to nothing else.
 */
@NullMarked
package dev.holdfast.rest.access;

import org.jspecify.annotations.NullMarked;
