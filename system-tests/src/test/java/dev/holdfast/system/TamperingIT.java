package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.Violation;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each kind of change of the books beside the service is named by the running system, with the account and the number. */
@SystemTest
class TamperingIT {
    private static final Duration NAMED_WITHIN = Duration.ofSeconds(60);

    private final StackUnderTest stack;
    private final Shop shop;
    private final Database payments;

    TamperingIT(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
        this.payments = stack.superuserDatabase().named("payments");
    }

    /** What an act is named, and how it is done and mended. */
    private record Act(String kind, String version, String does, String mends) {}

    private static final Map<String, Act> ACTS = new LinkedHashMap<>();

    static {
        ACTS.put(
                "an amount",
                new Act(
                        "transfer_edited",
                        "version 2",
                        "update transfer set amount = amount + 1 where credit_account = '%s' and version = 2",
                        "update transfer set amount = amount - 1 where credit_account = '%s' and version = 2"));
        ACTS.put(
                "a row less",
                new Act(
                        "transfer_deleted",
                        "version 2",
                        "with taken as (delete from transfer where credit_account = '%1$s' and version = 2 returning *)"
                                + " insert into taken_away select * from taken",
                        "insert into transfer select * from taken_away where credit_account = '%s'"));
        ACTS.put(
                "a row more",
                new Act(
                        "transfer_inserted",
                        "version 0",
                        "insert into transfer (debit_account, credit_account, amount, kind, created_at)"
                                + " values ('00000000-0000-0000-0000-000000000001', '%s', 5, 'DEPOSIT', now())",
                        "delete from transfer where credit_account = '%s' and version is null"));
        ACTS.put(
                "the newest row",
                new Act(
                        "transfers_cut_off",
                        "version 3",
                        "with taken as (delete from transfer where credit_account = '%1$s' and version = 3 returning *)"
                                + " insert into taken_away select * from taken",
                        "insert into transfer select * from taken_away where credit_account = '%s'"));
        ACTS.put(
                "the head",
                new Act(
                        "chain_head_changed",
                        "version 3",
                        "update account set booked = booked + 1 where user_id = '%s'",
                        "update account set booked = booked - 1 where user_id = '%s'"));
    }

    private final Map<UUID, Act> done = new LinkedHashMap<>();

    @AfterEach
    void mendIt() throws SQLException {
        for (Map.Entry<UUID, Act> act : done.entrySet()) {
            execute(act.getValue().mends.formatted(act.getKey()));
        }
        execute("drop table if exists taken_away");
        await().atMost(NAMED_WITHIN.multipliedBy(2))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(named()).isEmpty());
    }

    @Test
    void eachKindIsNamedWithinAMinuteAndByTheInvariantsAndNotAnyMoreOnceItIsMended() throws Exception {
        execute("create table taken_away (like transfer)");
        assertThat(named()).isEmpty();
        Map<String, Act> expected = new TreeMap<>();
        for (Act act : ACTS.values()) {
            UUID user = shop.openAccount("10.00");
            shop.post("/accounts/" + user + "/deposit", "{\"amount\": 2}").expect(200);
            shop.post("/accounts/" + user + "/deposit", "{\"amount\": 3}").expect(200);
            done.put(user, act);
            expected.put(act.kind + " " + user, act);
        }
        Map<String, Long> secondsOf = new TreeMap<>();
        for (Map.Entry<UUID, Act> act : done.entrySet()) {
            execute(act.getValue().does.formatted(act.getKey()));
        }
        long changedNanos = System.nanoTime();
        await().atMost(NAMED_WITHIN).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
            named().forEach((what, says) -> secondsOf.putIfAbsent(
                    what, Duration.ofNanos(System.nanoTime() - changedNanos).toSeconds()));
            assertThat(named().keySet()).containsAll(expected.keySet());
        });
        named().forEach((what, says) -> {
            if (expected.containsKey(what)) {
                assertThat(says).as(what).startsWith(expected.get(what).version);
            }
        });
        System.out.println("Named after so many seconds: " + secondsOf);
        assertThat(stack.invariants().check()).extracting(Violation::invariant).contains("I9");
    }

    /** Kind and user, with what payments says. */
    private Map<String, String> named() {
        Map<String, String> named = new TreeMap<>();
        for (JsonNode discrepancy :
                shop.get("/admin/reconciliation?limit=200").expect(200).json().path("discrepancies")) {
            named.put(
                    discrepancy.path("kind").asText() + " "
                            + discrepancy.path("user_id").asText(),
                    discrepancy.path("payments_say").asText());
        }
        return named;
    }

    /** Past all triggers, as only a superuser can. */
    private void execute(String sql) throws SQLException {
        try (Connection connection = payments.open();
                Statement statement = connection.createStatement()) {
            statement.execute("set session_replication_role = replica");
            statement.execute(sql);
        }
    }
}
