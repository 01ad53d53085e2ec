# Nothing but Docker (BuildKit) is needed: the build runs inside, once for all three services. From the root of the checkout:
#   docker build --build-arg MODULE=gateway-service --build-arg PORT=8000 --target jvm -t holdfast/gateway-service .
# The others are order-service (8001) and payment-service (8002). --target native makes a native image.
# Each base image can be replaced by a build argument, for example by a mirror's copy or by its digest.
ARG JDK_IMAGE=eclipse-temurin:25.0.4_7-jdk-noble
ARG JRE_IMAGE=eclipse-temurin:25.0.4_7-jre-noble
ARG MANDREL_IMAGE=quay.io/quarkus/ubi9-quarkus-mandrel-builder-image:25.0.3.0-Final-java25
ARG MICRO_IMAGE=quay.io/quarkus/ubi9-quarkus-micro-image:2.0

FROM ${MANDREL_IMAGE} AS native-build
USER root
WORKDIR /build
COPY . .
# Locked, because builds that run side by side would write to one Maven repository.
RUN --mount=type=cache,id=holdfast-maven,target=/root/.m2,sharing=locked \
    ./mvnw -B -ntp -Pnative -DskipTests -pl gateway-service,order-service,payment-service -am package

FROM ${MICRO_IMAGE} AS native
ARG MODULE
ARG PORT
WORKDIR /app
COPY --from=native-build --chmod=0755 /build/${MODULE}/target/*-runner application
COPY --from=native-build /build/${MODULE}/target/${MODULE}.cdx.json ./
ENV HTTP_PORT=${PORT} MANAGEMENT_PORT=9000
EXPOSE ${PORT}
USER 1001:1001
ENTRYPOINT ["./application"]
# The service asks itself: neither a shell nor curl is needed.
HEALTHCHECK --interval=5s --timeout=10s --retries=6 --start-period=90s CMD ["./application", "health"]
ARG VERSION=1.0.0-SNAPSHOT
ARG REVISION
ARG SOURCE
LABEL org.opencontainers.image.title="holdfast/${MODULE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0"

FROM ${JDK_IMAGE} AS jvm-build
WORKDIR /build
COPY . .
# A JVM takes an AOT cache only where its jars have the times that they had when it was made, and a cached layer may be older
# than that: all get one time.
RUN --mount=type=cache,id=holdfast-maven,target=/root/.m2,sharing=locked \
    ./mvnw -B -ntp -DskipTests -pl gateway-service,order-service,payment-service,local-stack -am package && \
    find */target/quarkus-app -exec touch --no-dereference --date=2026-01-01T00:00:00Z {} +

# All three services are run under load on a stack of their own, as ./holdfast up does after a build (docs/decisions/0011), but
# by the very JVM and with the very options of their images. Only the caches are taken from here.
FROM ${JRE_IMAGE} AS training
RUN apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install rabbitmq-server
COPY --from=jvm-build /build/local-stack/target/local-stack.jar /launcher/
COPY --from=jvm-build /build/local-stack/target/lib/ /launcher/lib/
COPY --from=jvm-build /build/gateway-service/target/quarkus-app/ /stack/app/gateway-service/
COPY --from=jvm-build /build/order-service/target/quarkus-app/ /stack/app/order-service/
COPY --from=jvm-build /build/payment-service/target/quarkus-app/ /stack/app/payment-service/
COPY service-runtime/src/main/container/java.options /stack/
RUN HOLDFAST_JAVA_OPTS=@/stack/java.options java -jar /launcher/local-stack.jar /stack train

FROM ${JRE_IMAGE} AS jvm
ARG MODULE
ARG PORT
WORKDIR /app
# From what changes least to what changes most.
COPY service-runtime/src/main/container/java.options ./
COPY --from=jvm-build /build/${MODULE}/target/quarkus-app/lib/ lib/
COPY --from=jvm-build /build/service-runtime/target/service-runtime-*.jar health.jar
COPY --from=jvm-build /build/${MODULE}/target/quarkus-app/*.jar ./
COPY --from=jvm-build /build/${MODULE}/target/quarkus-app/quarkus/ quarkus/
COPY --from=jvm-build /build/${MODULE}/target/quarkus-app/app/ app/
COPY --from=jvm-build /build/${MODULE}/target/${MODULE}.cdx.json ./
COPY --from=training /stack/app/${MODULE}/app.aot ./
ENV HTTP_PORT=${PORT} MANAGEMENT_PORT=9000
EXPOSE ${PORT}
USER 1001:1001
ENTRYPOINT ["java", "@java.options", "-XX:AOTCache=app.aot", "-jar", "quarkus-run.jar"]
# From a jar of its own: a JVM with all those of the service would take several times as long.
HEALTHCHECK --interval=5s --timeout=10s --retries=6 --start-period=90s CMD ["java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", "health.jar", "dev.holdfast.command.ServiceMain", "health"]
ARG VERSION=1.0.0-SNAPSHOT
ARG REVISION
ARG SOURCE
LABEL org.opencontainers.image.title="holdfast/${MODULE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="Apache-2.0"
