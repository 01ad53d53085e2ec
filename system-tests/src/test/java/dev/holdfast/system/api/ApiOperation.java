package dev.holdfast.system.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One operation of a document.
 *
 * @param method in capitals
 * @param path with its parameters in braces
 * @param node what the document says of it
 * @param pattern what the path matches
 */
public record ApiOperation(String method, String path, JsonNode node, Pattern pattern) {
    static ApiOperation of(String method, String path, JsonNode node) {
        String pattern = Arrays.stream(path.split("/"))
                .map(segment -> segment.startsWith("{") ? "[^/]+" : Pattern.quote(segment))
                .collect(Collectors.joining("/"));
        return new ApiOperation(method, path, node, Pattern.compile(pattern));
    }

    boolean matches(String requested) {
        return pattern.matcher(requested).matches();
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
