package dev.holdfast.delivery;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What came with a message besides its body. */
record Delivery(BasicProperties properties) {
    @Nullable
    String header(String name) {
        Map<String, Object> headers = properties.getHeaders();
        Object value = headers == null ? null : headers.get(name);
        return value == null ? null : value.toString();
    }
}
