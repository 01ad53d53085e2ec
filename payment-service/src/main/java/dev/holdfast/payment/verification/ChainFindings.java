package dev.holdfast.payment.verification;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What was found, as rows: open, and for a record those that are gone. */
@ApplicationScoped
public class ChainFindings {
    /** More of one page are not told: something is wrong as a whole. */
    private static final int TOLD_MAX = 1_000;

    private static final String RECORD = """
            insert into chain_finding (kind, user_id, version, says) values (?, ?, ?, ?)
            on conflict (user_id, kind, version) where closed_at is null
            do update set says = excluded.says, last_seen_at = now()
            """;
    private static final String CLOSE_OTHERS = """
            update chain_finding set closed_at = now()
             where closed_at is null and user_id = any(?)
               and not exists (select from unnest(?::uuid[], ?::text[], ?::bigint[]) as seen (user_id, kind, version)
                                where (seen.user_id, seen.kind, seen.version) =
                                      (chain_finding.user_id, chain_finding.kind, chain_finding.version))
            """;
    private static final String CLOSE_UNSEEN = """
            update chain_finding set closed_at = now()
             where closed_at is null and last_seen_at < (select started_at from verification_pass where name = ?)
            """;
    private static final String OPEN = "select kind, user_id, version, says from chain_finding where closed_at is null";
    private static final String ORDERED = " order by user_id, kind, version limit " + TOLD_MAX;
    private static final String OF_USERS = OPEN + " and user_id = any(?)" + ORDERED;
    private static final String BETWEEN = OPEN + " and user_id >= ? and (user_id <= ? or ?)" + ORDERED;
    private static final String USERS =
            "select distinct user_id from chain_finding where closed_at is null order by user_id limit ?";
    private static final String COUNT =
            "select kind, count(*) from chain_finding where closed_at is null group by kind";

    private final Database database;

    ChainFindings(Database database) {
        this.database = database;
    }

    /** Opens those that are not open yet; of the others, notes that they are still so. */
    void record(Collection<ChainFinding> findings) {
        if (!findings.isEmpty()) {
            database.updateEach(
                    RECORD,
                    findings.stream()
                            .map(each -> new @Nullable Object[] {
                                each.kind().name(), each.userId(), each.version(), each.says()
                            })
                            .toList());
        }
    }

    /** Closes those of these users that were not seen any more, when all of their transfers were verified. */
    void closeOthers(Collection<UUID> users, List<ChainFinding> seen) {
        database.update(
                CLOSE_OTHERS,
                users.toArray(UUID[]::new),
                seen.stream().map(ChainFinding::userId).toArray(UUID[]::new),
                seen.stream().map(each -> each.kind().name()).toArray(String[]::new),
                seen.stream().map(ChainFinding::version).toArray(Long[]::new));
    }

    /** Closes all that the pass has not seen, which has looked at everything. */
    void closeUnseen(VerificationPasses.Name pass) {
        database.update(CLOSE_UNSEEN, pass.name());
    }

    /** What is open of these users. */
    public List<ChainFinding> of(Collection<UUID> users) {
        return read(OF_USERS, (Object) users.toArray(UUID[]::new));
    }

    /**
     * What is open of the users behind the one and up to the other, by their ids.
     *
     * @param after null for the first; then seals are among them
     * @param last null for all further users
     */
    public List<ChainFinding> between(@Nullable UUID after, @Nullable UUID last) {
        List<ChainFinding> found = read(
                BETWEEN,
                after == null ? ChainFinding.NO_USER : after,
                last == null ? ChainFinding.NO_USER : last,
                last == null);
        return found.stream().filter(each -> !each.userId().equals(after)).toList();
    }

    /** The users of whom something is open; that of seals may be among them. */
    public List<UUID> users(int limit) {
        return database.query(USERS, row -> Database.uuid(row, "user_id"), limit);
    }

    /** How many of each kind are open; kinds without any are left out. */
    Map<FindingKind, Long> count() {
        Map<FindingKind, Long> counts = new EnumMap<>(FindingKind.class);
        database.query(COUNT, row -> Map.entry(FindingKind.of(row.getString(1)), row.getLong(2)))
                .forEach(each -> each.getKey().ifPresent(kind -> counts.put(kind, each.getValue())));
        return counts;
    }

    private List<ChainFinding> read(String sql, Object... parameters) {
        return database.query(sql, ChainFindings::read, parameters).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<ChainFinding> read(ResultSet row) throws SQLException {
        UUID user = Database.uuid(row, "user_id");
        long version = row.getLong("version");
        String says = row.getString("says");
        return FindingKind.of(row.getString("kind")).map(kind -> new ChainFinding(kind, user, version, says));
    }
}
