package dev.holdfast.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTargetTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/orders",
                "/orders/",
                "/orders/a:b@c!$&'()*+,=~_-",
                "/orders?filter[]=a&x=%7B%7D",
                "/orders/0198f1b2-1111-7000-8000-000000000001?user_id=a&limit=2",
                "/orders/a.b/c..d/...",
                "/orders/.hidden",
                "/orders/%20%C3%A4",
                "/orders/%252e%252e/x",
                "/orders?next=../../x&c=%2F%00",
                "/orders?a=//;b",
                "/orders?a=?"
            })
    void passesAPathWithOneMeaning(String target) {
        assertThat(RequestTarget.isUnambiguous(target)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "//orders",
                "//",
                "/orders//x",
                "/orders//",
                "/accounts//x/deposit",
                "/orders;v=1/x",
                "/orders/x;y=..",
                "/orders/x%3by",
                "/orders/{id}",
                "/orders?a={}",
                "/orders?a=%",
                "/orders?a=%f",
                "/orders/[1]",
                "/orders?a=|",
                "orders",
                "example.org:443",
                "/orders/../refunds",
                "/orders/..",
                "/orders/.",
                "/./orders",
                "/..",
                "/orders/./x?y",
                "/orders/../refunds?x",
                "/orders/%2e%2e/refunds",
                "/orders/%2E./refunds",
                "/orders/.%2e",
                "/orders/..;/refunds",
                "/orders/..;a=b/refunds",
                "/orders/..%3b/refunds",
                "/orders/%2e%2e%3Bx/refunds",
                "/orders/x%2f..%2frefunds",
                "/orders/%2F",
                "/orders\\..\\refunds",
                "/orders/%5c..%5Crefunds",
                "/orders/%00",
                "/orders/%0d%0aX:y",
                "/orders/%7f",
                "/orders/%",
                "/orders/%2",
                "/orders/%zz",
                "/orders/%2?x=2",
                "/orders#x",
                "/orders/ä",
                "/orders/a b",
                "/orders/\t",
                "/orders?a=b c",
                "/orders?\u0000"
            })
    void refusesWhatAServiceMightReadDifferently(String target) {
        assertThat(RequestTarget.isUnambiguous(target)).isFalse();
    }
}
