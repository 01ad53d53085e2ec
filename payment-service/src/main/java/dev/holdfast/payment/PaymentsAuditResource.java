package dev.holdfast.payment;

import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.audit.AuditResource;
import dev.holdfast.delivery.deadletter.DeadLetterResource;
import jakarta.ws.rs.Path;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who did what at this service. */
@Path("/admin/payments/audit")
@Tag(name = DeadLetterResource.TAG, description = DeadLetterResource.TAG_DESCRIPTION)
class PaymentsAuditResource extends AuditResource {
    PaymentsAuditResource(Audit audit) {
        super(audit);
    }
}
