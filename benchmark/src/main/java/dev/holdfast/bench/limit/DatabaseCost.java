package dev.holdfast.bench.limit;

/**
 * What an order cost PostgreSQL.
 *
 * @param commitsPerOrder of the orders' databases, those that only read included
 * @param walBytesPerOrder of the whole server
 * @param walFsyncsPerOrder how often the whole server forced its write-ahead log to the disk
 */
public record DatabaseCost(double commitsPerOrder, double walBytesPerOrder, double walFsyncsPerOrder) {}
