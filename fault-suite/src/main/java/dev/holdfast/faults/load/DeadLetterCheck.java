package dev.holdfast.faults.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.invariants.Database;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;

/** I6: what can never be applied becomes one dead letter, which an operator can see and discard. */
final class DeadLetterCheck {
    private final String fault;
    private final StackUnderTest stack;
    private final Caller caller;
    private final SceneChecks checks;

    DeadLetterCheck(String fault, StackUnderTest stack, Caller caller, SceneChecks checks) {
        this.fault = fault;
        this.stack = stack;
        this.caller = caller;
        this.checks = checks;
    }

    /**
     * Waits for the one dead letter, looks at it as an operator does and discards it.
     *
     * @param service {@code orders} or {@code payments}
     * @param column of the table that tells it from others
     */
    void expect(String service, String column, Object value, String reason) throws SQLException, InterruptedException {
        Database database = service.equals("orders") ? stack.ordersDatabase() : stack.paymentsDatabase();
        String sql = "select id from dead_letter where status = 'WAITING' and " + column + " = ?";
        String sentence = "poison is set aside in the dead letters of " + service + " with \"" + reason + "\"";
        if (!checks.await("I6", sentence, () -> !database.texts(sql, value).isEmpty())) {
            return;
        }
        List<String> ids = database.texts(sql, value);
        if (ids.size() > 1) {
            checks.add("I6", "one message is one dead letter", ids.toString());
        }
        String path = "/admin/" + service + "/dead-letters";
        if (!isListed(path, ids.getFirst(), reason)) {
            checks.add("I6", sentence, path + " does not list " + ids + ": " + get(path + "/" + ids.getFirst()));
        }
        for (String id : ids) {
            discard(path + "/" + id);
        }
    }

    private boolean isListed(String path, String id, String reason) throws InterruptedException {
        Answer list =
                get(path + "?status=WAITING&limit=200&reason=" + URLEncoder.encode(reason, StandardCharsets.UTF_8));
        for (JsonNode deadLetter : list.json()) {
            if (deadLetter.path("id").asText().equals(id)) {
                return true;
            }
        }
        return false;
    }

    private void discard(String path) throws InterruptedException {
        Answer discarded = caller.send(
                Request.post("admin", path + "/discard", "{\"note\":\"poison of the fault suite: " + fault + "\"}"));
        if (discarded.status() != 200) {
            checks.add("I6", "an operator can discard a dead letter", discarded.toString());
        }
    }

    private Answer get(String target) throws InterruptedException {
        return caller.send(Request.get("check", target));
    }
}
