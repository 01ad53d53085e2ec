package dev.holdfast.payment;

import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.rest.Problem;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Keeps accounts that somebody has locked from taking the connections of all others. Two requests of one account at a time
 * ask the database, since they lock its row one after the other anyway, and a few of all accounts together. One that meets a
 * lock gives its connection back after a moment (the database's {@code lock_timeout}), and tries again after a pause.
 */
@Singleton
public class AccountTurns {
    private static final int CALLS_OF_AN_ACCOUNT_MAX = 2;
    /** Half of what requests may use: orders, which come together, find the rest. */
    private static final int CALLS_MAX = 4;
    /** At work or waiting: fewer than the service has threads for requests. */
    private static final int REQUESTS_MAX = 200;

    private static final Duration WAIT_MAX = Duration.ofMillis(900);
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final ConcurrentHashMap<UUID, Turns> accounts = new ConcurrentHashMap<>();
    private final Semaphore requests = new Semaphore(REQUESTS_MAX);
    private final Semaphore calls = new Semaphore(CALLS_MAX, true);

    /** How many of an account's requests are here, and which of them may go on. */
    private record Turns(Semaphore free, int requests) {
        Turns with(int more) {
            return new Turns(free, requests + more);
        }
    }

    /**
     * Makes the call when it is its turn, and again while it fails because of a lock.
     *
     * @param call does all or nothing
     * @throws dev.holdfast.rest.Problem 503 where its turn does not come within 0.9 s, or too many wait
     */
    public <T> T inTurn(UUID userId, Supplier<T> call) {
        return inTurn(userId, WAIT_MAX, call);
    }

    <T> T inTurn(UUID userId, Duration waitMax, Supplier<T> call) {
        long deadline = System.nanoTime() + waitMax.toNanos();
        return with(requests, System.nanoTime(), () -> {
            Turns first = new Turns(new Semaphore(CALLS_OF_AN_ACCOUNT_MAX, true), 1);
            Turns ofAccount = accounts.merge(userId, first, (turns, another) -> turns.with(1));
            try {
                return with(ofAccount.free, deadline, () -> untilUnlocked(call, deadline));
            } finally {
                accounts.computeIfPresent(userId, (any, turns) -> turns.requests == 1 ? null : turns.with(-1));
            }
        });
    }

    private <T> T untilUnlocked(Supplier<T> call, long deadline) {
        while (true) {
            try {
                return with(calls, deadline, call);
            } catch (RuntimeException failure) {
                if (!PassingFailure.isLock(failure)
                        || System.nanoTime() > deadline
                        || Thread.currentThread().isInterrupted()) {
                    throw failure;
                }
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private static <T> T with(Semaphore permits, long deadline, Supplier<T> call) {
        boolean granted = false;
        try {
            granted = permits.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        if (!granted) {
            throw Problem.retryLater(
                    503, "overloaded", "Too many requests wait for this account; try again.", Duration.ofSeconds(1));
        }
        try {
            return call.get();
        } finally {
            permits.release();
        }
    }
}
