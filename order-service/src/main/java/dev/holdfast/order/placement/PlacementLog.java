package dev.holdfast.order.placement;

import dev.holdfast.delivery.TraceContext;
import dev.holdfast.logging.LogField;
import java.util.List;
import org.jboss.logging.Logger;

/** One line for a batch that failed, which names the first of it. */
final class PlacementLog {
    private static final Logger LOG = Logger.getLogger(PlacementLog.class);

    private PlacementLog() {}

    /** @param notDone what could not be done with the orders, as in "stored" */
    static void warn(List<PendingOrder> orders, String notDone, Throwable failure) {
        PendingOrder first = orders.getFirst();
        TraceContext.with(
                first.traceparent(),
                () -> LOG.warnf(
                        "%d orders could not be %s, the first being %s of user %s: %s",
                        orders.size(),
                        notDone,
                        LogField.order(first.id()),
                        LogField.user(first.request().userId()),
                        failure.getMessage()));
    }
}
