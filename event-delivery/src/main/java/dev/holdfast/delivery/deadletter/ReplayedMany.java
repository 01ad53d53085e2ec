package dev.holdfast.delivery.deadletter;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** How far a replay of many came. */
@RegisterForReflection
@Schema(name = "ReplayedMany")
public record ReplayedMany(
        @Schema(description = "Letters that were applied") int replayed,

        @Schema(description = "Letters that were tried, have failed again and wait with their new reason")
        int failed,

        @Schema(description = "Letters of the reason that still wait; 10000 stands for that many or more")
        int remaining,

        @Schema(description = "Why it ended before its limit, null where it did not") @Nullable
        String stoppedBecause) {}
