package dev.holdfast.order.placement;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.database.DatabaseException;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.scheduler.Scheduled;
import io.quarkus.scheduler.Scheduled.ConcurrentExecution;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * The secrets in the database that order ids are derived with: the last one that is in use, and the one before it for as
 * long as it may have left holds. Read again far more often than the minute after which a new one is used.
 */
@ApplicationScoped
class OrderIdSecrets {
    private static final Logger LOG = Logger.getLogger(OrderIdSecrets.class);

    /** New ones that are not used yet, the current one, and the one before. */
    private static final String SELECT = """
            select secret, (extract(epoch from clock_timestamp() - used_from) * 1000000000)::bigint
              from order_id_secret
             where id >= coalesce((select id from order_id_secret where used_from <= clock_timestamp()
                                    order by id desc offset 1 limit 1), 0)
             order by id desc
            """;

    private record Secret(OrderIdDerivation derivation, long usedFromNanos) {
        long usedForNanos() {
            return System.nanoTime() - usedFromNanos;
        }
    }

    private final Database database;
    private final Duration overlap;
    private volatile List<Secret> newestFirst = List.of();

    OrderIdSecrets(Database database, PlacementConfig config) {
        this.database = database;
        this.overlap = config.secretOverlap();
    }

    void readAtStart(@Observes @Priority(1) StartupEvent started) {
        read();
    }

    @Scheduled(
            identity = "order-id-secrets",
            every = "15s",
            concurrentExecution = ConcurrentExecution.SKIP,
            skipExecutionIf = Scheduled.ApplicationNotRunning.class)
    void readAgain() {
        try {
            read();
        } catch (DatabaseException e) {
            LOG.debugf("Secrets are read again later: %s", e.getMessage());
        }
    }

    void read() {
        newestFirst = List.copyOf(database.query(
                SELECT,
                row -> new Secret(OrderIdDerivation.with(row.getBytes(1)), System.nanoTime() - row.getLong(2))));
    }

    OrderIdDerivation current() {
        return inUse(newestFirst).getFirst().derivation;
    }

    /** The derivation before the current one, as long as holds under its ids may exist. */
    Optional<OrderIdDerivation> earlier() {
        List<Secret> inUse = inUse(newestFirst);
        if (inUse.getFirst().usedForNanos() > overlap.toNanos()) {
            return Optional.empty();
        }
        return Optional.of(inUse.size() > 1 ? inUse.get(1).derivation : OrderIdDerivation.FORESEEABLE);
    }

    private static List<Secret> inUse(List<Secret> newestFirst) {
        return newestFirst.stream().filter(secret -> secret.usedForNanos() >= 0).toList();
    }
}
