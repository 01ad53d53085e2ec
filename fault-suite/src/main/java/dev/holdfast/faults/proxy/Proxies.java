package dev.holdfast.faults.proxy;

import dev.holdfast.localstack.Links;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/** A proxy on each link of a stack: one for each process that is called on it. */
public final class Proxies implements Links, AutoCloseable {
    private final Map<Link, Map<Integer, TcpProxy>> byLink = new EnumMap<>(Link.class);

    public Proxies() {
        for (Link link : Link.values()) {
            byLink.put(link, new ConcurrentHashMap<>());
        }
    }

    @Override
    public int port(Link link, int port) {
        return to(link, port).port();
    }

    /** All proxies of this link. */
    public List<TcpProxy> on(Link link) {
        return List.copyOf(targets(link).values());
    }

    /** The proxy of this link to the process that listens on this port. */
    public TcpProxy to(Link link, int port) {
        return targets(link).computeIfAbsent(port, TcpProxy::to);
    }

    /** On each link the proxy to the process that listens on this port. */
    public List<TcpProxy> to(int port) {
        return byLink.values().stream()
                .map(targets -> targets.get(port))
                .filter(Objects::nonNull)
                .toList();
    }

    /** Passes everything on again, everywhere. */
    public void mend() {
        all().forEach(TcpProxy::mend);
    }

    @Override
    public void close() {
        all().forEach(TcpProxy::close);
    }

    private List<TcpProxy> all() {
        List<TcpProxy> all = new ArrayList<>();
        byLink.values().forEach(targets -> all.addAll(targets.values()));
        return all;
    }

    private Map<Integer, TcpProxy> targets(Link link) {
        return Objects.requireNonNull(byLink.get(link));
    }
}
