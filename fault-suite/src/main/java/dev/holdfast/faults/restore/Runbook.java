package dev.holdfast.faults.restore;

import dev.holdfast.access.ClientTokens;
import dev.holdfast.faults.MissedException;
import dev.holdfast.faults.ReconciliationRun;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Mends what the audit names, kind by kind, as docs/restore.md tells operators to. */
final class Runbook {
    private static final String UNPAID = "finished_without_capture";
    private static final List<String> SETTLED = List.of("capture_without_order", "cancelled_but_captured", UNPAID);
    /** Holds run out after two minutes, and orders are asked about again after two. */
    private static final Duration TIMEOUT = Duration.ofMinutes(6);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final URI orders;
    private final URI payments;
    private final Operator operator;
    private final ReconciliationRun audit;
    private final Consumer<String> progress;
    /** The most at once of each kind. */
    private final Map<String, Long> named = new TreeMap<>();

    Runbook(URI orders, URI payments, ClientTokens tokens, Operator operator, Consumer<String> progress) {
        this.orders = orders;
        this.payments = payments;
        this.operator = operator;
        this.audit = new ReconciliationRun(orders, tokens);
        this.progress = progress;
    }

    /**
     * Returns once the audit is clean.
     *
     * @return what was named, by kind
     * @throws MissedException when it does not become so
     */
    Map<String, Long> follow() throws IOException, InterruptedException, MissedException {
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        boolean first = true;
        JsonObject report;
        while ((report = audit.report()).getLong("discrepancies_total") > 0) {
            progress.accept("  the audit names " + report.getJsonObject("discrepancies_by_kind"));
            if (System.nanoTime() > deadline) {
                throw new MissedException("The audit is not clean: " + report);
            }
            for (Map.Entry<String, Object> kind : report.getJsonObject("discrepancies_by_kind")) {
                named.merge(kind.getKey(), ((Number) kind.getValue()).longValue(), Math::max);
                if (SETTLED.contains(kind.getKey())) {
                    settleAll(kind.getKey());
                }
            }
            if (!first) {
                // What is still unpaid lacks the money: accounts and deposits that are not repeated yet.
                provideMoney(report);
            }
            first = false;
            Thread.sleep(PAUSE);
        }
        progress.accept("  the audit is clean");
        return named;
    }

    private void settleAll(String kind) throws IOException, InterruptedException {
        @Nullable String after = null;
        do {
            JsonObject body = new JsonObject().put("kind", kind);
            if (after != null) {
                body.put("after", after);
            }
            JsonObject answer = settle(body);
            progress.accept("  settled " + answer.getInteger("settled") + " of " + kind + ", refused " + codes(answer));
            after = answer.getString("next");
        } while (after != null);
    }

    private JsonObject settle(JsonObject body) throws IOException, InterruptedException {
        return operator.post(orders.resolve("/admin/reconciliation/settle"), body);
    }

    /** Deposits for each unpaid order what its account lacks, and charges the order. */
    private void provideMoney(JsonObject report) throws IOException, InterruptedException {
        for (Object each : report.getJsonArray("discrepancies")) {
            JsonObject discrepancy = (JsonObject) each;
            if (discrepancy.getString("kind").equals(UNPAID)) {
                String order = discrepancy.getString("order_id");
                JsonObject body = new JsonObject().put("kind", UNPAID).put("order_id", order);
                String user = discrepancy.getString("user_id");
                Map<String, Integer> refused = codes(settle(body));
                if (refused.containsKey("account_not_found")) {
                    progress.accept("  opened an account");
                    operator.post(payments.resolve("/accounts/" + user), new JsonObject());
                    refused = Map.of("insufficient_funds", 1);
                }
                if (refused.containsKey("insufficient_funds")) {
                    deposit(user, order);
                    settle(body);
                }
            }
        }
    }

    private static Map<String, Integer> codes(JsonObject answer) {
        Map<String, Integer> codes = new TreeMap<>();
        answer.getJsonArray("refused")
                .forEach(each -> codes.merge(((JsonObject) each).getString("code"), 1, Integer::sum));
        return codes;
    }

    private void deposit(String user, String order) throws IOException, InterruptedException {
        BigDecimal price = amount(operator.get(orders.resolve("/orders/" + order + "?user_id=" + user)), "amount");
        BigDecimal available = amount(operator.get(payments.resolve("/accounts/" + user)), "available");
        BigDecimal lacking = price.subtract(available);
        if (lacking.signum() > 0) {
            progress.accept("  deposited " + lacking + " for order " + order);
            operator.post(payments.resolve("/accounts/" + user + "/deposit"), new JsonObject().put("amount", lacking));
        }
    }

    private static BigDecimal amount(JsonObject of, String field) {
        return new BigDecimal(Objects.requireNonNull(of.getValue(field)).toString());
    }

    /** Gives up the results that are about orders that are gone; their money has been given back by now. */
    int discardResultsWithoutOrder() throws IOException, InterruptedException {
        URI letters = orders.resolve("/admin/orders/dead-letters?status=WAITING&reason=there+is+no+order&limit=200");
        int discarded = 0;
        List<Object> page;
        while (!(page = operator.list(letters).stream().toList()).isEmpty()) {
            for (Object each : page) {
                String id = ((JsonObject) each).getString("id");
                operator.post(
                        orders.resolve("/admin/orders/dead-letters/" + id + "/discard"),
                        new JsonObject().put("note", "Its order was lost when the database was restored"));
                discarded++;
            }
        }
        return discarded;
    }
}
