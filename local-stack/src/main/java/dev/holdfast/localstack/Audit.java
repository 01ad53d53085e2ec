package dev.holdfast.localstack;

import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Lets the running stack hold all orders against all money now, and prints what contradicts. */
final class Audit {
    /** The exit status where everything agrees, where something does not, and where that could not be found out. */
    static final int CLEAN = 0;

    static final int DISCREPANCIES = 1;
    static final int NOT_RUN = 2;

    private static final String REPORT = "/admin/reconciliation";
    private static final int LISTED_MAX = 200;
    /** For some million orders. */
    private static final Duration PASS_LIMIT = Duration.ofMinutes(30);

    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Pattern DISCREPANCY = Pattern.compile("\\{[^{}]*}");

    private final Gateway gateway;
    private final PrintStream out;

    Audit(Gateway gateway, PrintStream out) {
        this.gateway = gateway;
        this.out = out;
    }

    /** @return the exit status, {@link #CLEAN} or {@link #DISCREPANCIES} */
    int run() {
        String report = freshReport();
        int listed = print(report);
        long total = Long.parseLong(Gateway.field(report, "discrepancies_total"));
        if (total > listed) {
            out.println("... and " + (total - listed) + " more");
        }
        Duration duration = Duration.between(
                Instant.parse(Gateway.field(report, "last_pass_started_at")),
                Instant.parse(Gateway.field(report, "last_pass_finished_at")));
        out.printf(
                "%s orders and %s accounts compared in %.1f s, %s in flight: %s%n",
                Gateway.field(report, "orders_compared"),
                Gateway.field(report, "accounts_compared"),
                duration.toMillis() / 1000.0,
                Gateway.field(report, "in_flight"),
                total == 0 ? "no discrepancies" : total == 1 ? "1 discrepancy" : total + " discrepancies");
        return total == 0 ? CLEAN : DISCREPANCIES;
    }

    private String freshReport() {
        HttpResponse<String> asked = gateway.send("POST", REPORT + "/runs?limit=" + LISTED_MAX, "");
        if (asked.statusCode() != 202) {
            return expect200(asked);
        }
        long pass = Long.parseLong(Gateway.field(asked.body(), "pass"));
        out.println("Comparing; it takes more than a few seconds");
        long failures = Long.parseLong(Gateway.field(report(), "failures"));
        if (!Waiting.until(PASS_LIMIT, () -> isComplete(pass, failures))) {
            throw new StackException("the comparison is not complete after " + PASS_LIMIT.toMinutes() + " minutes");
        }
        return report();
    }

    private boolean isComplete(long pass, long failuresBefore) {
        Waiting.pause(POLL);
        String report = report();
        if (Long.parseLong(Gateway.field(report, "failures")) > failuresBefore) {
            // Above all: what is known to be wrong.
            print(report);
            throw new StackException("the comparison was not completed: " + Gateway.field(report, "last_error"));
        }
        return Long.parseLong(Gateway.field(report, "passes")) >= pass;
    }

    private String report() {
        return expect200(gateway.send("GET", REPORT + "?limit=" + LISTED_MAX, ""));
    }

    private static String expect200(HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new StackException("the audit was answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }

    private int print(String report) {
        List<String> discrepancies = DISCREPANCY
                .matcher(report.substring(report.indexOf("\"discrepancies\":[")))
                .results()
                .map(MatchResult::group)
                .toList();
        if (!discrepancies.isEmpty()) {
            out.printf("%-24s  %-36s  %-36s  %s%n", "KIND", "ORDER", "USER", "SINCE");
        }
        for (String discrepancy : discrepancies) {
            out.printf(
                    "%-24s  %-36s  %-36s  %s%n",
                    Gateway.field(discrepancy, "kind"),
                    Gateway.field(discrepancy, "order_id"),
                    Gateway.field(discrepancy, "user_id"),
                    Gateway.field(discrepancy, "first_seen_at"));
            say("orders", Gateway.field(discrepancy, "orders_say"));
            say("payments", Gateway.field(discrepancy, "payments_say"));
        }
        return discrepancies.size();
    }

    private void say(String who, String what) {
        if (!what.isEmpty()) {
            out.printf("    %s: %s%n", who, what);
        }
    }
}
