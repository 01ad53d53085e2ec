package dev.holdfast.delivery.erasure;

import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The texts of a user are erased.
 *
 * @param records how many records had some, and have none now
 */
@Schema(name = "ErasedTexts")
public record ErasedTexts(
        UUID userId,

        @Schema(description = "How many records had texts, and have none now")
        long records) {}
