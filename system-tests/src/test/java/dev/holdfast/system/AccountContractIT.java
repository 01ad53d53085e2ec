package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.holdfast.faults.stack.StackUnderTest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The REST contract of accounts and holds, through the gateway and straight at payment-service. */
@SystemTest
class AccountContractIT {
    private final StackUnderTest stack;

    AccountContractIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @ParameterizedTest
    @EnumSource
    void opensAnAccountOnce(Door door) {
        Shop shop = door.open(stack);
        UUID user = UUID.randomUUID();

        Answer opened = shop.post("/accounts/" + user, "").expect(201);

        assertThat(opened.json().properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder(
                        "user_id", "balance", "held", "available", "created_at", "updated_at", "status");
        assertThat(opened.text("user_id")).isEqualTo(user.toString());
        assertThat(opened.body()).contains("\"balance\":0.00", "\"held\":0.00", "\"available\":0.00");
        shop.post("/accounts/" + user, "").expectProblem(409, "account_exists");
    }

    @ParameterizedTest
    @EnumSource
    void showsAnAccount(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("12.50");
        shop.hold(user, UUID.randomUUID(), "2.5").expect(200);

        Answer account = shop.account(user).expect(200);

        assertThat(account.body()).contains("\"balance\":12.50", "\"held\":2.50", "\"available\":10.00");
        assertThat(Instant.parse(account.text("created_at"))).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        shop.account(UUID.randomUUID()).expectProblem(404, "account_not_found");
    }

    @ParameterizedTest
    @EnumSource
    void takesDepositsExactly(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("0.10");

        assertThat(shop.deposit(user, "0.20").expect(200).body()).contains("\"balance\":0.30");
        assertThat(shop.deposit(user, "1e2").expect(200).body()).contains("\"balance\":100.30");
        assertThat(shop.deposit(user, "1234567890123.45").expect(200).body()).contains("\"balance\":1234567890223.75");
        shop.deposit(UUID.randomUUID(), "1.00").expectProblem(404, "account_not_found");
    }

    @ParameterizedTest
    @EnumSource
    void replaysADepositOfTheSameKey(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("0.00");

        Answer first = shop.deposit(user, "5.00", "Idempotency-Key", "top-up").expect(200);
        Answer again = shop.deposit(user, "5.00", "Idempotency-Key", "top-up").expect(200);

        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.json()).isEqualTo(first.json());
        shop.deposit(user, "6.00", "Idempotency-Key", "top-up").expectProblem(422, "idempotency_key_reused");
        shop.awaitAccount(user, "5.00", "0.00");
    }

    @ParameterizedTest
    @EnumSource
    void withdrawsWhatIsAvailableAndNothingThatIsHeld(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.randomUUID();
        shop.hold(user, order, "4.00").expect(200);

        shop.withdraw(user, "6.01").expectProblem(402, "insufficient_funds");
        assertThat(shop.withdraw(user, "6").expect(200).body())
                .contains("\"balance\":4.00", "\"held\":4.00", "\"available\":0.00");
        shop.withdraw(UUID.randomUUID(), "1.00").expectProblem(404, "account_not_found");
        shop.release(user, order).expect(200);
        shop.awaitAccount(user, "4.00", "0.00");
        assertThat(shop.get("/accounts/" + user + "/transfers").expect(200).body())
                .containsSubsequence(
                        "\"kind\":\"WITHDRAWAL\",\"amount\":6.00,\"order_id\":null",
                        "\"kind\":\"DEPOSIT\",\"amount\":10.00,\"order_id\":null");
    }

    @ParameterizedTest
    @EnumSource
    void replaysAWithdrawalOfTheSameKeyAndTellsItFromADeposit(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("20.00");

        Answer first = shop.withdraw(user, "5.00", "Idempotency-Key", "pay-out").expect(200);
        Answer again = shop.withdraw(user, "5.00", "Idempotency-Key", "pay-out").expect(200);

        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.body()).isEqualTo(first.body());
        shop.withdraw(user, "6.00", "Idempotency-Key", "pay-out").expectProblem(422, "idempotency_key_reused");
        shop.deposit(user, "5.00", "Idempotency-Key", "pay-out").expectProblem(422, "idempotency_key_reused");
        shop.deposit(user, "1.00", "Idempotency-Key", "top-up").expect(200);
        shop.withdraw(user, "1.00", "Idempotency-Key", "top-up").expectProblem(422, "idempotency_key_reused");
        shop.awaitAccount(user, "16.00", "0.00");
    }

    @ParameterizedTest
    @EnumSource
    void holdsMoneyOncePerOrder(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.randomUUID();

        Answer held = shop.hold(user, order, "4.00").expect(200);

        assertThat(held.text("status")).isEqualTo("held");
        assertThat(held.text("order_id")).isEqualTo(order.toString());
        assertThat(held.body()).contains("\"amount\":4.00");
        assertThat(Instant.parse(held.text("expires_at")))
                .isCloseTo(Instant.now().plusSeconds(120), within(30, ChronoUnit.SECONDS));
        assertThat(shop.hold(user, order, "4.00").expect(200).json()).isEqualTo(held.json());
        shop.hold(user, order, "5.00").expectProblem(409, "hold_conflict");
        shop.hold(shop.openAccount("10.00"), order, "4.00").expectProblem(409, "hold_conflict");
        shop.hold(user, UUID.randomUUID(), "6.01").expectProblem(402, "insufficient_funds");
        shop.hold(UUID.randomUUID(), UUID.randomUUID(), "1.00").expectProblem(404, "account_not_found");
        shop.awaitAccount(user, "10.00", "4.00");
    }

    @ParameterizedTest
    @EnumSource
    void releasesAHold(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.randomUUID();
        shop.hold(user, order, "4.00").expect(200);

        shop.release(shop.openAccount("1.00"), order).expectProblem(404, "hold_not_found");
        assertThat(shop.release(user, order).expect(200).text("status")).isEqualTo("released");
        assertThat(shop.release(user, order).expect(200).text("status")).isEqualTo("released");
        shop.hold(user, order, "4.00").expectProblem(409, "hold_released");
        shop.release(user, UUID.randomUUID()).expectProblem(404, "hold_not_found");
        shop.awaitAccount(user, "10.00", "0.00");
    }
}
