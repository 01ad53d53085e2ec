package dev.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.RealInfrastructure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class DatabaseConstraintsIT {
    @Inject
    Bank bank;

    @Inject
    Database database;

    @Test
    void refuseAnOverdrawnAccountAndMoneyReservedTwice() {
        UUID user = bank.account("10");
        assertRefused("account_held_is_covered", "update account set balance = -1 where user_id = ?", user);
        assertRefused("account_held_is_covered", "update account set held = 10.01 where user_id = ?", user);
        assertRefused("account_held_is_covered", "update account set held = -0.01 where user_id = ?", user);
    }

    @Test
    void refuseTransfersThatMakeNoSense() {
        String insert =
                "insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at) values ";
        UUID user = UUID.randomUUID();
        String funding = "'00000000-0000-0000-0000-000000000001'";
        assertRefused("amount_is_positive", insert + "(" + funding + ", ?, 0, 'DEPOSIT', null, now())", user);
        assertRefused("ends_fit_its_kind", insert + "(" + funding + ", ?, 1, 'GIFT', null, now())", user);
        assertRefused("ends_fit_its_kind", insert + "(" + funding + ", ?, 1, 'CAPTURE', uuidv7(), now())", user);
        assertRefused("ends_fit_its_kind", insert + "(" + funding + ", ?, 1, 'WITHDRAWAL', null, now())", user);
        assertRefused("ends_fit_its_kind", insert + "(?, " + funding + ", 1, 'DEPOSIT', null, now())", user);
        assertRefused("ends_fit_its_kind", insert + "(?, " + funding + ", 1, 'CAPTURE', uuidv7(), now())", user);
        assertRefused("ends_fit_its_kind", insert + "(?, " + funding + ", 1, 'WITHDRAWAL', uuidv7(), now())", user);
        String revenue = "'00000000-0000-0000-0000-000000000002'";
        assertRefused("ends_fit_its_kind", insert + "(" + revenue + ", ?, 1, 'ADJUSTMENT', null, now())", user);
        assertRefused("ends_fit_its_kind", insert + "(?, gen_random_uuid(), 1, 'ADJUSTMENT', null, now())", user);
        assertRefused("ends_fit_its_kind", insert + "(" + funding + ", ?, 1, 'ADJUSTMENT', uuidv7(), now())", user);
        assertRefused("ends_fit_its_kind", insert + "(" + funding + ", " + revenue + ", 1, 'ADJUSTMENT', null, now())");
        assertRefused("has_two_ends", insert + "(" + funding + ", " + funding + ", 1, 'DEPOSIT', null, now())");
    }

    @Test
    void refuseAWithdrawalOfMoneyThatIsHeld() {
        UUID user = bank.account("10");
        bank.held(user, "4");
        assertRefused("account_held_is_covered", "update account set balance = balance - 6.01 where user_id = ?", user);
    }

    @Test
    void refuseMoneyOnAClosedAccountAndAStatusThatIsNone() {
        UUID user = bank.account("0");
        assertRefused("account_status_is_known", "update account set status = 'GONE' where user_id = ?", user);
        bank.change(user, "close").then().statusCode(200);
        // As a replica of the version before deposits, which does not know of closed accounts.
        assertRefused("account_closed_is_empty", "update account set balance = 1 where user_id = ?", user);
        UUID full = bank.account("1");
        assertRefused("account_closed_is_empty", "update account set status = 'CLOSED' where user_id = ?", full);
    }

    @Test
    void refuseThatAnybodyApprovesWhatWasTheirOwnOrLate() {
        UUID user = bank.account("10");
        String id = bank.propose(user, "CREDIT", "1", "anna").jsonPath().getString("id");
        String approve = "update adjustment set status = 'APPROVED', decided_by = ?, transfer_id = uuidv7(),"
                + " decided_at = now() + cast(? as interval) where id = ?";
        UUID adjustment = UUID.fromString(id);
        assertRefused("approved_by_another", approve, "anna", "0s", adjustment);
        assertRefused("approved_in_time", approve, "bert", "90 days", adjustment);
        assertRefused("decided_once_and_whole", "update adjustment set status = 'APPROVED' where id = ?", adjustment);
        assertRefused("decided_once_and_whole", "update adjustment set decided_by = 'bert' where id = ?", adjustment);
        assertRefused("permission denied", "update adjustment set proposed_by = 'bert' where id = ?", adjustment);
    }

    @Test
    void refuseToChangeTheBooks() {
        UUID user = bank.account("10");
        assertRefused("permission denied", "update transfer set amount = 1 where credit_account = ?", user);
        assertRefused("permission denied", "delete from transfer where credit_account = ?", user);
        assertRefused("permission denied", "truncate transfer");
    }

    @Test
    void refuseASecondCaptureOfOneOrder() {
        String capture = "insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)"
                + " values (?, '00000000-0000-0000-0000-000000000002', 1, 'CAPTURE', ?, now())";
        assertRefused(
                "transfer_of_order",
                "with twice as (" + capture + ") " + capture,
                UUID.randomUUID(),
                ORDER,
                UUID.randomUUID(),
                ORDER);
    }

    @Test
    void refuseRefundsOfMoreThanWasCapturedAndASecondOneOfTheSameId() {
        UUID user = bank.account("10");
        UUID order = UUID.randomUUID();
        database.update(
                "insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)"
                        + " values (?, '00000000-0000-0000-0000-000000000002', 3, 'CAPTURE', ?, now())",
                user,
                order);
        database.update("update account set balance = balance - 1.5 where user_id = ?", user);
        String refund =
                "insert into transfer (debit_account, credit_account, amount, kind, order_id, refund_id, created_at)"
                        + " values ('00000000-0000-0000-0000-000000000002', ?, ?, 'REFUND', ?, ?, now())";
        UUID first = UUID.randomUUID();
        assertRefused("left to be refunded", refund, user, new BigDecimal("3.01"), order, first);
        assertRefused("left to be refunded", refund, user, BigDecimal.ONE, UUID.randomUUID(), first);
        database.update(refund, user, BigDecimal.ONE, order, first);
        assertRefused("transfer_of_", refund, user, BigDecimal.ONE, order, first);
        assertRefused("left to be refunded", refund, user, new BigDecimal("2.01"), order, UUID.randomUUID());
        String rest = refund.replace(", refund_id", "").replace("?, ?, now", "?, now");
        database.update(rest, user, new BigDecimal("0.5"), order);
        assertRefused("transfer_of_order", rest, user, new BigDecimal("0.5"), order);
        assertRefused(
                "refund_id_is_of_a_refund",
                "insert into transfer (debit_account, credit_account, amount, kind, refund_id, created_at)"
                        + " values ('00000000-0000-0000-0000-000000000001', ?, 1, 'DEPOSIT', ?, now())",
                user,
                UUID.randomUUID());
    }

    private static final UUID ORDER = UUID.randomUUID();

    private void assertRefused(String reason, String sql, Object... parameters) {
        assertThatThrownBy(() -> database.update(sql, parameters)).hasMessageContaining(reason);
    }
}
