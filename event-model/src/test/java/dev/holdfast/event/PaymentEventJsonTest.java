package dev.holdfast.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PaymentEventJsonTest {
    private static final UUID EVENT = UUID.fromString("0193a000-0000-7000-8000-000000000001");
    private static final UUID ORDER = UUID.fromString("0193a000-0000-7000-8000-000000000002");
    private static final UUID USER = UUID.fromString("0193a000-0000-7000-8000-000000000003");
    private static final BigDecimal AMOUNT = new BigDecimal("19.90");
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901Z");

    static List<PaymentEvent> samples() {
        return List.of(
                new PaymentRequested(EVENT, ORDER, USER, AMOUNT, AT),
                new PaymentSucceeded(EVENT, ORDER, USER, AMOUNT, AT),
                new PaymentFailed(EVENT, ORDER, USER, AMOUNT, AT, FailureReason.INSUFFICIENT_FUNDS));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void writesAndReadsTheFrozenSamples(PaymentEvent event) throws Exception {
        String sample = sample(event.type());
        assertThat(new String(PaymentEventJson.write(event), StandardCharsets.UTF_8))
                .isEqualTo(sample);
        assertThat(read(sample)).isEqualTo(event);
    }

    @Test
    void writesAmountsWithTwoDecimalsAndExactly() {
        PaymentEvent event = new PaymentRequested(EVENT, ORDER, USER, new BigDecimal("9999999999999999"), AT);
        assertThat(new String(PaymentEventJson.write(event), StandardCharsets.UTF_8))
                .contains("\"amount\":9999999999999999.00");
    }

    @Test
    void readsAmountsExactly() throws Exception {
        String json = sample(PaymentRequested.TYPE).replace("19.90", "9007199254740993.01");
        assertThat(read(json).amount()).isEqualTo(new BigDecimal("9007199254740993.01"));
    }

    @Test
    void ignoresFieldsThatALaterVersionAdds() throws Exception {
        String json = sample(PaymentRequested.TYPE).replace("{", "{\"currency\":{\"code\":\"EUR\"},");
        assertThat(read(json)).isEqualTo(samples().getFirst());
    }

    @Test
    void takesTheOrderIdForAMissingEventId() throws Exception {
        String json = sample(PaymentRequested.TYPE).replace("\"event_id\":\"" + EVENT + "\",", "");
        assertThat(read(json).eventId()).isEqualTo(ORDER);
    }

    @Test
    void takesAReasonOfALaterVersionForUnknown() throws Exception {
        String json = sample(PaymentFailed.TYPE).replace("insufficient_funds", "account_frozen");
        assertThat(((PaymentFailed) read(json)).reason()).isEqualTo(FailureReason.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            "type":"payment_failed"     | "type":"payment_guessed" | unknown type 'payment_guessed'
            "type":"payment_failed",    | ``                       | missing field 'type'
            "amount":19.90,             | ``                       | missing field 'amount'
            "amount":19.90              | "amount":0               | 'amount' must be greater than 0
            "amount":19.90              | "amount":-1              | 'amount' must be greater than 0
            "amount":19.90              | "amount":1.001           | 'amount' must be greater than 0
            "amount":19.90              | "amount":1e400           | 'amount' must be greater than 0
            "amount":19.90              | "amount":1e2147483647    | 'amount' must be greater than 0
            "amount":19.90              | "amount":1e-2147483647   | 'amount' must be greater than 0
            "amount":19.90              | "amount":"19.90"         | not a payment event in JSON
            "amount":19.90              | "amount":true            | not a payment event in JSON
            "amount":19.90              | "amount":NaN             | not a payment event in JSON
            0193a000-0000-7000-8000-000000000002 | order-2         | not a payment event in JSON
            2026-01-02T03               | yesterday                | not a payment event in JSON
            ,"reason":"insufficient_funds" | ``                    | missing field 'reason'
            {                           | [                        | not a payment event in JSON
            """, delimiter = '|')
    void namesWhatIsWrong(String part, String replacement, String problem) throws Exception {
        String json = sample(PaymentFailed.TYPE).replace(part, replacement);
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(MalformedEventException.class)
                .hasMessageContaining(problem);
    }

    @ParameterizedTest
    @CsvSource({"''", "null", "17", "'\u0000'"})
    void refusesWhatIsNoObject(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(MalformedEventException.class);
    }

    private static PaymentEvent read(String json) throws MalformedEventException {
        return PaymentEventJson.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String sample(String type) throws IOException {
        try (InputStream file = PaymentEventJsonTest.class.getResourceAsStream("/samples/" + type + ".json")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
