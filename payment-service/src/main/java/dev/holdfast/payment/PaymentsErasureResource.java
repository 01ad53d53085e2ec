package dev.holdfast.payment;

import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.delivery.erasure.ErasureResource;
import dev.holdfast.delivery.erasure.Erasures;
import dev.holdfast.rest.access.CurrentCaller;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Reasons of adjustments, and of what was done to accounts. */
@Path("/admin/payments/erasures")
@Tag(name = DeadLetterResource.TAG, description = DeadLetterResource.TAG_DESCRIPTION)
class PaymentsErasureResource extends ErasureResource {
    PaymentsErasureResource(Erasures erasures, CurrentCaller caller) {
        super(erasures, caller);
    }
}
