package dev.holdfast.order.payments;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What payments tells for reconciliation. Ids are sorted by their bytes, as PostgreSQL does. Each call throws
 * {@link PaymentsUnavailableException} where there was no answer to rely on.
 */
@ApplicationScoped
public class PaymentsReconciliation {
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Orders(List<OrderMoney> orders) {}

    /**
     * What is worth a look now.
     *
     * @param userIds those whose transfers somebody has changed; null of payments of an older version
     */
    @RegisterForReflection
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Recent(List<UUID> orderIds, List<UUID> userIds) {
        public Recent {
            userIds = Objects.requireNonNullElse(userIds, List.of());
        }
    }

    private static final Duration FIND_LIMIT = Duration.ofSeconds(1);

    private final PaymentsReplicas replicas;
    private final ObjectMapper json;

    PaymentsReconciliation(PaymentsReplicas replicas, ObjectMapper json) {
        this.replicas = replicas;
        this.json = json;
    }

    /** A page of all orders that have a hold or a transfer, by id; shorter than the limit where it is the last. */
    public List<OrderMoney> ordersAfter(@Nullable UUID id, int limit) {
        return ask(
                        Orders.class,
                        (client, payments) -> client.orders(payments, new ReconciliationClient.PageBody(id, limit)))
                .orders();
    }

    /** The same of these orders; those without a hold or a transfer are left out. */
    public List<OrderMoney> orders(Collection<UUID> ids) {
        return ask(
                        Orders.class,
                        (client, payments) -> client.ordersById(payments, new ReconciliationClient.IdsBody(ids)))
                .orders();
    }

    /**
     * The same for customers who wait: no thread does, and it fails after {@link #FIND_LIMIT}.
     *
     * @param ids 1,000 at most
     */
    public Uni<List<OrderMoney>> find(Collection<UUID> ids) {
        return replicas.reconcile(
                        (client, payments) -> client.ordersById(payments, new ReconciliationClient.IdsBody(ids)))
                .map(response -> read(Orders.class, response).orders())
                .ifNoItem()
                .after(FIND_LIMIT)
                .fail();
    }

    /** Orders whose payment was decided within the window, and those with an overdue hold; at most {@code limit} of each. */
    public Recent recent(Duration window, int limit) {
        return ask(
                Recent.class,
                (client, payments) ->
                        client.recent(payments, new ReconciliationClient.RecentBody(window.toSeconds(), limit)));
    }

    /** A page of all accounts, by user id. */
    public AccountPage accountsAfter(@Nullable UUID id, int limit) {
        return ask(
                AccountPage.class,
                (client, payments) -> client.accounts(payments, new ReconciliationClient.PageBody(id, limit)));
    }

    /** The same of these accounts. */
    public AccountPage accounts(Collection<UUID> ids) {
        return ask(
                AccountPage.class,
                (client, payments) -> client.accountsById(payments, new ReconciliationClient.IdsBody(ids)));
    }

    private <T> T ask(Class<T> type, BiFunction<ReconciliationClient, URI, Uni<Response>> call) {
        try {
            return read(type, replicas.reconcile(call).await().indefinitely());
        } catch (ProcessingException e) {
            throw noAnswer(e);
        }
    }

    private <T> T read(Class<T> type, Response answer) {
        try (Response response = answer) {
            if (response.getStatus() != 200) {
                throw new PaymentsUnavailableException("payments answered " + response.getStatus(), true);
            }
            return json.readValue(response.readEntity(String.class), type);
        } catch (JsonProcessingException | ProcessingException e) {
            throw noAnswer(e);
        }
    }

    private static PaymentsUnavailableException noAnswer(Exception cause) {
        return new PaymentsUnavailableException("payments gave no answer to reconciliation", true, cause);
    }
}
