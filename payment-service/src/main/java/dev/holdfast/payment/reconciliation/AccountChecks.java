package dev.holdfast.payment.reconciliation;

import dev.holdfast.delivery.database.PassingFailure;
import dev.holdfast.logging.LogField;
import dev.holdfast.payment.reconciliation.AccountSums.Sums;
import dev.holdfast.payment.reconciliation.Checkpoints.Walked;
import dev.holdfast.payment.transfer.SettledTransfers;
import dev.holdfast.payment.verification.ChainFinding;
import dev.holdfast.payment.verification.ChainFindings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds accounts against their transfers and holds, in bounded time however many of these there are. Accounts of few rows
 * are summed up together; the others each from a checkpoint.
 */
@ApplicationScoped
class AccountChecks {
    @Schema(name = "AccountComparisonPage")
    record Checked(
            @Schema(description = "How many accounts were looked at; fewer than the limit on the last page")
            int checked,

            @Schema(description = "The last of them, where the next page begins") @Nullable
            UUID last,

            @Schema(description = "Those whose balance or held money is not what their rows say")
            List<AccountComparison> differing,

            @Schema(
                    description = "Those that have so many rows that nothing can be said about them yet; they are"
                            + " summed up piece by piece, whenever they are asked about")
            List<UUID> unverified,

            @Schema(
                    description =
                            "Of these accounts, and on the last page of those without one: where a chain or a seal does not fit")
            List<ChainFinding> tampered) {}

    /** Of each kind and account, where many accounts share a statement. */
    static final int ROWS_MAX = 1_000;
    /** The same where one account has a statement for itself. */
    private static final int ROWS_OF_ONE_MAX = 400_000;
    /** What one call may take beyond its first statement; each further statement is bounded by its rows. */
    private static final Duration BUDGET = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(AccountChecks.class);

    private final AccountSums sums;
    private final Checkpoints checkpoints;
    private final SettledTransfers settled;
    private final ChainFindings findings;

    AccountChecks(AccountSums sums, Checkpoints checkpoints, SettledTransfers settled, ChainFindings findings) {
        this.sums = sums;
        this.checkpoints = checkpoints;
        this.settled = settled;
        this.findings = findings;
    }

    /** Looks at the accounts behind the id, in the order of their ids. */
    Checked after(UUID id, int limit) {
        Checked checked = check(sums.after(id, limit, ROWS_MAX));
        UUID last = checked.checked < limit ? null : checked.last;
        return with(checked, findings.between(id.equals(OrderPages.BEFORE_ALL) ? null : id, last));
    }

    /** Looks at these accounts; unknown ones are left out. */
    Checked of(Collection<UUID> ids) {
        return with(check(sums.of(ids.toArray(UUID[]::new), ROWS_MAX)), findings.of(ids));
    }

    private static Checked with(Checked checked, List<ChainFinding> tampered) {
        return new Checked(checked.checked, checked.last, checked.differing, checked.unverified, tampered);
    }

    private Checked check(List<Sums> page) {
        Call call = new Call();
        List<AccountComparison> differing = new ArrayList<>();
        List<UUID> unverified = new ArrayList<>();
        for (Sums first : page) {
            // What is summed up whole and without a checkpoint is the truth.
            boolean sure =
                    first.whole() && (!first.checkpoint() || first.comparison().balances());
            Sums account = sure ? first : unlessItPasses(first, call);
            if (!account.whole()) {
                unverified.add(account.comparison().userId());
            } else if (!account.comparison().balances()) {
                differing.add(account.comparison());
            }
        }
        List<UUID> withCheckpoint = page.stream()
                .filter(Sums::checkpoint)
                .map(account -> account.comparison().userId())
                .toList();
        if (!withCheckpoint.isEmpty()) {
            walkOn(withCheckpoint);
        }
        return new Checked(
                page.size(),
                page.isEmpty() ? null : page.getLast().comparison().userId(),
                differing,
                unverified,
                List.of());
    }

    private void walkOn(List<UUID> userIds) {
        try {
            checkpoints.leastRecentlyWalked(userIds).ifPresent(checkpoints::walk);
        } catch (RuntimeException e) {
            if (!PassingFailure.is(e)) {
                throw e;
            }
            LOG.debugf("A walk goes on another time: %s", e);
        }
    }

    /** Where the database is too slow at this moment, nothing can be said about the account. */
    private Sums unlessItPasses(Sums first, Call call) {
        try {
            return lookCloser(first, call);
        } catch (RuntimeException e) {
            if (!PassingFailure.is(e)) {
                throw e;
            }
            LOG.debugf(
                    "Account %s is unverified: %s",
                    LogField.user(first.comparison().userId()), e);
            return new Sums(first.comparison(), first.checkpoint(), false);
        }
    }

    private Sums lookCloser(Sums first, Call call) {
        if (!call.isTimeLeft()) {
            return first;
        }
        UUID userId = first.comparison().userId();
        UUID mark = call.mark();
        if (mark != null) {
            checkpoints.create(userId, mark);
            while (call.isTimeLeft() && checkpoints.advance(userId, mark)) {
                // By one step each time.
            }
        }
        Sums now = sumsOf(first, call);
        if (!now.whole() || !now.comparison().balances()) {
            Walked walked;
            do {
                walked = call.isTimeLeft() ? checkpoints.walk(userId) : Walked.ELSEWHERE;
            } while (walked == Walked.ON);
            now = walked == Walked.TO_THE_END ? sumsOf(now, call) : now;
        }
        return now;
    }

    private Sums sumsOf(Sums before, Call call) {
        if (!call.isTimeLeft()) {
            return before;
        }
        List<Sums> now = sums.of(new UUID[] {before.comparison().userId()}, ROWS_OF_ONE_MAX);
        return now.isEmpty() ? before : now.getFirst();
    }

    /** What the accounts of one call share: its time, and the mark, which is asked for once and only where it is needed. */
    private final class Call {
        private final long untilNanos = System.nanoTime() + BUDGET.toNanos();
        private boolean asked;
        private @Nullable UUID mark;

        boolean isTimeLeft() {
            return untilNanos - System.nanoTime() > 0;
        }

        @Nullable
        UUID mark() {
            if (!asked) {
                mark = settled.mark().orElse(null);
                asked = true;
            }
            return mark;
        }
    }
}
