package dev.holdfast.rest;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list, newest first.
 *
 * @param rows at most as many as the limit
 * @param next where the next page starts, null on the last
 */
public record Page<T>(List<T> rows, @Nullable Cursor next) {

    /** Makes a page of rows that were read with {@code limit.rows() + 1}: the one too many tells that more follow. */
    public static <T> Page<T> of(List<T> rows, PageLimit limit, Function<T, Cursor> cursor) {
        if (rows.size() <= limit.rows()) {
            return new Page<>(List.copyOf(rows), null);
        }
        List<T> page = List.copyOf(rows.subList(0, limit.rows()));
        return new Page<>(page, cursor.apply(page.getLast()));
    }

    /**
     * 200 with the rows as an array, and {@code Link: <…>; rel="next"} where more follow. The link is relative to the
     * request's host, so that it holds behind the gateway too.
     */
    public Response toResponse(UriInfo request) {
        Response.ResponseBuilder response = Response.ok(rows);
        if (next != null) {
            URI uri = request.getRequestUriBuilder()
                    .replaceQueryParam("cursor", next.toString())
                    .build();
            response.header(HttpHeaders.LINK, "<" + uri.getRawPath() + "?" + uri.getRawQuery() + ">; rel=\"next\"");
        }
        return response.build();
    }
}
