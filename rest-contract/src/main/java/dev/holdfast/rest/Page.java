package dev.holdfast.rest;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list, newest first.
 *
 * @param rows at most as many as the limit, and fewer where they are long
 * @param next where the next page starts, null on the last
 */
public record Page<T>(List<T> rows, @Nullable Cursor next) {

    /** A page ends before it is longer, so that a client which reads slowly holds no more than that; one row is always on it. */
    public static final int BYTES_MAX = 128 * 1024;

    /**
     * Makes a page of rows that were read with {@code limit.rows() + 1}: the one too many tells that more follow. For rows
     * without long texts: as many as the limit allows are shorter than {@link #BYTES_MAX}.
     */
    public static <T> Page<T> of(List<T> rows, PageLimit limit, Function<T, Cursor> cursor) {
        return of(rows, limit, row -> 0, cursor);
    }

    /**
     * The same, where the page may also end because its rows are long.
     *
     * @param bytes how long a row is as JSON, or a little less
     */
    public static <T> Page<T> of(List<T> rows, PageLimit limit, ToIntFunction<T> bytes, Function<T, Cursor> cursor) {
        int size = 0;
        for (int length = 0; size < Math.min(rows.size(), limit.rows()); size++) {
            length += bytes.applyAsInt(rows.get(size));
            if (length > BYTES_MAX && size > 0) {
                break;
            }
        }
        List<T> page = List.copyOf(rows.subList(0, size));
        return new Page<>(page, size == rows.size() ? null : cursor.apply(page.getLast()));
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
