package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.bench.limit.DatabaseCost;
import dev.holdfast.bench.limit.Limit;
import dev.holdfast.invariants.Violation;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Workload WORKLOAD =
            new Workload(URI.create("http://localhost:8000"), "closed", 16, 0, 0, 0, 256, 0, 30, 60);
    private static final Violation VIOLATION = new Violation("I1", "balances match", 1, List.of("row"));

    @Test
    void takesTheMedianOfEachFigureByItself() {
        Run median = report(run(900, 2_000, 3), run(1_100, 1_000, 1), run(1_000, 1_500, 2))
                .median();

        assertThat(median).isEqualTo(run(1_000, 1_500, 2));
    }

    @Test
    void takesTheMiddleOfTwoFigures() {
        Run median = report(run(900, 2_000, 3), run(1_000, 1_500, 2)).median();

        assertThat(median.accepted()).isEqualTo(950);
        assertThat(median.milliseconds().get("post")).isEqualTo(new Quantiles(950, 2.5, 3, 4, 5));
    }

    @Test
    void countsAnAnswerThatARunDidNotGetAsNone() {
        Run refused = with(run(10, 10, 1), Map.of("201", 10L, "503 overloaded", 4L), Map.of("FINISHED", 10L));
        Run median = report(refused, run(10, 10, 1), run(10, 10, 1)).median();

        assertThat(median.answers()).containsEntry("201", 10L).containsEntry("503 overloaded", 0L);
    }

    @Test
    void leavesOutWhatNoRunHas() {
        Run remote = remoteRun();

        assertThat(report(remote, remote).median()).isEqualTo(remote);
    }

    @Test
    void isSoundOnlyWithoutViolationAndLostOrder() {
        Run run = run(10, 10, 1);
        Run lossy = with(run, run.answers(), Map.of("FINISHED", 9L, "lost", 1L));

        assertThat(report(run).sound()).isTrue();
        assertThat(new Report(WORKLOAD, null, List.of(run), null).sound()).isTrue();
        assertThat(new Report(WORKLOAD, null, List.of(run), List.of(VIOLATION)).sound())
                .isFalse();
        assertThat(report(run, lossy, run).sound()).isFalse();
    }

    @Test
    void writesAllRunsAndTheirMediansAsJson() throws Exception {
        JsonNode json = new JsonMapper()
                .readTree(report(run(900, 2_000, 3), run(1_100, 1_000, 1)).json());

        assertThat(json.at("/workload/warm_up_seconds").asLong()).isEqualTo(60);
        assertThat(json.at("/runs/1/accepted").asLong()).isEqualTo(1_100);
        assertThat(json.at("/median/milliseconds/post/p99").asDouble()).isEqualTo(4);
        assertThat(json.at("/median/limit/orders_per_second").asDouble()).isEqualTo(1_500);
        assertThat(json.at("/median/processes/orders/cpu_seconds_per1000_orders")
                        .isNumber())
                .isTrue();
    }

    @Test
    void showsTheLimitAndTheShareThatWasReached() {
        String text = ReportText.of(report(run(900, 2_000, 3), run(1_100, 1_000, 1), run(1_000, 1_500, 2)));

        assertThat(text)
                .contains("medians of 3 runs")
                .contains("completed / limit        66.7 %")
                .containsPattern("orders from payment_results +1000")
                .contains("4 durable commits per order, 16 connections")
                .contains("invariants I1 to I6 hold");
    }

    @Test
    void saysWhatCouldNotBeSeen() {
        String text = ReportText.of(new Report(WORKLOAD, null, List.of(remoteRun()), null));

        assertThat(text)
                .contains("invariants: not checked")
                .contains("those of the system are not at hand")
                .doesNotContain("limit:")
                .doesNotContain("WAL");
    }

    @Test
    void tellsHowFastABacklogWasWorkedOff() {
        assertThat(ReportText.of(new Report(WORKLOAD, new Backlog(200, 2, 100, 3), List.of(remoteRun()), null)))
                .contains("backlog of 200 events: sent in 2.0 s, 100 a second; orders finished after 3.0 s");
        assertThat(ReportText.of(report(remoteRun()))).doesNotContain("backlog");
    }

    private static Report report(Run... runs) {
        return new Report(WORKLOAD, null, List.of(runs), List.of());
    }

    private static Run run(long accepted, double limit, double postMillis) {
        return new Run(
                Map.of("201", accepted),
                Map.of("FINISHED", accepted),
                accepted,
                accepted,
                accepted / 30.0,
                accepted / 30.0,
                0.2,
                Map.of("post", new Quantiles(accepted, postMillis, 3, 4, 5)),
                Map.of("orders", new ProcessCost(0.5, 100, 200)),
                Map.of("orders from payment_results", accepted),
                0.5,
                0.1,
                10,
                new DatabaseCost(1.5, 3_000, 0.4),
                new Limit(15, 30, limit, 0.7, 0.2, new DatabaseCost(4, 5_000, 0.5)),
                2 / 3.0);
    }

    private static Run with(Run run, Map<String, Long> answers, Map<String, Long> orders) {
        return new Run(
                answers,
                orders,
                run.accepted(),
                run.completed(),
                run.acceptedPerSecond(),
                run.completedPerSecond(),
                run.drainSeconds(),
                run.milliseconds(),
                run.processes(),
                run.deliveries(),
                run.cpuSecondsPer1000Orders(),
                run.generatorCpuSecondsPer1000Orders(),
                run.generatorCpuPercent(),
                run.database(),
                run.limit(),
                run.completedOfLimit());
    }

    private static Run remoteRun() {
        return new Run(
                Map.of("201", 30L),
                Map.of("FINISHED", 30L),
                30,
                30,
                1,
                1,
                0.2,
                Map.of("post", new Quantiles(30, 2, 3, 4, 5)),
                Map.of(),
                Map.of(),
                0,
                0.1,
                10,
                null,
                null,
                null);
    }
}
