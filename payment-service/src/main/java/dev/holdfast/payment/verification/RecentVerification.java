package dev.holdfast.payment.verification;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the newest transfers of the accounts that had any since the last time, and again the accounts of which something was found.
 * Which accounts had any is read in three places: who deletes a transfer leaves its event or the record of the deposit.
 */
@ApplicationScoped
class RecentVerification {
    /** Before the first pass, and at most. */
    private static final Duration WINDOW_MAX = Duration.ofSeconds(75);
    /** For transactions that were under way, and clocks. */
    private static final Duration OVERLAP = Duration.ofSeconds(5);

    private static final int TRANSFERS_MAX = 20_000;
    private static final int ACCOUNTS_OF_A_STATEMENT = 100;
    private static final int REOPENED_MAX = 100;

    static final String ACCOUNTS = """
            with since as materialized (select statement_timestamp() - ? * interval '1 millisecond' as at)
            select owner, cast(sum(transfers) as integer) as transfers from (
                (select account_of(debit_account, credit_account) as owner, 1 as transfers from transfer
                  where id > (select uuidv7(? * interval '-1 millisecond')) order by id desc limit ?)
                union all
                (select user_id, 0 from (
                    select user_id, created_at from outbox order by seq desc limit ?) as newest
                  where user_id is not null and created_at > (select at from since))
                union all
                (select object_id, 0 from audit_record
                  where at > (select at from since) and object_type = 'account' order by at desc limit ?)) as recent
             group by owner
            """;

    private record Recent(UUID userId, int transfers) {}

    private final Database database;
    private final Chains chains;
    private final ChainFindings findings;

    RecentVerification(Database database, Chains chains, ChainFindings findings) {
        this.database = database;
        this.chains = chains;
        this.findings = findings;
    }

    /**
     * @param sinceLast since the beginning of the last one; null before the first
     * @return whether it came to the end
     */
    boolean run(@Nullable Duration sinceLast, Pace pace) {
        Duration window = sinceLast == null || sinceLast.plus(OVERLAP).compareTo(WINDOW_MAX) > 0
                ? WINDOW_MAX
                : sinceLast.plus(OVERLAP);
        List<Recent> recent = new ArrayList<>(database.query(
                ACCOUNTS,
                row -> new Recent(Database.uuid(row, "owner"), row.getInt("transfers")),
                window.toMillis(),
                window.toMillis(),
                TRANSFERS_MAX,
                TRANSFERS_MAX,
                TRANSFERS_MAX));
        recent.sort(Comparator.comparingInt(Recent::transfers));
        for (int from = 0; from < recent.size(); from += ACCOUNTS_OF_A_STATEMENT) {
            List<Recent> some = recent.subList(from, Math.min(from + ACCOUNTS_OF_A_STATEMENT, recent.size()));
            // The one before the new ones, and where there is none the head alone.
            Chains.Verified verified =
                    chains.newest(some.stream().map(Recent::userId).toList(), some.getLast().transfers + 2);
            findings.record(verified.findings());
            if (!pace.on(verified.transfers())) {
                return false;
            }
        }
        return verifyAgain(pace);
    }

    /** What was mended is closed soon. */
    private boolean verifyAgain(Pace pace) {
        for (UUID user : findings.users(REOPENED_MAX)) {
            if (!user.equals(ChainFinding.NO_USER)) {
                Chains.Verified verified = chains.whole(user, pace);
                if (verified == null) {
                    return false;
                }
                findings.record(verified.findings());
                findings.closeOthers(verified.users(), verified.findings());
                if (!pace.on(1)) {
                    return false;
                }
            }
        }
        return true;
    }
}
