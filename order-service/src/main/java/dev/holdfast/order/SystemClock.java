package dev.holdfast.order;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.time.Clock;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The time that orders are stamped with; tests may replace it. */
@ApplicationScoped
class SystemClock {
    /** @param offset how far it is ahead of this machine's clock; for tests of what happens when clocks differ */
    @Produces
    @ApplicationScoped
    Clock clock(@ConfigProperty(name = "clock.offset") Duration offset) {
        return Clock.offset(Clock.systemUTC(), offset);
    }
}
