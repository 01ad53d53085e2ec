package dev.holdfast.delivery;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/** What a service has applied already, so that an event that comes twice has one effect. */
@ApplicationScoped
public class Inbox {
    // Sorted, so that two replicas that were given the same events wait for each other instead of deadlocking.
    private static final String INSERT = """
            insert into inbox (event_id)
            select distinct event_id from unnest(?::uuid[]) as incoming (event_id) order by event_id
            on conflict do nothing returning event_id
            """;

    private final DataSource dataSource;

    Inbox(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Records the events in the caller's transaction, and tells which of them were not there before. An event that
     * another transaction is recording is waited for: it is new only if that one rolls back.
     *
     * @return the ids to apply, once each even where an event is given twice; those left out are duplicates
     * @throws jakarta.transaction.TransactionalException when there is no transaction to join
     */
    @Transactional(TxType.MANDATORY)
    public Set<UUID> firstSeen(Collection<UUID> eventIds) {
        Set<UUID> first = HashSet.newHashSet(eventIds.size());
        try (Connection connection = dataSource.getConnection();
                PreparedStatement insert = connection.prepareStatement(INSERT)) {
            insert.setArray(1, connection.createArrayOf("uuid", eventIds.toArray()));
            try (ResultSet inserted = insert.executeQuery()) {
                while (inserted.next()) {
                    first.add(inserted.getObject(1, UUID.class));
                }
            }
        } catch (SQLException e) {
            throw new DatabaseException("Events could not be recorded in the inbox", e);
        }
        return first;
    }
}
