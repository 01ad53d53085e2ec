package dev.holdfast.payment.capture;

import dev.holdfast.event.PaymentRequested;
import dev.holdfast.payment.OrderService;
import dev.holdfast.payment.chain.ChainHead;
import dev.holdfast.payment.hold.Hold;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The accounts and holds of one batch of requests while it is decided: each decision sees what those before it took.
 * Made of what was read under the accounts' locks, and thrown away after its effects are written.
 */
final class CaptureBatch {
    private final Map<UUID, LockedAccount> accounts;
    private final Map<UUID, Hold> holds;
    private final Set<UUID> refunded;
    private final Map<UUID, UUID> transferIds;
    private final Instant now;
    private final List<Captured> captured = new ArrayList<>();
    private final List<Hold> capturedInPart = new ArrayList<>();

    /**
     * A hold to mark as captured, with its transfer.
     *
     * @param chain the account's, up to this transfer; null where its transfers are not numbered yet
     */
    record Captured(Hold hold, UUID transferId, @Nullable ChainHead chain) {}

    /**
     * @param refunded those of the orders whose money was captured and all given back
     * @param transferIds for each hold the id of the transfer that captures it
     * @param now the database's clock, under the locks
     */
    CaptureBatch(
            Map<UUID, LockedAccount> accounts,
            Map<UUID, Hold> holds,
            Set<UUID> refunded,
            Map<UUID, UUID> transferIds,
            Instant now) {
        this.accounts = accounts;
        this.holds = holds;
        this.refunded = refunded;
        this.transferIds = transferIds;
        this.now = now;
    }

    Instant now() {
        return now;
    }

    CaptureOutcome decide(PaymentRequested request) {
        LockedAccount account = accounts.get(request.userId());
        Hold hold = holds.get(request.orderId());
        CaptureOutcome outcome = CaptureDecision.decide(
                request,
                hold,
                refunded.contains(request.orderId()),
                account == null ? BigDecimal.ZERO : account.available());
        if (account != null && hold != null) {
            switch (outcome) {
                case CaptureOutcome.CaptureReserved reserved ->
                    capture(hold, request.amount(), account.captureReserved(request.amount(), hold.amount));
                case CaptureOutcome.CaptureAvailable free ->
                    capture(hold, request.amount(), account.captureAvailable(request.amount()));
                case CaptureOutcome.AlreadyCaptured before -> {}
                case CaptureOutcome.Refused refused -> {}
            }
        }
        return outcome;
    }

    /** The holds to mark as captured, each with one transfer of its amount, in the order in which they were decided. */
    List<Captured> captured() {
        return captured;
    }

    /** Those of them of which only a part was taken: the rest is free. */
    List<Hold> capturedInPart() {
        return capturedInPart;
    }

    /** The accounts that money was taken from. */
    List<LockedAccount> changedAccounts() {
        return captured.stream()
                .map(each -> each.hold().userId)
                .distinct()
                .map(accounts::get)
                .toList();
    }

    private void capture(Hold hold, BigDecimal amount, LockedAccount after) {
        Hold taken = hold.captured(amount);
        UUID id = Objects.requireNonNull(transferIds.get(hold.orderId), "each hold is read with one");
        ChainHead before = after.chain();
        ChainHead chain =
                before == null ? null : before.captured(id, hold.userId, hold.orderId, amount, OrderService.NAME, now);
        accounts.put(after.userId(), after.chained(chain));
        holds.put(hold.orderId, taken);
        captured.add(new Captured(taken, id, chain));
        if (amount.compareTo(hold.amount) < 0) {
            capturedInPart.add(taken);
        }
    }
}
