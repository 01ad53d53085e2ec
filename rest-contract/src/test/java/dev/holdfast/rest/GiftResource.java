package dev.holdfast.rest;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.annotation.security.PermitAll;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One of everything that a service may ask of the contract. */
@PermitAll
@Path("/gifts")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class GiftResource {
    static final Instant NEWEST = Instant.parse("2026-01-31T12:00:00.123456Z");

    public enum Wrapping {
        PAPER,
        CLOTH
    }

    public record Gift(
            @Amount BigDecimal amount,
            @Text(max = 10) @Nullable String cardText,
            @Min(1) @Max(9) @Nullable Integer wishCount,
            @Nullable UUID giverId) {}

    public record Row(Instant at, UUID id) {}

    @POST
    @Path("{gift_id}")
    public Gift give(
            @PathParam("gift_id") UUID giftId,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable IdempotencyKey key,
            @NotNull @Valid Gift gift) {
        return gift;
    }

    @GET
    public Response list(
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @QueryParam("wrapping") @Nullable Wrapping wrapping,
            @Context UriInfo request) {
        int first =
                cursor == null ? 0 : (int) Duration.between(cursor.at(), NEWEST).toSeconds() + 1;
        List<Row> rows = IntStream.range(first, Math.min(5, first + limit.rows() + 1))
                .mapToObj(age -> new Row(NEWEST.minusSeconds(age), new UUID(0, age)))
                .toList();
        return Page.of(rows, limit, row -> new Cursor(row.at(), row.id())).toResponse(request);
    }

    @GET
    @Path("times")
    public List<Instant> times() {
        return List.of(
                NEWEST.truncatedTo(ChronoUnit.SECONDS),
                NEWEST.truncatedTo(ChronoUnit.SECONDS).plusMillis(120),
                NEWEST.plusNanos(789));
    }

    @GET
    @Path("gone")
    public Response gone() {
        return Response.status(410).build();
    }

    @GET
    @Path("failures/{kind}")
    public String fail(@PathParam("kind") String kind) throws SQLException {
        switch (kind) {
            case "refused" -> throw Problem.of(409, "gift_exists", "The gift was given already.");
            case "later" -> throw Problem.retryLater(503, "gifts_unavailable", "No gifts.", Duration.ofMillis(1500));
            case "lock" -> throw new IllegalStateException(new SQLException("lock timeout", "55P03"));
            case "pool" -> throw new SQLException("Sorry, acquisition timeout!");
            case "constraint" -> throw new SQLException("violates check", "23514");
            case "unknown" -> throw new NotAuthorizedException("Bearer realm=\"gifts\"");
            case "anonymous" -> throw new UnauthorizedException("secret");
            case "forged" -> throw new AuthenticationFailedException("secret");
            case "foreign" -> throw new ForbiddenException("secret");
            case "bare" ->
                throw new WebApplicationException(Response.status(410).build());
            case "error" -> throw new StackOverflowError("secret");
            default -> throw new IllegalStateException("secret");
        }
    }
}
