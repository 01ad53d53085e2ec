package dev.holdfast.system.watching;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.holdfast.faults.stack.StackUnderTest;
import dev.holdfast.localstack.LocalService;
import dev.holdfast.localstack.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;

/**
 * Prometheus as it is installed on this machine, with the configuration and the rules of observability/, that watches a stack.
 * Its targets alone are others, and nobody hears of its alerts.
 */
public final class Prometheus implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration FIRST_SCRAPES = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Process> processes = new ArrayList<>();
    private final Path directory;
    private final URI api;
    private final boolean databasesWatched;

    /** @param stack whose broker is told to show its metrics, until it is restarted; the test is skipped without Prometheus */
    public Prometheus(StackUnderTest stack) throws IOException {
        String program = Programs.require("prometheus");
        directory = Files.createTempDirectory(Path.of("target"), "prometheus-");
        Map<String, String> targets = new TreeMap<>();
        for (LocalService service : stack.services()) {
            targets.put(service.name(), "localhost:" + service.managementPort());
        }
        databasesWatched = Programs.find("prometheus-postgres-exporter").isPresent();
        if (databasesWatched) {
            for (String database : List.of("orders", "payments")) {
                targets.put(database + "-database", exporter(stack, database));
            }
        }
        String broker = brokerMetrics(stack);
        targets.put("rabbitmq", broker);
        targets.put("rabbitmq-queues", broker);
        String address = "127.0.0.1:" + Ports.free();
        api = URI.create("http://" + address + "/api/v1/");
        processes.add(Programs.start(
                directory.resolve("prometheus.log"),
                Map.of(),
                List.of(
                        program,
                        "--config.file=" + configuration(targets),
                        "--storage.tsdb.path=" + directory.resolve("data"),
                        "--web.listen-address=" + address,
                        "--log.level=warn")));
        // What is counted before is no increase.
        await().atMost(FIRST_SCRAPES).until(() -> allTargetsAreUp(get("targets").at("/data/activeTargets")));
    }

    private static boolean allTargetsAreUp(JsonNode targets) {
        return !targets.isEmpty()
                && StreamSupport.stream(targets.spliterator(), false)
                        .allMatch(target -> target.path("health").asText().equals("up"));
    }

    /** Whether PostgreSQL's exporter is installed here. */
    public boolean watchesDatabases() {
        return databasesWatched;
    }

    /** The names of all alerts that are raised now. */
    public Set<String> firing() {
        Set<String> names = new TreeSet<>();
        for (JsonNode alert : get("alerts").at("/data/alerts")) {
            if (alert.path("state").asText().equals("firing")) {
                names.add(alert.at("/labels/alertname").asText());
            }
        }
        return names;
    }

    /** Whether it has seen such a metric. */
    public boolean has(String selector) {
        return !get("series?match[]=" + URLEncoder.encode(selector, StandardCharsets.UTF_8))
                .path("data")
                .isEmpty();
    }

    /** The answer of its API; empty as long as there is none. */
    private JsonNode get(String path) {
        try {
            return JSON.readTree(client.send(
                            HttpRequest.newBuilder(api.resolve(path.replace("[]", "%5B%5D")))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (IOException starting) {
            return JSON.createObjectNode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Path configuration(Map<String, String> targets) throws IOException {
        YAMLMapper yaml = new YAMLMapper();
        ObjectNode configuration = (ObjectNode) yaml.readTree(
                Watched.DIRECTORY.resolve("prometheus/prometheus.yml").toFile());
        configuration.remove("alerting");
        configuration.putArray("rule_files").add(Watched.RULES.toAbsolutePath().toString());
        Iterator<JsonNode> jobs = ((ArrayNode) configuration.get("scrape_configs")).iterator();
        while (jobs.hasNext()) {
            ObjectNode job = (ObjectNode) jobs.next();
            String target = targets.get(job.get("job_name").asText());
            if (target == null) {
                jobs.remove();
            } else {
                job.putArray("static_configs").addObject().putArray("targets").add(target);
            }
        }
        Path file = directory.resolve("prometheus.yml");
        yaml.writeValue(file.toFile(), configuration);
        return file.toAbsolutePath();
    }

    /** As the user who may do everything: here both databases are one server's, of which neither service's role sees all. */
    private String exporter(StackUnderTest stack, String database) throws IOException {
        String address = "127.0.0.1:" + Ports.free();
        processes.add(Programs.start(
                directory.resolve(database + "-exporter.log"),
                Map.of("DATA_SOURCE_NAME", stack.postgres().url("postgres") + "?sslmode=disable"),
                List.of(Programs.require("prometheus-postgres-exporter"), "--web.listen-address=" + address)));
        return address;
    }

    /** The images of RabbitMQ have this plugin on from the start. */
    private static String brokerMetrics(StackUnderTest stack) {
        Assumptions.assumeTrue(
                Programs.find("epmd").isPresent(), "the broker is a container, whose metrics are not published");
        int port = Ports.free();
        stack.brokerProcess().control("eval", """
                application:set_env(rabbitmq_prometheus, tcp_config, [{port, %d}, {ip, "127.0.0.1"}], [{persistent, true}]),
                File = rabbit_plugins:enabled_plugins_file(),
                ok = rabbit_file:write_term_file(File, [[rabbitmq_prometheus | rabbit_plugins:read_enabled(File)]]),
                rabbit_plugins:ensure(File).
                """.formatted(port));
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        processes.reversed().forEach(Process::destroy);
        client.close();
    }
}
