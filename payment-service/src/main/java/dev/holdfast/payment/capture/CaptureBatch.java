package dev.holdfast.payment.capture;

import dev.holdfast.event.PaymentRequested;
import dev.holdfast.payment.hold.Hold;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The accounts and holds of one batch of requests while it is decided: each decision sees what those before it took.
 * Made of what was read under the accounts' locks, and thrown away after its effects are written.
 */
final class CaptureBatch {
    private final Map<UUID, LockedAccount> accounts;
    private final Map<UUID, Hold> holds;
    private final Set<UUID> refunded;
    private final List<Hold> captured = new ArrayList<>();
    private final List<Hold> capturedInPart = new ArrayList<>();

    /** @param refunded those of the orders whose money was captured and all given back */
    CaptureBatch(Map<UUID, LockedAccount> accounts, Map<UUID, Hold> holds, Set<UUID> refunded) {
        this.accounts = accounts;
        this.holds = holds;
        this.refunded = refunded;
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

    /** The holds to mark as captured, each with one transfer of its amount. */
    List<Hold> captured() {
        return captured;
    }

    /** Those of them of which only a part was taken: the rest is free. */
    List<Hold> capturedInPart() {
        return capturedInPart;
    }

    /** The accounts that money was taken from. */
    List<LockedAccount> changedAccounts() {
        return captured.stream()
                .map(hold -> hold.userId)
                .distinct()
                .map(accounts::get)
                .toList();
    }

    private void capture(Hold hold, BigDecimal amount, LockedAccount after) {
        Hold now = hold.captured(amount);
        accounts.put(after.userId(), after);
        holds.put(hold.orderId, now);
        captured.add(now);
        if (amount.compareTo(hold.amount) < 0) {
            capturedInPart.add(now);
        }
    }
}
