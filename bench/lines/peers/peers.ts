import { join } from "node:path";
import { build, compiled, nodePaths, nodeVersions, servers } from "../folders.ts";
import type { Peer } from "./peer.ts";

const nettyJars = ["buffer", "codec", "common", "handler", "resolver", "transport"]
  .map((part) => `/usr/share/java/netty-${part}.jar`)
  .join(":");

const onNode = nodeVersions.flatMap((version): Peer[] =>
  ["ours", "bare", "naive"].map((name) => ({
    name: `${name}-${version}`,
    run: [nodePaths[version], compiled(`servers/${name}`)],
  })),
);

/** In the order of the tables; `c` is what all others are divided by. */
export const peers: readonly Peer[] = [
  {
    name: "c",
    needs: { "/usr/bin/gcc": "gcc" },
    make: ["gcc", "-O2", "-o", join(build, "lines-c"), join(servers, "lines.c")],
    run: [join(build, "lines-c")],
  },
  ...onNode,
  {
    name: "tokio",
    needs: {
      "/usr/share/cargo/registry/tokio-1.24.2": "librust-tokio-dev",
      "/usr/share/cargo/registry/tokio-util-0.7.3": "librust-tokio-util-dev",
    },
    make: ["cargo", "build", "--release", "--quiet", "--target-dir", join(build, "tokio")],
    makeFolder: join(servers, "tokio"),
    run: [join(build, "tokio/release/lines-tokio")],
  },
  {
    name: "go",
    needs: { "/usr/bin/go": "golang-go" },
    make: ["go", "build", "-o", join(build, "lines-go"), join(servers, "lines.go")],
    run: [join(build, "lines-go")],
  },
  {
    name: "netty",
    needs: {
      "/usr/share/java/netty-transport.jar": "libnetty-java",
      "/usr/bin/javac": "default-jdk-headless",
    },
    make: ["javac", "-cp", nettyJars, "-d", build, join(servers, "LinesNetty.java")],
    run: ["java", "-cp", `${nettyJars}:${build}`, "LinesNetty"],
  },
  {
    name: "twisted",
    needs: { "/usr/lib/python3/dist-packages/twisted/__init__.py": "python3-twisted" },
    run: ["/usr/bin/python3", join(servers, "lines_twisted.py")],
  },
  {
    name: "uvloop",
    needs: { "/usr/lib/python3/dist-packages/uvloop/__init__.py": "python3-uvloop" },
    run: ["/usr/bin/python3", join(servers, "lines_uvloop.py")],
  },
];
