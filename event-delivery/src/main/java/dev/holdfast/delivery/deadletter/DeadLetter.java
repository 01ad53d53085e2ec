package dev.holdfast.delivery.deadletter;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A dead letter with all that is kept of it. */
@RegisterForReflection
@Schema(name = "DeadLetter")
public record DeadLetter(
        @JsonUnwrapped DeadLetterSummary summary,

        @Schema(description = "AMQP message-id; for events of Holdfast their event id") @Nullable
        String messageId,

        @Schema(
                description =
                        "The broker user who sent it, as the broker has validated; null where it named none, or where an "
                                + "earlier version stored it. Only what the other service has sent can be replayed",
                examples = "orders")
        @Nullable
        String sender,

        @Schema(description = "AMQP properties besides the message id")
        Map<String, String> properties,

        @Schema(description = "AMQP headers, x-death and x-holdfast-reason included")
        Map<String, Object> headers,

        @Schema(description = "The body: its text where it is UTF-8, else Base64")
        String payload,

        @Schema(
                description = "How the body is shown",
                enumeration = {"utf-8", "base64"})
        String payloadEncoding,

        @Schema(description = "Bytes of the body as it was sent")
        int payloadBytes,

        @Schema(description = "Whether only the beginning of the body was kept, so that it cannot be replayed")
        boolean payloadTruncated) {

    static DeadLetter of(
            DeadLetterSummary summary,
            @Nullable String messageId,
            @Nullable String sender,
            Map<String, String> properties,
            Map<String, Object> headers,
            byte[] body,
            int payloadBytes,
            boolean payloadTruncated) {
        String text = text(body);
        return new DeadLetter(
                summary,
                messageId,
                sender,
                properties,
                headers,
                text == null ? Base64.getEncoder().encodeToString(body) : text,
                text == null ? "base64" : "utf-8",
                payloadBytes,
                payloadTruncated);
    }

    /** The body as it is applied again. */
    byte[] body() {
        return payloadEncoding.equals("base64")
                ? Base64.getDecoder().decode(payload)
                : payload.getBytes(StandardCharsets.UTF_8);
    }

    private static @Nullable String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }
}
