package dev.holdfast.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code asyncapi.yaml} against the code. */
class AsyncApiTest {
    private JsonNode document;

    @BeforeEach
    void readDocument() throws IOException {
        document = new YAMLMapper().readTree(AsyncApiTest.class.getResourceAsStream("/asyncapi.yaml"));
        assertThat(document.path("asyncapi").asText()).startsWith("3.0");
    }

    static List<PaymentEvent> samples() {
        return PaymentEventJsonTest.samples();
    }

    @Test
    void namesTheExchangesAndTheQueuesOfTheCode() {
        for (String queue : Topology.QUEUES) {
            JsonNode channel = document.at("/channels/" + queue);
            assertThat(channel.path("address").asText()).isEqualTo(queue);
            assertThat(channel.at("/bindings/amqp/queue/name").asText()).isEqualTo(queue);
            assertThat(channel.path("x-dead-letter-queue").asText()).isEqualTo(Topology.deadLetterQueue(queue));
            assertThat(channel.path("x-dead-letter-exchange").asText()).isEqualTo(Topology.deadLetterExchange(queue));
            assertThat(channel.path("x-delivery-limit").asInt()).isEqualTo(Topology.DELIVERY_LIMIT);
            JsonNode exchange = document.at("/channels/" + Topology.exchange(queue) + "/bindings/amqp/exchange");
            assertThat(exchange.path("name").asText()).isEqualTo(Topology.exchange(queue));
            assertThat(exchange.path("type").asText()).isEqualTo("direct");
            assertThat(document.at("/channels/" + Topology.exchange(queue) + "/description")
                            .asText())
                    .contains(
                            Topology.spreadingExchange(queue),
                            Topology.queues(queue, 2).getLast());
        }
        assertThat(document.at("/channels/payment_requests/x-sender").asText()).isEqualTo(Topology.ORDERS_USER);
        assertThat(document.at("/channels/payment_results/x-sender").asText()).isEqualTo(Topology.PAYMENTS_USER);
        assertThat(document.at("/components/schemas/headers/properties").fieldNames())
                .toIterable()
                .contains(
                        Topology.REASON_HEADER,
                        Topology.DEAD_LETTER_HEADER,
                        Topology.SENDER_HEADER,
                        Topology.SEAL_HEADER,
                        Topology.PROPERTIES_HEADER,
                        Topology.HEADERS_HEADER,
                        Topology.BODY_BYTES_HEADER);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void describesEachEventOnItsQueueWithItsFields(PaymentEvent event) throws IOException {
        assertThat(document.at("/channels/" + event.destination() + "/messages").has(event.type()))
                .isTrue();
        JsonNode schema = document.at("/components/schemas/" + event.type());
        assertThat(schema.at("/properties/type/const").asText()).isEqualTo(event.type());
        JsonNode written = new ObjectMapper().readTree(PaymentEventJson.write(event));
        Set<String> writtenFields = new TreeSet<>();
        written.fieldNames().forEachRemaining(writtenFields::add);
        Set<String> describedFields = new TreeSet<>();
        schema.path("properties").fieldNames().forEachRemaining(describedFields::add);
        assertThat(describedFields).isEqualTo(writtenFields);
        // All but event_id, which readers can do without.
        writtenFields.remove("event_id");
        Set<String> required = new TreeSet<>();
        schema.path("required").forEach(field -> required.add(field.asText()));
        assertThat(required).isEqualTo(writtenFields);
    }

    @Test
    void listsEveryReasonOfTheCode() {
        Set<String> described = new HashSet<>();
        document.at("/components/schemas/payment_failed/properties/reason/enum")
                .forEach(reason -> described.add(reason.asText()));
        assertThat(Arrays.stream(FailureReason.values())
                        .filter(reason -> reason != FailureReason.UNKNOWN)
                        .map(FailureReason::wireName))
                .containsExactlyInAnyOrderElementsOf(described);
    }
}
