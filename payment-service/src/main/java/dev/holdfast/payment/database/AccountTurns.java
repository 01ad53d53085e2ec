package dev.holdfast.payment.database;

import dev.holdfast.rest.Problem;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Lets two requests of one account at a time ask the database, since they lock its row one after the other anyway. The others
 * wait here, without a connection: an account that somebody keeps locked takes none from other accounts.
 */
@Singleton
public class AccountTurns {
    private static final int CALLS_OF_AN_ACCOUNT_MAX = 2;
    /** Of all accounts together: fewer than the service has threads for requests. */
    private static final int WAITING_MAX = 200;

    private static final Duration PATIENCE = Duration.ofMillis(900);

    private final ConcurrentHashMap<UUID, Turns> accounts = new ConcurrentHashMap<>();
    private final Semaphore waiting = new Semaphore(WAITING_MAX);

    /** How many of an account's requests are here, and which of them may go on. */
    private record Turns(Semaphore free, int requests) {
        Turns with(int more) {
            return new Turns(free, requests + more);
        }
    }

    /**
     * Makes the call when it is its turn.
     *
     * @throws dev.holdfast.rest.Problem 503 where that takes more than 0.9 s, or too many wait
     */
    public <T> T inTurn(UUID userId, Supplier<T> call) {
        Semaphore free = accounts.compute(
                        userId,
                        (any, turns) -> turns == null
                                ? new Turns(new Semaphore(CALLS_OF_AN_ACCOUNT_MAX, true), 1)
                                : turns.with(1))
                .free();
        try {
            if (!free.tryAcquire()) {
                await(free);
            }
            try {
                return call.get();
            } finally {
                free.release();
            }
        } finally {
            accounts.computeIfPresent(userId, (any, turns) -> turns.requests() == 1 ? null : turns.with(-1));
        }
    }

    private void await(Semaphore free) {
        boolean granted = false;
        if (waiting.tryAcquire()) {
            try {
                granted = free.tryAcquire(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            } finally {
                waiting.release();
            }
        }
        if (!granted) {
            throw Problem.retryLater(
                    503, "overloaded", "Too many requests wait for this account; try again.", Duration.ofSeconds(1));
        }
    }
}
