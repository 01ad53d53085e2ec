package dev.holdfast.payment.verification;

import dev.holdfast.access.Roles;
import dev.holdfast.delivery.deadletter.DeadLetterResource;
import dev.holdfast.rest.Cursor;
import dev.holdfast.rest.DatabaseBulkhead;
import dev.holdfast.rest.PageLimit;
import dev.holdfast.rest.ParameterConverters;
import dev.holdfast.rest.Problem;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Hands out the seals, and compares them with one that was kept elsewhere. */
@Path("/admin/seals")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = DeadLetterResource.TAG, description = DeadLetterResource.TAG_DESCRIPTION)
@DatabaseBulkhead
class SealResource {
    private static final String DIGEST = "^[0-9a-fA-F]{64}$";
    private static final String A_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    @Schema(name = "SealCheck")
    record SealCheck(
            @Schema(description = "Whether the database has the same seal of this number; false where it has none")
            boolean known,

            @Schema(description = "Whether no seal up to this one was found broken: by the transfers as they are")
            boolean unbroken,

            @Schema(description = "All transfers were verified since; null before the first complete verification")
            @Nullable
            Instant verifiedSince) {}

    private final Seals seals;
    private final ChainFindings findings;
    private final VerificationPasses passes;
    private final Clock clock;

    SealResource(Seals seals, ChainFindings findings, VerificationPasses passes, Clock clock) {
        this.seals = seals;
        this.findings = findings;
        this.passes = passes;
        this.clock = clock;
    }

    @GET
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @Operation(
            operationId = "listSeals",
            summary = "List the seals over all transfers",
            description =
                    "The newest first. Kept elsewhere, they show later that nobody has changed what they cover. Follow the Link header to the next page.")
    @APIResponse(
            responseCode = "200",
            description = "One page",
            content = @Content(schema = @Schema(type = SchemaType.ARRAY, implementation = Seal.class)))
    @APIResponse(responseCode = "400", description = "Wrong limit or cursor (validation_failed)")
    public Response list(
            @QueryParam("limit") @DefaultValue(PageLimit.DEFAULT) PageLimit limit,
            @QueryParam("cursor") @Nullable Cursor cursor,
            @Context UriInfo request) {
        return seals.page(limit, cursor).toResponse(request);
    }

    @GET
    @Path("check")
    @RolesAllowed({Roles.VIEWER, Roles.OPERATOR})
    @Operation(
            operationId = "checkSeal",
            summary = "Compare a seal that was kept elsewhere",
            description =
                    "Known and unbroken: what the seal covers is as it was then, by the last verification. Else somebody has rewritten it.")
    @APIResponse(
            responseCode = "200",
            description = "What came of it",
            content = @Content(schema = @Schema(implementation = SealCheck.class)))
    @APIResponse(responseCode = "400", description = "Wrong number or digest (validation_failed)")
    public SealCheck check(
            @Parameter(
                            description = "The seal's number",
                            required = true,
                            schema =
                                    @Schema(
                                            type = SchemaType.INTEGER,
                                            format = "int64",
                                            minimum = "0",
                                            maximum = ParameterConverters.WHOLE_NUMBER_MAX))
                    @QueryParam("number")
                    @Nullable
                    Long number,
            @Parameter(
                            description = "The seal's digest in hexadecimal",
                            required = true,
                            schema = @Schema(type = SchemaType.STRING, pattern = DIGEST, examples = A_DIGEST))
                    @QueryParam("digest")
                    @Nullable
                    String digest) {
        if (number == null) {
            throw Problem.invalid("number", "must be there");
        }
        if (digest == null || !digest.matches(DIGEST)) {
            throw Problem.invalid("digest", "must be 64 hexadecimal digits");
        }
        boolean known = seals.find(number)
                .filter(seal -> seal.digest().equals(digest.toLowerCase(Locale.ROOT)))
                .isPresent();
        boolean unbroken = findings.of(List.of(ChainFinding.NO_USER)).stream()
                .noneMatch(finding -> finding.kind() == FindingKind.SEAL_BROKEN && finding.version() <= number);
        Duration ago = passes.status(VerificationPasses.Name.FULL).verifiedAgo();
        return new SealCheck(
                known, unbroken, ago == null ? null : clock.instant().minus(ago));
    }
}
