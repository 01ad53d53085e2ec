/** Tests of order-service: against real PostgreSQL and RabbitMQ, and payments played by {@code FakePayments} over HTTP. */
@NullMarked
package dev.holdfast.order;

import org.jspecify.annotations.NullMarked;
