package dev.holdfast.bench.load;

/** The gateway takes only so much from one client: it is the limit that would be measured. */
public final class LimitedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;
    private static final int TOO_MANY_REQUESTS = 429;

    LimitedException() {
        super(
                "The gateway answers 429: it limits what one client may send, and the figures would be those of its limit."
                        + " Start it with this machine's address, as the gateway sees it, in UNLIMITED_ADDRESSES"
                        + " (in Compose HOLDFAST_UNLIMITED_ADDRESSES)");
    }

    static boolean isMeantBy(int status) {
        return status == TOO_MANY_REQUESTS;
    }
}
