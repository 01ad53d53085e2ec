package dev.holdfast.payment;

import dev.holdfast.rest.Text;
import jakarta.validation.constraints.NotBlank;
import java.util.Objects;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Why an operator does something, for those who read the audit later. */
@Schema(name = "Reason")
public record Reason(
        @Schema(examples = "reported as stolen") @NotBlank(message = RULE) @Text(max = CHARACTERS_MAX) @Nullable
        String reason) {
    public static final String RULE = "must say why";
    public static final int CHARACTERS_MAX = 1_000;

    /** Of a body that was found valid. */
    public String given() {
        return Objects.requireNonNull(reason);
    }
}
