/**
 * Runs the whole system on one machine: PostgreSQL, RabbitMQ and the three services as processes of their own.
 * Tests use its {@link dev.holdfast.localstack.LocalPostgres} and {@link dev.holdfast.localstack.LocalBroker} alone.
 */
@NullMarked
package dev.holdfast.localstack;

import org.jspecify.annotations.NullMarked;
