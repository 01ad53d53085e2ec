package dev.holdfast.payment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.account.Deposits;
import dev.holdfast.payment.account.Withdrawals;
import dev.holdfast.payment.capture.Captures;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.access.Acting;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each act leaves one record, together with what it did. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class AuditIT {
    private static final String URL = "/admin/payments/audit";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final Acting ANNA = new Acting("anna", "console", "operator", true, TRACE);

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @Inject
    Deposits deposits;

    @Inject
    Withdrawals withdrawals;

    @Inject
    Database database;

    @Test
    void tellsWhoDepositedHowMuchAndWhen() {
        UUID user = bank.account("0");
        Instant before = Instant.now();
        deposits.deposit(user, new BigDecimal("1e1"), null, ANNA);

        JsonPath record = of(user);
        assertThat(record.getList("")).hasSize(1);
        assertThat(record.getString("[0].subject")).isEqualTo("anna");
        assertThat(record.getString("[0].client")).isEqualTo("console");
        assertThat(record.getString("[0].role")).isEqualTo("operator");
        assertThat(record.getBoolean("[0].proven")).isTrue();
        assertThat(record.getString("[0].trace_id")).isEqualTo(TRACE);
        assertThat(record.getString("[0].action")).isEqualTo("deposit");
        assertThat(record.getString("[0].object_type")).isEqualTo("account");
        assertThat(record.getString("[0].object_id")).isEqualTo(user.toString());
        assertThat(record.getString("[0].result")).isEqualTo("DONE");
        assertThat(record.getString("[0].code")).isNull();
        assertThat(Instant.parse(record.getString("[0].at")))
                .isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
        assertThat(UUID.fromString(record.getString("[0].id")).version()).isEqualTo(7);
        assertThat(record.getString("[0].details.amount")).isEqualTo("10.00");
        UUID transfer = UUID.fromString(record.getString("[0].details.transfer_id"));
        assertThat(actor("id", transfer)).isEqualTo("anna");
    }

    @Test
    void saysThatNothingIsProvenWhereNobodyIsAuthenticated() {
        UUID user = bank.account("0");
        given().contentType("application/json")
                .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                .body("{\"amount\": 1}")
                .post("/accounts/" + user + "/deposit")
                .then()
                .statusCode(200);
        JsonPath record = of(user);
        assertThat(record.getList("")).hasSize(1);
        assertThat(record.getString("[0].subject")).isNull();
        assertThat(record.getString("[0].role")).isNull();
        assertThat(record.getBoolean("[0].proven")).isFalse();
        assertThat(record.getString("[0].trace_id")).isEqualTo(TRACE);
    }

    @Test
    void hasOneRecordOfADepositHoweverOftenItsKeyIsSent() {
        UUID user = bank.account("0");
        for (int i = 0; i < 3; i++) {
            bank.deposit(user, "2", "key").then().statusCode(200);
        }
        assertThat(of(user).getList("action")).containsExactly("deposit");
        bank.deposit(user, "3", "key").then().statusCode(422);
        assertThat(of(user).getList("code")).containsExactly("idempotency_key_reused", null);
        assertThat(of(user).getList("result")).containsExactly("REFUSED", "DONE");
    }

    @Test
    void hasARecordOfEachOfTwoDepositsAtOnce() throws Exception {
        UUID user = bank.account("0");
        Parallel.run(2, i -> bank.deposit(user, "1").then().statusCode(200));
        assertThat(of(user).getList("details.transfer_id")).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void hasNothingOfADepositThatIsRolledBack() {
        UUID user = bank.account("0");
        assertThatThrownBy(() -> QuarkusTransaction.requiringNew().run(() -> {
                    deposits.deposit(user, BigDecimal.ONE, null, ANNA);
                    throw new IllegalStateException("it ends here");
                }))
                .hasMessageContaining("it ends here");
        assertThat(of(user).getList("")).isEmpty();
        bank.assertMoney(user, "0.00", "0.00");
    }

    @Test
    void hasNoDepositWithoutItsRecord() {
        UUID user = bank.account("0");
        // What cannot be written down is not done: a trace id that the database refuses stands for any failure.
        assertThatThrownBy(
                        () -> deposits.deposit(user, BigDecimal.ONE, null, new Acting("anna", null, null, true, "\0")))
                .isNotNull();
        assertThat(of(user).getList("")).isEmpty();
        bank.assertMoney(user, "0.00", "0.00");
    }

    @Test
    void hasRecordsOfRefusedDeposits() {
        UUID user = bank.account("9999999999999999.99");
        bank.deposit(user, "0.01").then().statusCode(422);
        assertThat(of(user).getList("code")).containsExactly("balance_limit_exceeded", null);
        UUID nobody = UUID.randomUUID();
        bank.deposit(nobody, "1").then().statusCode(404);
        assertThat(of(nobody).getList("code")).containsExactly("account_not_found");
    }

    @Test
    void tellsOfWithdrawalsAsOfDeposits() {
        UUID user = bank.account("0");
        deposits.deposit(user, BigDecimal.TEN, null, ANNA);
        withdrawals.withdraw(user, new BigDecimal("4.5"), new IdempotencyKey("key"), ANNA);
        withdrawals.withdraw(user, new BigDecimal("4.5"), new IdempotencyKey("key"), ANNA);
        withdrawals.withdraw(user, new BigDecimal("4"), new IdempotencyKey("key"), ANNA);
        withdrawals.withdraw(user, new BigDecimal("5.51"), null, ANNA);

        JsonPath records = of(user);
        assertThat(records.getList("action")).containsExactly("withdraw", "withdraw", "withdraw", "deposit");
        assertThat(records.getList("result")).containsExactly("REFUSED", "REFUSED", "DONE", "DONE");
        assertThat(records.getList("code")).containsExactly("insufficient_funds", "idempotency_key_reused", null, null);
        assertThat(records.getList("details.amount")).containsExactly("5.51", "4.00", "4.50", "10.00");
        assertThat(records.getList("subject")).containsOnly("anna");
        assertThat(records.getList("object_type")).containsOnly("account");
        assertThat(actor("id", UUID.fromString(records.getString("[2].details.transfer_id"))))
                .isEqualTo("anna");
        UUID nobody = UUID.randomUUID();
        bank.withdraw(nobody, "1").then().statusCode(404);
        assertThat(of(nobody).getList("code")).containsExactly("account_not_found");
    }

    @Test
    void hasNothingOfAWithdrawalThatIsRolledBackNorIsItsKeyUsed() {
        UUID user = bank.account("10");
        assertThatThrownBy(() -> QuarkusTransaction.requiringNew().run(() -> {
                    withdrawals.withdraw(user, BigDecimal.ONE, new IdempotencyKey("key"), ANNA);
                    throw new IllegalStateException("it ends here");
                }))
                .hasMessageContaining("it ends here");
        assertThatThrownBy(() -> withdrawals.withdraw(
                        user, BigDecimal.ONE, new IdempotencyKey("key"), new Acting("anna", null, null, true, "\0")))
                .isNotNull();
        assertThat(of(user).getList("action")).containsExactly("deposit");
        bank.assertMoney(user, "10.00", "0.00");

        Response repeated = bank.withdraw(user, "1", "key");
        assertThat(repeated.statusCode()).isEqualTo(200);
        assertThat(repeated.header("Idempotency-Replayed")).isNull();
        bank.assertMoney(user, "9.00", "0.00");
    }

    @Test
    void hasOneRecordOfAHoldAndOfItsReleaseThroughThePublicApi() {
        UUID user = bank.account("10");
        UUID order = UUID.randomUUID();
        for (int i = 0; i < 2; i++) {
            bank.hold(user, order, "4").then().statusCode(200);
        }
        for (int i = 0; i < 2; i++) {
            bank.release(user, order).then().statusCode(200);
        }
        bank.hold(user, order, "4").then().statusCode(409);
        JsonPath records = of(order);
        assertThat(records.getList("action")).containsExactly("hold", "release", "hold");
        assertThat(records.getList("code")).containsExactly("hold_released", null, null);
        assertThat(records.getList("object_type")).containsOnly("order");
        assertThat(records.getList("details.user_id")).containsOnly(user.toString());
        assertThat(records.getList("details.amount")).containsOnly("4.00");
    }

    @Test
    void hasRecordsOfHoldsThatAreDecidedUnderTheLock() {
        UUID user = bank.account("10");
        UUID expired = UUID.randomUUID();
        bank.hold(user, expired, "10").then().statusCode(200);
        bank.expire(expired);
        UUID order = UUID.randomUUID();
        bank.hold(user, order, "5").then().statusCode(200);
        assertThat(of(order).getList("result")).containsExactly("DONE");
        UUID refused = UUID.randomUUID();
        bank.hold(user, refused, "5.01").then().statusCode(402);
        bank.release(user, refused).then().statusCode(404);
        assertThat(of(refused).getList("code")).containsExactly("hold_not_found", "insufficient_funds");
    }

    @Test
    void hasNothingOfWhatOrdersTakeAndReleaseAndOneRecordOfARefund() {
        UUID user = bank.account("10");
        UUID order = bank.held(user, "4");
        captures.on(List.of(OrderSide.request(user, order, "4")));
        UUID released = bank.held(user, "1");
        bank.post("/internal/releases", "{\"order_id\": \"%s\", \"user_id\": \"%s\"}".formatted(released, user))
                .then()
                .statusCode(200);
        assertThat(of(order).getList("")).isEmpty();
        assertThat(of(released).getList("")).isEmpty();
        assertThat(actor("order_id", order)).isEqualTo("order-service");

        bank.refund(user, released).then().statusCode(404);
        for (int i = 0; i < 2; i++) {
            bank.refund(user, order).then().statusCode(200);
        }
        assertThat(of(released).getList("")).isEmpty();
        JsonPath record = of(order);
        assertThat(record.getList("action")).containsExactly("refund");
        assertThat(record.getString("[0].subject")).isEqualTo("order-service");
        assertThat(record.getBoolean("[0].proven")).isFalse();
        assertThat(record.getString("[0].details.amount")).isEqualTo("4.00");
        assertThat(database.query("select actor from transfer where order_id = ?", row -> row.getString(1), order))
                .containsExactly("order-service", "order-service");
    }

    @Test
    void aReplicaOfTheVersionBeforeLeavesNoActor() {
        UUID user = bank.account("0");
        database.update(
                "insert into transfer (debit_account, credit_account, amount, kind, created_at)"
                        + " values ('00000000-0000-0000-0000-000000000001', ?, 1, 'DEPOSIT', now())",
                user);
        database.update("update account set balance = 1 where user_id = ?", user);
        assertThat(actor("credit_account", user)).isNull();
        given().get("/accounts/" + user + "/transfers").then().statusCode(200);
    }

    @Test
    void keepsTheActorFromTheCustomersStatement() {
        UUID user = bank.account("0");
        deposits.deposit(user, BigDecimal.ONE, null, ANNA);
        assertThat(given().get("/accounts/" + user + "/transfers").asString()).doesNotContain("anna", "actor");
    }

    @Test
    void listsWhatIsAskedForPageByPage() {
        UUID user = bank.account("0");
        String subject = "subject-" + user;
        Acting acting = new Acting(subject, null, "backend", true, null);
        for (int i = 1; i <= 7; i++) {
            deposits.deposit(user, BigDecimal.valueOf(i), null, acting);
        }
        List<String> amounts = new ArrayList<>();
        String next = URL + "?limit=3&subject=" + subject;
        while (next != null) {
            Response page = given().urlEncodingEnabled(false).get(next);
            amounts.addAll(page.jsonPath().getList("details.amount", String.class));
            String link = page.header("Link");
            next = link == null ? null : link.substring(1, link.indexOf('>'));
        }
        assertThat(amounts).containsExactly("7.00", "6.00", "5.00", "4.00", "3.00", "2.00", "1.00");

        List<String> times = list("subject=" + subject).getList("at", String.class);
        String between = "&from=" + times.get(4) + "&to=" + times.get(2);
        assertThat(list("subject=" + subject + between).getList("details.amount"))
                .containsExactly("4.00", "3.00");
        assertThat(list("action=deposit&object_id=" + user).getList("")).hasSize(7);
        assertThat(list("action=hold&subject=" + subject).getList("")).isEmpty();
        String later = Instant.now()
                .plus(Duration.ofDays(1))
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
        assertThat(list("subject=" + subject + "&from=" + later).getList("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0,limit",
        "cursor=x,cursor",
        "object_id=1,object_id",
        "subject=%00,subject",
        "from=yesterday,from",
        "from=2026-02-30T12:00:00Z,from",
        "to=2026-01-31T12:00:00%2B01:00,to",
        "to=12026-01-31T12:00:00Z,to"
    })
    void namesWhatIsWrongInAFilter(String filter, String field) {
        Response answer = given().urlEncodingEnabled(false).get(URL + "?" + filter);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.jsonPath().getString("code")).isEqualTo("validation_failed");
        assertThat(answer.jsonPath().getList("errors.field")).containsExactly(field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"update audit_record set subject = 'nobody'", "delete from audit_record", "truncate audit_record"
            })
    void isRefusedToTheServiceToChange(String statement) {
        bank.account("1");
        assertThatThrownBy(() -> database.update(statement)).hasMessageContaining("permission denied");
    }

    private JsonPath of(UUID object) {
        return list("object_id=" + object);
    }

    private static JsonPath list(String query) {
        return given().get(URL + "?" + query).then().statusCode(200).extract().jsonPath();
    }

    private String actor(String column, UUID id) {
        return database.query("select actor from transfer where " + column + " = ?", row -> row.getString(1), id)
                .getFirst();
    }
}
