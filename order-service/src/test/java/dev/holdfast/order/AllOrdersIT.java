package dev.holdfast.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsInRelativeOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import dev.holdfast.delivery.testing.Administrator;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class AllOrdersIT extends OrderServiceTesting {
    private static final String URL = "/admin/orders";
    private static final int ORDERS = 300;

    /** A time that is this test's alone, and for which nobody waits yet. */
    private final Instant start = Instant.now()
            .plus(ThreadLocalRandom.current().nextInt(1_000, 20_000), ChronoUnit.DAYS)
            .truncatedTo(ChronoUnit.SECONDS);

    private final Instant end = start.plus(1, ChronoUnit.HOURS);
    private final List<UUID> users = Stream.generate(UUID::randomUUID).limit(3).toList();

    @AfterEach
    void nothingIsLeft() {
        Administrator.run(
                "delete from orders where created_at >= ?::timestamptz and created_at < ?::timestamptz",
                start.toString(),
                end.toString());
    }

    @Test
    void pagesThroughEachCombinationOfFiltersNewestFirstWithoutGapsOrDuplicates() {
        insertOrders(ORDERS, "");
        Instant later = start.plus(30, ChronoUnit.MICROS);
        Instant until = start.plus(80, ChronoUnit.MICROS);
        int notEmpty = 0;
        for (String status : List.of("", "NEW", "FINISHED", "CANCELLED")) {
            for (String user : List.of("", users.getFirst().toString())) {
                for (List<Instant> range : List.of(List.of(start, end), List.of(later, end), List.of(later, until))) {
                    String filter = "from=" + range.getFirst() + "&to=" + range.getLast()
                            + (status.isEmpty() ? "" : "&status=" + status)
                            + (user.isEmpty() ? "" : "&user_id=" + user);
                    List<String> expected = ids(range.getFirst(), range.getLast(), status, user);
                    for (int limit : List.of(7, 200)) {
                        assertThat(walk(URL + "?" + filter + "&limit=" + limit))
                                .as("%s by %d", filter, limit)
                                .isEqualTo(expected);
                    }
                    notEmpty += expected.isEmpty() ? 0 : 1;
                }
            }
        }
        assertThat(notEmpty).isEqualTo(24);
    }

    @Test
    void ordersThatArriveOrEndMeanwhileMoveNothing() {
        insertOrders(30, "");
        List<String> expected = ids(start, end, "", "");
        String range = "?from=" + start + "&to=" + end;
        Response first = given().get(URL + range + "&limit=10");
        insertOrders(10, " + interval '1 second'");
        query("update orders set status = 'FINISHED' where status = 'NEW' and user_id = ?", users.getFirst());
        query(
                "update orders set status = 'CANCELLED', reason = 'hold_released' where status = 'NEW' and user_id = ?",
                users.getLast());
        List<String> seen = new ArrayList<>(first.path("id"));
        seen.addAll(walk(next(first)));
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void fromIsTheFirstMomentAndToTheFirstThatIsNotMeant() {
        List<String> oldestFirst = Stream.of(0, 1, 2)
                .map(microseconds -> insert("NEW", start.plus(microseconds, ChronoUnit.MICROS)))
                .map(UUID::toString)
                .toList();
        String from = "?from=" + start.plus(1, ChronoUnit.MICROS);
        assertThat(walk(URL + from + "&to=" + end)).containsExactly(oldestFirst.get(2), oldestFirst.get(1));
        assertThat(walk(URL + from + "&to=" + start.plus(2, ChronoUnit.MICROS))).containsExactly(oldestFirst.get(1));
        assertThat(walk(URL + from + "&to=" + start.plus(1, ChronoUnit.MICROS))).isEmpty();
        given().get(URL + from + "&to=" + start)
                .then()
                .statusCode(400)
                .body("code", equalTo("validation_failed"))
                .body("errors.field", equalTo(List.of("to")));
    }

    @Test
    void hasFiftyOnAPageByDefaultAndNoLinkOnTheLast() {
        insertOrders(50, "");
        String range = "?from=" + start + "&to=" + end;
        given().get(URL + range).then().statusCode(200).body("", hasSize(50)).header("Link", nullValue());
        insertOrders(1, "");
        Response page = given().get(URL + range);
        page.then().body("", hasSize(50));
        assertThat(next(page)).startsWith(URL + "?").contains("from=", "to=", "cursor=");
    }

    @Test
    void needsNoFilter() {
        UUID user = payments.openAccount("10");
        UUID order = placed(user, "10");
        given().get(URL + "?to=" + Instant.now().plusSeconds(60).truncatedTo(ChronoUnit.MICROS) + "&limit=200")
                .then()
                .statusCode(200)
                .body("id", containsInRelativeOrder(order.toString()));
        given().get(URL).then().statusCode(200);
    }

    @Test
    void showsOrdersWhoseStatusOnlyANewerVersionKnowsAmongTheOthers() {
        insertOrders(6, "");
        isUpdatedToANewerVersion(true);
        try {
            UUID order = insert("SUSPENDED", start.plus(1, ChronoUnit.MICROS));
            List<String> expected = ids(start, end, "", "");
            assertThat(expected).hasSize(7).contains(order.toString());
            assertThat(walk(URL + "?limit=2&from=" + start + "&to=" + end)).isEqualTo(expected);
            given().get(URL + "?status=SUSPENDED").then().statusCode(400);
        } finally {
            nothingIsLeft();
            isUpdatedToANewerVersion(false);
        }
    }

    private UUID insert(String status, Instant at) {
        UUID order = UUID.randomUUID();
        query(
                "insert into orders (id, user_id, amount, status, created_at, updated_at)"
                        + " values (?, ?, 1, ?, ?::timestamptz, now())",
                order,
                users.getFirst(),
                status,
                at.toString());
        return order;
    }

    /** Three of a microsecond each, in turn of each user and in each status. */
    private void insertOrders(int count, String later) {
        query("""
                insert into orders (id, user_id, amount, status, reason, created_at, updated_at)
                select gen_random_uuid(), (array[?, ?, ?]::uuid[])[1 + n / 3 %% 3], n, (array['NEW', 'FINISHED', 'CANCELLED'])[1 + n %% 3],
                       case when n %% 3 = 2 then 'insufficient_funds' end, at, at
                from (select n, ?::timestamptz + (n / 3) * interval '1 microsecond' %s as at from generate_series(1, ?) as n)
                """.formatted(later), users.get(0), users.get(1), users.get(2), start.toString(), count);
    }

    private List<String> ids(Instant from, Instant to, String status, String user) {
        String ids = query(
                "select string_agg(id::text, ',' order by created_at desc, id desc) from orders"
                        + " where created_at >= ?::timestamptz and created_at < ?::timestamptz"
                        + " and ? in ('', status) and ? in ('', user_id::text)",
                from.toString(),
                to.toString(),
                status,
                user);
        return List.of(String.valueOf(ids).split(","));
    }

    private static List<String> walk(@Nullable String link) {
        List<String> ids = new ArrayList<>();
        for (String page = link; page != null; ) {
            Response answer = given().urlEncodingEnabled(false).get(page);
            ids.addAll(answer.then().statusCode(200).extract().<List<String>>path("id"));
            page = next(answer);
        }
        return ids;
    }

    private static @Nullable String next(Response page) {
        String link = page.header("Link");
        return link == null ? null : link.substring(1, link.indexOf(">; rel=\"next\""));
    }
}
