package dev.holdfast.faults.load;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.bench.load.NextPage;
import java.util.Optional;

/**
 * What came of a request.
 *
 * @param status of HTTP, or {@link #NONE}
 * @param body where there was no answer, why
 * @param link the header, empty where it is not there
 */
record Answer(int status, String body, String link) {
    static final int NONE = 0;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** Whether the request may have been carried out or not: nothing or only the gateway answered. */
    boolean unclear() {
        return switch (status) {
            case NONE, 500, 502, 503, 504 -> true;
            default -> false;
        };
    }

    /** Whether it is a problem document with that status and code. */
    boolean is(int wanted, String code) {
        return status == wanted && text("code").equals(code);
    }

    /** Empty where the body has no such field. */
    String text(String field) {
        return json().path(field).asText("");
    }

    JsonNode json() {
        try {
            return MAPPER.readTree(body);
        } catch (JsonProcessingException e) {
            return MAPPER.missingNode();
        }
    }

    /** The address of the next page. */
    Optional<String> next() {
        return NextPage.in(link);
    }

    /** The status, with the problem's code where it has one: what answers are counted by. */
    String kind() {
        if (status == NONE) {
            return "no answer";
        }
        return status < 400 ? Integer.toString(status) : status + " " + text("code");
    }

    @Override
    public String toString() {
        return status == NONE ? "not answered: " + body : "answered " + status + " " + body;
    }
}
