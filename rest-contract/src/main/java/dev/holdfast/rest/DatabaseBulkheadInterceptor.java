package dev.holdfast.rest;

import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;

/** Takes one of the {@link DatabasePermits} for a call. Around transactions, which hold a connection to their end. */
@DatabaseBulkhead
@Interceptor
@Priority(Interceptor.Priority.PLATFORM_BEFORE)
class DatabaseBulkheadInterceptor {
    private final DatabasePermits permits;

    @Inject
    DatabaseBulkheadInterceptor(DatabasePermits permits) {
        this.permits = permits;
    }

    @AroundInvoke
    Object takeTurns(InvocationContext call) throws Exception {
        return permits.inTurn(call::proceed);
    }
}
