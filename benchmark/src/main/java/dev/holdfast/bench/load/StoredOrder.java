package dev.holdfast.bench.load;

import java.time.Instant;
import java.util.UUID;

/** What has become of an order. */
record StoredOrder(UUID id, String status, Instant createdAt, Instant updatedAt) {}
