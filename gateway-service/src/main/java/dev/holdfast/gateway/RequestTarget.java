package dev.holdfast.gateway;

/**
 * Decides whether a path means the same to everybody who reads it. What a service might resolve to another path than
 * the one that was routed (dot segments, empty ones, parameters behind a semicolon, encoded slashes) is refused rather than
 * repaired, so that no spelling of {@code /accounts/../refunds} leaves the gateway, and each resource has one.
 */
final class RequestTarget {
    /** RFC 3986: unreserved and reserved characters and the percent sign, but no fragment. */
    private static final boolean[] ALLOWED = new boolean[128];

    static {
        for (char c = 'a'; c <= 'z'; c++) {
            ALLOWED[c] = true;
            ALLOWED[Character.toUpperCase(c)] = true;
        }
        for (char c : "0123456789-._~:/?[]@!$&'()*+,;=%".toCharArray()) {
            ALLOWED[c] = true;
        }
    }

    private RequestTarget() {}

    /**
     * @param target path and query as they were sent
     * @return whether it has the form of RFC 3986, begins with a slash, and its path has no dot segment, empty segment but
     *     the last, semicolon, encoded slash, encoded backslash or encoded control character
     */
    static boolean isUnambiguous(String target) {
        if (!target.startsWith("/")) {
            return false;
        }
        int pathEnd = target.length();
        boolean suspicious = false;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            boolean inPath = i < pathEnd;
            if (c == '?' && inPath) {
                pathEnd = i;
            } else if (c == '%' && decode(target, i, inPath ? pathEnd : target.length()) < 0) {
                return false;
            } else if (c >= ALLOWED.length || !ALLOWED[c] || inPath && (c == '[' || c == ']' || c == ';')) {
                return false;
            } else if (inPath && c == '/' && i > 0 && target.charAt(i - 1) == '/') {
                return false;
            }
            suspicious |= inPath && (c == '.' || c == '%');
        }
        return !suspicious || segmentsAreUnambiguous(target, pathEnd);
    }

    private static boolean segmentsAreUnambiguous(String target, int pathEnd) {
        int dots = 0;
        boolean onlyDots = true;
        for (int i = 1; i <= pathEnd; i++) {
            int c = i == pathEnd ? '/' : target.charAt(i);
            if (c == '/') {
                if (onlyDots && (dots == 1 || dots == 2)) {
                    return false;
                }
                dots = 0;
                onlyDots = true;
                continue;
            }
            if (c == '%') {
                c = decode(target, i, pathEnd);
                if (c < ' ' || c == '/' || c == ';' || c == '\\' || c == 0x7f) {
                    return false;
                }
                i += 2;
            }
            dots += c == '.' ? 1 : 0;
            onlyDots &= c == '.';
        }
        return true;
    }

    /** -1 where two hexadecimal digits are missing. */
    private static int decode(String target, int percent, int end) {
        if (percent + 2 >= end) {
            return -1;
        }
        int high = Character.digit(target.charAt(percent + 1), 16);
        int low = Character.digit(target.charAt(percent + 2), 16);
        return high < 0 || low < 0 ? -1 : (high << 4) + low;
    }
}
