package dev.holdfast.payment.verification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.delivery.testing.StatementWork;
import dev.holdfast.delivery.testing.StatementWork.Work;
import dev.holdfast.payment.transfer.TransferPart;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** However many accounts and transfers there are, and whatever PostgreSQL knows of them, a page of a pass reads few rows. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class VerificationWorkIT {
    private static final int ACCOUNTS = 20_000;
    private static final int ROWS_MAX = 3_000;
    private static final UUID USER = new UUID(0x5000_0000_0000_0000L, 17);

    @Test
    void isTheSameForEachStatement() throws SQLException {
        try (StatementWork work = new StatementWork(List.of("account", "transfer", "outbox", "audit_record"))) {
            assertBounded("new", work);
            fill(work);
            assertBounded("grown, not analyzed", work);
            work.run("analyze account, transfer, outbox, audit_record");
            assertBounded("analyzed", work);
            work.planAnew();
            assertBounded("planned anew", work);
        }
    }

    @Test
    void leavesTheUpdatesOfOrdersHeapOnly() {
        assertThat(Administrator.run("""
                        select count(*) from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
                         where indrelid = 'public.account'::regclass
                           and attname in ('version', 'booked', 'booked_at', 'head')
                        """)).isEqualTo("0");
    }

    private static void assertBounded(String tables, StatementWork work) throws SQLException {
        List<String> unbounded = new ArrayList<>();
        for (Map.Entry<String, List<Object>> statement : statements().entrySet()) {
            Work done = work.of(statement.getKey(), statement.getValue());
            if (done.rows() > ROWS_MAX) {
                unbounded.add(statement.getKey() + ": " + done.rows() + " rows " + done.plan());
            }
        }
        assertThat(unbounded)
                .as("statements that read more with %s tables", tables)
                .isEmpty();
    }

    private static Map<String, List<Object>> statements() {
        Map<String, List<Object>> all = new LinkedHashMap<>();
        UUID[] users = new UUID[100];
        for (int i = 0; i < users.length; i++) {
            users[i] = new UUID(0x5000_0000_0000_0000L, i);
        }
        List<Object> newest = new ArrayList<>(Collections.nCopies(TransferPart.values().length + 1, 4));
        newest.add(users);
        all.put(Chains.NEWEST, newest);
        List<Object> next = new ArrayList<>();
        for (TransferPart ignored : TransferPart.values()) {
            next.addAll(List.of(Instant.EPOCH, ChainFinding.NO_USER, 1_000));
        }
        next.addAll(List.of(1_000, USER));
        all.put(Chains.NEXT, next);
        all.put(FullVerification.ACCOUNTS, List.of(USER, 200));
        all.put(RecentVerification.ACCOUNTS, List.of(5_000L, 5_000L, 100, 100, 100));
        all.put(SealedTransfers.NEXT, List.of(ChainFinding.NO_USER, new UUID(-1, -1), 500));
        return all;
    }

    /** Two transfers each of long ago, and events and records of then. */
    private static void fill(StatementWork work) throws SQLException {
        work.run("insert into account (user_id, balance, created_at, updated_at, version)"
                + " select ('5000000000000000' || lpad(to_hex(n), 16, '0'))::uuid, 1, now(), now(), 2 from (select n from generate_series(0, "
                + ACCOUNTS + ") as n) as numbers");
        work.run("insert into transfer (id, debit_account, credit_account, amount, kind, created_at, version)"
                + " select uuidv7(interval '-1 day'), '00000000-0000-0000-0000-000000000001', user_id, 1, 'DEPOSIT',"
                + " now() - interval '1 day', n from account, generate_series(1, 2) as n");
        work.run(
                "insert into outbox (event_id, order_id, type, destination, payload, created_at, user_id)"
                        + " select gen_random_uuid(), gen_random_uuid(), 'x', 'x', '', now() - interval '1 day', user_id from account");
        work.run("insert into audit_record (at, proven, action, object_type, object_id, result)"
                + " select now() - interval '1 day', true, 'deposit', 'account', user_id, 'DONE' from account");
    }
}
