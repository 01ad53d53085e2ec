package dev.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.RealInfrastructure;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
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
        assertRefused("has_two_ends", insert + "(" + funding + ", " + funding + ", 1, 'DEPOSIT', null, now())");
    }

    @Test
    void refuseAWithdrawalOfMoneyThatIsHeld() {
        UUID user = bank.account("10");
        bank.held(user, "4");
        assertRefused("account_held_is_covered", "update account set balance = balance - 6.01 where user_id = ?", user);
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
                "transfer_once_per_order",
                "with twice as (" + capture + ") " + capture,
                UUID.randomUUID(),
                ORDER,
                UUID.randomUUID(),
                ORDER);
    }

    private static final UUID ORDER = UUID.randomUUID();

    private void assertRefused(String reason, String sql, Object... parameters) {
        assertThatThrownBy(() -> database.update(sql, parameters)).hasMessageContaining(reason);
    }
}
