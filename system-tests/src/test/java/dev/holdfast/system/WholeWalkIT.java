package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.faults.stack.StackUnderTest;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every row of the REST contract, through the gateway and straight at the services. */
@SystemTest
class WholeWalkIT {
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>; *rel=\"next\"");
    private final StackUnderTest stack;

    WholeWalkIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @ParameterizedTest
    @EnumSource
    void opensAnAccountOnce(Door door) {
        Shop shop = door.open(stack);
        UUID user = UUID.randomUUID();

        Answer opened = shop.post("/accounts/" + user, "").expect(201);

        assertThat(opened.json().properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyInAnyOrder("user_id", "balance", "held", "available", "created_at", "updated_at");
        assertThat(opened.text("user_id")).isEqualTo(user.toString());
        assertThat(opened.body()).contains("\"balance\":0.00", "\"held\":0.00", "\"available\":0.00");
        shop.post("/accounts/" + user, "").expectProblem(409, "account_exists");
    }

    @ParameterizedTest
    @EnumSource
    void showsAnAccount(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("12.50");
        shop.hold(user, UUID.randomUUID(), "2.5").expect(200);

        Answer account = shop.account(user).expect(200);

        assertThat(account.body()).contains("\"balance\":12.50", "\"held\":2.50", "\"available\":10.00");
        assertThat(Instant.parse(account.text("created_at"))).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        shop.account(UUID.randomUUID()).expectProblem(404, "account_not_found");
    }

    @ParameterizedTest
    @EnumSource
    void takesDepositsExactly(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("0.10");

        assertThat(shop.deposit(user, "0.20").expect(200).body()).contains("\"balance\":0.30");
        assertThat(shop.deposit(user, "1e2").expect(200).body()).contains("\"balance\":100.30");
        assertThat(shop.deposit(user, "1234567890123.45").expect(200).body()).contains("\"balance\":1234567890223.75");
        shop.deposit(UUID.randomUUID(), "1.00").expectProblem(404, "account_not_found");
    }

    @ParameterizedTest
    @EnumSource
    void replaysADepositOfTheSameKey(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("0.00");

        Answer first = shop.deposit(user, "5.00", "Idempotency-Key", "top-up").expect(200);
        Answer again = shop.deposit(user, "5.00", "Idempotency-Key", "top-up").expect(200);

        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.json()).isEqualTo(first.json());
        shop.deposit(user, "6.00", "Idempotency-Key", "top-up").expectProblem(422, "idempotency_key_reused");
        shop.awaitAccount(user, "5.00", "0.00");
    }

    @ParameterizedTest
    @EnumSource
    void holdsMoneyOncePerOrder(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.randomUUID();

        Answer held = shop.hold(user, order, "4.00").expect(200);

        assertThat(held.text("status")).isEqualTo("held");
        assertThat(held.text("order_id")).isEqualTo(order.toString());
        assertThat(held.body()).contains("\"amount\":4.00");
        assertThat(Instant.parse(held.text("expires_at")))
                .isCloseTo(Instant.now().plusSeconds(120), within(30, ChronoUnit.SECONDS));
        assertThat(shop.hold(user, order, "4.00").expect(200).json()).isEqualTo(held.json());
        shop.hold(user, order, "5.00").expectProblem(409, "hold_conflict");
        shop.hold(shop.openAccount("10.00"), order, "4.00").expectProblem(409, "hold_conflict");
        shop.hold(user, UUID.randomUUID(), "6.01").expectProblem(402, "insufficient_funds");
        shop.hold(UUID.randomUUID(), UUID.randomUUID(), "1.00").expectProblem(404, "account_not_found");
        shop.awaitAccount(user, "10.00", "4.00");
    }

    @ParameterizedTest
    @EnumSource
    void releasesAHold(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = UUID.randomUUID();
        shop.hold(user, order, "4.00").expect(200);

        shop.release(shop.openAccount("1.00"), order).expectProblem(404, "hold_not_found");
        assertThat(shop.release(user, order).expect(200).text("status")).isEqualTo("released");
        assertThat(shop.release(user, order).expect(200).text("status")).isEqualTo("released");
        shop.hold(user, order, "4.00").expectProblem(409, "hold_released");
        shop.release(user, UUID.randomUUID()).expectProblem(404, "hold_not_found");
        shop.awaitAccount(user, "10.00", "0.00");
    }

    @ParameterizedTest
    @EnumSource
    void chargesAnOrderOnce(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");

        Answer placed = shop.placeOrder(user, "4.00").expect(201);

        assertThat(placed.json().properties())
                .extracting(Map.Entry::getKey)
                .contains("id", "user_id", "amount", "description", "status", "created_at", "updated_at");
        assertThat(placed.text("status")).isEqualTo("NEW");
        assertThat(placed.text("description")).isEqualTo("a book");
        assertThat(placed.body()).contains("\"amount\":4.00");
        UUID order = placed.id();
        shop.awaitStatus(user, order, "FINISHED");
        URI location = URI.create(placed.request().substring("POST ".length())).resolve(placed.header("Location"));
        assertThat(location.getPath()).isEqualTo("/orders/" + order);
        shop.awaitAccount(user, "6.00", "0.00");
        shop.release(user, order).expectProblem(409, "hold_captured");
        shop.hold(user, order, "4.00").expectProblem(409, "hold_captured");
        JsonNode statement =
                shop.get("/accounts/" + user + "/transfers").expect(200).json();
        assertThat(statement).hasSize(2);
        assertThat(statement.toString()).contains(order.toString());
    }

    @ParameterizedTest
    @EnumSource
    void refusesAnOrderThatCannotBePaid(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("3.99");

        shop.placeOrder(user, "4.00").expectProblem(402, "insufficient_funds");
        shop.placeOrder(UUID.randomUUID(), "4.00").expectProblem(404, "account_not_found");

        assertThat(shop.get("/orders?user_id=" + user).expect(200).json()).isEmpty();
        shop.awaitAccount(user, "3.99", "0.00");
    }

    @ParameterizedTest
    @EnumSource
    void replaysAnOrderOfTheSameKey(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");

        Answer first =
                shop.placeOrder(user, "4.00", "Idempotency-Key", "basket-1").expect(201);
        shop.awaitStatus(user, first.id(), "FINISHED");
        Answer again =
                shop.placeOrder(user, "4.00", "Idempotency-Key", "basket-1").expect(201);

        assertThat(first.header("Idempotency-Replayed")).isEmpty();
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(again.json()).isEqualTo(first.json());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        shop.placeOrder(user, "5.00", "Idempotency-Key", "basket-1").expectProblem(422, "idempotency_key_reused");
        shop.awaitAccount(user, "6.00", "0.00");
    }

    @ParameterizedTest
    @EnumSource
    void showsAnOrderToItsUserAlone(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        UUID order = shop.placeOrder(user, "1.00").expect(201).id();

        assertThat(shop.order(user, order).expect(200).id()).isEqualTo(order);
        shop.order(UUID.randomUUID(), order).expectProblem(404, "order_not_found");
        shop.order(user, UUID.randomUUID()).expectProblem(404, "order_not_found");
    }

    @ParameterizedTest
    @EnumSource
    void listsOrdersNewestFirstPageByPage(Door door) {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("10.00");
        List<String> placed = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            placed.addFirst(shop.placeOrder(user, "1.00").expect(201).text("id"));
        }
        shop.awaitStatus(user, UUID.fromString(placed.getFirst()), "FINISHED");

        List<String> listed = new ArrayList<>();
        String page = "/orders?user_id=" + user + "&limit=2";
        int pages = 0;
        while (page != null) {
            Answer answer = shop.get(page).expect(200);
            answer.json().forEach(order -> listed.add(order.path("id").asText()));
            Matcher next = NEXT.matcher(answer.header("Link"));
            page = next.find() ? next.group(1) : null;
            pages++;
        }

        assertThat(listed).isEqualTo(placed);
        assertThat(pages).isEqualTo(3);
        assertThat(shop.get("/orders?user_id=" + user + "&status=CANCELLED")
                        .expect(200)
                        .json())
                .isEmpty();
        shop.awaitStatus(user, UUID.fromString(placed.getLast()), "FINISHED");
        assertThat(shop.get("/orders?user_id=" + user + "&status=FINISHED&limit=200")
                        .expect(200)
                        .json())
                .isNotEmpty();
    }

    @Test
    void theGatewayDoesNotLetClientsIntoWhatTheServicesSayToEachOther() {
        Shop gateway = Door.GATEWAY.open(stack);

        gateway.post(
                        "/refunds",
                        "{\"order_id\":\"%s\",\"user_id\":\"%s\"}".formatted(UUID.randomUUID(), UUID.randomUUID()))
                .expectProblem(404, "not_found");
        gateway.post("/holds", "{\"holds\":[]}").expectProblem(404, "not_found");
        gateway.post("/reconciliation/orders", "{\"limit\":1}").expectProblem(404, "not_found");
    }

    @Test
    void everyServiceIsHealthyAndDocumented() {
        for (URI service : List.of(stack.gateway(), stack.orders(), stack.payments())) {
            Shop shop = new Shop(service, service);
            shop.get("/q/health/live").expect(200);
            shop.get("/q/health/ready").expect(200);
            shop.get("/q/health/started").expect(200);
            shop.get("/q/metrics").expect(200);
            assertThat(shop.get("/docs/").expect(200).body()).contains("swagger-ui");
            assertThat(shop.get("/openapi").expect(200).body()).containsPattern("openapi\"?: ?\"?3\\.");
        }
        String api = new Shop(stack.gateway(), stack.gateway()).get("/openapi").body();
        assertThat(api)
                .contains(
                        "/orders/{order_id}",
                        "/accounts/{user_id}/deposit",
                        "/accounts/{user_id}/hold",
                        "/admin/orders/dead-letters",
                        "/admin/reconciliation",
                        "/admin/payments/dead-letters/{id}/replay",
                        "operations");
    }
}
