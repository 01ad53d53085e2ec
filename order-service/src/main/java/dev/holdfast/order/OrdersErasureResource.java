package dev.holdfast.order;

import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.delivery.erasure.ErasureResource;
import dev.holdfast.delivery.erasure.Erasures;
import dev.holdfast.rest.access.CurrentCaller;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Descriptions of orders, and reasons of cancellations and refunds. */
@Path("/admin/orders/erasures")
@Tag(name = DeadLetterResource.TAG, description = DeadLetterResource.TAG_DESCRIPTION)
class OrdersErasureResource extends ErasureResource {
    OrdersErasureResource(Erasures erasures, CurrentCaller caller) {
        super(erasures, caller);
    }
}
