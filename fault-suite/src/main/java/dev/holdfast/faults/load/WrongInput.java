package dev.holdfast.faults.load;

import java.util.List;
import java.util.UUID;

/**
 * A request that is refused whatever state the system is in.
 *
 * @param status of the refusal
 */
record WrongInput(Request request, int status) {
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    static WrongInput of(UUID user, int pick) {
        String order = "/orders?user_id=" + user;
        String account = "/accounts/" + user;
        List<WrongInput> all = List.of(
                post(order, "{\"amount\":-1}"),
                post(order, "{\"amount\":\"12\"}"),
                post(order, "{\"amount\":0.001}"),
                post(order, "{\"amount\":"),
                post(order, "null"),
                post("/orders", "{\"amount\":1}"),
                post("/orders?user_id=nobody", "{\"amount\":1}"),
                post(account + "/deposit", "{\"amount\":0}"),
                post(account + "/deposit", "{}"),
                post(account + "/deposit", "[]"),
                post(account + "/hold", "{\"amount\":1}"),
                post(account + "/hold", "{\"order_id\":\"7\",\"amount\":1}"),
                post(account + "/hold", "{\"order_id\":\"" + user + "\",\"amount\":1,\"expires_in_seconds\":0}"),
                post(account + "/release", "{}"),
                get(order + "&limit=0", BAD_REQUEST),
                get(order + "&cursor=none", BAD_REQUEST),
                get("/orders/" + user + "?user_id=" + user, NOT_FOUND),
                get("/accounts/" + UUID.nameUUIDFromBytes(new byte[] {7}), NOT_FOUND));
        return all.get(pick % all.size());
    }

    private static WrongInput post(String target, String body) {
        return new WrongInput(Request.post("wrong input", target, body), BAD_REQUEST);
    }

    private static WrongInput get(String target, int status) {
        return new WrongInput(Request.get("wrong input", target), status);
    }
}
