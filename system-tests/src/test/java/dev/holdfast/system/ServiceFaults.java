package dev.holdfast.system;

import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Services and databases that are away, locked or contradict each other. */
final class ServiceFaults {
    private final StackUnderTest stack;
    private final Shop shop;

    ServiceFaults(StackUnderTest stack) {
        this.stack = stack;
        this.shop = Door.GATEWAY.open(stack);
    }

    AlertFault lockedAccount() {
        return new AlertFault(
                "an account stays locked, while its customer orders and a hold of it is to be released",
                List.of(
                        "HoldfastAccountBusy",
                        "HoldfastCompensationsPending",
                        "HoldfastGatewayErrors",
                        "HoldfastGatewaySlow"),
                () -> {
                    UUID user = shop.openAccount("1000.00");
                    UUID order = UUID.randomUUID();
                    shop.hold(user, order, "1.00", 3_600).expect(200);
                    Connection lock = stack.paymentsDatabase().open();
                    lock.setAutoCommit(false);
                    try (Statement statement = lock.createStatement()) {
                        statement.execute("select 1 from account where user_id = '" + user + "' for update");
                    }
                    Database orders = stack.ordersDatabase();
                    orders.update(
                            "insert into compensation (order_id, kind, user_id) values (?, 'RELEASE', ?)", order, user);
                    Repeated ordering = requests("POST", "/orders?user_id=" + user, "{\"amount\": 1}");
                    return () -> {
                        ordering.close();
                        lock.close();
                        orders.update("update compensation set next_attempt_at = now() where done_at is null");
                    };
                });
    }

    /** @param finished an order, whose money no longer fits it */
    AlertFault otherAmount(UUID finished) {
        return new AlertFault(
                "the amount of a finished order is changed in its database", List.of("HoldfastDiscrepancies"), () -> {
                    Database orders = stack.superuserDatabase().named("orders");
                    // Past the trigger that keeps such an order as it is.
                    orders.update(
                            "set session_replication_role = replica; update orders set amount = amount + 1 where id = ?",
                            finished);
                    return () -> {};
                });
    }

    /** @param user whose first transfer is changed */
    AlertFault otherTransfer(UUID user) {
        return new AlertFault("a transfer is changed in its database", List.of("HoldfastBooksChanged"), () -> {
            stack.superuserDatabase()
                    .named("payments")
                    .update("update transfer set actor = 'nobody' where credit_account = ? and version = 1", user);
            return () -> {};
        });
    }

    AlertFault noReconciliation() {
        return new AlertFault(
                "order-service may no longer read its discrepancies", List.of("HoldfastReconciliationFails"), () -> {
                    Database owner = stack.asOwner(stack.ordersDatabase());
                    String role = stack.postgres().user("orders");
                    owner.update("revoke select, insert, update on discrepancy from " + role);
                    return () -> owner.update("grant select, insert, update on discrepancy to " + role);
                });
    }

    AlertFault noKeys() {
        Path keys = stack.tokenKey().resolveSibling("public").resolve("users.pem");
        Path away = keys.resolveSibling("away.pem");
        return new AlertFault("the file of the keys of tokens is gone", List.of("HoldfastKeysUnreadable"), () -> {
            Files.move(keys, away);
            return () -> Files.move(away, keys, StandardCopyOption.REPLACE_EXISTING);
        });
    }

    AlertFault killedOrderService() {
        return new AlertFault(
                "kill -9: order-service",
                List.of("HoldfastServiceMissing", "HoldfastTargetDown", "HoldfastReplicaPassedOver"),
                () -> {
                    Repeated reading = requests("GET", "/orders?user_id=" + UUID.randomUUID(), "");
                    stack.ordersProcess().kill();
                    return reading;
                });
    }

    AlertFault stoppedDatabase() {
        return new AlertFault("stop -m immediate: PostgreSQL", databaseAlerts(), () -> {
            stack.postgres().stopImmediately();
            return stack.postgres()::start;
        });
    }

    private static List<String> databaseAlerts() {
        return List.of("HoldfastNotReady", "HoldfastDatabaseDown");
    }

    /** Four a second, as an operator, whatever the answers are. */
    private Repeated requests(String method, String target, String body) {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest.Builder request = HttpRequest.newBuilder(stack.gateway().resolve(target))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        stack.tokens().operator().ifPresent(token -> request.header("Authorization", token));
        return Repeated.every(
                Duration.ofMillis(250),
                () -> client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding()));
    }
}
