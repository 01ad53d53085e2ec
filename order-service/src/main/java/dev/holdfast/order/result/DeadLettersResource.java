package dev.holdfast.order.result;

import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.delivery.deadletter.DeadLetterTable;
import dev.holdfast.delivery.deadletter.Discards;
import dev.holdfast.delivery.deadletter.Replays;
import dev.holdfast.rest.access.CurrentCaller;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Results of payments that could not be applied. */
@Path("/admin/orders/dead-letters")
@Tag(name = DeadLetterResource.TAG, description = DeadLetterResource.TAG_DESCRIPTION)
class DeadLettersResource extends DeadLetterResource {
    DeadLettersResource(DeadLetterTable table, Replays replays, Discards discards, CurrentCaller caller) {
        super(table, replays, discards, caller);
    }
}
