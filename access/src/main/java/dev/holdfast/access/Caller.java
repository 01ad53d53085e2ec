package dev.holdfast.access;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who a verified token speaks for.
 *
 * @param subject its {@code sub}; of a customer the user id
 * @param client the application that got the token ({@code azp} or {@code client_id}), null where it does not say
 * @param roles see {@link Roles}; those that are not known here are left out
 */
public record Caller(String subject, @Nullable String client, Set<String> roles) {}
