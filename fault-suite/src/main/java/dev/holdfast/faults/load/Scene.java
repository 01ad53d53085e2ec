package dev.holdfast.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.holdfast.bench.load.Customers;
import dev.holdfast.event.PaymentEvent;
import dev.holdfast.event.PaymentEventJson;
import dev.holdfast.event.PaymentRequested;
import dev.holdfast.event.Topology;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import dev.holdfast.invariants.Findings;
import dev.holdfast.invariants.Violation;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The users and orders of one message fault, the broker to publish to, and what was found. Each order costs
 * {@link #PRICE}.
 */
final class Scene implements AutoCloseable {
    static final BigDecimal PRICE = new BigDecimal("1.00");
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final long CONFIRM_MILLIS = 30_000;
    private static final int PERSISTENT = 2;

    /** An order that stands on a hold. */
    record Placed(UUID id, UUID user) {
        PaymentRequested request() {
            return new PaymentRequested(UUID.randomUUID(), id, user, PRICE, Instant.now());
        }
    }

    /** Whether it has come true; asked again and again. */
    interface Condition {
        boolean holds() throws SQLException, InterruptedException;
    }

    private final String fault;
    private final StackUnderTest stack;
    private final Caller caller;
    private final Connection connection;
    private final Channel channel;
    private final Findings findings = new Findings();
    /** What each user had at first. */
    private final Map<UUID, BigDecimal> opened = new HashMap<>();

    private final List<Placed> placed = new ArrayList<>();

    Scene(String fault, StackUnderTest stack) throws IOException, TimeoutException {
        this.fault = fault;
        this.stack = stack;
        this.connection = stack.broker().connect();
        this.channel = connection.createChannel();
        this.channel.confirmSelect();
        this.caller = new Caller(stack.gateway(), 1);
    }

    List<Violation> violations() {
        return findings.violations();
    }

    void found(String invariant, String sentence, String row) {
        findings.add(invariant, sentence, fault + ": " + row);
    }

    Database orders() {
        return stack.ordersDatabase();
    }

    Database payments() {
        return stack.paymentsDatabase();
    }

    List<UUID> openAccounts(int count, BigDecimal balance) throws IOException, InterruptedException {
        List<UUID> users = Customers.open(stack.gateway(), count, balance);
        users.forEach(user -> opened.put(user, balance));
        return users;
    }

    /** Orders with their holds and without any event, spread over the users; written at once, as thousands take long by REST. */
    List<Placed> placeOrders(List<UUID> users, int count) throws SQLException {
        List<Placed> all = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            all.add(new Placed(UUID.randomUUID(), users.get(i % users.size())));
        }
        for (Map.Entry<UUID, List<Placed>> each :
                all.stream().collect(Collectors.groupingBy(Placed::user)).entrySet()) {
            UUID[] ids = each.getValue().stream().map(Placed::id).toArray(UUID[]::new);
            Sql.update(payments(), """
                    with held as (
                        insert into hold (order_id, user_id, amount, status, expires_at, created_at, updated_at)
                        select id, ?, ?, 'HELD', now() + interval '1 day', now(), now() from unnest(?) as ids (id)
                        returning amount)
                    update account set held = held + (select sum(amount) from held) where user_id = ?
                    """, each.getKey(), PRICE, ids, each.getKey());
        }
        storeOrders(all);
        return all;
    }

    /** Orders without a hold or with one that is there already. */
    void storeOrders(List<Placed> all) throws SQLException {
        for (Map.Entry<UUID, List<Placed>> each :
                all.stream().collect(Collectors.groupingBy(Placed::user)).entrySet()) {
            UUID[] ids = each.getValue().stream().map(Placed::id).toArray(UUID[]::new);
            Sql.update(orders(), """
                    insert into orders (id, user_id, amount, description, created_at, updated_at)
                    select id, ?, ?, 'message fault', now(), now() from unnest(?) as ids (id)
                    """, each.getKey(), PRICE, ids);
        }
        placed.addAll(all);
    }

    void publish(PaymentEvent event) throws IOException {
        publish(event.destination(), event.eventId().toString(), PaymentEventJson.write(event));
    }

    /** Returns before the broker has it; see {@link #awaitConfirms}. */
    void publish(String destination, String messageId, byte[] body) throws IOException {
        AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .messageId(messageId)
                .deliveryMode(PERSISTENT)
                .build();
        channel.basicPublish(Topology.EXCHANGE, destination, true, properties, body);
    }

    /** As {@link #publish(String, String, byte[])}, with properties of the caller's. */
    void publish(String destination, AMQP.BasicProperties properties, byte[] body) throws IOException {
        channel.basicPublish(Topology.EXCHANGE, destination, true, properties, body);
    }

    /** Whether the broker refuses a body of this length, which costs its sender the channel. */
    boolean refuses(int bytes) throws IOException, InterruptedException, TimeoutException {
        Channel own = connection.createChannel();
        try {
            own.confirmSelect();
            own.basicPublish(Topology.EXCHANGE, Topology.PAYMENT_REQUESTS, null, new byte[bytes]);
            own.waitForConfirmsOrDie(CONFIRM_MILLIS);
            own.close();
            return false;
        } catch (IOException | ShutdownSignalException refused) {
            return !own.isOpen();
        }
    }

    void awaitConfirms() throws IOException, InterruptedException, TimeoutException {
        channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
    }

    /** Waits; what has not come true at the deadline is found as broken. */
    boolean await(String invariant, String sentence, Condition condition) throws SQLException, InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                found(invariant, sentence, "not within " + DEADLINE.toSeconds() + " seconds");
                return false;
            }
            Thread.sleep(PAUSE);
        }
        return true;
    }

    /** Waits until all these orders are in that state. */
    void awaitStatus(List<Placed> some, String status) throws SQLException, InterruptedException {
        UUID[] ids = ids(some);
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (Sql.count(orders(), "select count(*) from orders where id = any (?) and status = ?", ids, status)
                < ids.length) {
            if (System.nanoTime() > end) {
                Sql.texts(
                                orders(),
                                "select id || ' ' || status || coalesce(' ' || reason, '') from orders"
                                        + " where id = any (?) and status <> ?",
                                ids,
                                status)
                        .forEach(row -> found("I2", "the order becomes " + status, row));
                return;
            }
            Thread.sleep(PAUSE);
        }
    }

    /** Waits until an order that was published behind all others so far is finished. */
    void flush() throws Exception {
        List<Placed> last = placeOrders(openAccounts(1, PRICE), 1);
        publish(last.getFirst().request());
        awaitConfirms();
        awaitStatus(last, "FINISHED");
    }

    /**
     * Waits until all orders of the scene are as I2 and I3 want them, and compares the users' accounts by REST: charged
     * once if FINISHED, in the end not charged if CANCELLED.
     */
    void checkMoney() throws SQLException, InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        List<String> wrong = wrongOrders();
        while (!wrong.isEmpty() && System.nanoTime() < end) {
            Thread.sleep(PAUSE);
            wrong = wrongOrders();
        }
        wrong.forEach(row -> found("I3", "a finished order is charged once, and no other", row));
        Map<UUID, BigDecimal> left = new HashMap<>(opened);
        Map<String, String> statuses = statuses();
        for (Placed order : placed) {
            if ("FINISHED".equals(statuses.get(order.id.toString()))) {
                left.merge(order.user, PRICE, BigDecimal::subtract);
            }
        }
        for (Map.Entry<UUID, BigDecimal> each : left.entrySet()) {
            Answer answer = get("/accounts/" + each.getKey());
            JsonNode balance = answer.json().path("balance");
            if (!balance.isNumber() || balance.decimalValue().compareTo(each.getValue()) != 0) {
                found(
                        "I1",
                        "a balance is what was deposited less the finished orders",
                        "user %s: %s - orders of %s = %s, but was %s"
                                .formatted(each.getKey(), opened.get(each.getKey()), PRICE, each.getValue(), answer));
            }
        }
    }

    private List<String> wrongOrders() throws SQLException {
        Map<String, String> statuses = statuses();
        Map<String, String> moved = byOrder(payments(), """
                        select order_id || ' ' || string_agg(kind, '+' order by kind)
                        from transfer where order_id = any (?) group by order_id""");
        List<String> wrong = new ArrayList<>();
        for (Placed order : placed) {
            String status = statuses.getOrDefault(order.id.toString(), "lost");
            String transfers = moved.getOrDefault(order.id.toString(), "none");
            boolean paid = status.equals("FINISHED") && transfers.equals("CAPTURE");
            boolean free =
                    status.equals("CANCELLED") && (transfers.equals("none") || transfers.equals("CAPTURE+REFUND"));
            if (!paid && !free) {
                wrong.add(order + " " + status + ", transfers: " + transfers);
            }
        }
        return wrong;
    }

    private Map<String, String> statuses() throws SQLException {
        return byOrder(orders(), "select id || ' ' || status from orders where id = any (?)");
    }

    private Map<String, String> byOrder(Database database, String sql) throws SQLException {
        return Sql.texts(database, sql, (Object) ids(placed)).stream()
                .map(row -> row.split(" ", 2))
                .collect(Collectors.toMap(row -> row[0], row -> row[1]));
    }

    /** Of these orders each. */
    void checkResults(List<Placed> some, int each) throws SQLException {
        Sql.texts(
                        payments(),
                        "select order_id || ': ' || count(*) from outbox where order_id = any (?)"
                                + " group by order_id having count(*) <> ?",
                        ids(some),
                        each)
                .forEach(row -> found("I5", "an event is applied once and answered once", row));
    }

    void awaitHeldNothing(UUID user) throws SQLException, InterruptedException {
        await(
                "I4",
                "nothing stays reserved of " + user,
                () -> get("/accounts/" + user)
                                .json()
                                .path("held")
                                .decimalValue()
                                .signum()
                        == 0);
    }

    /**
     * Waits for the one dead letter, looks at it as an operator does and discards it.
     *
     * @param service {@code orders} or {@code payments}
     * @param column of the table that tells it from others
     */
    void expectDeadLetter(String service, String column, Object value, String reason)
            throws SQLException, InterruptedException {
        Database database = service.equals("orders") ? orders() : payments();
        String sql = "select id from dead_letter where status = 'WAITING' and " + column + " = ?";
        String sentence = "poison is set aside in the dead letters of " + service + " with \"" + reason + "\"";
        if (!await("I6", sentence, () -> !Sql.texts(database, sql, value).isEmpty())) {
            return;
        }
        List<String> ids = Sql.texts(database, sql, value);
        if (ids.size() > 1) {
            found("I6", "one message is one dead letter", ids.toString());
        }
        String deadLetters = "/admin/" + service + "/dead-letters";
        Answer list = get(
                deadLetters + "?status=WAITING&limit=200&reason=" + URLEncoder.encode(reason, StandardCharsets.UTF_8));
        boolean listed = Stream.iterate(0, i -> i < list.json().size(), i -> i + 1)
                .anyMatch(i -> list.json().path(i).path("id").asText().equals(ids.getFirst()));
        if (!listed) {
            found(
                    "I6",
                    sentence,
                    deadLetters + " does not list " + ids + ": " + get(deadLetters + "/" + ids.getFirst()));
        }
        for (String id : ids) {
            Answer discarded = caller.send(Request.post(
                    "admin",
                    deadLetters + "/" + id + "/discard",
                    "{\"note\":\"poison of the fault suite: " + fault + "\"}"));
            if (discarded.status() != 200) {
                found("I6", "an operator can discard a dead letter", discarded.toString());
            }
        }
    }

    Answer hold(UUID user, UUID order, BigDecimal amount, int expirySeconds) throws InterruptedException {
        return caller.send(Request.post(
                "hold",
                "/accounts/" + user + "/hold",
                "{\"order_id\":\"%s\",\"amount\":%s,\"expires_in_seconds\":%d}"
                        .formatted(order, amount, expirySeconds)));
    }

    Answer release(UUID user, UUID order) throws InterruptedException {
        return caller.send(
                Request.post("release", "/accounts/" + user + "/release", "{\"order_id\":\"" + order + "\"}"));
    }

    Answer get(String target) throws InterruptedException {
        return caller.send(Request.get("check", target));
    }

    private static UUID[] ids(List<Placed> some) {
        return some.stream().map(Placed::id).toArray(UUID[]::new);
    }

    @Override
    public void close() throws IOException {
        caller.close();
        connection.close();
    }
}
