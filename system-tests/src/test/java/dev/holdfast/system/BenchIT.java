package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.access.ClientTokens;
import dev.holdfast.bench.Bench;
import dev.holdfast.faults.stack.StackUnderTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Its figures are those of the databases, and agree with one another. */
@SystemTest
class BenchIT {
    private static final int SECONDS = 3;

    private final StackUnderTest stack;
    private final Path folder;

    BenchIT(StackUnderTest stack, @TempDir Path folder) {
        this.stack = stack;
        this.folder = folder;
    }

    @Test
    void measuresTheStackItsReadsAndTheLimit() throws Exception {
        long finishedBefore = finishedOrders();

        JsonNode report = bench(stack.environment(), "--connections 4 --reads 40");

        assertThat(report.at("/violations")).isEmpty();
        List<JsonNode> runs = elements(report.at("/runs")).toList();
        assertThat(runs).hasSize(1).allSatisfy(run -> {
            long accepted = run.at("/accepted").asLong();
            assertThat(accepted).isPositive();
            assertThat(run.at("/answers/201").asLong()).isEqualTo(accepted);
            assertThat(run.at("/orders/FINISHED").asLong()).isEqualTo(accepted);
            assertThat(run.at("/orders/lost").asLong()).isZero();
            assertThat(run.at("/completed").asLong()).isBetween(1L, accepted);
            assertThat(run.at("/completed_per_second").asDouble() * SECONDS)
                    .isCloseTo(run.at("/completed").asLong(), within(0.01 * accepted));
            long reads = Stream.of("order", "orders", "account")
                    .mapToLong(read ->
                            run.at("/milliseconds/get_" + read + "/count").asLong())
                    .sum();
            assertThat(Stream.of("order", "orders", "account")
                            .mapToLong(
                                    read -> run.at("/answers/200 get_" + read).asLong())
                            .sum())
                    .isEqualTo(reads);
            assertThat((double) reads / (reads + accepted)).isCloseTo(0.4, within(0.05));
            assertThat(run.at("/milliseconds/post/count").asLong()).isEqualTo(accepted);
            assertThat(elements(run.at("/milliseconds"))).allSatisfy(BenchIT::quantilesRise);
            assertThat(elements(run.at("/processes")))
                    .hasSize(5)
                    .allSatisfy(process ->
                            assertThat(process.at("/loaded_bytes").asLong()).isPositive());
            assertThat(elements(run.at("/processes"))
                            .mapToDouble(process ->
                                    process.at("/cpu_seconds_per1000_orders").asDouble())
                            .sum())
                    .isCloseTo(run.at("/cpu_seconds_per1000_orders").asDouble(), within(1e-6));
            assertThat(run.at("/deliveries/orders from payment_results").asLong())
                    .isGreaterThanOrEqualTo(accepted);
            // Of orders that come together, many share a commit.
            assertThat(run.at("/database/commits_per_order").asDouble()).isGreaterThan(0.1);
            assertThat(run.at("/database/wal_bytes_per_order").asDouble()).isGreaterThan(1_000);
            assertThat(run.at("/limit/orders").asLong()).isPositive();
            assertThat(run.at("/limit/database/commits_per_order").asDouble()).isBetween(4.0, 4.5);
            assertThat(run.at("/limit/database/wal_fsyncs_per_order").asDouble())
                    .isBetween(0.25, 4.5);
            assertThat(run.at("/completed_of_limit").asDouble())
                    .isCloseTo(
                            run.at("/completed_per_second").asDouble()
                                    / run.at("/limit/orders_per_second").asDouble(),
                            within(1e-6));
        });
        assertThat(runs.stream().mapToLong(run -> run.at("/accepted").asLong()).sum())
                .isEqualTo(finishedOrders() - finishedBefore);
        assertThat(stack.ordersDatabase().texts("select datname from pg_database"))
                .doesNotContain("holdfast_limit");
    }

    @Test
    void fillsTheTablesAndWorksOffABacklog() throws Exception {
        long finishedBefore = finishedOrders();

        JsonNode report = bench(stack.environment(), "--connections 4 --filled 12000 --backlog 300 --no-limit");

        assertThat(report.at("/violations")).isEmpty();
        assertThat(report.at("/backlog/events").asInt()).isEqualTo(300);
        assertThat(report.at("/backlog/sent_per_second").asDouble()).isPositive();
        assertThat(report.at("/backlog/finished_seconds").asDouble())
                .isGreaterThanOrEqualTo(report.at("/backlog/sent_seconds").asDouble());
        assertThat(finishedOrders() - finishedBefore)
                .isEqualTo(12_300 + report.at("/runs/0/accepted").asLong());
    }

    @Test
    void measuresAGatewayAloneByItsUrl() throws Exception {
        long finishedBefore = finishedOrders();

        JsonNode report = bench(
                Map.of(ClientTokens.KEY_FILE, stack.tokenKey().toString()),
                "--rate 50 --limit --url " + stack.gateway());

        JsonNode run = report.at("/runs/0");
        long accepted = run.at("/accepted").asLong();
        assertThat(accepted).isEqualTo(50 * SECONDS);
        assertThat(run.at("/orders/FINISHED").asLong())
                .isEqualTo(accepted)
                .isEqualTo(finishedOrders() - finishedBefore);
        assertThat(run.at("/orders/lost").asLong()).isZero();
        assertThat(run.at("/milliseconds/post_to_terminal_stored/count").asLong())
                .isEqualTo(accepted);
        assertThat(run.at("/processes")).isEmpty();
        assertThat(run.at("/limit").isNull()).isTrue();
        assertThat(run.at("/database").isNull()).isTrue();
        assertThat(report.at("/violations").isNull()).isTrue();
    }

    private static void quantilesRise(JsonNode quantiles) {
        assertThat(Stream.of("p50", "p90", "p99", "max")
                        .map(name -> quantiles.at("/" + name).asDouble())
                        .toList())
                .isSorted()
                .allSatisfy(millis -> assertThat(millis).isPositive());
    }

    private JsonNode bench(Map<String, String> environment, String options) throws Exception {
        Path json = folder.resolve("figures.json");
        ByteArrayOutputStream errors = new ByteArrayOutputStream();
        String always = " --users 8 --warmup 0 --seconds " + SECONDS + " --json " + json;

        int status = Bench.run(
                List.of((options + always).split(" ")),
                environment,
                System.out,
                new PrintStream(errors, true, StandardCharsets.UTF_8));

        assertThat(status).as(errors.toString(StandardCharsets.UTF_8)).isZero();
        return new JsonMapper().readTree(json.toFile());
    }

    private long finishedOrders() throws SQLException {
        return stack.ordersDatabase().count("select count(*) from orders where status = 'FINISHED'");
    }

    private static Stream<JsonNode> elements(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false);
    }
}
