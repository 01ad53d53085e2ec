package dev.holdfast.payment.verification;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Verifies every account's chain and every seal, one after another, for ever; it may be left and taken up at any of them. */
@ApplicationScoped
class FullVerification {
    private static final int ACCOUNTS_MAX = 200;
    /** Of all accounts that share a statement. */
    private static final int TRANSFERS_MAX = 2_000;
    /** Transfers of a seal that cost as much as one of a chain. */
    static final int SEALED_FOR_ONE = 10;

    static final String ACCOUNTS =
            "select user_id, coalesce(version, 0) as version from account where user_id > ? order by user_id limit ?";

    /** Notes how far the pass is, and rests; false where it must not go on. */
    interface Progress {
        boolean at(UUID lastUser, long lastSeal, long transfers);
    }

    private record Candidate(UUID userId, long version) {}

    private final Database database;
    private final Chains chains;
    private final Seals seals;
    private final SealedTransfers sealedTransfers;
    private final ChainFindings findings;

    FullVerification(
            Database database, Chains chains, Seals seals, SealedTransfers sealedTransfers, ChainFindings findings) {
        this.database = database;
        this.chains = chains;
        this.seals = seals;
        this.sealedTransfers = sealedTransfers;
        this.findings = findings;
    }

    /** @return whether it came to the end */
    boolean run(VerificationPasses.Place from, Progress progress) {
        return verifyAccounts(from, progress) && verifySeals(from, progress);
    }

    private boolean verifyAccounts(VerificationPasses.Place from, Progress progress) {
        UUID last = from.lastUser();
        while (true) {
            UUID behind = last;
            List<Candidate> page = database.query(
                    ACCOUNTS,
                    row -> new Candidate(Database.uuid(row, "user_id"), row.getLong("version")),
                    behind,
                    ACCOUNTS_MAX);
            if (page.isEmpty()) {
                return true;
            }
            List<Candidate> together = together(page);
            Chains.Verified verified = together.isEmpty()
                    ? chains.whole(page.getFirst().userId, slice -> progress.at(behind, from.lastSeal(), slice))
                    : chains.newest(together.stream().map(Candidate::userId).toList(), TRANSFERS_MAX + 2);
            if (verified == null) {
                return false;
            }
            findings.record(verified.findings());
            last = together.isEmpty() ? page.getFirst().userId : together.getLast().userId;
            if (!progress.at(last, from.lastSeal(), verified.transfers())) {
                return false;
            }
        }
    }

    /** The first ones, so many that one statement reads them; none where the first has too many transfers. */
    private static List<Candidate> together(List<Candidate> page) {
        List<Candidate> together = new ArrayList<>();
        long transfers = 0;
        for (Candidate account : page) {
            transfers += account.version;
            if (transfers > TRANSFERS_MAX) {
                break;
            }
            together.add(account);
        }
        return together;
    }

    private boolean verifySeals(VerificationPasses.Place from, Progress progress) {
        // All accounts are behind.
        UUID last = new UUID(-1, -1);
        Seal before =
                from.lastSeal() == 0 ? Seal.NONE : seals.find(from.lastSeal()).orElse(Seal.NONE);
        while (true) {
            Optional<Seal> found = seals.find(before.number() + 1);
            if (found.isEmpty()) {
                return true;
            }
            Seal seal = found.get();
            long number = before.number();
            SealedTransfers.Sum sum = sealedTransfers.sum(
                    before, seal.lastTransfer(), page -> progress.at(last, number, page / SEALED_FOR_ONE));
            if (sum == null) {
                return false;
            }
            findings.record(sum.stray());
            if (!sum.digest().equals(seal.digest())) {
                findings.record(List.of(new ChainFinding(
                        FindingKind.SEAL_BROKEN,
                        ChainFinding.NO_USER,
                        seal.number(),
                        "the seal of " + seal.transfers() + " transfers up to " + seal.lastTransfer()
                                + " does not fit; there are " + sum.transfers())));
            }
            before = seal;
            if (!progress.at(last, seal.number(), 1)) {
                return false;
            }
        }
    }
}
