package dev.holdfast.payment.verification;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Follows one account's transfers from one to the next, and says where something does not fit. */
final class ChainCheck {
    /** What the account's own row says of its newest transfer; version -1 where the account has no numbers yet. */
    record Head(long version, BigDecimal booked, byte[] hash) {
        static final long NOT_NUMBERED = -1;

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Head head
                    && version == head.version
                    && booked.equals(head.booked)
                    && Arrays.equals(hash, head.hash);
        }

        @Override
        public int hashCode() {
            return Long.hashCode(version);
        }
    }

    /** More of one account are not told. */
    private static final int FINDINGS_MAX = 20;

    private final UUID userId;
    private final List<ChainFinding> findings = new ArrayList<>();
    private long version;
    private BigDecimal sum = BigDecimal.ZERO;
    private byte[] hash = new byte[0];
    /** What both should be, by the transfer itself: where one of the two was changed, the next transfer is behind the other. */
    private byte[] expectedHash = hash;

    private BigDecimal expectedSum = sum;

    ChainCheck(UUID userId) {
        this.userId = userId;
    }

    /** Begins behind this transfer, which was verified before, or is verified another time. */
    void beginBehind(Line anchor) {
        accept(anchor, anchor.hash, anchor.balanceAfter());
    }

    /** Takes the next transfers. Among these their numbers decide about the order. */
    void next(List<Line> slice) {
        slice.stream().sorted(Comparator.comparingLong(line -> line.version)).forEach(this::next);
    }

    private void next(Line line) {
        if (line.version <= 0) {
            add(FindingKind.TRANSFER_INSERTED, 0, "a transfer without a number: " + line.describe());
        } else if (line.version <= version) {
            add(FindingKind.TRANSFER_INSERTED, line.version, "a further transfer of this number: " + line.describe());
        } else if (line.version > version + 1) {
            add(
                    FindingKind.TRANSFER_DELETED,
                    version + 1,
                    "the transfers from " + (version + 1) + " to " + (line.version - 1) + " are missing");
            accept(line, line.hash, line.balanceAfter());
        } else {
            byte[] should = line.hashBehind(hash);
            boolean fits = Arrays.equals(line.hash, should) || line.isBehind(expectedHash);
            boolean adds = line.addsUpTo(userId, sum) || line.addsUpTo(userId, expectedSum);
            if (!fits || !adds) {
                add(
                        FindingKind.TRANSFER_EDITED,
                        line.version,
                        (fits ? "does not add up: " : "is not what its hash says: ") + line.describe());
            }
            accept(line, should, line.sumBehind(userId, sum));
        }
    }

    private void accept(Line line, byte[] shouldHash, BigDecimal shouldSum) {
        version = line.version;
        sum = line.balanceAfter();
        hash = line.hash;
        expectedHash = shouldHash;
        expectedSum = shouldSum;
    }

    /** Compares the last transfer with what the account says. */
    void end(Head head) {
        if (head.version == Head.NOT_NUMBERED) {
            if (version > 0) {
                add(
                        FindingKind.CHAIN_HEAD_CHANGED,
                        version,
                        "the account says of no transfer, and there are " + version);
            }
        } else if (head.version > version) {
            add(
                    FindingKind.TRANSFERS_CUT_OFF,
                    version + 1,
                    "the transfers from " + (version + 1) + " to " + head.version + ", the newest ones, are missing");
        } else if (head.version < version) {
            add(
                    FindingKind.CHAIN_HEAD_CHANGED,
                    head.version,
                    "the account says " + head.version + " transfers, and there are " + version);
        } else if (!isHead(head)) {
            add(
                    FindingKind.CHAIN_HEAD_CHANGED,
                    version,
                    "the account's hash or sum is not that of its newest transfer");
        }
    }

    private boolean isHead(Head head) {
        return (Arrays.equals(head.hash, hash) || Arrays.equals(head.hash, expectedHash))
                && (head.booked.compareTo(sum) == 0 || head.booked.compareTo(expectedSum) == 0);
    }

    private void add(FindingKind kind, long number, String says) {
        if (findings.size() < FINDINGS_MAX) {
            findings.add(new ChainFinding(kind, userId, number, says));
        }
    }

    List<ChainFinding> findings() {
        return findings;
    }
}
