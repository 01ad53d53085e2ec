package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What all services have in common, and what the gateway keeps to them. */
@SystemTest
class EveryServiceIT {
    private final StackUnderTest stack;

    EveryServiceIT(StackUnderTest stack) {
        this.stack = stack;
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
