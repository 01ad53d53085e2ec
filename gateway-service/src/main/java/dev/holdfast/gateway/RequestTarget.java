package dev.holdfast.gateway;

/**
 * Decides whether a path means the same to everybody who reads it. What a service might resolve to another path than
 * the one that was routed (dot segments, encoded slashes) is refused rather than repaired, so that no spelling of
 * {@code /accounts/../refunds} leaves the gateway.
 */
final class RequestTarget {
    private RequestTarget() {}

    /**
     * @param target path and query as they were sent
     * @return whether it starts with a slash, is visible ASCII without a fragment, well percent-encoded, and its path
     *     has no dot segment, backslash, encoded slash, encoded backslash or encoded control character
     */
    static boolean isUnambiguous(String target) {
        if (target.isEmpty() || target.charAt(0) != '/') {
            return false;
        }
        int pathEnd = target.length();
        boolean suspicious = false;
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') {
                return false;
            }
            if (c == '?' && pathEnd == target.length()) {
                pathEnd = i;
            } else if (c == '.' || c == '%' || c == '\\') {
                suspicious |= i < pathEnd;
            }
        }
        return !suspicious || segmentsAreUnambiguous(target, pathEnd);
    }

    private static boolean segmentsAreUnambiguous(String target, int pathEnd) {
        int dots = 0;
        boolean onlyDots = true;
        boolean parameters = false;
        for (int i = 1; i <= pathEnd; i++) {
            int c = i == pathEnd ? '/' : target.charAt(i);
            if (c == '/') {
                if (onlyDots && (dots == 1 || dots == 2)) {
                    return false;
                }
                dots = 0;
                onlyDots = true;
                parameters = false;
                continue;
            }
            if (c == '%') {
                c = decode(target, i, pathEnd);
                if (c < ' ' || c == '/' || c == '\\' || c == 0x7f) {
                    return false;
                }
                i += 2;
            }
            if (c == '\\') {
                return false;
            }
            // Path parameters are cut off by a service before it looks at the segment: "..;x" is "..".
            parameters |= c == ';';
            if (!parameters) {
                dots += c == '.' ? 1 : 0;
                onlyDots &= c == '.';
            }
        }
        return true;
    }

    /** -1 where two hexadecimal digits are missing. */
    private static int decode(String target, int percent, int pathEnd) {
        if (percent + 2 >= pathEnd) {
            return -1;
        }
        int high = Character.digit(target.charAt(percent + 1), 16);
        int low = Character.digit(target.charAt(percent + 2), 16);
        return high < 0 || low < 0 ? -1 : (high << 4) + low;
    }
}
