package dev.holdfast.system;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** All that a client may send by mistake or in bad faith. */
final class WrongInputs {
    private static final String DEPOSIT = "/accounts/{user}/deposit";
    private static final String WITHDRAW = "/accounts/{user}/withdraw";
    private static final String HOLD = "/accounts/{user}/hold";
    private static final String RELEASE = "/accounts/{user}/release";
    private static final String FREEZE = "/admin/accounts/{user}/freeze";
    private static final String ADJUSTMENTS = "/admin/adjustments";
    private static final String ORDERS = "/orders?user_id={user}";
    private static final String ORDER_ID = UUID.randomUUID().toString();
    private static final String CANCEL = "/orders/" + ORDER_ID + "/cancel?user_id={user}";

    private WrongInputs() {}

    static List<WrongInput> all() {
        List<WrongInput> all = new ArrayList<>();
        all.addAll(amounts());
        all.addAll(bodies());
        all.addAll(fields());
        all.addAll(ofOperators());
        all.addAll(parameters());
        all.addAll(protocol());
        return all;
    }

    private static List<WrongInput> amounts() {
        List<String> wrong = List.of(
                "0",
                "0.00",
                "-1",
                "-0.01",
                "1.001",
                "0.001",
                "1e-3",
                "12345678901234567",
                "12345678901234567.00",
                "1e16",
                "1e400",
                "1e999999999",
                "1e-999999999",
                "\"5\"",
                "\"5.00\"",
                "\"\"",
                "true",
                "null",
                "[]",
                "[5]",
                "{}");
        List<WrongInput> all = new ArrayList<>();
        for (String amount : wrong) {
            all.add(invalid(DEPOSIT, "{\"amount\":" + amount + "}", "amount"));
            all.add(invalid(WITHDRAW, "{\"amount\":" + amount + "}", "amount"));
            all.add(invalid(ADJUSTMENTS, proposal(amount, "\"DEBIT\"", "\"x\""), "amount"));
            all.add(invalid(ORDERS, "{\"amount\":" + amount + ",\"description\":\"x\"}", "amount"));
            all.add(invalid(HOLD, "{\"order_id\":\"" + ORDER_ID + "\",\"amount\":" + amount + "}", "amount"));
        }
        for (String noJson : List.of("NaN", "Infinity", "-Infinity", "05", "+5", ".5", "5.", "0x5", "1,5", "")) {
            all.add(malformed(DEPOSIT, "{\"amount\":" + noJson + "}"));
            all.add(malformed(WITHDRAW, "{\"amount\":" + noJson + "}"));
            all.add(malformed(ORDERS, "{\"amount\":" + noJson + "}"));
        }
        return all;
    }

    private static List<WrongInput> bodies() {
        List<WrongInput> all = new ArrayList<>();
        for (String path : List.of(DEPOSIT, WITHDRAW, HOLD, RELEASE, ORDERS, FREEZE, ADJUSTMENTS)) {
            for (String broken : List.of("{", "{\"amount\":", "nope", "{\"amount\":1.00", "{'amount':1}")) {
                all.add(malformed(path, broken));
            }
            for (String noObject : List.of("", "null", "[]", "\"text\"", "5")) {
                all.add(new WrongInput("POST", path, noObject, List.of(), 400, "", ""));
            }
            String field = path.equals(RELEASE) ? "order_id" : path.equals(FREEZE) ? "reason" : "amount";
            all.add(invalid(path, "{}", field));
        }
        for (String broken : List.of("{", "nope", "{'reason':1}")) {
            all.add(malformed(CANCEL, broken));
        }
        // It may be left out, but not be something else.
        for (String noObject : List.of("null", "[]", "\"text\"", "5")) {
            all.add(invalid(CANCEL, noObject, "body"));
        }
        return all;
    }

    private static List<WrongInput> fields() {
        List<WrongInput> all = new ArrayList<>();
        all.add(invalid(DEPOSIT, "{\"amount\":1.00,\"amuont\":2.00}", "amuont"));
        all.add(invalid(WITHDRAW, "{\"amount\":1.00,\"amuont\":2.00}", "amuont"));
        all.add(invalid(ORDERS, "{\"amount\":1.00,\"status\":\"FINISHED\"}", "status"));
        all.add(invalid(ORDERS, "{\"amount\":1.00,\"description\":\"a\\u0000b\"}", "description"));
        for (String unshown :
                List.of("\\u001b", "\\u007f", "\\u009b", "\\r", "\\u200f", "\\u061c", "\\u202e", "\\u2067")) {
            all.add(invalid(ORDERS, "{\"amount\":1.00,\"description\":\"a" + unshown + "b\"}", "description"));
            all.add(invalid(CANCEL, "{\"reason\":\"a" + unshown + "b\"}", "reason"));
        }
        all.add(invalid(CANCEL, "{\"reason\":\"" + "x".repeat(201) + "\"}", "reason"));
        all.add(invalid(CANCEL, "{\"reason\":5}", "reason"));
        all.add(invalid(CANCEL, "{\"reason\":\"x\",\"status\":\"CANCELLED\"}", "status"));
        all.add(invalid(ORDERS, "{\"amount\":1.00,\"description\":\"" + "x".repeat(1_001) + "\"}", "description"));
        all.add(invalid(ORDERS, "{\"amount\":1.00,\"description\":5}", "description"));
        all.add(invalid(ORDERS, "{\"amount\":1.00,\"description\":{}}", "description"));
        for (String expiry : List.of("0", "-1", "604801", "1.5", "\"5\"", "true", "99999999999999999999")) {
            String body = "{\"order_id\":\"" + ORDER_ID + "\",\"amount\":1.00,\"expires_in_seconds\":" + expiry + "}";
            all.add(invalid(HOLD, body, "expires_in_seconds"));
        }
        for (String id : List.of(
                "\"nope\"", "\"\"", "5", "null", "true", "\"" + ORDER_ID.replace("-", "") + "\"", "\"1-1-1-1-1\"")) {
            all.add(invalid(HOLD, "{\"order_id\":" + id + ",\"amount\":1.00}", "order_id"));
            all.add(invalid(RELEASE, "{\"order_id\":" + id + "}", "order_id"));
        }
        return all;
    }

    private static List<WrongInput> ofOperators() {
        List<WrongInput> all = new ArrayList<>();
        for (String text : List.of(
                "\"\"",
                "\" \"",
                "null",
                "5",
                "{}",
                "\"a\\u0000b\"",
                "\"a\\u202eb\"",
                "\"" + "x".repeat(1_001) + "\"")) {
            all.add(invalid(FREEZE, "{\"reason\":" + text + "}", "reason"));
            all.add(invalid(ADJUSTMENTS, proposal("1.00", "\"DEBIT\"", text), "reason"));
        }
        for (String direction : List.of("\"debit\"", "\"\"", "\"GIFT\"", "null", "0", "true")) {
            all.add(invalid(ADJUSTMENTS, proposal("1.00", direction, "\"x\""), "direction"));
        }
        all.add(invalid(FREEZE, "{\"reason\":\"x\",\"until\":1}", "until"));
        all.add(invalid(ADJUSTMENTS + "/nope/approve", null, "id"));
        all.add(invalid(ADJUSTMENTS + "/nope/reject", "{\"reason\":\"x\"}", "id"));
        for (String parameter : List.of("status=OPEN", "limit=0", "cursor=x", "user_id=nope")) {
            all.add(get(ADJUSTMENTS + "?" + parameter, parameter.replaceAll("=.*", "")));
        }
        return all;
    }

    private static String proposal(String amount, String direction, String reason) {
        return "{\"user_id\":\"%s\",\"amount\":%s,\"direction\":%s,\"reason\":%s}"
                .formatted(ORDER_ID, amount, direction, reason);
    }

    private static List<WrongInput> parameters() {
        List<WrongInput> all = new ArrayList<>();
        String amount = "{\"amount\":1.00}";
        for (String id : List.of("nope", "1-1-1-1-1", "{user}x", "00000000000000000000000000000000")) {
            all.add(get("/accounts/" + id, "user_id"));
            all.add(invalid("/accounts/" + id, null, "user_id"));
            all.add(invalid("/accounts/" + id + "/deposit", amount, "user_id"));
            all.add(invalid("/accounts/" + id + "/withdraw", amount, "user_id"));
            all.add(get("/orders/" + id + "?user_id={user}", "order_id"));
            all.add(get("/orders?user_id=" + id, "user_id"));
            all.add(invalid("/orders?user_id=" + id, amount, "user_id"));
            all.add(invalid("/orders/" + id + "/cancel?user_id={user}", "{}", "order_id"));
            all.add(invalid("/orders/" + ORDER_ID + "/cancel?user_id=" + id, "{}", "user_id"));
            all.add(invalid("/orders/" + id + "/capture?user_id={user}", "{}", "order_id"));
            all.add(invalid("/orders/" + id + "/refunds?user_id={user}", "{}", "order_id"));
            all.add(get("/orders/" + ORDER_ID + "/refunds?user_id=" + id, "user_id"));
        }
        all.add(invalid("/orders/" + ORDER_ID + "/cancel", "{}", "user_id"));
        all.add(invalid("/orders/" + ORDER_ID + "/refunds", "{}", "user_id"));
        for (String path : List.of("/accounts/%00", "/orders/%00?user_id={user}")) {
            all.add(new WrongInput("GET", path, null, List.of(), 400, "", ""));
        }
        all.add(get("/orders", "user_id"));
        all.add(get("/orders/" + ORDER_ID, "user_id"));
        all.add(invalid("/orders", amount, "user_id"));
        for (String limit : List.of("0", "-1", "201", "x", "1.5", "99999999999")) {
            all.add(get("/orders?user_id={user}&limit=" + limit, "limit"));
            all.add(get("/accounts/{user}/transfers?limit=" + limit, "limit"));
        }
        for (String cursor : List.of("x", "AAAA", "%00", "====", "a".repeat(500))) {
            all.add(get("/orders?user_id={user}&cursor=" + cursor, "cursor"));
            all.add(get("/accounts/{user}/transfers?cursor=" + cursor, "cursor"));
        }
        for (String status : List.of("DONE", "new", "%00")) {
            all.add(get("/orders?user_id={user}&status=" + status, "status"));
        }
        for (String version : List.of("-1", "1.5", "a", "%00", "1".repeat(30))) {
            all.add(get("/accounts/{user}?version=" + version, "version"));
        }
        for (String at : List.of("yesterday", "2026-02-30T00:00:00Z", "9999-12-31T00:00:00Z", "%00")) {
            all.add(get("/accounts/{user}?at=" + at, "at"));
        }
        all.add(get("/accounts/{user}?version=1&at=2026-01-31T12:00:00Z", "version"));
        all.add(get("/admin/seals?limit=201", "limit"));
        all.add(get("/admin/seals/check?number=1", "digest"));
        all.add(get("/admin/seals/check?number=x&digest=" + "0".repeat(64), "number"));
        for (String list : List.of("/admin/orders", "/admin/accounts", "/accounts/{user}/transfers")) {
            all.add(get(list + "?limit=201", "limit"));
            all.add(get(list + "?cursor=AAAA", "cursor"));
            for (String time :
                    List.of("yesterday", "2026-02-30T00:00:00Z", "2026-01-31T12:00:00", "1769860800", "%00")) {
                all.add(get(list + "?from=" + time, "from"));
                all.add(get(list + "?to=" + time, "to"));
            }
            all.add(get(list + "?from=2026-01-31T12:00:00Z&to=2026-01-31T11:59:59Z", "to"));
        }
        all.add(get("/admin/orders?status=DONE", "status"));
        all.add(get("/admin/orders?user_id=1-1-1-1-1", "user_id"));
        all.add(get("/admin/accounts?held_only=yes", "held_only"));
        all.add(get("/admin/accounts?held_only=true&from=2026-01-31T12:00:00Z", "held_only"));
        for (String key : List.of("x".repeat(256), "two words", "")) {
            List<String> header = List.of("Idempotency-Key", key);
            all.add(new WrongInput("POST", ORDERS, amount, header, 400, "validation_failed", "Idempotency-Key"));
            all.add(new WrongInput("POST", DEPOSIT, amount, header, 400, "validation_failed", "Idempotency-Key"));
            all.add(new WrongInput("POST", WITHDRAW, amount, header, 400, "validation_failed", "Idempotency-Key"));
        }
        for (String reserved :
                List.of("00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002")) {
            all.add(invalid("/accounts/" + reserved, null, "user_id"));
        }
        return all;
    }

    private static List<WrongInput> protocol() {
        List<WrongInput> all = new ArrayList<>();
        String amount = "{\"amount\":1.00}";
        for (String path :
                List.of("/nothing", "/accounts/{user}/nothing", "/orders/" + ORDER_ID + "/nothing", "/accounts")) {
            all.add(new WrongInput("GET", path, null, List.of(), 404, "not_found", ""));
        }
        for (String path : List.of(
                ORDERS,
                "/orders/" + ORDER_ID + "?user_id={user}",
                CANCEL,
                "/accounts/{user}",
                DEPOSIT,
                WITHDRAW,
                HOLD)) {
            for (String method : List.of("PUT", "DELETE", "PATCH")) {
                all.add(new WrongInput(method, path, null, List.of(), 405, "method_not_allowed", ""));
            }
        }
        all.add(new WrongInput("GET", WITHDRAW, null, List.of(), 405, "method_not_allowed", ""));
        all.add(new WrongInput("GET", DEPOSIT, null, List.of(), 405, "method_not_allowed", ""));
        all.add(new WrongInput("GET", CANCEL, null, List.of(), 405, "method_not_allowed", ""));
        for (String path : List.of(ORDERS, CANCEL, DEPOSIT, WITHDRAW, HOLD, RELEASE)) {
            all.add(new WrongInput(
                    "POST", path, amount, List.of("Content-Type", "text/plain"), 415, "unsupported_media_type", ""));
            all.add(new WrongInput(
                    "POST",
                    path,
                    amount,
                    List.of("Content-Type", "application/xml"),
                    415,
                    "unsupported_media_type",
                    ""));
        }
        all.add(new WrongInput(
                "GET", "/accounts/{user}", null, List.of("Accept", "text/html"), 406, "not_acceptable", ""));
        all.add(new WrongInput("GET", ORDERS, null, List.of("Accept", "image/png"), 406, "not_acceptable", ""));
        String large = "{\"amount\":1.00,\"description\":\"" + "x".repeat(70_000) + "\"}";
        all.add(new WrongInput("POST", ORDERS, large, List.of(), 413, "payload_too_large", ""));
        all.add(new WrongInput("POST", DEPOSIT, large, List.of(), 413, "payload_too_large", ""));
        return all;
    }

    private static WrongInput invalid(String path, String body, String field) {
        return new WrongInput("POST", path, body, List.of(), 400, "validation_failed", field);
    }

    private static WrongInput malformed(String path, String body) {
        return new WrongInput("POST", path, body, List.of(), 400, "malformed_json", "");
    }

    private static WrongInput get(String path, String field) {
        return new WrongInput("GET", path, null, List.of(), 400, "validation_failed", field);
    }
}
