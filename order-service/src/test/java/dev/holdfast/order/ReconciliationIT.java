package dev.holdfast.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.delivery.testing.Management;
import dev.holdfast.order.FakePayments.HoldStatus;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against payments as it should be, with what a test puts wrong in it. */
@QuarkusTest
class ReconciliationIT extends OrderServiceTesting {
    private final UUID user = UUID.randomUUID();
    private final List<UUID> touched = new ArrayList<>();

    @AfterEach
    void mend() {
        touched.forEach(payments::forget);
        payments.differs(user, false);
    }

    @Test
    void namesWhatContradictsWithBothSidesAndClosesItOnceItIsMended() {
        // What other tests have left is older then, and at the end of the list.
        run();
        UUID unpaid = order("FINISHED", null);
        UUID refunded = order("FINISHED", HoldStatus.REFUNDED);
        UUID overRefunded = order("FINISHED", HoldStatus.CAPTURED);
        payments.setRefunds(overRefunded, new BigDecimal("1.00"), new BigDecimal("2.00"));
        UUID charged = order("CANCELLED", HoldStatus.CAPTURED);
        UUID reserved = order("CANCELLED", HoldStatus.HELD);
        UUID stranger = id();
        payments.put(stranger, user, "10.00", HoldStatus.CAPTURED);
        UUID forgotten = id();
        payments.put(forgotten, user, "10.00", HoldStatus.HELD);
        payments.overdue(forgotten);
        UUID cheaper = order("FINISHED", null);
        payments.put(cheaper, user, "9.99", HoldStatus.CAPTURED);
        UUID anothers = order("FINISHED", null);
        payments.put(anothers, UUID.randomUUID(), "10.00", HoldStatus.CAPTURED);
        UUID waiting = order("NEW", HoldStatus.HELD);
        keepTheSweeperFrom(waiting);
        payments.differs(user, true);

        JsonPath report = run();

        assertThat(kinds(report, unpaid)).containsExactly("finished_without_capture");
        assertThat(kinds(report, refunded)).containsExactly("finished_with_refund");
        assertThat(kinds(report, overRefunded)).containsExactly("finished_with_refund");
        assertThat(kinds(report, charged)).containsExactly("cancelled_but_captured");
        assertThat(kinds(report, reserved)).containsExactly("hold_of_terminal_order");
        assertThat(kinds(report, stranger)).containsExactly("capture_without_order");
        assertThat(kinds(report, forgotten)).containsExactlyInAnyOrder("hold_without_order", "hold_past_expiry");
        assertThat(kinds(report, cheaper)).containsExactly("amount_differs");
        assertThat(kinds(report, anothers)).containsExactly("user_differs");
        assertThat(kinds(report, waiting)).containsExactly("order_new_too_long");
        Map<String, Object> ofAccount =
                report.getMap("discrepancies.find { it.user_id == '" + user + "' && it.order_id == null }");
        assertThat(ofAccount)
                .containsEntry("kind", "account_balance_differs")
                .containsEntry("payments_say", "balance 10.01, by its transfers 10.00");
        Map<String, Object> mixed = report.getMap("discrepancies.find { it.order_id == '" + cheaper + "' }");
        assertThat(mixed.get("orders_say").toString()).startsWith("FINISHED, 10.00 of user " + user);
        assertThat(mixed.get("payments_say").toString())
                .startsWith("hold CAPTURED, 9.99 of user " + user)
                .contains("; captured 9.99 of user " + user + " by 1 transfer at ")
                .endsWith("; nothing refunded");
        assertThat(report.getLong("discrepancies_total")).isGreaterThanOrEqualTo(11);
        assertThat(report.getLong("discrepancies_by_kind.user_differs")).isGreaterThanOrEqualTo(1);
        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(Management.get("/q/metrics").asString())
                        .containsPattern("holdfast_reconciliation_discrepancies\\{kind=\"user_differs\"\\} [1-9]")
                        .contains("holdfast_reconciliation_last_pass_age_seconds "));

        payments.put(unpaid, user, "10.00", HoldStatus.CAPTURED);
        payments.put(anothers, user, "10.00", HoldStatus.CAPTURED);
        payments.forget(stranger);
        payments.differs(user, false);

        JsonPath mended = run();
        for (UUID gone : List.of(unpaid, anothers, stranger)) {
            assertThat(kinds(mended, gone)).isEmpty();
            assertThat(query("select closed_at is not null from discrepancy where subject = ?", gone))
                    .isEqualTo("t");
        }
        assertThat(mended.getList("discrepancies.findAll { it.user_id == '" + user + "' && it.order_id == null }"))
                .isEmpty();
        assertThat(kinds(mended, cheaper)).containsExactly("amount_differs");
    }

    @Test
    void leavesOutWhatIsRightOrStillHasItsTime() {
        UUID paid = order("FINISHED", HoldStatus.CAPTURED);
        UUID givenBack = order("CANCELLED", HoldStatus.REFUNDED);
        UUID inParts = order("FINISHED", HoldStatus.CAPTURED);
        payments.setRefunds(inParts, new BigDecimal("1.00"), new BigDecimal("2.00"));
        for (String amount : List.of("1", "2")) {
            query("""
                    with counted as (
                        update orders set refunded = refunded + ?::numeric where id = ? returning id, user_id)
                    insert into refund (order_id, user_id, amount, next_attempt_at, done_at)
                    select id, user_id, ?::numeric, now(), now() from counted returning 1
                    """, amount, inParts, amount);
        }
        UUID released = order("CANCELLED", HoldStatus.RELEASED);
        UUID clients = id();
        payments.put(clients, user, "10.00", HoldStatus.HELD);
        UUID young = id();
        query(
                "insert into orders (id, user_id, amount, created_at, updated_at) values (?, ?, 10, now(), now())",
                young,
                user);
        UUID releasing = order("CANCELLED", HoldStatus.HELD);
        query(
                "insert into compensation (order_id, kind, user_id, next_attempt_at)"
                        + " values (?, 'RELEASE', ?, now() + interval '1 hour')",
                releasing,
                user);

        JsonPath report = run();

        for (UUID right : List.of(paid, givenBack, inParts, released, clients, young, releasing)) {
            assertThat(kinds(report, right)).isEmpty();
        }
        assertThat(report.getLong("in_flight")).isGreaterThanOrEqualTo(3);
        assertThat(report.getLong("orders_compared")).isGreaterThanOrEqualTo(5);
        query("update compensation set done_at = now() where order_id = ?", releasing);
    }

    @Test
    void findsByItselfAndWithinAMinuteAnOldRowThatWasChangedBehindItsBack() {
        UUID order = order("FINISHED", HoldStatus.CAPTURED);
        run();

        payments.put(order, user, "1.00", HoldStatus.CAPTURED);

        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(kinds(get(), order)).containsExactly("amount_differs"));
    }

    @Test
    void saysSoWhenItCouldNotBeCompleted() {
        long passes = run().getLong("passes");
        payments.goAway();
        try {
            Response answer = given().post("/admin/reconciliation/runs");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.jsonPath().getString("code")).isEqualTo("reconciliation_failed");
            assertThat(get().getString("last_error")).isNotEmpty();
            assertThat(get().getLong("passes")).isGreaterThanOrEqualTo(passes);
        } finally {
            payments.comeBack();
        }
        assertThat(run().getString("last_error")).isNull();
    }

    @Test
    void takesOverFromAReplicaThatHasVanished() {
        await().atMost(Duration.ofSeconds(30)).until(() -> query("""
                        update reconciliation_pass set holder = ?, lease_until = now() + interval '4 seconds'
                         where name = 'FULL' and (lease_until is null or lease_until < now()) returning passes
                        """, UUID.randomUUID()) != null);
        long passes = get().getLong("passes");
        assertThat(get().getBoolean("running")).isTrue();

        JsonPath report = run();

        // Its pass was under way, so that the next one but one is what was asked for.
        assertThat(report.getLong("passes")).isGreaterThanOrEqualTo(passes + 2);
    }

    @Test
    void readsNoTableWholeHoweverManyOrdersThereAre() throws Exception {
        // Plans are made while the tables are small, and kept.
        for (int i = 0; i < 8; i++) {
            run();
        }
        for (int i = 0; i < 5_000; i++) {
            payments.put(order("FINISHED", null), user, "10.00", HoldStatus.CAPTURED);
        }
        // They stay as they are.
        touched.clear();
        long before = scans();
        run();
        assertThat(scans() - before).as("scans of whole tables").isZero();
    }

    @Test
    void statesAndKindsThatOnlyANewerVersionKnowsBreakNoPass() {
        UUID newer = id();
        UUID discrepancy = UUID.randomUUID();
        isUpdatedToANewerVersion(true);
        try {
            query(
                    "insert into orders (id, user_id, amount, status, created_at, updated_at)"
                            + " values (?, ?, 10, 'SUSPENDED', now() - interval '1 hour', now() - interval '1 hour')",
                    newer,
                    user);
            query("insert into discrepancy (kind, subject) values ('of_a_newer_version', ?)", discrepancy);

            JsonPath report = run();

            assertThat(report.getString("last_error")).isNull();
            assertThat(kinds(report, newer)).isEmpty();
            assertThat(query("select closed_at is null from discrepancy where subject = ?", discrepancy))
                    .isEqualTo("t");
        } finally {
            query("delete from discrepancy where subject = ?", discrepancy);
            setStatus(newer, "FINISHED");
            isUpdatedToANewerVersion(false);
            payments.put(newer, user, "10.00", HoldStatus.CAPTURED);
            touched.clear();
        }
    }

    @Test
    void anAccountThatIsStillBeingSummedUpIsCountedAndKeepsItsOpenDiscrepancy() {
        payments.differs(user, true);
        String ofAccount = "discrepancies.findAll { it.user_id == '" + user + "' && it.order_id == null }";
        assertThat(run().getList(ofAccount)).hasSize(1);

        payments.cannotVerify(user, true);
        JsonPath report = run();
        assertThat(report.getList(ofAccount)).hasSize(1);
        assertThat(report.getLong("accounts_unverified")).isEqualTo(1);

        payments.cannotVerify(user, false);
        payments.differs(user, false);
        report = run();
        assertThat(report.getList(ofAccount)).isEmpty();
        assertThat(report.getLong("accounts_unverified")).isZero();
    }

    @Test
    void anOrderWhoseRequestWasNotEvenSentWaitsForTheBrokerNotForPayments() {
        UUID waiting = order("NEW", HoldStatus.HELD);
        keepTheSweeperFrom(waiting);
        query(
                "insert into outbox (event_id, order_id, type, destination, payload, next_attempt_at)"
                        + " values (?, ?, 'payment_requested', 'payment_requests', '{}', now() + interval '1 hour')",
                UUID.randomUUID(),
                waiting);
        assertThat(kinds(run(), waiting)).isEmpty();

        query("update outbox set sent_at = now() where order_id = ?", waiting);
        assertThat(kinds(run(), waiting)).containsExactly("order_new_too_long");
    }

    /** How often one of the tables was read whole, as far as the sessions of the pool have told. */
    private long scans() throws Exception {
        List<Connection> sessions = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                Connection session = database.getConnection();
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
        return Long.parseLong(String.valueOf(query("""
                select sum(seq_scan) from pg_stat_user_tables
                 where relname in ('orders', 'compensation', 'outbox', 'discrepancy', 'payment_inquiry')
                """)));
    }

    private UUID id() {
        UUID id = UUID.randomUUID();
        touched.add(id);
        return id;
    }

    /** An order that was placed and ended long ago, and its hold. */
    private UUID order(String status, HoldStatus hold) {
        UUID id = id();
        storeOldOrder(id, user, status);
        if (hold != null) {
            payments.put(id, user, "10.00", hold);
        }
        return id;
    }

    private void keepTheSweeperFrom(UUID order) {
        query(
                "insert into payment_inquiry (order_id, times, next_at) values (?, 1, now() + interval '1 hour')"
                        + " on conflict (order_id) do update set next_at = excluded.next_at",
                order);
    }

    private static JsonPath run() {
        Response answer = given().post("/admin/reconciliation/runs?limit=200");
        if (answer.statusCode() == 202) {
            long pass = answer.jsonPath().getLong("pass");
            assertThat(answer.header("Location")).endsWith("/admin/reconciliation");
            await().atMost(Duration.ofSeconds(60)).until(() -> get().getLong("passes") >= pass);
            return get();
        }
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.jsonPath();
    }

    private static JsonPath get() {
        return given().get("/admin/reconciliation?limit=200")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    private static List<String> kinds(JsonPath report, UUID order) {
        return report.getList("discrepancies.findAll { it.order_id == '" + order + "' }.kind");
    }
}
