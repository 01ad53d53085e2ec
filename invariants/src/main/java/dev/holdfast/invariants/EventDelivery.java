package dev.holdfast.invariants;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** I5, by outbox and inbox, which both databases have: each event that one service has sent was applied by the other. */
final class EventDelivery {
    static final String UNSENT = "select event_id, type, attempts, last_error from outbox where sent_at is null";

    static final String COUNT_UNSENT = "select count(*) from outbox where sent_at is null";

    private EventDelivery() {}

    /**
     * Names the events that were sent and lost.
     *
     * @param sender the name of the service whose outbox is in the first database
     * @param reader the name of the service whose inbox is in the second
     * @param since what was sent before is not looked for
     */
    static void check(Connection from, String sender, Connection to, String reader, Instant since, Findings findings)
            throws SQLException {
        Pages.forEach(from, """
                select seq, event_id, order_id, type from outbox
                where sent_at >= '%s' and seq > ? order by seq limit ?""".formatted(since), -1L, Sent::of, Sent::seq, (List<Sent> sent) -> {
            List<Sent> lost = notSeen(sent, to);
            Set<Sent> repeated = repeated(lost, from, to);
            for (Sent event : lost) {
                if (!repeated.contains(event)) {
                    findings.add(
                            "I5",
                            "an event that " + sender + " sent is applied by " + reader + ", or a dead letter",
                            event.toString());
                }
            }
        });
    }

    /** Those that the reader has neither applied nor made dead letters. */
    private static List<Sent> notSeen(List<Sent> sent, Connection reader) throws SQLException {
        Set<UUID> seen = new HashSet<>(Pages.lookUp(
                reader, """
                select event_id from unnest(?) as events (event_id)
                where exists (select from inbox where inbox.event_id = events.event_id)
                   or event_id in (select event_id from dead_letter
                                   where event_id is not null and status <> 'REPLAYED')""", sent.stream().map(Sent::eventId).toList(), row -> row.getObject("event_id", UUID.class)));
        return sent.stream().filter(event -> !seen.contains(event.eventId())).toList();
    }

    /**
     * Those lost events for whose order a later event of the same type was applied: what a broker loses with its queue is
     * asked for and answered again, under another id.
     */
    private static Set<Sent> repeated(List<Sent> lost, Connection sender, Connection reader) throws SQLException {
        if (lost.isEmpty()) {
            return Set.of();
        }
        List<Sent> ofTheSameOrders =
                Pages.lookUp(sender, """
                select seq, event_id, order_id, type from outbox
                where sent_at is not null and order_id = any (?)""", lost.stream().map(Sent::orderId).toList(), Sent::of);
        Set<Sent> notSeen = new HashSet<>(notSeen(ofTheSameOrders, reader));
        return lost.stream()
                .filter(event ->
                        ofTheSameOrders.stream().anyMatch(other -> other.repeats(event) && !notSeen.contains(other)))
                .collect(Collectors.toSet());
    }

    private record Sent(long seq, UUID eventId, UUID orderId, String type) {
        static Sent of(ResultSet row) throws SQLException {
            return new Sent(
                    row.getLong("seq"),
                    row.getObject("event_id", UUID.class),
                    row.getObject("order_id", UUID.class),
                    row.getString("type"));
        }

        boolean repeats(Sent earlier) {
            return seq > earlier.seq && orderId.equals(earlier.orderId) && type.equals(earlier.type);
        }
    }
}
