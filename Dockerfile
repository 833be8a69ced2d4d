# All three plugins, for pipelines: ghcr.io/datum-cloud/kubectl-plugins. A
# release builds it (.goreleaser.yaml) from a folder with a program for each
# platform, the same files that are in the archives.
#
#   docker run --rm ghcr.io/datum-cloud/kubectl-plugins kubectl-fluxdeps version
#   COPY --from=ghcr.io/datum-cloud/kubectl-plugins /usr/local/bin/ /usr/local/bin/
FROM gcr.io/distroless/static-debian13:nonroot@sha256:f7f8f729987ad0fdf6b05eeeae94b26e6a0f613bdf46feea7fc40f7bd72953e6
ARG TARGETPLATFORM
COPY $TARGETPLATFORM/kubectl-datum_creds $TARGETPLATFORM/kubectl-fluxdeps $TARGETPLATFORM/kubectl-secretsync /usr/local/bin/
COPY LICENSE THIRD_PARTY_NOTICES /licenses/
USER 65532:65532
