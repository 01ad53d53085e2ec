package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What all services have in common, and what the gateway keeps to them. */
@SystemTest
class EveryServiceIT {
    private static final Pattern INLINE_SCRIPT = Pattern.compile("(?s)<script(?: defer)?>(.*?)</script>");

    private final StackUnderTest stack;

    EveryServiceIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @Test
    void theGatewayDoesNotLetClientsIntoWhatTheServicesSayToEachOther() {
        Shop gateway = Door.GATEWAY.open(stack);

        gateway.post(
                        "/internal/refunds",
                        "{\"order_id\":\"%s\",\"user_id\":\"%s\"}".formatted(UUID.randomUUID(), UUID.randomUUID()))
                .expectProblem(404, "not_found");
        gateway.post(
                        "/internal/cancellations",
                        "{\"order_id\":\"%s\",\"user_id\":\"%s\",\"amount\":1}"
                                .formatted(UUID.randomUUID(), UUID.randomUUID()))
                .expectProblem(404, "not_found");
        gateway.post("/internal/holds", "{\"holds\":[]}").expectProblem(404, "not_found");
        gateway.post("/internal/reconciliation/orders", "{\"limit\":1}").expectProblem(404, "not_found");
    }

    @Test
    void everyServiceIsDocumented() {
        for (URI service : List.of(stack.gateway(), stack.orders(), stack.payments())) {
            Shop shop = new Shop(service, service, Optional.empty());
            String page = shop.get("/docs/").expect(200).body();
            String document = shop.get("/openapi?format=json").expect(200).body();
            assertThat(page).contains("swagger-ui");
            assertThat(document)
                    .containsPattern("openapi\"\\s*: ?\"3\\.")
                    .doesNotContainPattern("(?<!/)\\bx-[a-z]+[\"']?:");
            // But for the versions of OpenAPI and of the API, sections of RFCs, and the protocol of dead letters.
            String rest = document.replaceAll("\"(openapi|version)\"\\s*:\\s*\"[0-9.]+\"|RFC [0-9]+, [0-9.]+|AMQP", "");
            assertThat(Discretion.telltales(page + rest)).as("%s", service).isEmpty();
        }
        String api = new Shop(stack.gateway(), stack.gateway(), Optional.empty())
                .get("/openapi")
                .body();
        assertThat(api)
                .contains(
                        "/orders/{order_id}",
                        "/orders/{order_id}/cancel",
                        "/orders/{order_id}/refunds",
                        "/orders/{order_id}/capture",
                        "/accounts/{user_id}/deposit",
                        "/accounts/{user_id}/withdraw",
                        "/accounts/{user_id}/hold",
                        "/admin/orders",
                        "/admin/accounts",
                        "/admin/orders/dead-letters",
                        "/admin/reconciliation",
                        "/admin/payments/dead-letters/{id}/replay",
                        "/admin/accounts/{user_id}/freeze",
                        "/admin/adjustments/{id}/approve",
                        "operations");
    }

    @Test
    void nobodyKeepsThePageOfAVersionAndWhatItLoadsForAnHour() {
        for (URI service : List.of(stack.gateway(), stack.orders(), stack.payments())) {
            Shop shop = new Shop(service, service, Optional.empty());
            for (String page : List.of("/docs/", "/docs/index.html")) {
                assertThat(shop.get(page).expect(200).headers().allValues("Cache-Control"))
                        .containsExactly("no-store");
            }
            assertThat(shop.get("/docs/swagger-ui-bundle.js")
                            .expect(200)
                            .headers()
                            .allValues("Cache-Control"))
                    .containsExactly("public, max-age=3600");
        }
    }

    @Test
    void swaggerUiMayRunNothingButItsOwnScripts() throws NoSuchAlgorithmException {
        for (URI service : List.of(stack.gateway(), stack.orders(), stack.payments())) {
            Answer page =
                    new Shop(service, service, Optional.empty()).get("/docs/").expect(200);

            assertThat(page.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
            assertThat(page.headers().allValues("Referrer-Policy")).containsExactly("no-referrer");
            List<String> policies = page.headers().allValues("Content-Security-Policy");
            assertThat(policies).hasSize(1);
            List<String> scripts = INLINE_SCRIPT
                    .matcher(page.body())
                    .results()
                    .map(match -> match.group(1))
                    .toList();
            assertThat(scripts).hasSize(2);
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            List<String> allowed = scripts.stream()
                    .map(script ->
                            Base64.getEncoder().encodeToString(sha256.digest(script.getBytes(StandardCharsets.UTF_8))))
                    .map(hash -> "'sha256-" + hash + "'")
                    .toList();
            assertThat(policies.getFirst())
                    .startsWith("default-src 'none'; script-src 'self' " + String.join(" ", allowed) + ";")
                    .contains("connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
                    .doesNotContain("unsafe", "*", "http");
        }
    }
}
