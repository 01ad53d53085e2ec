package dev.holdfast.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.testing.StatementWork;
import dev.holdfast.delivery.testing.StatementWork.Work;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.TimeRange;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** However many orders there are, and whatever PostgreSQL knows of them, a page of all orders reads few rows more than it shows. */
@QuarkusTest
class AllOrdersWorkIT extends OrderServiceTesting {
    private static final int ORDERS = 200_000;
    private static final PageLimit LIMIT = PageLimit.parse("50");
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    /** Of half of the orders. */
    private static final UUID USER = UUID.fromString("6e3a1f1e-9a55-4f0c-8a0c-2d8f1c7b6a10");

    private static final UUID NOBODY = UUID.fromString("7e3a1f1e-9a55-4f0c-8a0c-2d8f1c7b6a10");
    // Each of three parts of a page may be a whole one.
    private static final int ROWS_MAX = 3 * (LIMIT.rows() + 1);
    // A page of the table for each row, as many for rows that have left an index, and the way down to each.
    private static final int PAGES_MAX = 3 * ROWS_MAX;
    // The index of what waits has more than a hundred of them on a page.
    private static final int ENDED_PAGES = ORDERS / 100;

    @Test
    void isTheSameForEachCombinationOfFilters() throws SQLException {
        try (StatementWork work = new StatementWork(List.of("orders"))) {
            assertBounded("new", work);
            fill(work, "extract(epoch from created_at)::bigint % 4999 <> 0");
            assertBounded("grown, not analyzed", work);
            work.run("analyze orders");
            assertBounded("analyzed", work);
            work.planAnew();
            assertBounded("planned anew", work);
        }
    }

    @Test
    void isTheSameWhereNoneIsPaid() throws SQLException {
        try (StatementWork work = new StatementWork(List.of("orders"))) {
            fill(work, "false");
            assertBounded("without a paid order", work);
        }
    }

    private static void assertBounded(String tables, StatementWork work) throws SQLException {
        List<String> unbounded = new ArrayList<>();
        for (Map.Entry<String, AllOrders.Query> query : queries().entrySet()) {
            Work done = work.of(query.getValue().sql(), query.getValue().parameters());
            if (query.getKey().contains("status=NEW")) {
                // Those that have ended since the last vacuum are passed over: the first time by a look at each.
                done = work.of(query.getValue().sql(), query.getValue().parameters());
            }
            int pagesMax = query.getKey().contains("status=NEW") ? PAGES_MAX + ENDED_PAGES : PAGES_MAX;
            if (done.rows() > ROWS_MAX || done.pages() > pagesMax || done.plan().contains("Seq Scan")) {
                unbounded.add(query.getKey() + ": " + done.rows() + " rows, " + done.pages() + " pages " + done.plan());
            }
        }
        assertThat(unbounded)
                .as("statements that read more with %s tables", tables)
                .isEmpty();
    }

    private static Map<String, AllOrders.Query> queries() {
        Map<String, AllOrders.Query> queries = new LinkedHashMap<>();
        Instant end = START.plusSeconds(ORDERS);
        Instant middle = START.plusSeconds(ORDERS / 2);
        Map<String, TimeRange> ranges = new LinkedHashMap<>();
        ranges.put("", TimeRange.of(null, null));
        ranges.put("from=middle", TimeRange.of(middle, null));
        ranges.put("to=middle", TimeRange.of(null, middle));
        ranges.put("hour", TimeRange.of(middle, middle.plus(Duration.ofHours(1))));
        ranges.put("to=first", TimeRange.of(null, START.plusSeconds(5)));
        ranges.put("nothing", TimeRange.of(end.plusSeconds(10), end.plusSeconds(20)));
        Cursor cursor = new Cursor(START.plusSeconds(ORDERS / 4), new UUID(0, 0));
        ranges.forEach((range, time) -> {
            for (@Nullable OrderStatus status : statuses()) {
                for (@Nullable UUID user : users()) {
                    for (@Nullable Cursor from : cursors(cursor)) {
                        queries.put(
                                range + " status=" + status + " user=" + user + " cursor=" + from,
                                AllOrders.query(new AllOrders.Filter(user, status, time), LIMIT, from));
                    }
                }
            }
        });
        return queries;
    }

    private static List<@Nullable OrderStatus> statuses() {
        List<@Nullable OrderStatus> statuses = new ArrayList<>();
        // First, before anybody has looked at those that wait no more.
        statuses.add(null);
        statuses.addAll(List.of(OrderStatus.values()));
        return statuses;
    }

    private static List<@Nullable UUID> users() {
        List<@Nullable UUID> users = new ArrayList<>(List.of(USER, NOBODY));
        users.add(null);
        return users;
    }

    private static List<@Nullable Cursor> cursors(Cursor cursor) {
        List<@Nullable Cursor> cursors = new ArrayList<>(List.of(cursor));
        cursors.add(null);
        return cursors;
    }

    /** One a second, all NEW at first. Then all but a hundred end: cancelled are the first thousand and those that are not paid. */
    private static void fill(StatementWork work, String paid) throws SQLException {
        work.run("insert into orders (id, user_id, amount, status, created_at, updated_at)"
                + " select gen_random_uuid(), case n % 2 when 0 then '" + USER
                + "' else gen_random_uuid() end, 1, 'NEW',"
                + " at, at from (select n, '" + START + "'::timestamptz + n * interval '1 second' as at"
                + " from generate_series(1, " + ORDERS + ") as n)");
        work.run("update orders set status = case when paid then 'FINISHED' else 'CANCELLED' end,"
                + " reason = case when not paid then 'insufficient_funds' end from (select id as ended, " + paid
                + " and created_at > '" + START
                + "'::timestamptz + interval '1000 seconds' as paid from orders) as ending"
                + " where id = ended and extract(epoch from created_at)::bigint % 2000 <> 1");
    }
}
