package dev.holdfast.payment.verification;

import dev.holdfast.delivery.database.Database;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the transfers of a seal in the order of their ids, page by page, and says what they come to. */
@ApplicationScoped
class SealedTransfers {
    private static final int PAGE = 5_000;
    private static final int STRAY_MAX = 100;

    // A transfer of an account that is not there is in no chain. Each account is looked up: of an exists PostgreSQL may
    // make a hash of
    // all accounts for each page.
    static final String NEXT = """
            select id, hash, version, account_of(debit_account, credit_account) as owner,
                   (select true from account where user_id = account_of(debit_account, credit_account)) is true as owned
              from transfer where id > ? and id <= ? order by id limit ?
            """;

    /** @param stray transfers that are in no chain */
    record Sum(long transfers, String digest, List<ChainFinding> stray) {}

    private record Sealed(UUID id, byte @Nullable [] hash, long version, UUID owner, boolean owned) {}

    private final Database database;

    SealedTransfers(Database database) {
        this.database = database;
    }

    /**
     * What the transfers behind the seal and up to the id come to.
     *
     * @param pace says after each page whether to go on
     * @return null where it did not go on
     */
    @Nullable
    Sum sum(Seal behind, UUID lastTransfer, Pace pace) {
        MessageDigest sha256 = sha256();
        sha256.update(HexFormat.of().parseHex(behind.digest()));
        List<ChainFinding> stray = new ArrayList<>();
        UUID last = behind.lastTransfer();
        long transfers = 0;
        while (true) {
            List<Sealed> page = database.query(
                    NEXT,
                    row -> new Sealed(
                            Database.uuid(row, "id"),
                            row.getBytes("hash"),
                            row.getLong("version"),
                            Database.uuid(row, "owner"),
                            row.getBoolean("owned")),
                    last,
                    lastTransfer,
                    PAGE);
            for (Sealed transfer : page) {
                sha256.update(ByteBuffer.allocate(16)
                        .putLong(transfer.id.getMostSignificantBits())
                        .putLong(transfer.id.getLeastSignificantBits())
                        .array());
                if (transfer.hash != null) {
                    sha256.update(transfer.hash);
                }
                if ((transfer.hash == null || !transfer.owned) && stray.size() < STRAY_MAX) {
                    stray.add(new ChainFinding(
                            FindingKind.TRANSFER_INSERTED,
                            transfer.owner,
                            transfer.version,
                            "a transfer in no account's chain: " + transfer.id));
                }
            }
            transfers += page.size();
            if (page.size() < PAGE) {
                return new Sum(transfers, HexFormat.of().formatHex(sha256.digest()), stray);
            }
            last = page.getLast().id;
            if (!pace.on(page.size())) {
                return null;
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256", impossible);
        }
    }
}
