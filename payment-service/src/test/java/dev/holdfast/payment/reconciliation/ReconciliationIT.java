package dev.holdfast.payment.reconciliation;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.delivery.testing.RealInfrastructure;
import dev.holdfast.payment.Bank;
import dev.holdfast.payment.OrderSide;
import dev.holdfast.payment.capture.Captures;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = RealInfrastructure.class, initArgs = @ResourceArg(name = "database", value = "payments"))
class ReconciliationIT {
    @Inject
    Bank bank;

    @Inject
    Captures captures;

    @Inject
    Database database;

    @Test
    void tellsWhereTheMoneyOfEachOrderIs() {
        UUID user = bank.account("100");
        UUID held = bank.held(user, "1");
        UUID released = bank.held(user, "2");
        bank.release(user, released).then().statusCode(200);
        UUID captured = captured(user, "3");
        UUID refunded = captured(user, "4");
        bank.refund(user, refunded).then().statusCode(200);

        JsonPath orders = byId(held, released, captured, refunded, UUID.randomUUID());

        assertThat(orders.getList("orders")).hasSize(4);
        assertThat(money(orders, held)).isEqualTo("HELD 1.00 null null");
        assertThat(money(orders, released)).isEqualTo("RELEASED 2.00 null null");
        assertThat(money(orders, captured)).isEqualTo("CAPTURED 3.00 1x3.00 null");
        assertThat(money(orders, refunded)).isEqualTo("CAPTURED 4.00 1x4.00 1x4.00");
        assertThat(orders.getList("orders.hold.user_id")).containsOnly(user.toString());
        assertThat(orders.getList("orders.hold.overdue")).containsOnly(false);
    }

    @Test
    void sumsUpTheRefundsOfAnOrder() {
        UUID user = bank.account("10");
        UUID order = captured(user, "4");
        for (String amount : List.of("1", "0.5", "2")) {
            bank.refundPart(user, order, UUID.randomUUID(), amount).then().statusCode(200);
        }
        assertThat(money(byId(order), order)).isEqualTo("CAPTURED 4.00 1x4.00 3x3.50");
    }

    @Test
    void pagesThroughAllOrdersOnceAlsoThoseThatHaveOnlyATransfer() {
        UUID user = bank.account("100");
        List<UUID> orders = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            orders.add(i % 2 == 0 ? bank.held(user, "1") : captured(user, "1"));
        }
        UUID transferOnly = new UUID(-1, -1);
        database.update(
                "insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)"
                        + " values (?, '00000000-0000-0000-0000-000000000002', 1, 'CAPTURE', ?, now())",
                user,
                transferOnly);
        orders.add(transferOnly);
        database.update("update account set balance = balance - 1 where user_id = ?", user);

        int limit = pageOf("hold");
        List<String> paged = new ArrayList<>();
        String after = null;
        List<String> page;
        do {
            page = post("orders", page(limit, after)).jsonPath().getList("orders.order_id");
            paged.addAll(page);
            after = page.isEmpty() ? null : page.getLast();
        } while (page.size() == limit);

        assertThat(paged).doesNotHaveDuplicates().isSorted();
        assertThat(paged).containsAll(orders.stream().map(UUID::toString).toList());
        assertThat(money(byId(transferOnly), transferOnly)).isEqualTo("null null 1x1.00 null");
    }

    @Test
    void countsEachCaptureOfAnOrder() {
        UUID user = bank.account("10");
        UUID order = captured(user, "3");
        Administrator.run("drop index transfer_of_order");
        try {
            database.update(
                    "insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)"
                            + " select debit_account, credit_account, amount, kind, order_id, now()"
                            + " from transfer where order_id = ?",
                    order);

            assertThat(money(byId(order), order)).isEqualTo("CAPTURED 3.00 2x6.00 null");
        } finally {
            Administrator.run(
                    "delete from transfer where id = (select id from transfer where order_id = ? order by created_at"
                            + " desc limit 1)",
                    order);
            Administrator.run("create unique index transfer_of_order on transfer (order_id, kind, refund_id)"
                    + " nulls not distinct where order_id is not null");
        }
    }

    @Test
    void namesTheAccountsWhoseBooksDiffer() {
        UUID right = bank.account("10");
        captured(right, "3");
        bank.withdraw(right, "1").then().statusCode(200);
        for (String direction : List.of("CREDIT", "DEBIT")) {
            String adjustment =
                    bank.propose(right, direction, "1", "anna").jsonPath().getString("id");
            bank.approve(adjustment, "bert").then().statusCode(200);
        }
        bank.held(right, "2");
        UUID richer = bank.account("10");
        UUID holding = bank.account("10");
        bank.held(holding, "4");
        assertThat(differing(right, richer, holding)).isEmpty();

        database.update("update account set balance = balance + 0.01 where user_id = ?", richer);
        database.update("update account set held = held - 1 where user_id = ?", holding);
        try {
            assertThat(differing(right, richer, holding))
                    .containsExactlyInAnyOrder(richer + " 10.01 10.00 0.00 0.00", holding + " 10.00 10.00 3.00 4.00");
            int limit = pageOf("account");
            List<String> found = new ArrayList<>();
            String after = new UUID(0, 0).toString();
            int checked;
            do {
                JsonPath page = post("accounts", page(limit, after)).jsonPath();
                checked = page.getInt("checked");
                found.addAll(page.getList("differing.user_id"));
                after = page.getString("last");
            } while (checked == limit);
            assertThat(found).contains(richer.toString(), holding.toString()).doesNotContain(right.toString());
        } finally {
            database.update("update account set balance = balance - 0.01 where user_id = ?", richer);
            database.update("update account set held = held + 1 where user_id = ?", holding);
        }
    }

    @Test
    void tellsWhichOrdersWereDecidedAndWhichHoldsAreOverdue() {
        UUID user = bank.account("100");
        UUID captured = captured(user, "3");
        UUID held = bank.held(user, "1");
        assertThat(recent()).contains(captured).doesNotContain(held);

        // Nothing is held, so that the sweep cannot free it.
        database.update("update account set held = 0 where user_id = ?", user);
        database.update(
                "update hold set expires_at = ? where order_id = ?",
                Instant.now().minusSeconds(60),
                held);
        try {
            assertThat(recent()).contains(captured, held);
            assertThat(byId(held).getBoolean("orders[0].hold.overdue")).isTrue();
        } finally {
            database.update(
                    "update hold set expires_at = ? where order_id = ?",
                    Instant.now().plusSeconds(60),
                    held);
            database.update("update account set held = 1 where user_id = ?", user);
        }
    }

    @Test
    void statesAndKindsThatOnlyANewerVersionKnowsBreakNoPage() {
        UUID user = bank.account("10");
        UUID held = bank.held(user, "1");
        UUID adjusted = UUID.randomUUID();
        Administrator.run("alter table hold drop constraint hold_status_is_known");
        Administrator.run("alter table transfer drop constraint transfer_ends_fit_its_kind");
        try {
            database.update("update hold set status = 'OF_A_NEWER_VERSION' where order_id = ?", held);
            database.update(
                    "insert into transfer (debit_account, credit_account, amount, kind, order_id, created_at)"
                            + " values (?, uuidv7(), 1, 'ADJUSTMENT', ?, now())",
                    user,
                    adjusted);

            JsonPath orders = byId(held, adjusted);

            assertThat(money(orders, held)).isEqualTo("OF_A_NEWER_VERSION 1.00 null null");
            assertThat(orders.getList("orders")).hasSize(1);
            assertThat(post("orders", "{\"limit\": 1000}").statusCode()).isEqualTo(200);
        } finally {
            database.update("update hold set status = 'HELD' where order_id = ?", held);
            Administrator.run("delete from transfer where order_id = ?", adjusted);
            Administrator.run("alter table hold add constraint hold_status_is_known"
                    + " check (status in ('HELD', 'CAPTURED', 'RELEASED', 'EXPIRED'))");
        }
    }

    @Test
    void tellsHowLongAgoMoneyMovedByTheDatabasesClock() {
        UUID user = bank.account("10");
        UUID captured = captured(user, "3");
        Administrator.run("update transfer set created_at = now() - interval '1 hour' where order_id = ?", captured);
        assertThat(byId(captured).getLong("orders[0].captured.age_millis")).isBetween(3_600_000L, 3_660_000L);
    }

    @Test
    void refusesWrongInput() {
        for (String body : List.of("{}", "{\"limit\": 0}", "{\"limit\": 1001}", "{\"limit\": 1, \"after\": \"x\"}")) {
            assertThat(post("orders", body).statusCode()).as(body).isEqualTo(400);
            assertThat(post("accounts", body).statusCode()).as(body).isEqualTo(400);
        }
        String many = ids(Stream.generate(UUID::randomUUID).limit(1_001).toArray(UUID[]::new));
        for (String body : List.of("{}", "{\"ids\": [null]}", "{\"ids\": [\"x\"]}", many)) {
            assertThat(post("orders/by-id", body).statusCode()).isEqualTo(400);
            assertThat(post("accounts/by-id", body).statusCode()).isEqualTo(400);
        }
        assertThat(post("orders/recent", "{\"seconds\": 1, \"limit\": 20001}").statusCode())
                .isEqualTo(400);
    }

    private UUID captured(UUID user, String amount) {
        UUID order = bank.held(user, amount);
        captures.on(List.of(OrderSide.request(user, order, amount)));
        return order;
    }

    private static HashSet<UUID> recent() {
        return post("orders/recent", "{\"seconds\": 60, \"limit\": 20000}")
                .jsonPath()
                .getList("order_ids", String.class)
                .stream()
                .map(UUID::fromString)
                .collect(Collectors.toCollection(HashSet::new));
    }

    private static List<String> differing(UUID... users) {
        return post("accounts/by-id", ids(users)).jsonPath().<Map<String, Object>>getList("differing").stream()
                .map(account -> account.get("user_id") + " " + two(account.get("balance")) + " "
                        + two(account.get("booked")) + " " + two(account.get("held")) + " "
                        + two(account.get("reserved")))
                .toList();
    }

    private static JsonPath byId(UUID... orders) {
        return post("orders/by-id", ids(orders)).jsonPath();
    }

    private static String ids(UUID... ids) {
        return Arrays.stream(ids).map(id -> "\"" + id + "\"").collect(Collectors.joining(",", "{\"ids\": [", "]}"));
    }

    /** Hold's status and amount, then how many captures and refunds of how much. */
    private static String money(JsonPath orders, UUID id) {
        String order = "orders.find { it.order_id == '" + id + "' }.";
        String hold = orders.get(order + "hold") == null
                ? "null null"
                : orders.getString(order + "hold.status") + " " + two(orders.get(order + "hold.amount"));
        return hold + " " + moved(orders, order + "captured") + " " + moved(orders, order + "refunded");
    }

    private static String moved(JsonPath orders, String path) {
        return orders.get(path) == null
                ? "null"
                : orders.getInt(path + ".count") + "x" + two(orders.get(path + ".amount"));
    }

    private static String two(Object amount) {
        return new BigDecimal(amount.toString()).setScale(2).toPlainString();
    }

    /** For some twenty pages, however many rows other tests have left. */
    private static int pageOf(String table) {
        int rows = Integer.parseInt(Objects.requireNonNull(Administrator.run("select count(*) from " + table)));
        return Math.clamp(rows / 20, 7, 1_000);
    }

    private static String page(int limit, @Nullable String after) {
        return after == null
                ? "{\"limit\": " + limit + "}"
                : "{\"limit\": " + limit + ", \"after\": \"" + after + "\"}";
    }

    private static Response post(String path, String body) {
        return given().contentType("application/json").body(body).post("/internal/reconciliation/" + path);
    }
}
