package dev.holdfast.payment;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;
import java.time.Duration;

/** The time that holds expire by and rows are stamped with; tests may replace it. */
@ApplicationScoped
class SystemClock {
    /** PostgreSQL keeps microseconds: what is answered is then what is stored. */
    private static final Duration PRECISION = Duration.ofNanos(1_000);

    @Produces
    @ApplicationScoped
    Clock clock() {
        return Clock.tick(Clock.systemUTC(), PRECISION);
    }
}
