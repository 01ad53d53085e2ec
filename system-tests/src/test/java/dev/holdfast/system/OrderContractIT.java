package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.bench.load.NextPage;
import dev.holdfast.faults.stack.StackUnderTest;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The REST contract of orders, through the gateway and straight at order-service. */
@SystemTest
class OrderContractIT {
    private final StackUnderTest stack;

    OrderContractIT(StackUnderTest stack) {
        this.stack = stack;
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
            page = NextPage.in(answer.header("Link")).orElse(null);
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
}
