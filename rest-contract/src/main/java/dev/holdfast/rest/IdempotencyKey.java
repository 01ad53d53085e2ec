package dev.holdfast.rest;

import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The value of the {@code Idempotency-Key} header (IETF draft-ietf-httpapi-idempotency-key-header): the client's name
 * for one intention. It is compared as it was sent, quotes included.
 */
@Schema(
        type = SchemaType.STRING,
        implementation = String.class,
        description = "The client's name for one intention: requests with the same key have one effect",
        minLength = 1,
        maxLength = 255,
        pattern = "^[!-~]{1,255}$",
        examples = "8e03978e-40d5-43e8-bc93-6894a57f9324")
public record IdempotencyKey(String value) {
    public static final String HEADER = "Idempotency-Key";

    static final String RULE = "must be 1 to 255 visible ASCII characters";
    /** On an answer that was given before, {@code true}. */
    public static final String REPLAYED_HEADER = "Idempotency-Replayed";

    /** @throws IllegalArgumentException for anything but 1 to 255 visible ASCII characters */
    public static IdempotencyKey parse(String text) {
        if (!text.matches("[!-~]{1,255}")) {
            throw new IllegalArgumentException("not an idempotency key");
        }
        return new IdempotencyKey(text);
    }
}
