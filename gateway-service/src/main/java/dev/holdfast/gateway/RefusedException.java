package dev.holdfast.gateway;

/** What {@link ConnectionGuard} has against a request, on its way to where it is answered. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    final Problem problem;
    final String detail;

    RefusedException(Problem problem, String detail) {
        super(detail, null, false, false);
        this.problem = problem;
        this.detail = detail;
    }
}
