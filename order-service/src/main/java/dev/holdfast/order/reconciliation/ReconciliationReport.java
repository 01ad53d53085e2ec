package dev.holdfast.order.reconciliation;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What the passes over all orders and accounts have found. */
@RegisterForReflection
@Schema(name = "Reconciliation")
record ReconciliationReport(
        @Schema(description = "How many passes over everything were completed, ever")
        long passes,

        @Schema(description = "How many were not") long failures,
        @Schema(description = "Whether one is under way") boolean running,

        @Schema(description = "Of the last complete pass") @Nullable
        Instant lastPassStartedAt,

        @Nullable Instant lastPassFinishedAt,

        @Schema(description = "Why the last pass was not completed; null where it was") @Nullable
        String lastError,

        @Schema(description = "Orders that the last complete pass looked at")
        long ordersCompared,

        long accountsCompared,

        @Schema(description = "Accounts with so many transfers that they are still being summed up: not compared yet")
        long accountsUnverified,

        @Schema(description = "Orders and holds with something still to happen, in time: not held against anybody")
        long inFlight,

        @Schema(description = "How many discrepancies there are now")
        long discrepanciesTotal,

        @Schema(description = "The same by kind; kinds without any are left out")
        Map<Kind, Long> discrepanciesByKind,

        @Schema(description = "The newest of them, up to the limit")
        List<Discrepancy> discrepancies) {}
