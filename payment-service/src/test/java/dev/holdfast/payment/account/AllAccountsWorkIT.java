package dev.holdfast.payment.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.delivery.testing.StatementWork;
import dev.holdfast.delivery.testing.StatementWork.Work;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.TimeRange;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** However many accounts and holds there are, and whatever PostgreSQL knows of them, a page reads few rows more than it shows. */
@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class AllAccountsWorkIT {
    private static final int ACCOUNTS = 100_000;
    private static final PageLimit LIMIT = PageLimit.parse("50");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    /** An account, a hold by which it is found, and one hold that has expired and is not swept yet. */
    private static final int ROWS_MAX = 3 * (LIMIT.rows() + 1);

    // Each of them is looked for from the top of an index.
    private static final int PAGES_MAX = 5 * ROWS_MAX;

    @Test
    void isTheSameForEachFilter() throws SQLException {
        try (StatementWork work = new StatementWork(List.of("account", "hold"))) {
            assertBounded("new", work);
            fill(work);
            assertBounded("grown, not analyzed", work);
            work.run("analyze account, hold");
            assertBounded("analyzed", work);
            work.planAnew();
            assertBounded("planned anew", work);
        }
    }

    @Test
    void leavesTheUpdatesOfOrdersHeapOnly() {
        assertThat(Administrator.run("""
                        select count(*) from pg_index
                         where indrelid = 'public.account'::regclass
                           and (indpred is not null or indexprs is not null or exists (
                                select from pg_attribute where attrelid = indrelid and attnum = any (indkey)
                                   and attname in ('balance', 'held', 'updated_at')))
                        """))
                .as("indexes that an update of an account writes")
                .isEqualTo("0");
    }

    private static void assertBounded(String tables, StatementWork work) throws SQLException {
        List<String> unbounded = new ArrayList<>();
        for (Map.Entry<String, AllAccounts.Query> query : queries().entrySet()) {
            Work done = work.of(query.getValue().sql(), query.getValue().parameters());
            if (done.rows() > ROWS_MAX
                    || done.pages() > PAGES_MAX
                    || done.plan().contains("Seq Scan")) {
                unbounded.add(query.getKey() + ": " + done.rows() + " rows, " + done.pages() + " pages " + done.plan());
            }
        }
        assertThat(unbounded)
                .as("statements that read more with %s tables", tables)
                .isEmpty();
    }

    private static Map<String, AllAccounts.Query> queries() {
        Map<String, AllAccounts.Query> queries = new LinkedHashMap<>();
        Instant middle = START.plusSeconds(ACCOUNTS / 2);
        Instant end = START.plusSeconds(ACCOUNTS);
        Cursor cursor = new Cursor(START.plusSeconds(ACCOUNTS / 4), new UUID(1L << 62, 0));
        List<@Nullable Cursor> cursors = new ArrayList<>(List.of(cursor));
        cursors.add(null);
        for (@Nullable Cursor behind : cursors) {
            for (TimeRange time : List.of(
                    TimeRange.of(null, null),
                    TimeRange.of(middle, null),
                    TimeRange.of(null, middle),
                    TimeRange.of(middle, middle.plusSeconds(10)),
                    TimeRange.of(end.plusSeconds(10), end.plusSeconds(20)))) {
                queries.put(time + " " + behind, AllAccounts.queryOpened(time, LIMIT, behind));
            }
            queries.put("held only " + behind, AllAccounts.queryWithMoneyHeld(LIMIT, behind));
        }
        return queries;
    }

    /**
     * One account a second. Every twentieth has money held, half of these by a hundred holds, and each of the first fifty by one
     * that has expired too; all have a hold that was captured.
     */
    private static void fill(StatementWork work) throws SQLException {
        work.run("insert into account (user_id, balance, held, created_at, updated_at)"
                + " select gen_random_uuid(), 1000, case when n % 20 = 0 then 100 else 0 end, at, at from (select n, '"
                + START + "'::timestamptz + n * interval '1 second' as at from generate_series(1, " + ACCOUNTS
                + ") as n)");
        String hold = "insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)"
                + " select gen_random_uuid(), user_id, 1, ";
        work.run(hold + "'CAPTURED', now(), now(), now() from account");
        work.run(hold + "'HELD', now() + interval '1 hour', now(), now() from account, generate_series(1, 100) as n"
                + " where held > 0 and (n = 1 or extract(epoch from account.created_at)::bigint % 40 = 0)");
        work.run(hold + "'HELD', now() - interval '1 second', now(), now() from account where held > 0"
                + " order by account.created_at limit 50");
    }
}
