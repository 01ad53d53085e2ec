package dev.holdfast.delivery.deadletter;

import dev.holdfast.rest.Text;
import jakarta.validation.constraints.NotBlank;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Asks to give a dead letter up. */
@Schema(name = "Discard")
public record Discard(
        @Schema(description = "Why it may be given up", examples = "sent by the load test")
        @NotBlank(message = "must say why the letter may be given up")
        @Text(max = 1000)
        @Nullable
        String note) {}
