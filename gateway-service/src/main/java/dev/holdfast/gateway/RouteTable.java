package dev.holdfast.gateway;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which path belongs to which upstream; a path that no prefix covers is not reachable from outside. */
final class RouteTable<T> {
    private record Route<T>(String prefix, T target) {}

    private final List<Route<T>> routes = new ArrayList<>();

    /** @param prefixes the path prefixes of each target; a longer prefix wins over a shorter one */
    RouteTable(Map<T, List<String>> prefixes) {
        prefixes.forEach((target, all) -> all.forEach(prefix -> routes.add(new Route<>(checked(prefix), target))));
        routes.sort(Comparator.comparingInt((Route<T> route) -> route.prefix().length())
                .reversed());
    }

    /** @param path a path or a path with its query, as sent */
    @Nullable
    T find(String path) {
        for (Route<T> route : routes) {
            if (covers(route.prefix(), path)) {
                return route.target();
            }
        }
        return null;
    }

    private static boolean covers(String prefix, String path) {
        if (!path.startsWith(prefix)) {
            return false;
        }
        if (path.length() == prefix.length()) {
            return true;
        }
        char next = path.charAt(prefix.length());
        return next == '/' || next == '?';
    }

    private static String checked(String prefix) {
        if (!prefix.startsWith("/") || prefix.endsWith("/") || !RequestTarget.isUnambiguous(prefix)) {
            throw new IllegalArgumentException("A path prefix is written like /orders, not like " + prefix);
        }
        return prefix;
    }
}
