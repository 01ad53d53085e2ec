package dev.holdfast.payment;

/** The service that asks for what orders need: holds, captures, releases, refunds. */
public final class OrderService {
    /** Its name in its tokens, in transfers and in the audit. */
    public static final String NAME = "order-service";

    private OrderService() {}
}
