package dev.holdfast.rest;

import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Lets through as many calls as there are {@link DatabasePermits}. Around transactions, which hold a connection to their end. */
@DatabaseBulkhead
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE)
class DatabaseBulkheadInterceptor {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final DatabasePermits permits;

    @Inject
    DatabaseBulkheadInterceptor(DatabasePermits permits) {
        this.permits = permits;
    }

    @AroundInvoke
    Object takeTurns(InvocationContext call) throws Exception {
        if (!permits.semaphore().tryAcquire(permits.maxWait().toNanos(), TimeUnit.NANOSECONDS)) {
            throw Problem.retryLater(
                    503, "overloaded", "Too many requests wait for the database; try again.", RETRY_AFTER);
        }
        try {
            return call.proceed();
        } finally {
            permits.semaphore().release();
        }
    }
}
