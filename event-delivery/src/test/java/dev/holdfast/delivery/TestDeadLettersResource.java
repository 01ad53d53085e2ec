package dev.holdfast.delivery;

import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.delivery.deadletter.DeadLetterTable;
import dev.holdfast.delivery.deadletter.Discards;
import dev.holdfast.delivery.deadletter.Replays;
import dev.holdfast.rest.access.CurrentCaller;
import jakarta.ws.rs.Path;

/** As a service offers it. */
@Path("/admin/tests/dead-letters")
public class TestDeadLettersResource extends DeadLetterResource {
    TestDeadLettersResource(DeadLetterTable table, Replays replays, Discards discards, CurrentCaller caller) {
        super(table, replays, discards, caller);
    }
}
