package dev.holdfast.payment.adjustment;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.delivery.database.Database;
import dev.holdfast.money.Money;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A proposed correction, and what was made of it. */
@Schema(name = "Adjustment")
public record Adjustment(
        UUID id,
        UUID userId,
        Direction direction,

        @Schema(minimum = "0.01", examples = "12.50") BigDecimal amount,

        @Schema(
                description =
                        "Whether it is booked as a transfer without the balance, for an account whose balance is not the"
                                + " sum of its transfers")
        boolean booksOnly,

        String reason,
        AdjustmentStatus status,

        @Schema(description = "The token's sub, or what the request claimed where nobody is authenticated")
        String proposedBy,

        Instant proposedAt,

        @Schema(description = "From when on it cannot be approved any more")
        Instant expiresAt,

        @Schema(description = "Who approved or rejected it; null while nobody has") @Nullable
        String decidedBy,

        @Nullable Instant decidedAt,

        @Schema(description = "Why it was rejected") @Nullable
        String decisionReason,

        @Schema(description = "The transfer that it was booked by; null unless it is APPROVED") @Nullable
        UUID transferId) {

    /** The columns that {@link #read} needs. */
    static final String COLUMNS =
            "id, user_id, change, books_only, reason, status, proposed_by, proposed_at, expires_at,"
                    + " expires_at <= statement_timestamp() as overdue, decided_by, decided_at, decision_reason, transfer_id";

    static Adjustment read(ResultSet row) throws SQLException {
        BigDecimal change = row.getBigDecimal("change");
        return new Adjustment(
                Database.uuid(row, "id"),
                Database.uuid(row, "user_id"),
                Direction.of(change),
                Money.exact(change.abs()),
                row.getBoolean("books_only"),
                row.getString("reason"),
                AdjustmentStatus.read(row.getString("status"), row.getBoolean("overdue")),
                row.getString("proposed_by"),
                Database.instant(row, "proposed_at"),
                Database.instant(row, "expires_at"),
                row.getString("decided_by"),
                Database.instantOrNull(row, "decided_at"),
                row.getString("decision_reason"),
                row.getObject("transfer_id", UUID.class));
    }

    boolean isOf(Proposal proposal, String proposer) {
        return userId.equals(proposal.userId())
                && direction.change(amount).compareTo(proposal.change()) == 0
                && booksOnly == proposal.booksOnly()
                && reason.equals(proposal.reason())
                && proposedBy.equals(proposer);
    }

    /** As the first answer showed it. */
    Adjustment asProposed() {
        return new Adjustment(
                id,
                userId,
                direction,
                amount,
                booksOnly,
                reason,
                AdjustmentStatus.PENDING,
                proposedBy,
                proposedAt,
                expiresAt,
                null,
                null,
                null,
                null);
    }

    /** What the audit says of something that is done with it. */
    Act act(String action) {
        Act act = new Act(action, "adjustment", id)
                .with("user_id", userId)
                .with("direction", direction.name().toLowerCase(Locale.ROOT))
                .with("amount", amount);
        return booksOnly ? act.with("books_only", true) : act;
    }
}
