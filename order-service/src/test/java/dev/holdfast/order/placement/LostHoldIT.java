package dev.holdfast.order.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import dev.holdfast.delivery.testing.ReadOnly;
import dev.holdfast.localstack.LocalPostgres;
import dev.holdfast.order.FakePayments.Behaviour;
import dev.holdfast.order.FakePayments.Hold;
import dev.holdfast.order.FakePayments.HoldStatus;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.Statement;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is lost between the hold and the order, no money stays reserved and no order stands without its hold. */
@QuarkusTest
class LostHoldIT extends PlacementTesting {
    LocalPostgres postgres;

    @Test
    void nothingIsOrderedOrGivenUpWherePaymentsRefusesTheWholeCall() {
        UUID user = payments.openAccount("100");
        payments.misbehave("/internal/holds", Behaviour.REFUSE);
        assertUnavailable(place(user, KETTLE, null));
        assertThat(query("select count(*) from compensation where user_id = ?", user))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @EnumSource(names = {"DROP_THE_ANSWER", "ANSWER_RUBBISH", "ANSWER_LATE"})
    void releasesTheMoneyWhenThereIsNoAnswerToRelyOn(Behaviour how) {
        UUID user = payments.openAccount("100");
        payments.misbehave("/internal/holds", how);
        assertUnavailable(place(user, KETTLE, null));
        await().untilAsserted(() -> assertNothingIsReserved(user, HoldStatus.RELEASED));
    }

    @Test
    void meetsTheHoldOfAnAnswerThatWasLost() {
        UUID user = payments.openAccount("100");
        payments.misbehaveOnce("/internal/holds", Behaviour.DROP_THE_ANSWER);
        UUID order = id(place(user, KETTLE, null));
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
        assertThat(payments.holdsOf(user)).hasSize(1);
    }

    @Test
    void releasesTheMoneyOfAHoldThatArrivesAfterItsRelease() {
        UUID user = payments.openAccount("100");
        payments.misbehave("/internal/holds", Behaviour.PROCESS_LATE);
        assertUnavailable(place(user, KETTLE, "my-key"));
        payments.behave();
        // The id was given up, so that the order does not stand on a hold which is about to be released.
        UUID order = id(place(user, KETTLE, "my-key"));
        await().untilAsserted(() -> assertThat(payments.holdsOf(user))
                .extracting(Hold::status)
                .containsExactlyInAnyOrder(HoldStatus.RELEASED, HoldStatus.HELD));
        assertThat(payments.holdStatus(order)).isEqualTo(HoldStatus.HELD);
        assertThat(payments.available(user)).isEqualByComparingTo("80.10");
    }

    @Test
    void releasesTheMoneyOnceItsReleaseGetsThrough() {
        UUID user = payments.openAccount("100");
        payments.misbehave("", Behaviour.DROP_THE_ANSWER);
        assertUnavailable(place(user, KETTLE, null));
        payments.behave();
        await().untilAsserted(() -> assertNothingIsReserved(user, HoldStatus.RELEASED));
        await().untilAsserted(
                        () -> assertThat(query("select done_at is not null from compensation where user_id = ?", user))
                                .isEqualTo("t"));
    }

    @Test
    void releasesTheMoneyWhenTheOrderCannotBeStored() throws Exception {
        UUID user = payments.openAccount("100");
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("lock table outbox in share mode");
            place(user, KETTLE, null)
                    .then()
                    .statusCode(503)
                    .header("Retry-After", matchesPattern("[1-9]\\d*"))
                    .body("code", equalTo("overloaded"));
            other.rollback();
        }
        await().untilAsserted(() -> assertNothingIsReserved(user, HoldStatus.RELEASED));
    }

    @Test
    void releasesTheMoneyAlsoWhileTheDatabaseTakesNoWrites() throws Exception {
        UUID user = payments.openAccount("100");
        try (ReadOnly closed = new ReadOnly(postgres, database)) {
            place(user, KETTLE, null).then().statusCode(503).body("code", equalTo("overloaded"));
            await().untilAsserted(() -> assertNothingIsReserved(user, HoldStatus.RELEASED));
            place(user, KETTLE, "my-key").then().statusCode(503).body("code", equalTo("overloaded"));
        }
        placed(user, "80.1");
    }

    @Test
    void aBatchWhoseAnswerWasLostDoesNotOverrunPayments() throws Exception {
        UUID user = payments.openAccount("10000");
        payments.misbehave("/internal/holds", Behaviour.ANSWER_RUBBISH);
        payments.singleCallsAtOnce();
        assertThat(statuses(120, i -> place(user, KETTLE, null))).containsOnly(503);
        payments.behave();
        await().untilAsserted(() ->
                assertThat(payments.holdsOf(user)).extracting(Hold::status).containsOnly(HoldStatus.RELEASED));
        assertThat(payments.singleCallsAtOnce()).isLessThanOrEqualTo(20);
    }
}
