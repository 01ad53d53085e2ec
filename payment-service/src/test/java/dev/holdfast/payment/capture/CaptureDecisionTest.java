package dev.holdfast.payment.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.event.FailureReason;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.payment.hold.Hold;
import dev.holdfast.payment.hold.HoldStatus;
import dev.holdfast.payment.hold.HoldTaker;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CaptureDecisionTest {
    private static final UUID USER = UUID.randomUUID();
    private static final UUID ORDER = UUID.randomUUID();
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

    private final Map<UUID, LockedAccount> accounts = new HashMap<>();
    private final Map<UUID, Hold> holds = new HashMap<>();
    private final Set<UUID> refunded = new HashSet<>();
    private final Map<UUID, UUID> transferIds = new HashMap<>();
    private final CaptureBatch batch = new CaptureBatch(accounts, holds, refunded, transferIds, NOW);

    @Test
    void takesReservedMoneyFromBalanceAndHeld() {
        account("100", "30");
        hold(ORDER, "30", HoldStatus.HELD);
        assertThat(batch.decide(request(ORDER, "30.00"))).isEqualTo(new CaptureOutcome.CaptureReserved());
        assertThat(batch.changedAccounts()).containsExactly(locked("70.00", "0"));
        assertThat(batch.captured()).extracting(each -> each.hold().orderId).containsExactly(ORDER);
    }

    @Test
    void takesAnExpiredHoldFromWhatIsAvailable() {
        account("100", "70");
        hold(ORDER, "30", HoldStatus.EXPIRED);
        assertThat(batch.decide(request(ORDER, "30"))).isEqualTo(new CaptureOutcome.CaptureAvailable());
        assertThat(batch.changedAccounts()).containsExactly(locked("70", "70"));
    }

    @Test
    void failsAnExpiredHoldThatIsOneCentShort() {
        account("100", "70.01");
        hold(ORDER, "30", HoldStatus.EXPIRED);
        assertRefused(request(ORDER, "30"), FailureReason.INSUFFICIENT_FUNDS);
    }

    @Test
    void takesNothingFromWhatAClientReservedForItself() {
        account("100", "30");
        hold(ORDER, "30", HoldStatus.HELD);
        holds.get(ORDER).takenBy = HoldTaker.CLIENT.name();
        assertRefused(request(ORDER, "30"), FailureReason.HOLD_MISMATCH);
        holds.get(ORDER).takenBy = HoldTaker.ORDERS.name();
        assertThat(batch.decide(request(ORDER, "30"))).isEqualTo(new CaptureOutcome.CaptureReserved());
    }

    @Test
    void takesAPartOnceAndFreesTheRest() {
        account("100", "30");
        hold(ORDER, "30", HoldStatus.HELD);
        assertThat(batch.decide(request(ORDER, "12.50"))).isEqualTo(new CaptureOutcome.CaptureReserved());
        assertThat(batch.changedAccounts()).containsExactly(locked("87.50", "0"));
        assertThat(batch.captured()).singleElement().satisfies(captured -> {
            assertThat(captured.hold().amount).isEqualByComparingTo("12.50");
            assertThat(batch.capturedInPart()).containsExactly(captured.hold());
        });
        assertThat(batch.decide(request(ORDER, "12.50"))).isEqualTo(new CaptureOutcome.AlreadyCaptured());
        for (String other : List.of("12.49", "12.51", "30")) {
            assertThat(batch.decide(request(ORDER, other)))
                    .isEqualTo(new CaptureOutcome.Refused(FailureReason.HOLD_MISMATCH));
        }
        assertThat(batch.captured()).hasSize(1);
    }

    @Test
    void takesAPartOfAnExpiredHoldFromWhatIsAvailable() {
        account("100", "90");
        hold(ORDER, "30", HoldStatus.EXPIRED);
        assertThat(batch.decide(request(ORDER, "10"))).isEqualTo(new CaptureOutcome.CaptureAvailable());
        assertThat(batch.changedAccounts()).containsExactly(locked("90", "90"));
    }

    @Test
    void takesTheWholeWithoutARest() {
        account("100", "30");
        hold(ORDER, "30", HoldStatus.HELD);
        batch.decide(request(ORDER, "30.00"));
        assertThat(batch.capturedInPart()).isEmpty();
    }

    @Test
    void failsAReleasedHold() {
        account("100", "0");
        hold(ORDER, "30", HoldStatus.RELEASED);
        assertRefused(request(ORDER, "30"), FailureReason.HOLD_RELEASED);
    }

    @Test
    void failsARequestThatComesAgainAfterTheRefund() {
        account("100", "0");
        hold(ORDER, "30", HoldStatus.CAPTURED);
        refunded.add(ORDER);
        assertRefused(request(ORDER, "30"), FailureReason.HOLD_RELEASED);
    }

    @Test
    void failsAnUnknownHold() {
        account("100", "0");
        assertRefused(request(ORDER, "30"), FailureReason.HOLD_NOT_FOUND);
    }

    @Test
    void failsAnotherAmountWhateverTheHoldsStatus() {
        account("100", "0");
        for (HoldStatus status : HoldStatus.values()) {
            hold(ORDER, "30", status);
            assertRefused(request(ORDER, "30.01"), FailureReason.HOLD_MISMATCH);
        }
    }

    @Test
    void failsAnotherUserWhateverTheHoldsStatus() {
        account("100", "0");
        for (HoldStatus status : HoldStatus.values()) {
            hold(ORDER, "30", status);
            assertRefused(request(UUID.randomUUID(), ORDER, "30"), FailureReason.HOLD_MISMATCH);
        }
    }

    @Test
    void confirmsACapturedHoldWithoutAnotherEffect() {
        account("100", "0");
        hold(ORDER, "30", HoldStatus.CAPTURED);
        assertThat(batch.decide(request(ORDER, "30"))).isEqualTo(new CaptureOutcome.AlreadyCaptured());
        assertThat(batch.captured()).isEmpty();
    }

    @Test
    void seesWhatEarlierRequestsOfTheBatchTook() {
        account("50", "0");
        List<UUID> orders = List.of(UUID.randomUUID(), UUID.randomUUID());
        orders.forEach(order -> hold(order, "30", HoldStatus.EXPIRED));
        assertThat(batch.decide(request(orders.get(0), "30"))).isEqualTo(new CaptureOutcome.CaptureAvailable());
        assertThat(batch.decide(request(orders.get(0), "30"))).isEqualTo(new CaptureOutcome.AlreadyCaptured());
        assertThat(batch.decide(request(orders.get(1), "30")))
                .isEqualTo(new CaptureOutcome.Refused(FailureReason.INSUFFICIENT_FUNDS));
        assertThat(batch.captured()).hasSize(1);
        assertThat(batch.changedAccounts()).containsExactly(locked("20", "0"));
    }

    private void assertRefused(PaymentRequested request, FailureReason reason) {
        assertThat(batch.decide(request)).isEqualTo(new CaptureOutcome.Refused(reason));
        assertThat(batch.captured()).isEmpty();
        assertThat(batch.changedAccounts()).isEmpty();
    }

    private void account(String balance, String held) {
        accounts.put(USER, locked(balance, held));
    }

    private static LockedAccount locked(String balance, String held) {
        return new LockedAccount(USER, new BigDecimal(balance), new BigDecimal(held), null);
    }

    private void hold(UUID order, String amount, HoldStatus status) {
        Hold hold = new Hold();
        hold.orderId = order;
        hold.userId = USER;
        hold.amount = new BigDecimal(amount);
        hold.status = status.name();
        hold.expiresAt = NOW;
        holds.put(order, hold);
        transferIds.put(order, UUID.randomUUID());
    }

    private static PaymentRequested request(UUID order, String amount) {
        return request(USER, order, amount);
    }

    private static PaymentRequested request(UUID user, UUID order, String amount) {
        return new PaymentRequested(UUID.randomUUID(), order, user, new BigDecimal(amount), NOW);
    }
}
