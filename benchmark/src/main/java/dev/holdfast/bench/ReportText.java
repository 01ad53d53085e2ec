package dev.holdfast.bench;

import dev.holdfast.bench.limit.DatabaseCost;
import dev.holdfast.bench.limit.Limit;
import dev.holdfast.bench.limit.LimitMeasurement;
import dev.holdfast.invariants.Violation;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report as tables for people. */
final class ReportText {
    private static final double BYTES_PER_MEGABYTE = 1e6;

    private final Formatter text = new Formatter(Locale.ROOT);

    private ReportText() {}

    static String of(Report report) {
        ReportText text = new ReportText();
        text.workload(report.workload(), report.runs().size());
        text.backlog(report.backlog());
        if (report.runs().size() > 1) {
            text.runs(report.runs());
        }
        text.run(report.median());
        text.violations(report.violations());
        return text.text.toString();
    }

    private void workload(Workload workload, int runs) {
        text.format("%n%s loop, %d connections", workload.loop(), workload.connections());
        if (workload.ratePerSecond() > 0) {
            text.format(", %.1f requests/s", workload.ratePerSecond());
        }
        if (workload.readPercent() > 0) {
            text.format(", %d %% reads", workload.readPercent());
        }
        if (workload.mixPercent() > 0) {
            text.format(", %d %% of the rest cancellations and refunds", workload.mixPercent());
        }
        text.format(
                ", %d users, %d s after %d s of warm-up%n",
                workload.users(), workload.seconds(), workload.warmUpSeconds());
        if (workload.filled() > 0) {
            text.format("%d orders and accounts more in the tables%n", workload.filled());
        }
        if (runs > 1) {
            text.format("medians of %d runs%n", runs);
        }
    }

    private void backlog(@Nullable Backlog backlog) {
        if (backlog != null) {
            text.format(
                    "%n  backlog of %d events: sent in %.1f s, %.0f a second; orders finished after %.1f s%n%n",
                    backlog.events(), backlog.sentSeconds(), backlog.sentPerSecond(), backlog.finishedSeconds());
        }
    }

    private void runs(List<Run> runs) {
        text.format("%n  run   accepted/s  completed/s   limit/s  of limit  CPU-s per 1,000%n");
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            Limit limit = run.limit();
            text.format(
                    "  %3d %12.1f %12.1f %9s %9s %16.3f%n",
                    i + 1,
                    run.acceptedPerSecond(),
                    run.completedPerSecond(),
                    limit == null ? "-" : String.format(Locale.ROOT, "%.1f", limit.ordersPerSecond()),
                    percent(run.completedOfLimit()),
                    run.cpuSecondsPer1000Orders());
        }
        text.format("%n");
    }

    private void run(Run run) {
        text.format("  answers              %s%n", run.answers());
        text.format("  orders               %s%n", run.orders());
        text.format("  accepted             %8.1f orders/s%n", run.acceptedPerSecond());
        text.format("  completed            %8.1f orders/s%n", run.completedPerSecond());
        text.format("  drained in           %8.1f s%n", run.drainSeconds());
        latencies(run);
        processes(run);
        deliveries(run.deliveries());
        database(run.database());
        limit(run);
    }

    private void latencies(Run run) {
        text.format("%n  milliseconds                    p50       p90       p99       max     count%n");
        run.milliseconds()
                .forEach((name, quantiles) -> text.format(
                        "    %-26s %8.1f %9.1f %9.1f %9.1f %9d%n",
                        name.replace('_', ' '),
                        quantiles.p50(),
                        quantiles.p90(),
                        quantiles.p99(),
                        quantiles.max(),
                        quantiles.count()));
        text.format("    stored: until the order's updated_at, by the clocks of client and server%n");
        text.format("    seen:   until a GET showed it; a sample, asked every 2 ms or more seldom, so a little late%n");
    }

    private void processes(Run run) {
        text.format("%n  process          CPU-s per 1,000   RSS idle   loaded, MB%n");
        run.processes()
                .forEach((name, cost) -> text.format(
                        "    %-14s %16.3f %10.0f %12.0f%n",
                        name,
                        cost.cpuSecondsPer1000Orders(),
                        cost.idleBytes() / BYTES_PER_MEGABYTE,
                        cost.loadedBytes() / BYTES_PER_MEGABYTE));
        if (run.processes().isEmpty()) {
            text.format("    (those of the system are not at hand)%n");
        } else {
            text.format("    %-14s %16.3f%n", "together", run.cpuSecondsPer1000Orders());
        }
        text.format(
                "    %-14s %16.3f            (%.0f %% of one core)%n",
                "load generator", run.generatorCpuSecondsPer1000Orders(), run.generatorCpuPercent());
        if (!run.processes().isEmpty()) {
            text.format("    postgres and rabbitmq: CPU with all their processes, RSS of the first alone%n");
        }
    }

    private void deliveries(Map<String, Long> deliveries) {
        if (!deliveries.isEmpty()) {
            text.format("%n  messages delivered to%n");
            deliveries.forEach((which, count) -> text.format("    %-40s %9d%n", which, count));
        }
    }

    private void database(@Nullable DatabaseCost cost) {
        if (cost != null) {
            text.format("%n  PostgreSQL per order%n");
            cost(cost);
        }
    }

    private void cost(DatabaseCost cost) {
        text.format(
                "    %.2f commits (reading ones too), %.0f bytes of WAL, %.3f fsyncs of the WAL%n",
                cost.commitsPerOrder(), cost.walBytesPerOrder(), cost.walFsyncsPerOrder());
    }

    private void limit(Run run) {
        Limit limit = run.limit();
        if (limit == null) {
            return;
        }
        text.format(
                "%n  limit: the same rows by plain JDBC, 4 durable commits per order, %d connections, %.0f s%n",
                LimitMeasurement.CONNECTIONS, limit.seconds());
        text.format("    written              %8.1f orders/s%n", limit.ordersPerSecond());
        text.format("    completed / limit    %10s%n", percent(run.completedOfLimit()));
        text.format(
                "    CPU-s per 1,000      %8.3f postgres, %.3f writer%n",
                limit.postgresCpuSecondsPer1000Orders(), limit.writerCpuSecondsPer1000Orders());
        cost(limit.database());
    }

    private static String percent(@Nullable Double share) {
        return share == null ? "-" : String.format(Locale.ROOT, "%.1f %%", share * 100);
    }

    private void violations(@Nullable List<Violation> violations) {
        if (violations == null) {
            text.format("%n  invariants: not checked, which needs the databases%n");
        } else if (violations.isEmpty()) {
            text.format("%n  invariants I1 to I6 hold, and one order per key (I7)%n");
        } else {
            violations.forEach(violation -> text.format("%n  VIOLATION %s%n", violation));
        }
    }
}
