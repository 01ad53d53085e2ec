/**
 * The three packaged services together on a real PostgreSQL and a real RabbitMQ: the whole walk, contention, broken
 * input, lost and repeated events, crashes. Every test ends with the invariants.
 */
package dev.holdfast.system;
