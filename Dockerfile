# Both images can be replaced, for example by ones made on the spot:
#   docker build --build-arg SDK_IMAGE=… --build-arg RUNTIME_IMAGE=… -t sipalg .
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0

FROM ${SDK_IMAGE} AS build
WORKDIR /source
# The project files alone first: the restored packages stay cached until one of them changes.
COPY Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/SipAlg.Protocol/SipAlg.Protocol.csproj src/SipAlg.Protocol/packages.lock.json src/SipAlg.Protocol/
COPY src/SipAlg.Linux/SipAlg.Linux.csproj src/SipAlg.Linux/packages.lock.json src/SipAlg.Linux/
COPY src/SipAlg.Signaling/SipAlg.Signaling.csproj src/SipAlg.Signaling/packages.lock.json src/SipAlg.Signaling/
COPY src/SipAlg.Media/SipAlg.Media.csproj src/SipAlg.Media/packages.lock.json src/SipAlg.Media/
COPY src/SipAlg.Calls/SipAlg.Calls.csproj src/SipAlg.Calls/packages.lock.json src/SipAlg.Calls/
COPY src/SipAlg/SipAlg.csproj src/SipAlg/packages.lock.json src/SipAlg/
# No package but those whose hashes stand in the lock files (docs/dependencies.md).
RUN CI=true dotnet restore src/SipAlg/SipAlg.csproj
COPY src src
# The default dialplan is carried within the program.
COPY dialplans dialplans
# The project asks for ReadyToRun code of the runtime identifier that it is built on.
RUN dotnet publish src/SipAlg/SipAlg.csproj -c Release --no-restore -o /app

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="SipAlg" \
      org.opencontainers.image.description="SIP session gateway: back-to-back user agent and RTP relay" \
      org.opencontainers.image.licenses="MIT"
# Registrations are kept by the system's SQLite.
RUN apt-get update && apt-get install -y --no-install-recommends libsqlite3-0 libcap2-bin && apt-get clean && rm -rf /var/lib/apt/lists/*
COPY --from=build /app /opt/sipalg
# For the relay in the kernel (docs/fast-path.md) and ports that share a socket (docs/media.md). Permitted only: where a container is not given them, the program starts all the same.
# A container that gives them may have to do without no-new-privileges; so there is no other program here by which anybody gains some.
RUN find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
 && setcap cap_bpf,cap_net_admin,cap_net_raw,cap_perfmon+p /opt/sipalg/sipalg
COPY LICENSE /opt/sipalg/
# 1654 is the ordinary user of the .NET images; by number it needs no entry in /etc/passwd.
RUN ln -s /opt/sipalg/sipalg /usr/local/bin/sipalg \
 && mkdir -p /etc/sipalg /var/lib/sipalg/state /var/lib/sipalg/cdr \
 && chown -R 1654:1654 /var/lib/sipalg
# The .NET images ask for a web listener of their own; the gateway's is in its configuration.
ENV ASPNETCORE_HTTP_PORTS=
# Without a sipalg.yaml here the gateway starts on its embedded default.
WORKDIR /var/lib/sipalg
VOLUME ["/var/lib/sipalg/state", "/var/lib/sipalg/cdr"]
EXPOSE 5060/udp 5060/tcp
USER 1654:1654
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["sipalg", "health"]
ENTRYPOINT ["/opt/sipalg/sipalg"]
CMD ["run"]
