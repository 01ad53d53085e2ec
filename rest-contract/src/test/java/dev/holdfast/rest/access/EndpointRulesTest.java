package dev.holdfast.rest.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Roles;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EndpointRulesTest {
    /** Of no rule at all. */
    static class Silent {
        public void ask() {}
    }

    @RolesAllowed(Roles.OPERATOR)
    static class Endpoints {
        public void forOperators() {}

        @RolesAllowed(Roles.VIEWER)
        public void forViewers() {}

        @RolesAllowed({Roles.CUSTOMER, Roles.VIEWER})
        public void forCustomersByPath(@PathParam("user_id") UUID userId) {}

        @RolesAllowed({Roles.CUSTOMER, Roles.VIEWER})
        public void forCustomersByQuery(@PathParam("order_id") UUID orderId, @QueryParam("user_id") UUID userId) {}

        @RolesAllowed(Roles.CUSTOMER)
        public void forCustomersOfNobody(@PathParam("order_id") UUID orderId) {}
    }

    private final List<Object> registered = new ArrayList<>();

    @Test
    void anEndpointThatDoesNotSayWhoMayCallItStopsTheStart() {
        assertThatThrownBy(() -> configure(Silent.class, "ask"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Silent.ask")
                .hasMessageContaining("@RolesAllowed");
    }

    @Test
    void anEndpointForCustomersThatTellsNoUserStopsTheStart() {
        assertThatThrownBy(() -> configure(Endpoints.class, "forCustomersOfNobody"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("user_id");
    }

    @Test
    void onlyEndpointsForCustomersLookWhoseTheThingIs() {
        configure(Endpoints.class, "forOperators");
        configure(Endpoints.class, "forViewers");
        assertThat(registered).isEmpty();

        configure(Endpoints.class, "forCustomersByPath");
        configure(Endpoints.class, "forCustomersByQuery");
        assertThat(registered).hasSize(2).hasOnlyElementsOfType(OwnAccountOnly.class);
    }

    private void configure(Class<?> resource, String name) {
        Method method = Arrays.stream(resource.getDeclaredMethods())
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
        ResourceInfo endpoint = new ResourceInfo() {
            @Override
            public Method getResourceMethod() {
                return method;
            }

            @Override
            public Class<?> getResourceClass() {
                return resource;
            }
        };
        FeatureContext context = (FeatureContext) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {FeatureContext.class}, (proxy, called, arguments) -> {
                    registered.add(arguments[0]);
                    return proxy;
                });
        new EndpointRules().configure(endpoint, context);
    }
}
