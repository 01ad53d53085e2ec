package dev.holdfast.delivery;

import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.delivery.audit.AuditResource;
import jakarta.ws.rs.Path;

/** As a service offers it. */
@Path("/admin/tests/audit")
public class TestAuditResource extends AuditResource {
    TestAuditResource(Audit audit) {
        super(audit);
    }
}
