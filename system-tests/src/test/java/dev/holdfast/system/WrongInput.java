package dev.holdfast.system;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One thing that a client may send by mistake or in bad faith, and what it has to be told.
 *
 * @param path with {@code {user}} in place of the id of an account that exists
 * @param body null for none
 * @param headers names and values in turn
 * @param field that the problem has to name; empty where no field is to blame
 */
record WrongInput(
        String method, String path, String body, List<String> headers, int status, String code, String field) {
    Answer send(Shop shop, UUID user) {
        return shop.send(method, path.replace("{user}", user.toString()), body, headers.toArray(String[]::new));
    }

    /** What is wrong with the answer, empty if nothing is. */
    String check(Answer answer) {
        List<String> wrong = new ArrayList<>();
        if (answer.status() != status) {
            wrong.add("status should be " + status);
        }
        if (!answer.header("Content-Type").startsWith("application/problem+json")) {
            wrong.add("should be a problem document");
        } else {
            if (!code.isEmpty() && !answer.text("code").equals(code)) {
                wrong.add("code should be " + code);
            }
            if (!answer.text("trace_id").matches("[0-9a-f]{32}")) {
                wrong.add("trace_id should be there");
            }
            if (answer.json().path("status").asInt() != answer.status()) {
                wrong.add("the document's status should be the answer's");
            }
            if (!field.isEmpty()
                    && answer.json().path("errors").findValuesAsText("field").stream()
                            .noneMatch(field::equals)) {
                wrong.add("should name the field " + field);
            }
        }
        String sent = body == null ? "" : " with " + (body.length() > 200 ? body.substring(0, 200) + "…" : body);
        return wrong.isEmpty()
                ? ""
                : wrong + sent + " "
                        + headers.stream().map(h -> h.length() > 60 ? "…" : h).toList() + ": " + answer.request()
                        + " was answered " + answer.status() + " " + answer.body();
    }
}
