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

/** One user's money. SQL writes the rows, unseen by Hibernate: read a view of them, of which it keeps no instance. */
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
    public BigDecimal held;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "updated_at")
    public Instant updatedAt;
}
