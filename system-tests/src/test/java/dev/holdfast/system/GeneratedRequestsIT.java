package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.system.api.ApiOperation;
import dev.holdfast.system.api.GeneratedRequest;
import dev.holdfast.system.api.ServedApi;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tries what the served OpenAPI documents allow and what they forbid. */
@SystemTest
class GeneratedRequestsIT {
    /**
     * Without a dead letter, an adjustment, a hold or a capture that the generator could know of, an account that it could name
     * in a body, an account without money, or an order that is not charged yet.
     */
    private static final Set<String> NEVER_SUCCESSFUL = Set.of(
            "getDeadLetter",
            "replayDeadLetter",
            "discardDeadLetter",
            "proposeAdjustment",
            "getAdjustment",
            "approveAdjustment",
            "rejectAdjustment",
            "closeAccount",
            "cancelOrder",
            "captureOrder",
            "refundOrder",
            "refundPart",
            "release",
            "releaseOfOrder",
            "refund");

    private static final int SHOWN_CHARACTERS_MAX = 300;

    private final StackUnderTest stack;

    GeneratedRequestsIT(StackUnderTest stack) {
        this.stack = stack;
    }

    @ParameterizedTest
    @EnumSource
    void whatTheDocumentAllowsIsTakenAndWhatItForbidsIsRefusedByItsName(Door door) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Shop shop = door.open(stack);
        List<String> violations = new ArrayList<>();
        Set<String> neverSuccessful = new TreeSet<>();
        int requests = 0;

        for (URI origin : origins(door)) {
            ServedApi api = ServedApi.at(origin);
            for (ApiOperation operation : api.operations()) {
                UUID user = shop.openAccount("100.00");
                UUID order = shop.placeOrder(user, "1.00").expect(201).id();
                Map<String, String> known = Map.of("user_id", user.toString(), "order_id", order.toString());
                Shop caller = operation.path().startsWith("/internal/")
                        ? shop.as(Optional.of(stack.serviceAuthorization()))
                        : shop;
                boolean succeeded = false;
                for (GeneratedRequest request : GeneratedRequest.all(api, operation, known, random)) {
                    requests++;
                    succeeded |= send(caller, origin, request, violations);
                }
                if (!succeeded) {
                    neverSuccessful.add(
                            operation.node().path("operationId").asText().replaceAll("_.*", ""));
                }
            }
        }

        assertThat(violations).as("of %d requests, seed %d", requests, seed).isEmpty();
        assertThat(NEVER_SUCCESSFUL)
                .as("operations no request to which succeeded")
                .containsAll(neverSuccessful);
    }

    private List<URI> origins(Door door) {
        return switch (door) {
            case GATEWAY -> List.of(stack.gateway());
            case SERVICES -> List.of(stack.orders(), stack.payments());
        };
    }

    /** Whether it succeeded. */
    private static boolean send(Shop shop, URI origin, GeneratedRequest request, List<String> violations) {
        String what = request.operation() + " of " + shortened(request.target()) + " " + request.headers() + " "
                + shortened(String.valueOf(request.body()));
        try {
            Answer answer = shop.send(
                    request.operation().method(),
                    origin.resolve(request.target()).toString(),
                    request.body(),
                    request.headers().toArray(String[]::new));
            String violation = check(request, answer);
            if (!violation.isEmpty()) {
                violations.add(
                        what + ": " + violation + ", was answered " + answer.status() + " " + shortened(answer.body()));
            }
            return answer.status() < 400;
        } catch (AssertionError undocumented) {
            violations.add(what + ": " + undocumented.getMessage());
            return false;
        }
    }

    /** That the answer is documented at all, is checked wherever one is read. */
    private static String check(GeneratedRequest request, Answer answer) {
        if (request.forbidden().isEmpty()) {
            return answer.status() == 400 || answer.status() >= 500 ? "is allowed" : "";
        }
        if (answer.status() != 400) {
            return "is forbidden, as " + request.forbidden();
        }
        List<String> named = answer.json().path("errors").findValuesAsText("field");
        return request.field().isEmpty() || named.stream().anyMatch(field -> field.contains(request.field()))
                ? ""
                : "should name " + request.field();
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN_CHARACTERS_MAX ? text : text.substring(0, SHOWN_CHARACTERS_MAX) + "…";
    }
}
