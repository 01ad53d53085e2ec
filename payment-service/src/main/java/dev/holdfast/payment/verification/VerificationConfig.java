package dev.holdfast.payment.verification;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;

/** How often and how fast the books are verified and sealed. */
@ConfigMapping(prefix = "holdfast.payments.verification")
interface VerificationConfig {
    /**
     * Transfers verified in a second at most by the pass over all of them. A pass over ten million takes not quite three hours by
     * the default, and it costs about one percent of a CPU; what was changed long ago is found that much later.
     */
    @WithDefault("1000")
    @Min(1)
    @Max(1_000_000)
    int transfersPerSecond();

    /** From the beginning of one such pass to the beginning of the next, where it does not take longer. */
    @WithDefault("20s")
    @DurationMin(seconds = 1)
    Duration fullInterval();

    /** The same of the accounts that had transfers a moment ago. */
    @WithDefault("10s")
    @DurationMin(seconds = 1)
    Duration recentInterval();

    /** The share of the time that those are worked at. Where it does not suffice, a change of a new transfer is found later. */
    @WithDefault("2")
    @Min(1)
    @Max(100)
    int recentSharePercent();

    /** How often what is new is sealed: what was changed before its seal, with all that is behind it, is not seen. */
    @WithDefault("10m")
    @DurationMin(seconds = 1)
    Duration sealInterval();
}
