package dev.holdfast.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.net.http.HttpHeaders;
import java.util.UUID;

/** What a service or the gateway answered. */
record Answer(String request, int status, HttpHeaders headers, String body) {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** Fails, with all that was answered, if the status is another. */
    Answer expect(int expected) {
        assertThat(status).as("%s", this).isEqualTo(expected);
        return this;
    }

    /** Fails unless this is a problem document (RFC 9457) of that status with that code and a trace id. */
    Answer expectProblem(int expected, String code) {
        expect(expected);
        assertThat(header("Content-Type")).as("%s", this).startsWith("application/problem+json");
        assertThat(text("code")).as("%s", this).isEqualTo(code);
        assertThat(json().path("status").asInt()).as("%s", this).isEqualTo(expected);
        assertThat(text("title")).as("%s", this).isNotBlank();
        assertThat(text("trace_id")).as("%s", this).matches("[0-9a-f]{32}").isNotEqualTo("0".repeat(32));
        return this;
    }

    JsonNode json() {
        try {
            return MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            throw new AssertionError("No JSON: " + this, e);
        }
    }

    String text(String field) {
        return json().path(field).asText("");
    }

    BigDecimal amount(String field) {
        JsonNode value = json().path(field);
        assertThat(value.isNumber()).as("%s is a number in %s", field, this).isTrue();
        return value.decimalValue();
    }

    UUID id() {
        return UUID.fromString(text("id"));
    }

    /** Empty when it is not there. */
    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    @Override
    public String toString() {
        return request + " was answered " + status + " " + headers.map() + " " + body;
    }
}
