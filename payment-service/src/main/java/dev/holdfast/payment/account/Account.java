package dev.holdfast.payment.account;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;

/**
 * One user's money. Rows are written by SQL, which Hibernate does not see: they are read as views, of which it keeps no
 * instance that could be out of date.
 */
@Entity
@Immutable
public class Account extends PanacheEntityBase {
    @Id
    @Column(name = "user_id")
    public UUID userId;

    public BigDecimal balance;

    /** What holds reserve at the moment of the read; one that has expired counts no more, swept or not. */
    @Formula("held - (select coalesce(sum(hold.amount), 0) from hold where hold.user_id = user_id"
            + " and hold.status = 'HELD' and hold.expires_at <= statement_timestamp())")
    public BigDecimal heldNow;

    /** An {@link dev.holdfast.payment.AccountStatus}, or what a newer version of this service has written. */
    public String status;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "updated_at")
    public Instant updatedAt;
}
