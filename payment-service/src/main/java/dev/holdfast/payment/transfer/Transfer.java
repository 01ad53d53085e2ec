package dev.holdfast.payment.transfer;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** Money that moved from one account to another. Rows are written by set-based statements, and never change. */
@Entity
@Immutable
public class Transfer extends PanacheEntityBase {
    @Id
    public UUID id;

    @Column(name = "debit_account")
    public UUID debitAccount;

    @Column(name = "credit_account")
    public UUID creditAccount;

    public BigDecimal amount;

    /** A {@link TransferKind}, or what a newer version of this service has written. */
    public String kind;

    @Column(name = "order_id")
    public @Nullable UUID orderId;

    @Column(name = "created_at")
    public Instant createdAt;
}
