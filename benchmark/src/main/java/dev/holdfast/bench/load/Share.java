package dev.holdfast.bench.load;

/** Which of the requests are of a kind: so many of any hundred, spread evenly. */
final class Share {
    private final int percent;
    private long requests;

    Share(int percent) {
        this.percent = percent;
    }

    /** Whether the next request is of that kind. */
    boolean next() {
        long before = requests * percent / 100;
        requests++;
        return requests * percent / 100 > before;
    }
}
