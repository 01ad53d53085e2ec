package dev.holdfast.payment;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The time that holds expire by and rows are stamped with; tests may replace it. */
@ApplicationScoped
class SystemClock {
    /** PostgreSQL keeps microseconds: what is answered is then what is stored. */
    private static final Duration PRECISION = Duration.ofNanos(1_000);

    /** @param offset how far it is ahead of this machine's clock; for tests of what happens when clocks differ */
    @Produces
    @ApplicationScoped
    Clock clock(@ConfigProperty(name = "clock.offset") Duration offset) {
        return Clock.tick(Clock.offset(Clock.systemUTC(), offset), PRECISION);
    }
}
