package dev.holdfast.payment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.delivery.database.Database;
import dev.holdfast.delivery.testing.Administrator;
import io.restassured.response.Response;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The same, and what the tests look up in the tables. */
@Singleton
public class Bank extends AccountCalls {
    private static final int ATTEMPTS_MAX = 200;

    private final Database database;
    private final DataSource dataSource;

    Bank(Database database, DataSource dataSource) {
        this.database = database;
        this.dataSource = dataSource;
    }

    /** A new order's id, with this much held for it. */
    public UUID held(UUID user, String amount) {
        UUID order = UUID.randomUUID();
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            Response answer = patiently(() -> holdForOrder(user, order, amount));
            answer.then().statusCode(200);
            // What is in neither list is to be sent again, as order-service does.
            if (answer.jsonPath().getList("taken").contains(order.toString())) {
                return order;
            }
        }
        throw new AssertionError("Nothing was held for order " + order);
    }

    /** The same request again for as long as it is answered 503, as any client sends it. */
    public static Response patiently(Supplier<Response> request) {
        Response answer = request.get();
        while (answer.statusCode() == 503) {
            answer = request.get();
        }
        return answer;
    }

    /** Lets the hold's time be over. */
    public void expire(UUID order) {
        database.update(
                "update hold set expires_at = ? where order_id = ?",
                Instant.now().minusSeconds(1),
                order);
    }

    /** Locks the accounts in a transaction of somebody who does not end it until this is closed. */
    public AutoCloseable lock(List<UUID> users) {
        try {
            Connection other = dataSource.getConnection();
            other.setAutoCommit(false);
            try (PreparedStatement lock =
                    other.prepareStatement("select 1 from account where user_id = any(?) for update")) {
                lock.setArray(1, other.createArrayOf("uuid", users.toArray()));
                lock.execute();
            }
            return () -> {
                other.rollback();
                other.close();
            };
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Gives the order's hold, until this is closed, a status that only a newer version knows. */
    public AutoCloseable statusOfNewerVersion(UUID order) {
        String before = holdStatus(order);
        Administrator.run("alter table hold drop constraint hold_status_is_known");
        database.update("update hold set status = 'FROZEN' where order_id = ?", order);
        return () -> {
            database.update("update hold set status = ? where order_id = ?", before, order);
            Administrator.run("alter table hold add constraint hold_status_is_known"
                    + " check (status in ('HELD', 'CAPTURED', 'RELEASED', 'EXPIRED'))");
        };
    }

    public String holdStatus(UUID order) {
        return database.first("select status from hold where order_id = ?", row -> row.getString(1), order)
                .orElse("none");
    }

    public int transfers(UUID order, String kind) {
        return database.first(
                        "select count(*) from transfer where order_id = ? and kind = ?",
                        row -> row.getInt(1),
                        order,
                        kind)
                .orElseThrow();
    }

    /** How many transfers of the kind took money off the account. */
    public int transfersOut(UUID user, String kind) {
        return database.only(
                "select count(*) from transfer where debit_account = ? and kind = ?", row -> row.getInt(1), user, kind);
    }

    /** Invariant I1: for each account, its transfers are its balance and its open holds are what is held. */
    public void assertBooksBalance() {
        List<String> wrong = database.query("""
                with moved as (
                    select user_id, sum(amount) as amount from (
                        select credit_account as user_id, amount from transfer
                        union all select debit_account, -amount from transfer) movement group by user_id),
                reserved as (select user_id, sum(amount) as amount from hold where status = 'HELD' group by user_id)
                select account.user_id::text || ': balance ' || balance || ', held ' || held as line
                  from account left join moved using (user_id) left join reserved using (user_id)
                 where balance <> coalesce(moved.amount, 0) or held <> coalesce(reserved.amount, 0)
                    or held < 0 or held > balance
                """, row -> row.getString("line"));
        assertThat(wrong).as("accounts whose books do not balance").isEmpty();
        List<UUID> chargedWrongly = database.query("""
                select hold.order_id from hold left join transfer
                    on transfer.order_id = hold.order_id and kind = 'CAPTURE'
                 where (status = 'CAPTURED') <> (transfer.id is not null) or transfer.amount <> hold.amount
                """, row -> row.getObject(1, UUID.class));
        assertThat(chargedWrongly).as("orders whose hold and transfer disagree").isEmpty();
    }
}
