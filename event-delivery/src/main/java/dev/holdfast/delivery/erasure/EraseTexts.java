package dev.holdfast.delivery.erasure;

import dev.holdfast.rest.Text;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Asks to erase the texts of a user. */
@Schema(name = "EraseTexts")
public record EraseTexts(
        @NotNull UUID userId,

        @Schema(description = "Kept in the audit: no personal data", examples = "request 2026-118")
        @NotBlank(message = "must say why")
        @Text(max = 1000)
        @Nullable
        String reason) {}
