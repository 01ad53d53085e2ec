package dev.holdfast.payment;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.PreparedPlans;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.capture.Captures;
import dev.holdfast.payment.hold.OldHolds;
import dev.holdfast.rest.Cursor;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever PostgreSQL knows about the tables, no statement of a request or a batch reads one of them whole. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class HotStatementsIT {
    private static final int ROWS = 20_000;
    // Statements are kept by the server from the fifth execution on.
    private static final int EXECUTIONS = 8;

    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @Inject
    OldHolds oldHolds;

    @Inject
    Database database;

    @Inject
    AgroalDataSource pool;

    @Test
    void readNoTableWhole() throws SQLException {
        // Prepared while the tables are small, as after a first start.
        doEverything();
        fill();
        assertNoScan("grown, not analyzed");
        Administrator.run("analyze account, hold, transfer, idempotency_key, adjustment, inbox, outbox, audit_record");
        assertNoScan("analyzed");
        bank.assertBooksBalance();
    }

    private void assertNoScan(String state) throws SQLException {
        long before = scans();
        doEverything();
        assertThat(scans() - before).as("scans of whole tables, " + state).isZero();
        // Sweeps and relays have some of the sessions now and then.
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(PreparedPlans.growing(pool, sessions() - 4, Set.of()))
                        .as("statements that grow with tables, " + state)
                        .isEmpty());
    }

    private void doEverything() {
        List<UUID> toSweep = new ArrayList<>();
        for (int i = 0; i < EXECUTIONS; i++) {
            UUID user = bank.account("10");
            bank.deposit(user, "1", "key").then().statusCode(200);
            bank.withdraw(user, "0.5", "other-key").then().statusCode(200);
            bank.withdraw(user, "1000").then().statusCode(402);
            operate(user, bank.account("0"));
            UUID captured = bank.held(user, "2");
            UUID released = bank.held(user, "3");
            bank.hold(user, released, "3").then().statusCode(200);
            for (int together = 1; together <= 2; together++) {
                String holds = Stream.generate(() -> "{\"order_id\": \"%s\", \"user_id\": \"%s\", \"amount\": 0.1}"
                                .formatted(UUID.randomUUID(), user))
                        .limit(together)
                        .collect(Collectors.joining(","));
                bank.post("/internal/holds", "{\"holds\": [" + holds + "]}")
                        .then()
                        .statusCode(200);
                bank.post("/internal/holds?outcomes=true", "{\"holds\": [" + holds.replace("0.1", "1000") + "]}")
                        .then()
                        .statusCode(200);
            }
            oldHolds.removeCaptured(Duration.ofDays(30), 100);
            oldHolds.removeExpired(Duration.ofDays(30), 100);
            bank.hold(user, UUID.randomUUID(), "1000").then().statusCode(402);
            bank.release(user, released).then().statusCode(200);
            UUID cancelled = bank.held(user, "1");
            for (UUID order : List.of(cancelled, cancelled, UUID.randomUUID())) {
                bank.cancel(user, order, "1").then().statusCode(200);
            }
            captures.on(List.of(OrderSide.request(user, captured, "2")));
            captures.on(List.of(OrderSide.request(user, UUID.randomUUID(), "2")));
            expiredLongAgo(user);
            bank.cancel(user, captured, "2").then().statusCode(409);
            bank.refundPart(user, captured, UUID.randomUUID(), "0.5").then().statusCode(200);
            bank.cancel(user, captured, "2").then().statusCode(409);
            bank.refund(user, captured).then().statusCode(200);
            bank.cancel(user, captured, "2").then().statusCode(200);
            bank.get(user).then().statusCode(200);
            given().get("/accounts/" + user + "/transfers").then().statusCode(200);
            String hour = "from=2026-01-31T12:00:00Z&to=9999-01-31T13:00:00Z";
            given().get("/accounts/" + user + "/transfers?" + hour).then().statusCode(200);
            for (String then :
                    List.of("version=0", "version=2", "at=" + Instant.now().truncatedTo(ChronoUnit.MICROS))) {
                given().get("/accounts/" + user + "?" + then).then().statusCode(200);
            }
            given().accept("text/csv")
                    .get("/accounts/" + user + "/transfers")
                    .then()
                    .statusCode(200);
            given().get("/admin/seals").then().statusCode(200);
            given().get("/admin/seals/check?number=1&digest=" + "0".repeat(64))
                    .then()
                    .statusCode(200);
            given().get("/accounts/" + user + "?version=70").then().statusCode(404);
            given().get("/accounts/" + user + "?at=2026-01-31T12:00:00Z").then().statusCode(404);
            given().get("/admin/accounts?limit=5").then().statusCode(200);
            given().get("/admin/accounts?limit=5&held_only=true").then().statusCode(200);
            // Behind a cursor it is another statement.
            String behind = new Cursor(Instant.EPOCH, new UUID(0, 0)).toString();
            given().get("/admin/accounts?held_only=true&cursor=" + behind)
                    .then()
                    .statusCode(200);
            given().get("/accounts/" + bank.account("0") + "/transfers").then().statusCode(200);
            captures.on(List.of(OrderSide.request(user, captured, "2")));
            audit(user);
            reconcile(user, captured);
            UUID expired = bank.held(user, "1");
            bank.expire(expired);
            toSweep.add(expired);
        }
        await().atMost(Duration.ofSeconds(10))
                .until(() -> toSweep.stream()
                        .allMatch(order -> bank.holdStatus(order).equals("EXPIRED")));
    }

    private void operate(UUID user, UUID empty) {
        for (String direction : List.of("CREDIT", "DEBIT")) {
            String id = bank.propose(user, direction, "0.25", "anna").jsonPath().getString("id");
            bank.approve(id, "anna").then().statusCode(409);
            bank.approve(id, "bert").then().statusCode(200);
            bank.reject(id, "bert").then().statusCode(409);
            given().get("/admin/adjustments/" + id).then().statusCode(200);
        }
        given().contentType("application/json")
                .header("X-Operator", "anna")
                .header("Idempotency-Key", "key")
                .body(AccountCalls.proposal(user, "DEBIT", "1000"))
                .post("/admin/adjustments")
                .then()
                .statusCode(201);
        for (String filter : List.of("", "status=PENDING", "status=APPROVED", "user_id=" + user)) {
            given().get("/admin/adjustments?limit=5&" + filter).then().statusCode(200);
        }
        bank.change(user, "freeze").then().statusCode(200);
        bank.hold(user, UUID.randomUUID(), "1").then().statusCode(409);
        bank.change(user, "unfreeze").then().statusCode(200);
        bank.change(user, "close").then().statusCode(409);
        bank.change(empty, "close").then().statusCode(200);
        bank.deposit(empty, "1").then().statusCode(409);
    }

    private void audit(UUID user) {
        String hour = "from=2026-01-31T12:00:00Z&to=9999-01-31T13:00:00Z";
        for (String filter : List.of("", hour, "subject=anna", "action=deposit&" + hour, "object_id=" + user)) {
            given().get("/admin/payments/audit?limit=5&" + filter).then().statusCode(200);
        }
        given().get("/admin/payments/dead-letters/audit").then().statusCode(200);
    }

    private void expiredLongAgo(UUID user) {
        database.update(
                "insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)"
                        + " values (uuidv7(), ?, 1, 'EXPIRED', now() - interval '40 days', now(), now())",
                user);
    }

    private void reconcile(UUID user, UUID order) {
        for (String page : List.of("orders", "accounts")) {
            bank.post("/internal/reconciliation/" + page, "{\"limit\": 50}")
                    .then()
                    .statusCode(200);
        }
        bank.post("/internal/reconciliation/orders/by-id", "{\"ids\": [\"" + order + "\"]}")
                .then()
                .statusCode(200);
        bank.post("/internal/reconciliation/accounts/by-id", "{\"ids\": [\"" + user + "\"]}")
                .then()
                .statusCode(200);
        bank.post("/internal/reconciliation/orders/recent", "{\"seconds\": 60, \"limit\": 1000}")
                .then()
                .statusCode(200);
    }

    /** Without a limit of time, which the service has. */
    private void fill() {
        Administrator.run("""
                with opened as (
                    insert into account (user_id, balance, created_at, updated_at)
                    select uuidv7(), 1, now(), now() from generate_series(1, ?) returning user_id),
                paid as (
                    insert into transfer (debit_account, credit_account, amount, kind, created_at)
                    select '00000000-0000-0000-0000-000000000001', user_id, 2, 'DEPOSIT', now() from opened),
                paid_out as (
                    insert into transfer (debit_account, credit_account, amount, kind, created_at)
                    select user_id, '00000000-0000-0000-0000-000000000001', 1, 'WITHDRAWAL', now() from opened),
                adjusted as (
                    insert into adjustment (user_id, change, reason, proposed_by, proposed_at, expires_at, status,
                                            decided_by, decided_at)
                    select user_id, 1, 'a test', 'anna', now() - interval '1 day', now(), 'REJECTED', 'bert', now()
                      from opened),
                audited as (
                    insert into audit_record (subject, proven, action, object_type, object_id, result)
                    select 'anna', true, 'deposit', 'account', user_id, 'DONE' from opened),
                answered as (
                    insert into idempotency_key (user_id, key, fingerprint, answer, created_at)
                    select user_id, 'key', '1', '{}', now() from opened)
                insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
                select uuidv7(), user_id, 1, 'RELEASED', now(), now(), now() from opened
                """, ROWS);
    }

    /** How often one of the tables was read whole. */
    private long scans() throws SQLException {
        flushStatistics();
        return database.first("""
                        select sum(seq_scan) from pg_stat_user_tables
                         where relname in ('account', 'hold', 'transfer', 'idempotency_key', 'adjustment', 'outbox', 'audit_record')
                        """, row -> row.getLong(1)).orElseThrow();
    }

    private int sessions() {
        return pool.getConfiguration().connectionPoolConfiguration().maxSize();
    }

    /** Each session keeps what it has counted for up to 10 seconds; so all of the pool are told to report it. */
    private void flushStatistics() throws SQLException {
        int all = sessions();
        List<Connection> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < all; i++) {
                Connection session = pool.getConnection();
                sessions.add(session);
                try (Statement flush = session.createStatement()) {
                    flush.execute("select pg_stat_force_next_flush()");
                }
            }
        } finally {
            for (Connection session : sessions) {
                session.close();
            }
        }
    }
}
