package dev.holdfast.rest;

/**
 * Knows the failures that pass by themselves, such as a database that is away: they are answered with 503 and
 * {@code Retry-After}, all others with 500. A service that has a database has one such bean. The failed call may be
 * repeated: its transaction was rolled back or, where the connection broke during the commit, the call is idempotent or
 * takes an {@code Idempotency-Key}.
 */
@FunctionalInterface
public interface PassingFailures {
    boolean passes(Throwable failure);
}
