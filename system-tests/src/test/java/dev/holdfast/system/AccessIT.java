package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.system.api.ApiOperation;
import dev.holdfast.system.api.ServedApi;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may do what: every operation that the documents know, asked for by everybody. */
@SystemTest
class AccessIT {
    private enum Rule {
        /** Looking at one's own. */
        READ_OWN,
        /** Acting for oneself. */
        ACT_FOR_ONESELF,
        /** Moving money. */
        SHOP,
        ADMIN_READ,
        ADMIN_ACT,
        BETWEEN_SERVICES
    }

    private enum Expected {
        LET_IN,
        UNAUTHORIZED,
        FORBIDDEN,
        /** As if it were not there. */
        HIDDEN
    }

    private static final Map<String, Rule> RULES = Map.ofEntries(
            Map.entry("GET /accounts/{user_id}", Rule.READ_OWN),
            Map.entry("GET /accounts/{user_id}/transfers", Rule.READ_OWN),
            Map.entry("GET /orders", Rule.READ_OWN),
            Map.entry("GET /orders/{order_id}", Rule.READ_OWN),
            Map.entry("POST /accounts/{user_id}", Rule.ACT_FOR_ONESELF),
            Map.entry("POST /orders", Rule.ACT_FOR_ONESELF),
            Map.entry("POST /orders/{order_id}/cancel", Rule.ACT_FOR_ONESELF),
            Map.entry("POST /orders/{order_id}/capture", Rule.SHOP),
            Map.entry("GET /orders/{order_id}/refunds", Rule.READ_OWN),
            Map.entry("POST /orders/{order_id}/refunds", Rule.SHOP),
            Map.entry("POST /accounts/{user_id}/deposit", Rule.SHOP),
            Map.entry("POST /accounts/{user_id}/withdraw", Rule.SHOP),
            Map.entry("POST /accounts/{user_id}/hold", Rule.SHOP),
            Map.entry("POST /accounts/{user_id}/release", Rule.SHOP));

    private static final String AMOUNT = "{\"amount\":1.00}";

    private final StackUnderTest stack;

    AccessIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @ParameterizedTest
    @EnumSource
    void everyOperationLetsInWhomTheTableSaysAndNobodyElse(Door door) throws Exception {
        Shop shop = door.open(stack);
        UUID user = shop.openAccount("100.00");
        UUID order = shop.placeOrder(user, "1.00").expect(201).id();
        shop.awaitStatus(user, order, "FINISHED");
        Map<Identity, Optional<String>> authorizations = new EnumMap<>(Identity.class);
        for (Identity identity : Identity.values()) {
            authorizations.put(identity, identity.authorization(stack, user));
        }
        List<String> wrong = new ArrayList<>();
        Set<String> operations = new HashSet<>();
        int cells = 0;

        for (URI origin : origins(door)) {
            for (ApiOperation operation : ServedApi.at(origin).operations()) {
                operations.add(operation.toString());
                for (Identity identity : Identity.values()) {
                    cells++;
                    Answer answer = shop.as(authorizations.get(identity))
                            .send(operation.method(), target(origin, operation, user, order), body(operation, order));
                    Expected expected = expected(operation, identity, origin);
                    if (!isAs(expected, answer)) {
                        wrong.add(operation + " by " + identity + " should be " + expected + " and was " + answer);
                    }
                }
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(operations).as("operations of the table").containsAll(RULES.keySet());
        System.out.printf("Access through %s: %d operations, %d cells%n", door, operations.size(), cells);
        // The first one, and one each by backend and operator.
        assertThat(kinds(shop, user)).containsEntry("DEPOSIT", 3L).containsEntry("WITHDRAWAL", 2L);
        shop.release(user, heldOrder(order)).expect(200);
    }

    @Test
    void whatIsAnothersAnswersExactlyAsWhatIsNotThere() {
        Shop operator = Door.GATEWAY.open(stack);
        UUID other = operator.openAccount("100.00");
        UUID order = operator.placeOrder(other, "1.00").expect(201).id();
        UUID nobody = UUID.randomUUID();
        UUID user = operator.openAccount("10.00");
        Shop customer = operator.as(stack.tokens().customer(user));

        for (String path : List.of("/accounts/%s", "/accounts/%s/transfers", "/orders/" + order + "?user_id=%s")) {
            assertThat(told(customer.get(path.formatted(other)).expect(404)))
                    .isEqualTo(told(operator.get(path.formatted(nobody)).expect(404)));
        }
        assertThat(told(customer.placeOrder(other, "1.00").expect(404)))
                .isEqualTo(told(operator.placeOrder(nobody, "1.00").expect(404)));
        customer.get("/orders/" + order + "?user_id=" + user).expectProblem(404, "order_not_found");
        assertThat(told(customer.cancelOrder(other, order).expect(404)))
                .isEqualTo(told(operator.cancelOrder(nobody, order).expect(404)))
                .isEqualTo(told(customer.cancelOrder(user, order).expect(404)));
        customer.send("HEAD", "/accounts/" + other, null).expect(404);
        customer.get("/accounts/" + other.toString().toUpperCase(java.util.Locale.ROOT))
                .expect(404);
        customer.get("/accounts/" + user.toString().toUpperCase(java.util.Locale.ROOT))
                .expect(200);
        customer.get("/accounts/not-a-uuid").expectProblem(400, "validation_failed");
    }

    @Test
    void whatIsSaidInTheChallengeIsWhatRfc6750Says() throws Exception {
        UUID user = UUID.randomUUID();
        for (Door door : Door.values()) {
            Shop shop = door.open(stack);
            assertThat(shop.as(Optional.empty()).account(user).expect(401).header("WWW-Authenticate"))
                    .isEqualTo("Bearer realm=\"holdfast\"");
            assertThat(shop.as(Identity.EXPIRED.authorization(stack, user))
                            .account(user)
                            .expectProblem(401, "unauthorized")
                            .header("WWW-Authenticate"))
                    .contains("error=\"invalid_token\"", "expired");
            shop.as(Optional.of("Basic b3BlcmF0b3I6cGFzc3dvcmQ=")).account(user).expect(401);
            shop.as(Optional.of("Bearer")).account(user).expect(401);
        }
    }

    /** How many transfers of each kind the account has. */
    private static Map<String, Long> kinds(Shop shop, UUID user) {
        JsonNode statement = shop.get("/accounts/" + user + "/transfers?limit=200")
                .expect(200)
                .json();
        return StreamSupport.stream(statement.spliterator(), false)
                .collect(Collectors.groupingBy(transfer -> transfer.path("kind").asText(), Collectors.counting()));
    }

    private static String told(Answer answer) {
        return answer.text("code") + " " + answer.text("title") + " " + answer.text("detail");
    }

    private static Rule rule(ApiOperation operation) {
        String path = operation.path();
        if (path.startsWith("/internal/")) {
            return Rule.BETWEEN_SERVICES;
        }
        if (path.startsWith("/admin/")) {
            return operation.method().equals("GET") ? Rule.ADMIN_READ : Rule.ADMIN_ACT;
        }
        Rule rule = RULES.get(operation.toString());
        assertThat(rule).as("the table has no row for %s", operation).isNotNull();
        return rule;
    }

    private Expected expected(ApiOperation operation, Identity identity, URI origin) {
        Rule rule = rule(operation);
        if (identity.provesNothing()) {
            return Expected.UNAUTHORIZED;
        }
        if (identity == Identity.SERVICE) {
            // Only payments knows the key of order-service.
            return rule == Rule.BETWEEN_SERVICES
                    ? Expected.LET_IN
                    : origin.equals(stack.payments()) ? Expected.FORBIDDEN : Expected.UNAUTHORIZED;
        }
        return switch (rule) {
            case READ_OWN -> ofOwn(identity, Expected.LET_IN);
            case ACT_FOR_ONESELF -> ofOwn(identity, Expected.FORBIDDEN);
            case SHOP -> letIn(identity, Set.of(Identity.BACKEND, Identity.OPERATOR));
            case ADMIN_READ -> letIn(identity, Set.of(Identity.VIEWER, Identity.OPERATOR));
            case ADMIN_ACT -> letIn(identity, Set.of(Identity.OPERATOR));
            case BETWEEN_SERVICES -> Expected.FORBIDDEN;
        };
    }

    private static Expected ofOwn(Identity identity, Expected viewer) {
        return switch (identity) {
            case CUSTOMER_OWN, BACKEND, OPERATOR -> Expected.LET_IN;
            case CUSTOMER_OTHER -> Expected.HIDDEN;
            case VIEWER -> viewer;
            default -> Expected.FORBIDDEN;
        };
    }

    private static Expected letIn(Identity identity, Set<Identity> some) {
        return some.contains(identity) ? Expected.LET_IN : Expected.FORBIDDEN;
    }

    private static boolean isAs(Expected expected, Answer answer) {
        return switch (expected) {
            case UNAUTHORIZED -> answer.status() == 401 && answer.text("code").equals("unauthorized");
            case FORBIDDEN -> answer.status() == 403 && answer.text("code").equals("forbidden");
            case HIDDEN -> answer.status() == 404 && answer.text("code").matches("(account|order)_not_found");
            case LET_IN ->
                answer.status() != 401
                        && answer.status() != 403
                        && answer.status() < 500
                        && !(answer.status() == 404 && answer.text("code").matches("(account|order)_not_found"));
        };
    }

    private List<URI> origins(Door door) {
        return switch (door) {
            case GATEWAY -> List.of(stack.gateway());
            case SERVICES -> List.of(stack.orders(), stack.payments());
        };
    }

    private static String target(URI origin, ApiOperation operation, UUID user, UUID order) {
        String path = operation
                .path()
                .replace("{user_id}", user.toString())
                .replace("{order_id}", order.toString())
                .replace("{id}", UUID.randomUUID().toString());
        return origin.resolve(path.startsWith("/orders") ? path + "?user_id=" + user : path)
                .toString();
    }

    private static UUID heldOrder(UUID order) {
        return UUID.nameUUIDFromBytes(order.toString().getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    private static String body(ApiOperation operation, UUID order) {
        if (!operation.method().equals("POST")) {
            return null;
        }
        String path = operation.path();
        if (path.equals("/orders") || path.endsWith("/deposit") || path.endsWith("/withdraw")) {
            return AMOUNT;
        } else if (path.startsWith("/orders/") && path.endsWith("/refunds")) {
            return "{\"amount\":0.01}";
        } else if (path.endsWith("/hold")) {
            return "{\"order_id\":\"%s\",\"amount\":1.00}".formatted(heldOrder(order));
        } else if (path.endsWith("/release")) {
            return "{\"order_id\":\"%s\"}".formatted(UUID.randomUUID());
        } else if (path.endsWith("/replay") && !path.contains("{id}")) {
            return "{\"reason\":\"no letter has this reason\"}";
        } else if (path.endsWith("/discard")) {
            return "{\"note\":\"not to be found\"}";
        } else if (path.startsWith("/internal/")) {
            return "{}";
        }
        return "";
    }
}
