package dev.holdfast.order;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import dev.holdfast.delivery.testing.Administrator;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@QuarkusTest
class ListOrdersIT extends OrderServiceTesting {
    private static final Pattern NEXT = Pattern.compile("<(/orders\\?.*)>; rel=\"next\"");

    @Test
    void pagesThroughAllOrdersNewestFirstWithoutGapsOrDuplicates() {
        UUID user = UUID.randomUUID();
        insertOrders(user, 500);
        List<String> expected = ids(user, "true");
        for (int limit : List.of(1, 7, 50, 200)) {
            int rows = limit == 1 ? 20 : 500;
            assertThat(walk("/orders?user_id=" + user + "&limit=" + limit, rows))
                    .as("with a limit of %d", limit)
                    .isEqualTo(expected.subList(0, rows));
        }
    }

    @Test
    void pagesThroughTheOrdersOfOneStatus() {
        UUID user = UUID.randomUUID();
        insertOrders(user, 500);
        for (OrderStatus status : OrderStatus.values()) {
            List<String> expected = ids(user, "status = '" + status + "'");
            assertThat(expected).hasSizeGreaterThan(100);
            assertThat(walk("/orders?user_id=" + user + "&limit=30&status=" + status, 500))
                    .isEqualTo(expected);
        }
    }

    @Test
    void ordersThatArriveMeanwhileMoveNothing() {
        UUID user = UUID.randomUUID();
        insertOrders(user, 30);
        List<String> expected = ids(user, "true");
        Response first = given().get("/orders?user_id=" + user + "&limit=10");
        insertOrders(user, 10);
        List<String> seen = new ArrayList<>(first.path("id"));
        seen.addAll(walk(next(first), 100));
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void hasFiftyOnAPageByDefaultAndNoLinkOnTheLast() {
        UUID user = UUID.randomUUID();
        insertOrders(user, 50);
        given().get("/orders?user_id=" + user)
                .then()
                .statusCode(200)
                .body("", hasSize(50))
                .header("Link", nullValue());
        insertOrders(user, 1);
        Response page = given().get("/orders?user_id=" + user);
        page.then().body("", hasSize(50));
        assertThat(next(page)).contains("user_id=" + user).contains("cursor=");
    }

    @Test
    void aUserWithoutOrdersHasAnEmptyList() {
        Response page = given().get("/orders?user_id=" + UUID.randomUUID());
        page.then().statusCode(200);
        assertThat(page.asString()).isEqualTo("[]");
    }

    @Test
    void showsAnOrderToItsUserOnly() {
        UUID user = payments.openAccount("10");
        UUID order = placed(user, "10");
        given().get("/orders/" + order + "?user_id=" + user)
                .then()
                .statusCode(200)
                .body("id", equalTo(order.toString()));
        given().get("/orders/" + order + "?user_id=" + UUID.randomUUID())
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("code", equalTo("order_not_found"));
        given().get("/orders/" + UUID.randomUUID() + "?user_id=" + user)
                .then()
                .statusCode(404)
                .body("code", equalTo("order_not_found"));
    }

    @Test
    void showsAnOrderWhoseStatusOnlyANewerVersionKnows() {
        UUID user = UUID.randomUUID();
        insertOrders(user, 3);
        isUpdatedToANewerVersion(true);
        UUID order = UUID.randomUUID();
        query(
                "insert into orders (id, user_id, amount, status, created_at, updated_at)"
                        + " values (?, ?, 1, 'SUSPENDED', now() + interval '1 minute', now())",
                order,
                user);
        try {
            given().get("/orders?user_id=" + user)
                    .then()
                    .statusCode(200)
                    .body("", hasSize(4))
                    .body("[0].status", equalTo("SUSPENDED"));
            given().get("/orders/" + order + "?user_id=" + user)
                    .then()
                    .statusCode(200)
                    .body("status", equalTo("SUSPENDED"));
            given().get("/orders?status=SUSPENDED&user_id=" + user).then().statusCode(400);
        } finally {
            Administrator.run("delete from orders where id = ?", order);
            isUpdatedToANewerVersion(false);
        }
    }

    /** Three of a microsecond each, a third of them in each status. */
    private void insertOrders(UUID user, int count) {
        query("""
                insert into orders (id, user_id, amount, status, reason, authorized_until, created_at, updated_at)
                select gen_random_uuid(), ?, n, (array['NEW', 'FINISHED', 'CANCELLED', 'AUTHORIZED'])[1 + n % 4],
                       case when n % 4 = 2 then 'insufficient_funds' end,
                       case when n % 4 = 3 then now() + interval '1 day' end, at, at
                from (select n, now() + (n / 3) * interval '1 microsecond' as at from generate_series(1, ?) as n)
                """, user, count);
    }

    private List<String> ids(UUID user, String condition) {
        String ids = query(
                "select string_agg(id::text, ',' order by created_at desc, id desc) from orders where user_id = ? and "
                        + condition,
                user);
        return List.of(String.valueOf(ids).split(","));
    }

    private static List<String> walk(@Nullable String link, int atLeast) {
        List<String> ids = new ArrayList<>();
        for (String page = link; page != null && ids.size() < atLeast; ) {
            Response answer = given().urlEncodingEnabled(false).get(page);
            ids.addAll(answer.then().statusCode(200).extract().<List<String>>path("id"));
            page = next(answer);
        }
        return ids;
    }

    private static @Nullable String next(Response page) {
        String link = page.header("Link");
        if (link == null) {
            return null;
        }
        Matcher next = NEXT.matcher(link);
        assertThat(next.matches()).as(link).isTrue();
        return next.group(1);
    }
}
