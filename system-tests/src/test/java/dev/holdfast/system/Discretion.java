package dev.holdfast.system;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an answer must not tell of what gave it, and what it must forbid browsers and caches. */
final class Discretion {
    private static final Pattern TELLTALE =
            Pattern.compile("(?i)\\b(?:dev\\.holdfast|io\\.[a-z]+\\.|javax?\\.|jakarta\\."
                    + "|(?:org|com|net)\\.[a-z]+\\.[a-z]|[a-z]*exception\\b|stack ?trace|quarkus|vert\\.x|netty|resteasy|smallrye"
                    + "|hibernate|narayana|jackson|postgres|psql|rabbitmq|amqp|flyway"
                    + "|select .* from|insert into|update .* set|delete from"
                    + "|[0-9]+\\.[0-9]+\\.[0-9]+(?!\\.?[0-9]))");

    private static final Map<String, String> REQUIRED = Map.of(
            "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "Cache-Control", "no-store");

    private Discretion() {}

    /** Of an answer of the API: what is wrong with it, empty if nothing is. */
    static List<String> violations(Answer answer) {
        List<String> violations = new ArrayList<>();
        REQUIRED.forEach((name, value) -> {
            List<String> values = answer.headers().allValues(name);
            if (!values.equals(List.of(value))) {
                violations.add(name + " should be " + value + " once, is " + values);
            }
        });
        answer.headers().map().forEach((name, values) -> violations.addAll(telltales(name + ": " + values)));
        // What operators read of messages are the words of whoever sent them.
        if (answer.status() >= 400 || !answer.request().contains("/admin/")) {
            violations.addAll(telltales(answer.body()));
        }
        return violations;
    }

    /** The words of a text, as it came from the wire, that name a class, a version, a product or SQL. */
    static List<String> telltales(String text) {
        Matcher matcher = TELLTALE.matcher(text);
        return matcher.results().map(match -> "tells " + match.group()).toList();
    }
}
