package dev.holdfast.delivery.deadletter;

import dev.holdfast.rest.Text;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotEmpty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Asks to replay the waiting dead letters of one reason. */
@Schema(name = "ReplayMany")
public record ReplayMany(
        @Schema(description = "A part of the reason, as the list's filter takes it", examples = "there is no order")
        @NotEmpty(message = "must not be empty")
        @Text(max = DeadLetterResource.FILTER_CHARACTERS_MAX, isSearched = true, message = Text.RULE_SEARCHED)
        @Nullable
        String reason,

        @Schema(description = "How many at most", defaultValue = "50")
        @Min(value = 1, message = "must be from 1 to 200")
        @Max(value = 200, message = "must be from 1 to 200")
        @Nullable
        Integer limit) {
    static final int LIMIT_DEFAULT = 50;
}
