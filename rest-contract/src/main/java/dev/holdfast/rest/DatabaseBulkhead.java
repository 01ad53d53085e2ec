package dev.holdfast.rest;

import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * For what waits for the database on behalf of a request: only some of the connections may be used so at once, and the
 * rest of the pool is left to consumers, relay and sweeps. Where none becomes free in time the answer is 503.
 *
 * <p>A call within another would wait for itself: of a resource and the beans that it calls, one is annotated. Never for
 * a method that runs on an event loop, which must not wait.
 */
@Inherited
@InterceptorBinding
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface DatabaseBulkhead {}
