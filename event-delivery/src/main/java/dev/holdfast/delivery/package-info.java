/**
 * How events travel effectively once: the outbox is written with the business data, the relay publishes it with
 * confirms, the inbox drops what comes twice, and what can never be applied becomes a dead letter with its reason. This
 * package knows the events but no business: it is the one copy that both services use.
 */
@NullMarked
package dev.holdfast.delivery;

import org.jspecify.annotations.NullMarked;
