package dev.holdfast.payment;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same of the native binary. */
@QuarkusIntegrationTest
class WrongInputNativeIT extends WrongInputIT {}
