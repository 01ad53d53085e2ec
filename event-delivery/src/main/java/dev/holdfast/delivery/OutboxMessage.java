package dev.holdfast.delivery;

import java.util.UUID;

/**
 * A message that a transaction leaves in the outbox; what it says is nobody's business here.
 *
 * @param id by which its receiver's inbox knows it again
 * @param subject what it is about, by which an operator finds it: the id of an order
 * @param type the stable name of what it says
 * @param destination the queue it goes to
 * @param payload the body, UTF-8 JSON
 */
public record OutboxMessage(UUID id, UUID subject, String type, String destination, byte[] payload) {}
