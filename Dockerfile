# The slice image: Debian with Ganeti, and the program that starts a virtual cluster at every start of a container.
# It also builds with the classic builder, so there is no `RUN --mount` and no `COPY --chmod`.
ARG BASE=debian:bookworm-slim
FROM ${BASE}

# The expected version of Ganeti.  The Debian release of BASE determines it (bookworm: 3.0, trixie: 3.1).
ARG GANETI=3.0
# A Debian archive to install from instead of BASE's own.  It is not kept in the image.
ARG MIRROR=

# This layer comes first because it rarely changes.  policy-rc.d stays: no package may start a daemon, during the build
# or later.  Host keys and machine-id are removed, which would be the same in all slices, and so are lists, caches and
# logs.  libcurl reads all of /etc/ssl/certs for each request between Ganeti's daemons (30 ms), and uses Ganeti's own
# certificate only, so the directory is empty; `update-ca-certificates` fills it again.  It is a new directory, because
# one in which files of a lower layer were deleted takes 0.5 ms to read.
RUN set -eu; \
    export DEBIAN_FRONTEND=noninteractive; \
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d; \
    chmod 755 /usr/sbin/policy-rc.d; \
    printf '%s\n' \
        'path-exclude=/usr/share/doc/*' 'path-include=/usr/share/doc/*/copyright' \
        'path-exclude=/usr/share/locale/*' 'path-exclude=/usr/share/lintian/*' \
        'path-exclude=/usr/share/man/*' 'path-include=/usr/share/man/man*/gnt-*' 'path-include=/usr/share/man/man*/ganeti*' \
        force-unsafe-io > /etc/dpkg/dpkg.cfg.d/vcluster-box; \
    apt() { apt-get -o Acquire::Retries=3 "$@"; }; \
    if [ -n "$MIRROR" ]; then \
        . /etc/os-release; \
        echo "deb $MIRROR $VERSION_CODENAME main" > /tmp/mirror.list; \
        export APT_CONFIG=/tmp/mirror.conf; \
        echo 'Dir::Etc::SourceList "/tmp/mirror.list"; Dir::Etc::SourceParts "/dev/null";' > "$APT_CONFIG"; \
    fi; \
    apt -o APT::Update::Error-Mode=any update; \
    version=$(apt-cache show --no-all-versions ganeti | sed -n 's/^Version: //p'); \
    case $version in \
        "$GANETI".*) ;; \
        *) echo "The base image has ${version:-no Ganeti}, but Ganeti $GANETI is required." >&2; exit 1 ;; \
    esac; \
    noop=$(apt-cache search --names-only '^ganeti-os-noop$' | cut -d' ' -f1); \
    apt install --yes --no-install-recommends \
        bash-completion \
        ca-certificates \
        curl \
        e2fsprogs \
        fping \
        ganeti \
        iproute2 \
        iputils-arping \
        less \
        libcap2-bin \
        man-db \
        openssh-client \
        openssh-server \
        procps \
        python3 \
        socat \
        tini \
        $noop; \
    apt-get clean; \
    rm -rf /etc/ssh/ssh_host_* /tmp/mirror.* /var/lib/apt/lists/* /var/lib/dbus/machine-id \
        /var/cache/apt/*.bin /var/cache/debconf/*-old /var/cache/ldconfig/aux-cache; \
    find /var/log -type f -delete; \
    rm -rf /etc/ssl/certs; \
    mkdir /etc/ssl/certs; \
    : > /etc/machine-id

# Containers inherit these labels, so none may begin with `vcluster-box.cluster`, by which clusters are found.
LABEL vcluster-box.image=slice vcluster-box.ganeti=${GANETI}

EXPOSE 5080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=10s --start-period=120s --retries=3 CMD ["/usr/sbin/vcluster-slice", "healthy"]
ENTRYPOINT ["/usr/bin/tini", "--", "/usr/sbin/vcluster-slice"]
CMD ["run"]

COPY images/slice/rootfs/ /tmp/rootfs/

# The modes of files in a clone follow its umask, and copied folders would pass theirs to /etc and /usr.
RUN set -eu; \
    cd /tmp/rootfs; \
    if grep -rl "$(printf '\r')" . >&2; then \
        echo 'The files above have Windows line endings: git config core.autocrlf false, and check them out again.' >&2; \
        exit 1; \
    fi; \
    chmod -R u=rwX,go=rX .; \
    cp -a . /; \
    rm -r /tmp/rootfs; \
    /usr/lib/vcluster-box/finish-image
