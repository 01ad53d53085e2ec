package dev.holdfast.order.reconciliation;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All rows of one side in the order of their ids, of which one page is in memory. */
final class SortedPages<T> {
    /** Reads the page behind an id, or the first. */
    @FunctionalInterface
    interface Pages<T> {
        List<T> after(@Nullable UUID id);
    }

    private final Pages<T> pages;
    private final Function<T, UUID> id;
    private final int pageSize;
    private final Deque<T> page = new ArrayDeque<>();
    private @Nullable UUID last;
    private boolean ended;

    /** @param pageSize a shorter page is the last */
    SortedPages(Pages<T> pages, Function<T, UUID> id, int pageSize) {
        this.pages = pages;
        this.id = id;
        this.pageSize = pageSize;
    }

    /** The id of the next row; null at the end. */
    @Nullable
    UUID nextId() {
        T next = peek();
        return next == null ? null : id.apply(next);
    }

    /** Takes the next row if it is of this id. */
    @Nullable
    T takeIf(UUID wanted) {
        T next = peek();
        return next != null && id.apply(next).equals(wanted) ? page.poll() : null;
    }

    private @Nullable T peek() {
        if (page.isEmpty() && !ended) {
            List<T> read = pages.after(last);
            page.addAll(read);
            ended = read.size() < pageSize;
            last = read.isEmpty() ? last : id.apply(read.getLast());
        }
        return page.peek();
    }
}
