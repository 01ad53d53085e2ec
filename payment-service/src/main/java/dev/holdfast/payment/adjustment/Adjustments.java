package dev.holdfast.payment.adjustment;

import dev.holdfast.delivery.audit.Act;
import dev.holdfast.delivery.audit.Audit;
import dev.holdfast.payment.AccountStatus;
import dev.holdfast.payment.PaymentConfig;
import dev.holdfast.payment.account.AccountView;
import dev.holdfast.payment.account.Accounts;
import dev.holdfast.payment.adjustment.AdjustmentResult.Done;
import dev.holdfast.payment.adjustment.AdjustmentResult.NotDone;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.IdempotencyKey;
import dev.holdfast.rest.Page;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.access.Acting;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Proposes corrections, approves and rejects them. Who approves has another subject than who proposed: a name that the
 * identity provider has given, or a claim where nobody is authenticated.
 */
@ApplicationScoped
@DatabaseBulkhead
public class Adjustments {
    /** Takes back what the transaction has done, and says why. */
    private static final class NotPossibleException extends RuntimeException {
        private final NotDone reason;

        NotPossibleException(NotDone reason) {
            super(reason.code(), null, false, false);
            this.reason = reason;
        }
    }

    private final AdjustmentTable table;
    private final Approval approval;
    private final Accounts accounts;
    private final Audit audit;
    private final Duration expiry;

    Adjustments(AdjustmentTable table, Approval approval, Accounts accounts, Audit audit, PaymentConfig config) {
        this.table = table;
        this.approval = approval;
        this.accounts = accounts;
        this.audit = audit;
        this.expiry = config.adjustment().expiry();
    }

    /**
     * Proposes a correction, once for each key and user. It changes nothing until another operator approves it.
     *
     * @param by has a subject
     */
    @Transactional
    public AdjustmentResult propose(Proposal proposal, @Nullable IdempotencyKey key, Acting by) {
        String proposer = subject(by);
        Adjustment proposed = table.propose(proposal, proposer, expiry, key).orElse(null);
        if (proposed != null) {
            audit.done(by, proposed.act("propose").with("reason", proposed.reason()));
            return new Done(proposed, false);
        }
        AdjustmentResult result = notProposed(proposal, proposer, key);
        if (result instanceof NotDone refusal) {
            Direction direction = Direction.of(proposal.change());
            audit.refused(
                    by,
                    new Act("propose", "account", proposal.userId())
                            .with("direction", direction.name().toLowerCase(Locale.ROOT))
                            .with("amount", proposal.change().abs().toPlainString()),
                    refusal.code());
        }
        return result;
    }

    private AdjustmentResult notProposed(Proposal proposal, String proposer, @Nullable IdempotencyKey key) {
        Optional<Adjustment> earlier = key == null ? Optional.empty() : table.find(proposal.userId(), key);
        if (earlier.isPresent()) {
            return earlier.get().isOf(proposal, proposer)
                    ? new Done(earlier.get().asProposed(), true)
                    : NotDone.KEY_REUSED;
        }
        Optional<AccountView> account = accounts.find(proposal.userId());
        return account.isEmpty() ? NotDone.ACCOUNT_NOT_FOUND : NotDone.ACCOUNT_CLOSED;
    }

    /**
     * Books a proposal of somebody else: the decision, money, transfer and audit are one transaction. Asked again by the same
     * operator, it gets the same answer.
     *
     * @param by has a subject
     * @throws dev.holdfast.delivery.database.DatabaseException where somebody keeps the account locked; nothing was booked
     */
    public AdjustmentResult approve(UUID id, Acting by) {
        Adjustment proposed = table.find(id).orElse(null);
        AdjustmentResult result;
        try {
            result = proposed == null
                    ? NotDone.NOT_FOUND
                    : QuarkusTransaction.requiringNew().call(() -> approveLocked(proposed, by));
        } catch (NotPossibleException refused) {
            result = refused.reason;
        }
        if (result instanceof NotDone refusal) {
            audit.refused(by, act("approve", id, proposed), refusal.code());
        }
        return result;
    }

    private AdjustmentResult approveLocked(Adjustment proposed, Acting by) {
        String operator = subject(by);
        AccountStatus account = approval.lock(proposed.userId()).orElse(null);
        if (account == null) {
            return NotDone.ACCOUNT_NOT_FOUND;
        }
        return switch (approval.book(proposed, operator)) {
            case BOOKED -> {
                Adjustment booked = table.find(proposed.id()).orElseThrow();
                audit.done(by, booked.act("approve").with("transfer_id", booked.transferId()));
                yield new Done(booked, false);
            }
            case NOT_PENDING -> notWaiting(proposed.id(), AdjustmentStatus.APPROVED, operator);
            case NOT_POSSIBLE -> throw new NotPossibleException(Approval.refusal(proposed, account));
        };
    }

    /**
     * Decides that a proposal is not booked; also who proposed it may. Asked again by the same operator, it gets the same
     * answer.
     *
     * @param by has a subject
     */
    @Transactional
    public AdjustmentResult reject(UUID id, String reason, Acting by) {
        String operator = subject(by);
        Adjustment rejected = table.reject(id, operator, reason).orElse(null);
        if (rejected != null) {
            audit.done(by, rejected.act("reject").with("reason", reason));
            return new Done(rejected, false);
        }
        AdjustmentResult result = notWaiting(id, AdjustmentStatus.REJECTED, operator);
        if (result instanceof NotDone refusal) {
            audit.refused(by, act("reject", id, table.find(id).orElse(null)), refusal.code());
        }
        return result;
    }

    /** @param wanted what the operator wants it to be, and it may be already */
    private AdjustmentResult notWaiting(UUID id, AdjustmentStatus wanted, String operator) {
        Adjustment adjustment = table.find(id).orElse(null);
        if (adjustment == null) {
            return NotDone.NOT_FOUND;
        }
        if (adjustment.status() == wanted && operator.equals(adjustment.decidedBy())) {
            return new Done(adjustment, true);
        }
        return switch (adjustment.status()) {
            case PENDING -> NotDone.NEEDS_ANOTHER_OPERATOR;
            case APPROVED -> NotDone.ALREADY_APPROVED;
            case REJECTED -> NotDone.ALREADY_REJECTED;
            case EXPIRED -> NotDone.EXPIRED;
            case UNKNOWN -> NotDone.OF_NEWER_VERSION;
        };
    }

    public Optional<Adjustment> find(UUID id) {
        return table.find(id);
    }

    /** A page of the proposals, from the newest or from behind the cursor; what is null does not matter. */
    public Page<Adjustment> page(
            @Nullable AdjustmentStatus status, @Nullable UUID userId, PageLimit limit, @Nullable Cursor cursor) {
        return table.page(status, userId, limit, cursor);
    }

    private static Act act(String action, UUID id, @Nullable Adjustment adjustment) {
        return adjustment == null ? new Act(action, "adjustment", id) : adjustment.act(action);
    }

    private static String subject(Acting by) {
        return Objects.requireNonNull(by.subject(), "the resource refuses who has no name");
    }
}
