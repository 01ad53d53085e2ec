package dev.holdfast.system;

/** How an image may be named. */
final class Images {
    /** With a version as its tag, with a digest, or with both; the digest counts then. */
    static final String OF_A_FIXED_VERSION =
            "[a-z0-9./:-]*[a-z0-9-]+(:[a-z-]*[0-9][\\w.-]*(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})";

    private Images() {}
}
