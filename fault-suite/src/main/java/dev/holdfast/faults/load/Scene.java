package dev.holdfast.faults.load;

import dev.holdfast.bench.load.Accounts;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** The accounts and orders of one message fault, the broker to publish to, and the checks of what comes of it. */
final class Scene implements AutoCloseable {
    private final StackUnderTest stack;
    private final Caller caller;
    private final MessagePublisher publisher;
    private final SceneChecks checks;
    private final DeadLetterCheck deadLetters;

    Scene(String fault, StackUnderTest stack) throws IOException, TimeoutException {
        this.stack = stack;
        this.publisher = new MessagePublisher(stack);
        this.caller = new Caller(stack.gateway(), stack.tokens(), 1);
        this.checks = new SceneChecks(fault, stack.ordersDatabase(), stack.paymentsDatabase(), caller);
        this.deadLetters = new DeadLetterCheck(fault, stack, caller, checks);
    }

    MessagePublisher publisher() {
        return publisher;
    }

    SceneChecks checks() {
        return checks;
    }

    DeadLetterCheck deadLetters() {
        return deadLetters;
    }

    Database orders() {
        return stack.ordersDatabase();
    }

    Database payments() {
        return stack.paymentsDatabase();
    }

    List<UUID> openAccounts(int count, BigDecimal balance) throws IOException, InterruptedException {
        List<UUID> users = Accounts.open(stack.gateway(), stack.tokens(), count, balance);
        users.forEach(user -> checks.opened(user, balance));
        return users;
    }

    /** Orders with their holds and without any event, spread over the users; written by SQL, as by REST thousands take long. */
    List<PlacedOrder> placeOrders(List<UUID> users, int count) throws SQLException {
        List<PlacedOrder> orders = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            orders.add(new PlacedOrder(UUID.randomUUID(), users.get(i % users.size())));
        }
        for (Map.Entry<UUID, UUID[]> each : idsByUser(orders).entrySet()) {
            payments().update("""
                    with held as (
                        insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
                        select id, ?, ?, 'HELD', now() + interval '1 day', now(), now() from unnest(?) as ids (id)
                        returning amount)
                    update account set held = held + (select sum(amount) from held) where user_id = ?
                    """, each.getKey(), PlacedOrder.PRICE, each.getValue(), each.getKey());
        }
        storeOrders(orders);
        return orders;
    }

    /** Orders without a hold, or with one that is there already. */
    void storeOrders(List<PlacedOrder> orders) throws SQLException {
        for (Map.Entry<UUID, UUID[]> each : idsByUser(orders).entrySet()) {
            orders().update("""
                    insert into orders (id, user_id, amount, description, created_at, updated_at)
                    select id, ?, ?, 'message fault', now(), now() from unnest(?) as ids (id)
                    """, each.getKey(), PlacedOrder.PRICE, each.getValue());
        }
        checks.placed(orders);
    }

    private static Map<UUID, UUID[]> idsByUser(List<PlacedOrder> orders) {
        return orders.stream()
                .collect(Collectors.groupingBy(
                        PlacedOrder::user, Collectors.collectingAndThen(Collectors.toList(), PlacedOrder::ids)));
    }

    /**
     * Publishes the requests of these orders and something else among them, and waits until the orders are finished.
     *
     * @param before how many of the requests come before it
     */
    void publishAmong(List<PlacedOrder> orders, int before, Publication other) throws Exception {
        for (int i = 0; i < orders.size(); i++) {
            if (i == before) {
                other.publish();
            }
            publisher.publish(orders.get(i).request());
        }
        publisher.awaitConfirms();
        checks.awaitStatus(orders, "FINISHED");
    }

    /** Waits until an order that was published behind all others so far is finished. */
    void flush() throws Exception {
        List<PlacedOrder> last = placeOrders(openAccounts(1, PlacedOrder.PRICE), 1);
        publisher.publishAll(List.of(last.getFirst().request()));
        checks.awaitStatus(last, "FINISHED");
    }

    Answer hold(PlacedOrder order, int expirySeconds) throws InterruptedException, SQLException {
        Answer held = caller.send(Request.hold(order.user(), order.id(), PlacedOrder.PRICE, expirySeconds));
        // As if order-service had asked for it: from what a client reserves for itself no order is paid.
        payments().update("update hold set taken_by = 'ORDERS' where order_id = ?", order.id());
        return held;
    }

    Answer release(PlacedOrder order) throws InterruptedException {
        return caller.send(Request.release(order.user(), order.id()));
    }

    @Override
    public void close() throws IOException {
        caller.close();
        publisher.close();
    }

    /** Publishes something that is wrong. */
    interface Publication {
        void publish() throws Exception;
    }
}
