# Nothing but Docker is needed: the build runs inside, once for all three services. From the root of the checkout:
#   docker build --build-arg MODULE=gateway-service --build-arg PORT=8000 --target jvm -t holdfast/gateway-service .
# The others are order-service (8001) and payment-service (8002). --target native makes a native image.
# Each base image can be replaced by a build argument, for example by a mirror's copy.
ARG JDK_IMAGE=eclipse-temurin:25-jdk
ARG JRE_IMAGE=eclipse-temurin:25-jre
ARG MANDREL_IMAGE=quay.io/quarkus/ubi9-quarkus-mandrel-builder-image:jdk-25
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
ENV HTTP_PORT=${PORT} MANAGEMENT_PORT=9000
EXPOSE ${PORT}
USER 1001
ENTRYPOINT ["./application"]

FROM ${JDK_IMAGE} AS jvm-build
WORKDIR /build
COPY . .
RUN --mount=type=cache,id=holdfast-maven,target=/root/.m2,sharing=locked \
    ./mvnw -B -ntp -DskipTests -pl gateway-service,order-service,payment-service -am package

FROM ${JRE_IMAGE} AS jvm
ARG MODULE
ARG PORT
WORKDIR /app
# Four layers, from what changes least to what changes most.
COPY --from=jvm-build /build/${MODULE}/target/quarkus-app/lib/ lib/
COPY --from=jvm-build /build/${MODULE}/target/quarkus-app/*.jar ./
COPY --from=jvm-build /build/${MODULE}/target/quarkus-app/quarkus/ quarkus/
COPY --from=jvm-build /build/${MODULE}/target/quarkus-app/app/ app/
ENV HTTP_PORT=${PORT} MANAGEMENT_PORT=9000
EXPOSE ${PORT}
USER 1001
ENTRYPOINT ["java", "-XX:+UseSerialGC", "-XX:TrimNativeHeapInterval=5000", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "-jar", "quarkus-run.jar"]
