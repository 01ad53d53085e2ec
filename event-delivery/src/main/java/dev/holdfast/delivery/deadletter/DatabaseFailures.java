package dev.holdfast.delivery.deadletter;

import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.rest.PassingFailures;
import jakarta.inject.Singleton;

/** What a consumer tries again is what a client may try again: one list for both. */
@Singleton
final class DatabaseFailures implements PassingFailures {
    @Override
    public boolean passes(Throwable failure) {
        return PassingFailure.is(failure);
    }
}
