/**
 * How every service speaks REST: exact money and strict JSON, problem details, identifiers, pages and idempotency keys.
 * It knows no business; the services decide what to refuse, this package how a refusal looks.
 */
@NullMarked
package dev.holdfast.rest;

import org.jspecify.annotations.NullMarked;
