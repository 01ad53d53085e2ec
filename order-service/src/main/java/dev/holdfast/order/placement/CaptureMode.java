package dev.holdfast.order.placement;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** When an order is charged. */
@Schema(name = "CaptureMode")
enum CaptureMode {
    /** At once. */
    @JsonProperty("automatic")
    AUTOMATIC,
    /** When somebody asks for it. */
    @JsonProperty("manual")
    MANUAL
}
