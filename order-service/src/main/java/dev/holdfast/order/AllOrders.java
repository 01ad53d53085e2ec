package dev.holdfast.order;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.TimeRange;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The orders of all users, for who runs the shop: newest first, page by page. Each combination of filters has an index that is in
 * the order of the answer, so that a page reads few rows more than it shows.
 */
@ApplicationScoped
class AllOrders {
    /** Which orders are meant; what is null does not matter. */
    record Filter(@Nullable UUID userId, @Nullable OrderStatus status, TimeRange time) {}

    /** A statement with its parameters. */
    record Query(String sql, List<Object> parameters) {}

    private static final String ORDERS = "select " + Order.COLUMNS + " from orders where ";
    private static final String OF_USER = "user_id = ?";
    private static final String OF_USER_IN_STATUS = "user_id = ? and status = ?";
    // Written out, so that the indexes of these states alone can serve them.
    private static final String WAITING = "status = 'NEW'";
    private static final String FINISHED = "status = 'FINISHED'";
    private static final String OTHER = "status <> 'NEW' and status <> 'FINISHED'";
    private static final String OTHER_IN_STATUS = OTHER + " and status = ?";

    private static final String BEFORE = " and (created_at, id) < (?, ?)";
    private static final String NEWEST_FIRST = " order by created_at desc, id desc limit ?";
    private static final String PAGE = BEFORE + " and created_at >= ?" + NEWEST_FIRST;

    // An order leaves the index of a state that it passes through only when the table is vacuumed. So what is waiting
    // is looked for only as far back as the page goes with what is not: those that have left are then no more than the
    // orders of the page.
    private static final String OF_ALL =
            "with finished as materialized (" + ORDERS + FINISHED + PAGE + "), ended as materialized ("
                    + "select * from finished union all (" + ORDERS + OTHER + BEFORE + sinceLastOf("finished")
                    + NEWEST_FIRST + ")" + NEWEST_FIRST + "), waiting as (" + ORDERS + WAITING + BEFORE
                    + sinceLastOf("ended") + NEWEST_FIRST
                    + ") select * from ended union all select * from waiting" + NEWEST_FIRST;

    private final Database database;

    AllOrders(Database database) {
        this.database = database;
    }

    /** Where those are as many as a page has, none that is older than all of them is on it. */
    private static String sinceLastOf(String rows) {
        return " and created_at >= (select case when count(*) = ? then min(created_at) else ? end from " + rows + ")";
    }

    /** A page of the orders that are meant, from the newest or from behind the cursor. */
    Page<Order> page(Filter filter, PageLimit limit, @Nullable Cursor cursor) {
        Query query = query(filter, limit, cursor);
        return Page.of(
                database.query(query.sql(), Order::read, query.parameters().toArray()),
                limit,
                Orders::jsonLength,
                last -> new Cursor(last.createdAt, last.id));
    }

    static Query query(Filter filter, PageLimit limit, @Nullable Cursor cursor) {
        Cursor start = filter.time().start(cursor);
        Object from = filter.time().from();
        int rows = limit.rows() + 1;
        List<Object> page = List.of(start.at(), start.id(), from, rows);
        UUID userId = filter.userId();
        OrderStatus status = filter.status();
        if (userId != null) {
            return status == null
                    ? query(ORDERS + OF_USER + PAGE, List.of(userId), page)
                    : query(ORDERS + OF_USER_IN_STATUS + PAGE, List.of(userId, status.name()), page);
        }
        return switch (status) {
            case null -> {
                List<Object> sinceLast = List.of(start.at(), start.id(), rows, from, rows);
                yield query(OF_ALL, page, sinceLast, List.of(rows), sinceLast, List.of(rows));
            }
            case NEW -> query(ORDERS + WAITING + PAGE, page);
            case FINISHED -> query(ORDERS + FINISHED + PAGE, page);
            case CANCELLED, AUTHORIZED -> query(ORDERS + OTHER_IN_STATUS + PAGE, List.of(status.name()), page);
        };
    }

    @SafeVarargs
    private static Query query(String sql, List<Object>... parameters) {
        List<Object> all = new ArrayList<>();
        Arrays.stream(parameters).forEach(all::addAll);
        return new Query(sql, all);
    }
}
