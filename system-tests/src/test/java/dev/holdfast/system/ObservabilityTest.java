package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.holdfast.system.watching.Programs;
import dev.holdfast.system.watching.Watched;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules, runbook, the operators' table and the configuration of who watches, held against each other. */
class ObservabilityTest {
    private static final Path PROMETHEUS = Watched.DIRECTORY.resolve("prometheus");
    private static final Path KUBERNETES_RULE = Path.of("../k8s/components/monitoring/prometheus-rule.yaml");
    private static final Pattern ALERT = Pattern.compile("Holdfast[A-Z]\\w+");

    @Test
    void eachAlertIsRaisedByItsTroubleAndByNothingThatPasses() throws Exception {
        String promtool = Programs.require("promtool");
        Programs.run(PROMETHEUS, promtool, "test", "rules", "rules-test.yml");
        Programs.run(PROMETHEUS, promtool, "check", "rules", "rules.yml");
        Programs.run(PROMETHEUS, promtool, "check", "config", "prometheus.yml");
    }

    @Test
    void alertmanagerTakesItsConfiguration() throws Exception {
        Programs.run(Watched.DIRECTORY, Programs.require("amtool"), "check-config", "alertmanager/alertmanager.yml");
    }

    @Test
    void everyAlertHasATestOfItsRule() throws IOException {
        assertThat(alertsIn(PROMETHEUS.resolve("rules-test.yml"))).isEqualTo(alerts());
    }

    @Test
    void everyAlertSaysHowBadItIsAndLeadsToItsSectionOfTheRunbook() throws IOException {
        List<String> sections = Pattern.compile("(?m)^## (Holdfast\\w+)$")
                .matcher(Files.readString(Path.of("../docs/runbook.md")))
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(sections).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(alerts());
        assertThat(Watched.alerts()).allSatisfy(alert -> {
            String name = alert.get("alert").asText();
            assertThat(alert.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(alert.at("/annotations/summary").asText()).isNotBlank();
            assertThat(alert.at("/annotations/description").asText()).isNotBlank();
            // As Markdown makes anchors of headings.
            assertThat(alert.at("/annotations/runbook_url").asText())
                    .isEqualTo("{{ or $externalLabels.holdfast_runbook \"docs/runbook.md\" }}#"
                            + name.toLowerCase(Locale.ROOT));
        });
    }

    @Test
    void theOperatorsTableNamesAnAlertInEachRowAndEachAlertOnce() throws IOException {
        List<String> named = new ArrayList<>();
        for (String row : operatorsTable()) {
            List<String> inRow = ALERT.matcher(row.replaceAll("\\(runbook\\.md#\\w+\\)", ""))
                    .results()
                    .map(MatchResult::group)
                    .toList();
            assertThat(inRow).as(row).isNotEmpty();
            inRow.forEach(
                    alert -> assertThat(row).contains("[" + alert + "](runbook.md#" + alert.toLowerCase(Locale.ROOT)));
            named.addAll(inRow);
        }
        assertThat(named).containsExactlyInAnyOrderElementsOf(alerts());
    }

    @Test
    void kubernetesHasTheSameRules() throws IOException {
        JsonNode rule = new YAMLMapper().readTree(KUBERNETES_RULE.toFile());
        String text = Files.readString(KUBERNETES_RULE);
        String head = text.substring(0, text.indexOf("  groups:"));
        String rules = Files.readString(PROMETHEUS.resolve("rules.yml"));
        Files.writeString(
                Path.of("target/prometheus-rule.yaml"),
                head + rules.substring(rules.indexOf("groups:")).indent(2));
        assertThat(rule.at("/spec/groups"))
                .as("cp system-tests/target/prometheus-rule.yaml k8s/components/monitoring/")
                .isEqualTo(Watched.rules().get("groups"));
    }

    @Test
    void composeRunsWhoWatchesOnlyIfAskedAndLetsNobodyElseIn() throws IOException {
        JsonNode services = watchers();
        assertThat(Compose.read().file().get("include"))
                .extracting(JsonNode::asText)
                .containsExactly("observability/compose.yml");
        assertThat(services.properties()).hasSize(6).allSatisfy(entry -> {
            JsonNode service = entry.getValue();
            assertThat(service.path("<<").asText()).isEqualTo("observer");
            assertThat(service.path("image").asText()).matches("\\$\\{\\w+_IMAGE:-.+}|exporter-image");
            assertThat(service.path("user").asText()).matches("[1-9][0-9]*:[1-9][0-9]*");
            service.path("ports").forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:${HOLDFAST_"));
            assertThat(service.path("deploy").toString()).matches(".*memory.*|\"exporter-limits\"");
        });
        JsonNode common = new YAMLMapper()
                .readTree(Watched.DIRECTORY.resolve("compose.yml").toFile())
                .get("x-observer");
        assertThat(common.get("profiles")).extracting(JsonNode::asText).containsExactly("observability");
        assertThat(common.get("read_only").asBoolean()).isTrue();
        assertThat(common.get("cap_drop")).extracting(JsonNode::asText).containsExactly("ALL");
        assertThat(Pattern.compile("_IMAGE:-([^}]+)}")
                        .matcher(Files.readString(Watched.DIRECTORY.resolve("compose.yml")))
                        .results()
                        .map(match -> match.group(1)))
                .hasSize(5)
                .allMatch(image -> image.matches(Images.OF_A_FIXED_VERSION));
    }

    @Test
    void prometheusOfComposeFindsEveryServiceAtThePortOfItsImage() throws IOException {
        Set<String> known = new HashSet<>();
        Compose.read().file().get("services").fieldNames().forEachRemaining(known::add);
        watchers().fieldNames().forEachRemaining(known::add);
        JsonNode configuration =
                new YAMLMapper().readTree(PROMETHEUS.resolve("prometheus.yml").toFile());
        List<String> targets = configuration.findValues("targets").stream()
                .flatMap(list -> Stream.of(list.get(0).asText()))
                .toList();
        assertThat(targets)
                .contains("gateway-service:9000", "order-service:9000", "payment-service:9000")
                .filteredOn(target -> !target.startsWith("localhost:"))
                .allMatch(target -> known.contains(target.replaceFirst(":.*", "")));
        assertThat(Files.readString(Path.of("../Dockerfile"))).contains("MANAGEMENT_PORT=9000");
        assertThat(Compose.read().environment("order-service"))
                .containsEntry("MANAGEMENT_HOST", "0.0.0.0")
                .containsEntry("OTEL_EXPORTER_OTLP_ENDPOINT", "http://tempo:4317");
    }

    @Test
    void dashboardsAskTheDataSourcesThatAreProvisioned() throws IOException {
        Set<String> provisioned = Set.copyOf(new YAMLMapper()
                .readTree(Watched.DIRECTORY
                        .resolve("grafana/provisioning/datasources/holdfast.yml")
                        .toFile())
                .findValuesAsText("uid"));
        assertThat(Watched.dashboards()).hasSize(3).allSatisfy(dashboard -> {
            assertThat(dashboard.get("title").asText()).isNotBlank();
            assertThat(dashboard.findValues("datasource"))
                    .extracting(source -> source.path("uid").asText())
                    .isNotEmpty()
                    .allMatch(provisioned::contains);
        });
    }

    private static JsonNode watchers() throws IOException {
        return new YAMLMapper()
                .readTree(Watched.DIRECTORY.resolve("compose.yml").toFile())
                .get("services");
    }

    private static Set<String> alerts() throws IOException {
        Set<String> names = new HashSet<>();
        Watched.alerts().forEach(alert -> names.add(alert.get("alert").asText()));
        return names;
    }

    private static Set<String> alertsIn(Path file) throws IOException {
        Set<String> names = new HashSet<>();
        ALERT.matcher(Files.readString(file)).results().forEach(match -> names.add(match.group()));
        return names;
    }

    /** The rows of the table of "Watch it". */
    private static List<String> operatorsTable() throws IOException {
        String document = Files.readString(Path.of("../docs/operations.md"));
        String section = document.substring(document.indexOf("## Watch it"), document.indexOf("## Dead letters"));
        return section.lines().filter(line -> line.startsWith("| ")).skip(1).toList();
    }
}
