package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.event.Topology;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What brokers load when they start, against the names that the services use. */
class BrokerDefinitionsTest {
    private static JsonNode definitions;

    @BeforeAll
    static void read() throws IOException {
        definitions = new JsonMapper()
                .readTree(Path.of("../k8s/overlays/local/rabbitmq/definitions.json")
                        .toFile());
    }

    @Test
    void haveAllThatTheServicesUseAndNothingElse() {
        List<String> exchanges = new ArrayList<>(List.of(Topology.DEAD_LETTER_EXCHANGE));
        List<String> queues = new ArrayList<>();
        List<String> bindings = new ArrayList<>();
        for (String queue : Topology.QUEUES) {
            String dead = Topology.deadLetterQueue(queue);
            exchanges.addAll(List.of(Topology.exchange(queue), Topology.deadLetterExchange(queue)));
            queues.addAll(List.of(queue, dead));
            bindings.add(Topology.exchange(queue) + " " + queue + " " + queue);
            bindings.add(Topology.deadLetterExchange(queue) + " " + dead + " " + dead);
            bindings.add(Topology.DEAD_LETTER_EXCHANGE + " " + dead + " " + dead);
            assertThat(named("queues", queue).at("/arguments/x-delivery-limit").asInt())
                    .isEqualTo(Topology.DELIVERY_LIMIT);
        }
        assertThat(all("exchanges").map(it -> it.path("name").asText())).containsExactlyInAnyOrderElementsOf(exchanges);
        assertThat(all("queues").map(it -> it.path("name").asText())).containsExactlyInAnyOrderElementsOf(queues);
        assertThat(all("queues").map(it -> it.at("/arguments/x-queue-type").asText()))
                .containsOnly("quorum");
        assertThat(all("bindings")
                        .map(it -> it.path("source").asText() + " "
                                + it.path("destination").asText() + " "
                                + it.path("routing_key").asText()))
                .containsExactlyInAnyOrderElementsOf(bindings);
    }

    @Test
    void giveEachServiceNoMoreThanItNeeds() {
        assertThat(all("users").map(it -> it.path("name").asText()))
                .containsExactlyInAnyOrder("@OPERATOR@", Topology.ORDERS_USER, Topology.PAYMENTS_USER);
        hasRights(Topology.ORDERS_USER, Topology.PAYMENT_REQUESTS, Topology.PAYMENT_RESULTS);
        hasRights(Topology.PAYMENTS_USER, Topology.PAYMENT_RESULTS, Topology.PAYMENT_REQUESTS);
        // With it a user could name any sender.
        assertThat(all("users").map(it -> it.path("tags").asText())).doesNotContain("impersonator");
    }

    private static void hasRights(String user, String sends, String reads) {
        assertThat(named("users", user).path("tags").asText()).isEmpty();
        JsonNode rights = all("permissions")
                .filter(it -> it.path("user").asText().equals(user))
                .findFirst()
                .orElseThrow();
        List<String> names = Stream.concat(
                        Stream.of(
                                "",
                                "amq.default",
                                "amq.direct",
                                "payment_exchange",
                                "x" + sends,
                                reads + "x",
                                reads + "_2",
                                reads + "_12",
                                reads + "_by_order"),
                        Stream.concat(all("exchanges"), all("queues"))
                                .map(it -> it.path("name").asText()))
                .toList();
        // Nothing has that name.
        assertThat(allowed(names, rights, "configure")).containsOnly("");
        assertThat(allowed(names, rights, "write"))
                .containsExactlyInAnyOrder(Topology.exchange(sends), Topology.deadLetterExchange(reads));
        assertThat(allowed(names, rights, "read"))
                .containsExactlyInAnyOrder(reads, reads + "_2", reads + "_12", Topology.deadLetterQueue(reads));
    }

    private static List<String> allowed(List<String> names, JsonNode rights, String right) {
        return names.stream()
                .filter(name -> Pattern.compile(rights.path(right).asText())
                        .matcher(name)
                        .find())
                .toList();
    }

    private static JsonNode named(String kind, String name) {
        return all(kind)
                .filter(it -> it.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<JsonNode> all(String kind) {
        return StreamSupport.stream(definitions.path(kind).spliterator(), false);
    }
}
