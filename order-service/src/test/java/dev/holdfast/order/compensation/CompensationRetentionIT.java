package dev.holdfast.order.compensation;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.UuidCreator;
import dev.holdfast.delivery.testing.Administrator;
import dev.holdfast.order.OrderServiceTesting;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class CompensationRetentionIT extends OrderServiceTesting {
    private static final Duration KEEP = Duration.ofDays(30);

    @Inject
    Compensations compensations;

    @Test
    void removesWhatIsDoneForLongAndWhoseRepetitionHasNoEffect() {
        UUID released = row("RELEASE", UUID.randomUUID(), "31 days");
        UUID refunded = row("REFUND", UUID.randomUUID(), "31 days");
        UUID young = row("RELEASE", UUID.randomUUID(), "29 days");
        UUID usedOnce = row("ABANDON", UuidCreator.getTimeOrderedEpoch(), "31 days");
        UUID ofAKey = row("ABANDON", UUID.fromString("0e2ab7cb-98ec-8b7e-9d0f-0d1f7d7b1c11"), "31 days");
        UUID ofAKeyBefore = row("ABANDON", UuidCreator.getNameBasedSha1("1:key"), "31 days");
        UUID open = row("RELEASE", UUID.randomUUID(), null);

        Optional<Compensations.Position> reached = Optional.of(Compensations.Position.START);
        while (reached.isPresent()) {
            reached = compensations.removeDone(reached.get(), 2, KEEP);
        }

        assertThat(new UUID[] {released, refunded, usedOnce}).allMatch(id -> !isThere(id));
        assertThat(new UUID[] {young, ofAKey, ofAKeyBefore, open}).allMatch(this::isThere);
    }

    @Test
    void aCompensationOfANewerVersionIsLeftToItAndStopsNoOther() {
        Administrator.run("alter table compensation drop constraint compensation_kind_is_known");
        UUID ofANewerVersion = row("EXCHANGE", UUID.randomUUID(), null);
        query(
                "update compensation set next_attempt_at = now() - interval '1 hour' where order_id = ?",
                ofANewerVersion);
        UUID due = row("RELEASE", UUID.randomUUID(), null);
        query("update compensation set next_attempt_at = now() where order_id = ?", due);
        Awaitility.await()
                .until(() -> "t".equals(query("select done_at is not null from compensation where order_id = ?", due)));
        assertThat(query("select attempts from compensation where order_id = ?", ofANewerVersion))
                .isEqualTo("0");
        query("delete from compensation where order_id = ?", ofANewerVersion);
        Administrator.run("alter table compensation add constraint compensation_kind_is_known"
                + " check (kind in ('RELEASE', 'REFUND', 'ABANDON'))");
    }

    /** Others wait until nothing is left to give back. */
    @AfterEach
    void leavesNothingOpen() {
        query("delete from compensation where done_at is null and next_attempt_at > now() + interval '30 minutes'");
    }

    private UUID row(String kind, UUID id, @Nullable String doneAgo) {
        query(
                "insert into compensation (order_id, kind, user_id, next_attempt_at, done_at)"
                        + " values (?, ?, ?, now() + interval '1 hour', now() - ?::interval)",
                id,
                kind,
                UUID.randomUUID(),
                doneAgo);
        return id;
    }

    private boolean isThere(UUID id) {
        return query("select 1 from compensation where order_id = ?", id) != null;
    }
}
